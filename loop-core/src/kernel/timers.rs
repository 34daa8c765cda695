//! Deadlines: which task wakes when. Pure: the time comes in as an argument.
//!
//! Equal deadlines expire in the order in which they were set, so each carries a number. Time, number and task are packed
//! into one integer of 16 bytes, the time in the highest bits.
//!
//! The next deadlines are in a heap. A big heap is slow, because each deadline moves through all of its memory. So later
//! deadlines are in *piles*. Each pile covers a span of time, and is not sorted: to set a deadline is to find its pile and to
//! append to it. When the heap is empty, a new heap is made of the first pile, which is halved until it is small.
//!
//! A deadline that is removed stays where it is, dead, until it comes first or is swept. Only its task knows that it is
//! dead, so the timers ask the tasks, through [`Sleepers`]. While the dead outnumber the living, every [`SWEEP_EVERY`]
//! removals sweep one pile. So memory is bounded by the deadlines that are set, and the longest call goes through one pile.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::id::TaskId;
use crate::time::Time;

/// A new heap is made of at most this many deadlines. It may grow to twice as many, which still fits into a fast cache.
const HEAP: usize = 512;
/// A pile with this many deadlines is halved.
const PILE: usize = 4096;
/// A swept pile with fewer deadlines than this is merged with the one before it.
const SMALL: usize = PILE / 4;
/// There is a sweep after this many removals.
const SWEEP_EVERY: u32 = 256;
/// Nothing is swept while there are at most this many more dead than living deadlines.
const SLACK: usize = 1024;

/// What the timers need of the tasks. Each task waits for at most one deadline, and remembers its number. An object that has the
/// deadline of the task that waits for it has a [number of its own](of_object) among the tasks.
pub(super) trait Sleepers {
    /// Whether `task` waits for the deadline with this number.
    fn sleeps(&self, task: TaskId, number: u32) -> bool;
    /// Gives the deadline for which `task` waits another number.
    fn renumber(&mut self, task: TaskId, number: u32);
}

/// Numbers of tasks are less than this.
const OBJECTS: u32 = 1 << 31;

/// The object at a place of the table of objects, as one that has a deadline.
pub(super) fn of_object(place: u32) -> TaskId {
    TaskId(place | OBJECTS)
}

/// The place of the object that has a deadline, if it is one.
#[inline]
pub(super) fn object_of(task: TaskId) -> Option<u32> {
    (task.0 >= OBJECTS).then_some(task.0 & !OBJECTS)
}

#[derive(Default)]
pub(super) struct Timers {
    /// The next deadlines. Empty only if there are no piles either.
    next: BinaryHeap<Reverse<u128>>,
    /// All later deadlines. A pile begins at its key and reaches up to the next pile's; none is empty.
    piles: BTreeMap<u128, Vec<Reverse<u128>>>,
    /// The next deadline's number.
    number: u32,
    /// How many deadlines are set.
    living: usize,
    /// How many deadlines were removed and are still in the heap or a pile.
    dead: usize,
    /// Removals since the last sweep.
    removals: u32,
    /// The next sweep takes the first pile that begins here or later; after the last one comes the heap.
    sweep_from: u128,
}

fn pack(at: Time, number: u32, task: TaskId) -> u128 {
    u128::from(at.as_nanos()) << 64 | u128::from(number) << 32 | u128::from(task.0)
}

fn time_of(deadline: u128) -> Time {
    Time::from_nanos((deadline >> 64) as u64)
}

fn task_of(deadline: u128) -> TaskId {
    TaskId(deadline as u32)
}

fn is_living(deadline: u128, sleepers: &impl Sleepers) -> bool {
    sleepers.sleeps(task_of(deadline), (deadline >> 32) as u32)
}

impl Timers {
    /// Sets a deadline for `task`, and gives the number that the task has to remember.
    #[inline]
    pub(super) fn set(&mut self, at: Time, task: TaskId, sleepers: &mut impl Sleepers) -> u32 {
        if self.number == u32::MAX {
            self.number_anew(sleepers);
        }
        let number = self.number;
        self.number += 1;
        self.living += 1;
        self.put(pack(at, number, task));
        number
    }

    /// Puts a deadline on the pile into whose span it falls, or into the heap.
    #[inline]
    fn put(&mut self, deadline: u128) {
        match self.piles.range_mut(..=deadline).next_back() {
            None => {
                self.next.push(Reverse(deadline));
                if self.next.len() > 2 * HEAP {
                    let next = std::mem::take(&mut self.next);
                    self.make_heap(next.into_vec());
                }
            }
            Some((_, pile)) => {
                pile.push(Reverse(deadline));
                if pile.len() >= PILE {
                    let (begin, later) = split_off_later(pile);
                    self.piles.insert(begin, later);
                }
            }
        }
    }

