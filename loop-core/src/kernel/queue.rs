//! The ready queue: two vectors that are swapped, the batch that runs and the tasks that have become ready since.
//!
//! An entry is one integer: the task, a message to it, and a number that belongs to the message. One integer, because a
//! processor stalls when it reads in one piece what was just written in several; when two tasks alternate, each entry is read
//! just after it was written.

use super::waits::LIMIT;
use crate::id::TaskId;

/// The place of an answer in the table of answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BoxedAnswer(u32);

impl BoxedAnswer {
    pub(super) fn at(place: u32) -> BoxedAnswer {
        BoxedAnswer(place)
    }

    pub(super) fn place(self) -> u32 {
        self.0
    }
}

/// The message to a task in the ready queue: how its next turn begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Message {
    /// Go on, without an answer.
    GoOn,
    /// Start the coroutine on top of the stack: the loop has not run it before.
    Start,
    /// The task that it joined has returned; the value is in that task's frame.
    Joined(TaskId),
    /// Any other answer.
    Answer(BoxedAnswer),
}

/// Bits of a task's number, and of the number that belongs to a message.
const BITS: u32 = LIMIT.ilog2();

/// A task's entry in the ready queue. From the lowest bit on: the task, a number, and the kind of message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ready(u64);

impl Ready {
    #[inline]
    fn new(task: TaskId, message: Message) -> Ready {
        let (kind, number) = match message {
            // For the most frequent message the entry is the task's number alone.
            Message::GoOn => (0, 0),
            Message::Start => (1, 0),
            Message::Joined(TaskId(number)) => (2, number),
            Message::Answer(BoxedAnswer(number)) => (3, number),
        };
        Ready(kind << (2 * BITS) | u64::from(number) << BITS | u64::from(task.0))
    }

    #[inline]
    pub(super) fn task(self) -> TaskId {
        TaskId((self.0 % LIMIT as u64) as u32)
    }

    #[inline]
    pub(super) fn is_go_on(self) -> bool {
        self.0 < LIMIT as u64
    }

    #[inline(always)]
    pub(super) fn message(self) -> Message {
        let number = ((self.0 >> BITS) % LIMIT as u64) as u32;
        match self.0 >> (2 * BITS) {
            0 => Message::GoOn,
            1 => Message::Start,
            2 => Message::Joined(TaskId(number)),
            _ => Message::Answer(BoxedAnswer(number)),
        }
    }
}

/// So many used entries are kept before they are dropped, where a policy picks.
const USED: usize = 64;

/// So many entries are moved without a branch, where a policy picks.
const FEW: usize = 8;

#[derive(Default)]
pub(super) struct Queue {
    ready: Vec<Ready>,
    batch: Vec<Ready>,
    /// The entries of the batch before this place have been run.
    cursor: usize,
    /// The batch ends at this place. A policy may run a task from behind the batch instead of one in it; then entries of the
    /// batch move behind this place.
    end: usize,
    /// The portion of the batch that is run before the loop looks up ends at this place.
    portion: usize,
}

impl Queue {
    /// A queue for a policy that picks, if it does.
    pub(super) fn new(is_for_policy: bool) -> Queue {
        let mut queue = Queue::default();
        if is_for_policy {
            queue.batch.reserve_exact(2 * USED);
        }
        queue
    }

    /// Puts a task at the back of the queue, with a message.
    #[inline]
    pub(super) fn push(&mut self, task: TaskId, message: Message) {
        self.ready.push(Ready::new(task, message));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many tasks are ready.
    pub(super) fn len(&self) -> usize {
        self.ready.len() + self.batch.len() - self.cursor
    }

    /// Whether turns of the batch are left.
    #[inline]
    pub(super) fn is_in_batch(&self) -> bool {
        self.cursor < self.end
    }

    /// Whether turns of the portion are left.
    #[inline]
    pub(super) fn is_in_portion(&self) -> bool {
        self.cursor < self.portion
    }

    /// How many entries of the portion have had their turns.
    #[inline]
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Makes the next turns of the batch the portion to run, at most this many, and says how many they are.
    #[inline]
    pub(super) fn next_portion(&mut self, most: usize) -> usize {
        let turns = most.min(self.end - self.cursor);
        self.portion = self.cursor + turns;
        turns
    }

    /// No task has a turn until there is another portion.
    pub(super) fn end_portion(&mut self) {
        self.portion = self.cursor;
    }

    /// Makes the tasks that are ready now the batch to run, as one portion, and says how many they are.
    #[inline]
    pub(super) fn next_batch(&mut self) -> usize {
        debug_assert!(!self.is_in_batch(), "a batch is run to its end");
        debug_assert_eq!(self.cursor, self.batch.len(), "no policy picks tasks");
        self.batch.clear();
        std::mem::swap(&mut self.batch, &mut self.ready);
        self.cursor = 0;
        self.end = self.batch.len();
        self.portion = self.end;
        self.end
    }

    /// The next task of the portion, first in, first out.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Ready> {
        if self.cursor == self.portion {
            return None;
        }
        let next = self.batch[self.cursor];
        self.cursor += 1;
        Some(next)
    }

    // Where a policy picks the tasks, all entries are in the vector of the batch: those of the batch, and behind them those that
    // have become ready since. A pick moves the entries before it back by one, so each turn uses up one place of the batch.

