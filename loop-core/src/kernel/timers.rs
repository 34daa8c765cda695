//! Deadlines: who wakes when. Pure: the time comes in as an argument.
//!
//! Equal deadlines expire in the order in which they were set, so each carries a number. Time, number and task are packed
//! into one integer of 16 bytes, in this order of weight.
//!
//! The next deadlines are in a heap. Heaps are slow when they are big: each deadline is moved through all of its memory. So
//! later deadlines lie in *piles*. Each has a span of time of its own, and no order within: to set a deadline is to find its
//! pile and put it on top. When the heap is used up, a new one is made of the first pile, halved until it is small.
//!
//! A deadline that is removed stays where it is, dead, until it comes first or is swept. Only its task knows that it is
//! dead, so who keeps the tasks is asked: [`Sleepers`]. While the dead outnumber the living, every few removals sweep one
//! pile. So memory is bounded by the deadlines that are set, and no call takes longer than it takes to go through one pile.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::id::TaskId;
use crate::time::Time;

/// So many deadlines at most make a new heap. It may grow to twice as many: small enough to stay in a near cache.
const HEAP: usize = 512;
/// A pile with so many deadlines is halved.
const PILE: usize = 4096;
/// A swept pile with fewer deadlines than this is merged with the one before it.
const SMALL: usize = PILE / 4;
/// So many removals pass from one sweep to the next.
const SWEEP_EVERY: u32 = 256;
/// So many more dead than living deadlines are no reason to sweep.
const SLACK: usize = 1024;

/// The tasks, as far as the timers need to know them: each waits for one deadline at most, and remembers its number.
pub(super) trait Sleepers {
    /// Whether `task` waits for the deadline with this number.
    fn sleeps(&self, task: TaskId, number: u32) -> bool;
    /// The deadline for which `task` waits has another number from now on.
    fn renumber(&mut self, task: TaskId, number: u32);
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
    /// Sets a deadline for `task`, and gives the number that it has to remember.
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

    /// Makes the heap of the first half, quarter or less of these deadlines; the rest become piles.
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

    /// Drops what comes first.
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

    /// Removes the deadline of a task that no longer waits for it: `sleepers` says so already.
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

    /// Takes the dead out of the next pile in turn.
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
        // All of the dead go before the first new number, which might be the one of a dead deadline of the same task.
        deadlines.retain(|Reverse(deadline)| is_living(*deadline, sleepers));
        deadlines.sort_unstable_by(|one, other| other.cmp(one));
        for Reverse(deadline) in deadlines {
            let task = task_of(deadline);
            let number = self.set(time_of(deadline), task, sleepers);
            sleepers.renumber(task, number);
        }
    }
}

/// Takes the later half off a pile; gives also where that half begins.
#[cold]
fn split_off_later(pile: &mut Vec<Reverse<u128>>) -> (u128, Vec<Reverse<u128>>) {
    let half = pile.len() / 2;
    // `Reverse` puts the later ones first.
    let (_, &mut Reverse(begin), _) = pile.select_nth_unstable(half - 1);
    let earlier = pile.split_off(half);
    // The later half keeps the room to grow: where all sleep equally long, it is the only one that does.
    (begin, std::mem::replace(pile, earlier))
}

#[cfg(test)]
mod tests;
