//! Deadlines: who wakes when. Pure: the time comes in as an argument.
//!
//! Equal deadlines expire in the order in which they were set, so each carries a sequence number. Time, number and task are
//! packed into one integer of 16 bytes, in this order of weight.
//!
//! The next deadlines are in a heap. Heaps are slow when they are big: each deadline is moved through all of its memory. So
//! later deadlines lie in *piles*. Each has a span of time of its own, and no order within: to set a deadline is to find its
//! pile and put it on top. When the heap is used up, a new one is made of the first pile, halved until it is small.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::id::TaskId;
use crate::time::Time;

/// So many deadlines at most make a new heap. It may grow to twice as many: small enough to stay in a near cache.
const HEAP: usize = 512;
/// So many deadlines at most are in a pile, so that to halve it never holds up the loop.
const PILE: usize = 4096;

#[derive(Default)]
pub(crate) struct Timers {
    /// The next deadlines. Empty only if there are no piles either.
    next: BinaryHeap<Reverse<u128>>,
    /// All later deadlines. A pile begins at its key and reaches up to the next pile's; none is empty.
    piles: BTreeMap<u128, Vec<Reverse<u128>>>,
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
    #[inline]
    pub(crate) fn set(&mut self, at: Time, task: TaskId) {
        if self.sequence == u32::MAX {
            self.number_anew();
        }
        let deadline = pack(at, self.sequence, task);
        self.sequence += 1;
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
                if pile.len() > PILE {
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

    /// Numbers the deadlines from 0 on, in their order. Once in four billion.
    #[cold]
    fn number_anew(&mut self) {
        let Timers { next, piles, .. } = std::mem::take(self);
        let mut deadlines = next.into_vec();
        deadlines.extend(piles.into_values().flatten());
        deadlines.sort_unstable_by(|one, other| other.cmp(one));
        for Reverse(deadline) in deadlines {
            self.set(time_of(deadline), task_of(deadline));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.next.is_empty()
    }

    /// The next deadline.
    pub(crate) fn next(&self) -> Option<Time> {
        self.next.peek().map(|Reverse(deadline)| time_of(*deadline))
    }

    /// Takes out the first task whose deadline is not after `now`.
    #[inline]
    pub(crate) fn expire(&mut self, now: Time) -> Option<TaskId> {
        if self.next()? > now {
            return None;
        }
        let Reverse(deadline) = self.next.pop()?;
        if self.next.is_empty() {
            self.open_pile();
        }
        Some(task_of(deadline))
    }

    /// The heap is used up: the first pile makes a new one.
    #[cold]
    fn open_pile(&mut self) {
        if let Some((_, pile)) = self.piles.pop_first() {
            self.make_heap(pile);
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
mod tests {
    use super::*;

    /// Sets and expires by turns; `spans` is how far from now deadlines are at most. Enough of them for every pile to be split.
    fn follows_the_model(spans: &[u64]) {
        let mut seed = 1_u64;
        let mut random = move |below: u64| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed % below
        };
        let (mut timers, mut model) = (Timers::default(), BTreeMap::new());
        let mut now = 1_000;
        for number in 0..40_000 {
            let span = spans[random(spans.len() as u64) as usize];
            // Some are in the past already.
            let at = now + random(span) - random(1_000).min(random(span));
            timers.set(Time::from_nanos(at), TaskId(number));
            model.insert((at, number), TaskId(number));
            if random(2_000) == 0 {
                now += random(span);
                while let Some(first) = model.first_entry().filter(|first| first.key().0 <= now) {
                    assert_eq!(timers.next(), Some(Time::from_nanos(first.key().0)));
                    assert_eq!(timers.expire(Time::from_nanos(now)), Some(first.remove()));
                }
                assert_eq!(timers.expire(Time::from_nanos(now)), None);
            }
        }
        let rest = std::iter::from_fn(|| timers.expire(Time::MAX));
        assert!(rest.eq(model.into_values()));
        assert!(timers.is_empty() && timers.piles.is_empty() && timers.next().is_none());
    }

    #[test]
    fn deadlines_expire_in_order() {
        follows_the_model(&[1_000_000_000]);
        follows_the_model(&[1]);
        follows_the_model(&[10, 1_000, 1 << 20, 1 << 40]);
    }

    #[test]
    fn ever_earlier_deadlines_make_piles_that_stay_in_order() {
        let mut timers = Timers::default();
        for number in (0..10_000).rev() {
            timers.set(Time::from_nanos(number.into()), TaskId(number));
        }
        assert!(timers.next.len() <= 2 * HEAP && !timers.piles.is_empty());
        let order = std::iter::from_fn(|| timers.expire(Time::MAX));
        assert!(order.eq((0..10_000).map(TaskId)));
    }

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
