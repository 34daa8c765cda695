//! The ready queue where a policy picks: any of the entries is taken, and the others keep their order.
//!
//! The first entries are in one vector of a fixed size, and for the few tasks of most simulations that is all. Later entries
//! are in chunks, so a pick among many thousands moves the entries of one chunk, not all.

use super::ready::Ready;

/// At first there is room for so many entries, used ones included: a kibibyte.
const FRONT: usize = 128;

/// So many of the first entries are moved without a branch.
const FEW: usize = 8;

/// At most so many entries are in the front, used ones included, or in a chunk.
const CHUNK: usize = 1024;

#[derive(Default)]
pub(super) struct Picked {
    /// The first entries. If there are chunks, all of its room is used.
    front: Vec<Ready>,
    /// The entries before this place have been run.
    cursor: usize,
    /// The entries behind the front. None of the chunks is empty.
    chunks: Vec<Vec<Ready>>,
    /// How many entries are in chunks.
    in_chunks: usize,
    /// The portion is over when the cursor comes to this place.
    end: usize,
    /// How many turns of the batch come after the portion.
    after: usize,
}

impl Picked {
    pub(super) fn new() -> Picked {
        Picked {
            front: Vec::with_capacity(FRONT),
            ..Picked::default()
        }
    }

    #[inline]
    pub(super) fn push(&mut self, ready: Ready) {
        if self.front.len() == self.front.capacity() {
            return self.push_far(ready);
        }
        self.front.push(ready);
    }

    /// Makes room in the front, or puts an entry into a chunk.
    #[cold]
    fn push_far(&mut self, ready: Ready) {
        if !self.chunks.is_empty() || !self.has_made_room() {
            return self.push_to_chunk(ready);
        }
        self.front.push(ready);
    }

    fn has_made_room(&mut self) -> bool {
        let room = self.front.capacity();
        if self.cursor * 2 >= room {
            // Used entries are dropped when they are the larger part, so each entry is moved once at most.
            self.front.drain(..self.cursor);
            self.begin_front();
        } else if room < CHUNK {
            self.front.reserve_exact(room);
        } else {
            return false;
        }
        true
    }

    /// The front has no used entries any more.
    fn begin_front(&mut self) {
        self.end -= self.cursor;
        self.cursor = 0;
    }

    fn push_to_chunk(&mut self, ready: Ready) {
        self.in_chunks += 1;
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(ready),
            _ => self.chunks.push(vec![ready]),
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.front.len() - self.cursor + self.in_chunks
    }

    /// All entries, from the front of the queue on.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Ready> {
        self.front[self.cursor..]
            .iter()
            .chain(self.chunks.iter().flatten())
    }

    #[inline]
    pub(super) fn is_in_batch(&self) -> bool {
        self.left() > 0 || self.after > 0
    }

    /// How many turns of the portion are left.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.end - self.cursor
    }

    #[inline]
    pub(super) fn next_batch(&mut self) -> usize {
        debug_assert!(!self.is_in_batch(), "a batch is run to its end");
        let turns = self.len();
        self.end = self.cursor + turns;
        turns
    }

    pub(super) fn next_portion(&mut self, most: usize) -> usize {
        debug_assert_eq!(self.left(), 0, "a portion is run to its end");
        let turns = most.min(self.after);
        self.after -= turns;
        self.end += turns;
        turns
    }

    pub(super) fn end_portion(&mut self) {
        self.after += self.left();
        self.end = self.cursor;
    }

    /// The entry at a place, from 0 at the front of the queue.
    pub(super) fn get(&self, place: usize) -> Ready {
        let mut chunks = self.chunks.iter().map(Vec::as_slice);
        let mut entries = &self.front[self.cursor..];
        let mut place = place;
        while place >= entries.len() {
            place -= entries.len();
            entries = chunks.next().expect(PLACE);
        }
        entries[place]
    }

    #[inline]
    pub(super) fn take(&mut self, place: usize) -> Ready {
        debug_assert!(self.left() > 0, "a turn is taken from a portion");
        let entries = &mut self.front[self.cursor..];
        if place >= entries.len() {
            return self.take_far(place);
        }
        let picked = entries[place];
        if place >= FEW {
            entries.copy_within(FEW - 1..place, FEW);
        }
        // Of the first entries each is moved or written back, whichever was picked: a branch that depends on a random pick costs
        // more than these writes.
        let mut before = picked;
        for (at, entry) in entries.iter_mut().take(FEW).enumerate() {
            let own = *entry;
            *entry = if at <= place { before } else { own };
            before = own;
        }
        self.cursor += 1;
        picked
    }

    /// Takes an entry that is in a chunk.
    #[cold]
    fn take_far(&mut self, place: usize) -> Ready {
        let mut place = place - (self.front.len() - self.cursor);
        let mut number = 0;
        while place >= self.chunks[number].len() {
            place -= self.chunks[number].len();
            number += 1;
        }
        let picked = self.chunks[number].remove(place);
        self.in_chunks -= 1;
        self.end -= 1;
        self.join_small(number);
        if self.cursor == self.front.len() {
            self.refill();
        }
        picked
    }

    /// Removes a chunk that is empty, and joins one that is small with its neighbours: so there are few chunks, whatever is picked.
    fn join_small(&mut self, number: usize) {
        if self.chunks[number].is_empty() {
            self.chunks.remove(number);
            return;
        }
        for first in [number, number.saturating_sub(1)] {
            if let Some([one, two]) = self.chunks.get_mut(first..first + 2)
                && one.len() + two.len() <= CHUNK / 2
            {
                one.append(two);
                self.chunks.remove(first + 1);
            }
        }
    }

    /// Fills the front from the chunks.
    fn refill(&mut self) {
        self.front.clear();
        self.begin_front();
        let room = self.front.capacity();
        while let Some(chunk) = self.chunks.first_mut()
            && self.front.len() < room
        {
            let moved = chunk.len().min(room - self.front.len());
            self.front.extend(chunk.drain(..moved));
            self.in_chunks -= moved;
            if chunk.is_empty() {
                self.chunks.remove(0);
            }
        }
    }
}