    /// Makes the heap of the earliest of these deadlines; the others become piles.
    fn make_heap(&mut self, mut deadlines: Vec<Reverse<u128>>) {
        while deadlines.len() > HEAP {
            let (begin, later) = split_off_later(&mut deadlines);
            self.piles.insert(begin, later);
        }
        self.next = deadlines.into();
    }

    /// How many deadlines are set.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.living
    }

    pub(super) fn is_empty(&self) -> bool {
        self.living == 0
    }

    /// The next deadline.
    pub(super) fn next(&mut self, sleepers: &impl Sleepers) -> Option<Time> {
        loop {
            let Reverse(deadline) = *self.next.peek()?;
            if is_living(deadline, sleepers) {
                return Some(time_of(deadline));
            }
            self.pop();
            self.dead -= 1;
        }
    }

    /// Takes out the first task whose deadline is not after `now`.
    #[inline]
    pub(super) fn expire(&mut self, now: Time, sleepers: &impl Sleepers) -> Option<TaskId> {
        loop {
            let Reverse(deadline) = *self.next.peek()?;
            if time_of(deadline) > now {
                return None;
            }
            self.pop();
            if is_living(deadline, sleepers) {
                self.living -= 1;
                return Some(task_of(deadline));
            }
            self.dead -= 1;
        }
    }

    /// Drops the first deadline.
    #[inline]
    fn pop(&mut self) {
        self.next.pop();
        if self.next.is_empty() {
            self.open_pile();
        }
    }

    /// The heap is used up: the first pile makes a new one.
    #[cold]
    fn open_pile(&mut self) {
        if let Some((_, pile)) = self.piles.pop_first() {
            self.make_heap(pile);
        }
    }

    /// Removes the deadline of a task. The task must have stopped waiting for it before, as `sleepers` says.
    #[inline]
    pub(super) fn remove(&mut self, sleepers: &impl Sleepers) {
        self.living -= 1;
        self.dead += 1;
        self.removals += 1;
        if self.removals >= SWEEP_EVERY {
            self.removals = 0;
            if self.dead > self.living + SLACK {
                self.sweep(sleepers);
            }
        }
    }

    /// Drops the dead deadlines of one pile, each time of the next one.
    #[cold]
    fn sweep(&mut self, sleepers: &impl Sleepers) {
        let Some((&begin, pile)) = self.piles.range_mut(self.sweep_from..).next() else {
            self.sweep_from = 0;
            return self.sweep_heap(sleepers);
        };
        self.sweep_from = begin + 1;
        let before = pile.len();
        pile.retain(|Reverse(deadline)| is_living(*deadline, sleepers));
        self.dead -= before - pile.len();
        if pile.len() < SMALL {
            let rest = self.piles.remove(&begin).unwrap_or_default();
            rest.into_iter()
                .for_each(|Reverse(deadline)| self.put(deadline));
        }
    }

    fn sweep_heap(&mut self, sleepers: &impl Sleepers) {
        let before = self.next.len();
        self.next
            .retain(|Reverse(deadline)| is_living(*deadline, sleepers));
        self.dead -= before - self.next.len();
        if self.next.is_empty() {
            self.open_pile();
        }
    }

    /// Numbers the deadlines from 0 on, in their order. Once in four billion.
    #[cold]
    fn number_anew(&mut self, sleepers: &mut impl Sleepers) {
        let Timers { next, piles, .. } = std::mem::take(self);
        let mut deadlines = next.into_vec();
        deadlines.extend(piles.into_values().flatten());
        // All dead deadlines are dropped first: a new number might equal that of a dead deadline of the same task.
        deadlines.retain(|Reverse(deadline)| is_living(*deadline, sleepers));
        deadlines.sort_unstable_by(|one, other| other.cmp(one));
        for Reverse(deadline) in deadlines {
            let task = task_of(deadline);
            let number = self.set(time_of(deadline), task, sleepers);
            sleepers.renumber(task, number);
        }
    }
}

/// Splits the later half off a pile. Also gives the first deadline of that half.
#[cold]
fn split_off_later(pile: &mut Vec<Reverse<u128>>) -> (u128, Vec<Reverse<u128>>) {
    let half = pile.len() / 2;
    // `Reverse` puts the later ones first.
    let (_, &mut Reverse(begin), _) = pile.select_nth_unstable(half - 1);
    let earlier = pile.split_off(half);
    // The later half keeps the capacity: if all tasks sleep equally long, only this half grows.
    (begin, std::mem::replace(pile, earlier))
}

#[cfg(test)]
mod tests;
