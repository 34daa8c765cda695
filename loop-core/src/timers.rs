//! Deadlines: who wakes when. Pure: the time comes in as an argument.
//!
//! Equal deadlines expire in the order in which they were set, so each carries a sequence number. Time, number and task are
//! packed into one integer, in this order of weight: with a million deadlines the heap's cost is memory that is
//! touched and comparisons that are guessed wrong, and an integer of 16 bytes keeps both small.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::id::TaskId;
use crate::time::Time;

#[derive(Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<u128>>,
    /// The next deadline's sequence number.
    sequence: u32,
}

fn pack(at: Time, sequence: u32, task: TaskId) -> u128 {
    u128::from(at.as_nanos()) << 64 | u128::from(sequence) << 32 | u128::from(task.0)
}

fn time_of(deadline: u128) -> Time {
    Time::from_nanos((deadline >> 64) as u64)
}

fn task_of(deadline: u128) -> TaskId {
    TaskId(deadline as u32)
}

impl Timers {
    pub(crate) fn set(&mut self, at: Time, task: TaskId) {
        if self.sequence == u32::MAX {
            self.number_anew();
        }
        self.heap.push(Reverse(pack(at, self.sequence, task)));
        self.sequence += 1;
    }

    /// Numbers the deadlines from 0 on, in their order. Once in four billion.
    #[cold]
    fn number_anew(&mut self) {
        let mut deadlines: Vec<u128> = self
            .heap
            .drain()
            .map(|Reverse(deadline)| deadline)
            .collect();
        deadlines.sort_unstable();
        self.sequence = 0;
        for deadline in deadlines {
            let renumbered = pack(time_of(deadline), self.sequence, task_of(deadline));
            self.heap.push(Reverse(renumbered));
            self.sequence += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The next deadline.
    pub(crate) fn next(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse(deadline)| time_of(*deadline))
    }

    /// Takes out the first task whose deadline is not after `now`.
    pub(crate) fn expire(&mut self, now: Time) -> Option<TaskId> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(deadline)| task_of(deadline))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_run_out_keep_the_order() {
        let mut timers = Timers {
            sequence: u32::MAX - 2,
            ..Timers::default()
        };
        let times = [7, 5, 7, 5, 7];
        for (task, at) in (0..).zip(times) {
            timers.set(Time::from_nanos(at), TaskId(task));
        }
        let order = std::iter::from_fn(|| timers.expire(Time::MAX));
        assert_eq!(
            order.map(|task| task.0).collect::<Vec<_>>(),
            [1, 3, 0, 2, 4]
        );
    }
}
