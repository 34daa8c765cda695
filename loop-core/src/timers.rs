//! Deadlines: who wakes when. Pure: the time comes in as an argument.
//!
//! Equal deadlines expire in the order in which they were set, so each carries a sequence number.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::id::TaskId;
use crate::time::Time;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Deadline {
    at: Time,
    sequence: u64,
    task: TaskId,
}

#[derive(Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<Deadline>>,
    set: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Time, task: TaskId) {
        let sequence = self.set;
        self.set += 1;
        self.heap.push(Reverse(Deadline { at, sequence, task }));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The next deadline.
    pub(crate) fn next(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse(deadline)| deadline.at)
    }

    /// Takes out the first task whose deadline is not after `now`.
    pub(crate) fn expire(&mut self, now: Time) -> Option<TaskId> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(deadline)| deadline.task)
    }
}
