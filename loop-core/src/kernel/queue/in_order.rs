//! The ready queue, first in, first out: the batch that runs, and the tasks that have become ready since, two vectors that are
//! swapped.
//!
//! A large batch is run in portions: then it is in a third vector, and a portion of it is copied into the vector that runs. So
//! a turn needs no more than the end of one vector, whether its batch is cut or not.

use std::mem::swap;

use super::ready::Ready;

#[derive(Default)]
pub(super) struct InOrder {
    ready: Vec<Ready>,
    /// The portion of the batch that runs: mostly all of it.
    portion: Vec<Ready>,
    /// The entries of the portion before this place have been run.
    cursor: usize,
    /// The batch, if it is cut; else empty.
    batch: Vec<Ready>,
    /// The entries of the batch before this place have been in a portion.
    begun: usize,
}

impl InOrder {
    #[inline]
    pub(super) fn push(&mut self, ready: Ready) {
        self.ready.push(ready);
    }

    pub(super) fn len(&self) -> usize {
        self.ready.len() + self.left() + self.batch.len() - self.begun
    }

    /// All entries, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Ready> {
        let portion = &self.portion[self.cursor..];
        let batch = &self.batch[self.begun..];
        self.ready.iter().chain(portion).chain(batch)
    }

    #[inline]
    pub(super) fn is_in_batch(&self) -> bool {
        self.left() > 0 || !self.batch.is_empty()
    }

    /// How many turns of the portion are left.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.portion.len() - self.cursor
    }

    #[inline]
    pub(super) fn next_batch(&mut self, most: usize) -> usize {
        debug_assert!(!self.is_in_batch(), "a batch is run to its end");
        self.portion.clear();
        swap(&mut self.portion, &mut self.ready);
        self.cursor = 0;
        match self.portion.len() > most {
            true => self.cut(most),
            false => self.portion.len(),
        }
    }

    /// Makes the first turns of a new batch the portion.
    #[cold]
    fn cut(&mut self, most: usize) -> usize {
        swap(&mut self.portion, &mut self.batch);
        // Of the two vectors that are empty now, the large one gets the tasks that become ready meanwhile.
        swap(&mut self.portion, &mut self.ready);
        self.next_portion(most)
    }

    pub(super) fn next_portion(&mut self, most: usize) -> usize {
        debug_assert_eq!(self.left(), 0, "a portion is run to its end");
        let left = &self.batch[self.begun..];
        let turns = most.min(left.len());
        self.portion.clear();
        self.portion.extend_from_slice(&left[..turns]);
        self.cursor = 0;
        self.begun += turns;
        if self.begun == self.batch.len() {
            self.batch.clear();
            self.begun = 0;
        }
        turns
    }

    /// Puts what is left of the portion back into the batch.
    pub(super) fn end_portion(&mut self) {
        let left = self.portion.drain(self.cursor..);
        self.batch.splice(..self.begun, left);
        self.begun = 0;
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Ready> {
        let next = *self.portion.get(self.cursor)?;
        self.cursor += 1;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ready::Message;
    use super::*;
    use crate::id::TaskId;

    fn push(queue: &mut InOrder, tasks: std::ops::Range<u32>) {
        tasks.for_each(|task| queue.push(Ready::new(TaskId(task), Message::GoOn)));
    }

    /// The rest of the portion.
    fn popped(queue: &mut InOrder) -> Vec<u32> {
        let entries = std::iter::from_fn(|| queue.pop());
        entries.map(|ready| ready.task().0).collect()
    }

    /// What becomes ready between two portions joins the back.
    #[test]
    fn portions_leave_the_order_as_it_is() {
        let mut queue = InOrder::default();
        push(&mut queue, 0..5);
        assert_eq!(queue.next_batch(2), 2);
        assert_eq!(popped(&mut queue), [0, 1]);
        push(&mut queue, 5..6);
        assert_eq!((queue.next_portion(1), queue.len()), (1, 4));
        assert_eq!(popped(&mut queue), [2]);
        push(&mut queue, 6..8);
        assert_eq!(queue.next_portion(9), 2);
        assert_eq!(popped(&mut queue), [3, 4]);
        assert!(!queue.is_in_batch());
        assert_eq!((queue.next_batch(3), queue.len()), (3, 3));
        assert_eq!(popped(&mut queue), [5, 6, 7]);
        assert_eq!((queue.next_batch(3), queue.len()), (0, 0));
    }

    /// Whether the batch was cut before or not.
    #[test]
    fn a_batch_goes_on_after_its_portion_was_ended() {
        for most in [3, 9] {
            let mut queue = InOrder::default();
            push(&mut queue, 0..5);
            queue.next_batch(most);
            assert!(queue.pop().is_some());
            queue.end_portion();
            assert_eq!(
                (queue.left(), queue.len(), queue.is_in_batch()),
                (0, 4, true)
            );
            push(&mut queue, 5..6);
            assert_eq!(queue.next_portion(1), 1);
            queue.end_portion();
            assert_eq!(queue.next_portion(usize::MAX), 4);
            assert_eq!(popped(&mut queue), [1, 2, 3, 4]);
            assert_eq!(queue.next_batch(most), 1);
        }
    }
}