    /// As [`push`](Queue::push), where a policy picks.
    #[inline]
    pub(super) fn push_for_policy(&mut self, task: TaskId, message: Message) {
        self.batch.push(Ready::new(task, message));
    }

    /// As [`next_batch`](Queue::next_batch), where a policy picks.
    pub(super) fn next_batch_for_policy(&mut self) -> usize {
        debug_assert!(!self.is_in_batch(), "a batch is run to its end");
        // Used entries are dropped when they are many and the larger part, so each entry is moved once at most.
        if self.cursor >= USED && self.cursor * 2 >= self.batch.len() {
            self.drop_used();
        }
        self.end = self.batch.len();
        self.portion = self.end;
        self.end - self.cursor
    }

    #[cold]
    fn drop_used(&mut self) {
        self.batch.drain(..self.cursor);
        self.cursor = 0;
    }

    /// The entry at a place of the whole queue, from 0 at its front.
    pub(super) fn get(&self, place: usize) -> Ready {
        self.batch[self.cursor + place]
    }

    /// Takes the entry at a place of the whole queue as the next turn of the batch; the others keep their order.
    #[inline]
    pub(super) fn pop_at(&mut self, place: usize) -> Ready {
        debug_assert!(self.is_in_portion(), "a turn is taken from a portion");
        let entries = &mut self.batch[self.cursor..];
        let picked = entries[place];
        if place >= FEW {
            entries.copy_within(FEW - 1..place, FEW);
        }
        // A simulation has few tasks. Of the first entries each is moved or written back, whichever was picked: a branch that
        // depends on a random pick costs more than these writes.
        let mut before = picked;
        for (at, entry) in entries.iter_mut().take(FEW).enumerate() {
            let own = *entry;
            *entry = if at <= place { before } else { own };
            before = own;
        }
        self.cursor += 1;
        picked
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn an_entry_says_what_was_put_into_it() {
        const LAST: u32 = LIMIT as u32 - 1;
        let messages = [
            Message::GoOn,
            Message::Start,
            Message::Joined(TaskId(LAST)),
            Message::Answer(BoxedAnswer(0)),
            Message::Answer(BoxedAnswer(LAST)),
        ];
        for task in [0, 1, LAST] {
            for message in messages {
                let ready = Ready::new(TaskId(task), message);
                assert_eq!((ready.task(), ready.message()), (TaskId(task), message));
            }
        }
    }

    fn order(queue: &mut Queue, picks: &[usize]) -> Vec<u32> {
        let mut order = Vec::new();
        for &pick in picks {
            if !queue.is_in_portion() {
                queue.next_batch_for_policy();
            }
            order.push(queue.pop_at(pick).task().0);
        }
        order
    }

    /// A pick from behind the batch uses up one turn of the batch, and the other entries keep their order.
    #[test]
    fn picks_go_through_the_whole_queue() {
        let mut queue = Queue::default();
        (0..3).for_each(|task| queue.push_for_policy(TaskId(task), Message::GoOn));
        assert_eq!(queue.next_batch_for_policy(), 3);
        (3..6).for_each(|task| queue.push_for_policy(TaskId(task), Message::GoOn));
        assert_eq!(queue.get(4).task(), TaskId(4));
        assert_eq!(order(&mut queue, &[5, 1, 0, 0, 1, 0]), [5, 1, 0, 2, 4, 3]);
        assert!(queue.is_empty() && !queue.is_in_batch());
    }

    /// Every place of queues of all lengths up to where entries are moved together, and long after used entries are dropped.
    #[test]
    fn a_pick_leaves_the_others_in_their_order() {
        for length in 1..3 * FEW {
            let mut queue = Queue::new(true);
            let mut expected: VecDeque<u32> = (0..length as u32).collect();
            (0..length as u32).for_each(|task| queue.push_for_policy(TaskId(task), Message::GoOn));
            for turn in 0..8 * USED {
                if !queue.is_in_portion() {
                    assert_eq!(queue.next_batch_for_policy(), length);
                }
                let place = turn % length;
                let picked = queue.pop_at(place).task();
                assert_eq!(Some(picked.0), expected.remove(place));
                queue.push_for_policy(picked, Message::GoOn);
                expected.push_back(picked.0);
                let order = (0..length).map(|place| queue.get(place).task().0);
                assert!(
                    order.eq(expected.iter().copied()),
                    "turn {turn} of {length}"
                );
            }
        }
    }

    /// What becomes ready between two portions joins the back.
    #[test]
    fn portions_leave_the_order_as_it_is() {
        let mut queue = Queue::default();
        let mut order = Vec::new();
        (0..3).for_each(|task| queue.push(TaskId(task), Message::GoOn));
        assert_eq!(queue.next_batch(), 3);
        for most in [1, 2] {
            assert_eq!(queue.next_portion(most), most);
            order.extend(std::iter::from_fn(|| queue.pop()).map(|ready| ready.task().0));
            queue.push(TaskId(2 + most as u32), Message::GoOn);
        }
        assert!(!queue.is_in_batch());
        assert_eq!(queue.next_batch(), 2);
        queue.next_portion(usize::MAX);
        order.extend(std::iter::from_fn(|| queue.pop()).map(|ready| ready.task().0));
        assert_eq!(order, [0, 1, 2, 3, 4]);
    }
}