const PLACE: &str = "a pick is less than the number of entries";

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::super::ready::Message;
    use super::*;
    use crate::id::TaskId;

    /// A queue, and beside it what it should be.
    struct Beside {
        queue: Picked,
        model: VecDeque<u32>,
    }

    impl Beside {
        fn new() -> Beside {
            Beside {
                queue: Picked::new(),
                model: VecDeque::new(),
            }
        }

        fn push(&mut self, task: u32) {
            self.queue.push(Ready::new(TaskId(task), Message::GoOn));
            self.model.push_back(task);
        }

        fn take(&mut self, place: usize) -> u32 {
            if self.queue.left() == 0 {
                assert_eq!(self.queue.next_batch(), self.model.len());
            }
            let task = self.queue.take(place).task().0;
            assert_eq!(Some(task), self.model.remove(place));
            assert_eq!(self.queue.len(), self.model.len());
            task
        }

        fn check(&self) {
            let order = (0..self.queue.len()).map(|place| self.queue.get(place).task().0);
            assert!(order.eq(self.model.iter().copied()));
            assert!(
                self.queue.chunks.iter().all(|chunk| !chunk.is_empty()),
                "a chunk is empty"
            );
            for pair in self.queue.chunks.windows(2) {
                let len = pair[0].len() + pair[1].len();
                assert!(len > CHUNK / 2, "two chunks have {len} entries");
            }
        }
    }

    #[test]
    fn a_pick_leaves_the_others_in_their_order() {
        for length in [
            1,
            2,
            3,
            FEW - 1,
            FEW,
            FEW + 1,
            FRONT / 2,
            FRONT,
            CHUNK,
            5 * CHUNK,
        ] {
            let mut beside = Beside::new();
            (0..length as u32).for_each(|task| beside.push(task));
            for turn in 0..2 * length + 2 * FRONT {
                // Near the front, near the back and anywhere.
                let place = [turn % 3, length - turn % 2, turn * 7919][turn % 3] % length;
                let task = beside.take(place);
                beside.push(task);
                if turn % 100 == 0 {
                    beside.check();
                }
            }
            while !beside.model.is_empty() {
                beside.take(beside.model.len() / 3);
            }
            beside.check();
        }
    }

    #[test]
    fn a_pick_from_behind_the_batch_uses_up_one_of_its_turns() {
        let mut beside = Beside::new();
        (0..3).for_each(|task| beside.push(task));
        assert_eq!(beside.queue.next_batch(), 3);
        (3..6).for_each(|task| beside.push(task));
        let order = [5, 1, 0].map(|place| beside.take(place));
        assert_eq!((order, beside.queue.is_in_batch()), ([5, 1, 0], false));
        let order = [0, 1, 0].map(|place| beside.take(place));
        assert_eq!((order, beside.queue.len()), ([2, 4, 3], 0));
    }

    #[test]
    fn a_batch_goes_on_after_its_portion_was_ended() {
        let mut beside = Beside::new();
        (0..5).for_each(|task| beside.push(task));
        beside.take(0);
        beside.queue.end_portion();
        assert_eq!((beside.queue.left(), beside.queue.is_in_batch()), (0, true));
        assert_eq!(beside.queue.next_portion(3), 3);
        beside.queue.end_portion();
        assert_eq!(beside.queue.next_portion(usize::MAX), 4);
    }
}
