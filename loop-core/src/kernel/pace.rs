//! How much is done between two polls of clock and world: less when turns are slow, so that timers, input and output are not
//! late by many of them.
//!
//! A clock that stands still while tasks run, as in a simulation, leaves the pace as it is.

use std::time::Duration;

use crate::time::Time;

/// At least so many steps before the next poll, if so many tasks are ready and their turns are quick.
const GATHER: u32 = 64;

/// A cycle that takes longer than this has gathered too many steps.
const LONG: Duration = Duration::from_millis(1);

#[derive(Default)]
pub(super) struct Pace {
    gather: u32,
    /// When the cycle began. `None` if the clock stands still meanwhile.
    began: Option<Time>,
}

impl Pace {
    /// The pace at which a run begins: slowly, as nothing is known yet.
    pub(super) fn begin(now: Option<Time>) -> Pace {
        let gather = match now {
            Some(_) => 1,
            None => GATHER,
        };
        Pace { gather, began: now }
    }

    /// So many steps are gathered in a cycle.
    #[inline]
    pub(super) fn gather(&self) -> u32 {
        self.gather
    }

    /// Whether turns have been quick of late.
    #[inline]
    pub(super) fn is_quick(&self) -> bool {
        self.gather == GATHER
    }

    /// Whether a cycle may end in the middle of a batch.
    #[inline]
    pub(super) fn cuts_batches(&self) -> bool {
        self.began.is_some()
    }

    /// When the last cycle ended.
    #[inline]
    pub(super) fn now(&self) -> Option<Time> {
        self.began
    }

    /// A cycle has ended, and the next one begins unless the loop waits.
    #[inline]
    pub(super) fn cycle_ended(&mut self, now: Option<Time>) {
        if let (Some(now), Some(began)) = (now, self.began) {
            match now - began {
                took if took > LONG => self.slow_down(took),
                _ => self.gather = (self.gather * 2).min(GATHER),
            }
        }
        self.began = now;
    }

    #[cold]
    fn slow_down(&mut self, took: Duration) {
        let gather = u128::from(self.gather) * LONG.as_nanos() / took.as_nanos();
        self.gather = u32::try_from(gather).unwrap_or(GATHER).max(1);
    }

    /// The loop has waited.
    pub(super) fn waited(&mut self, now: Option<Time>) {
        self.began = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cycles: &[u64]) -> u32 {
        let mut now = Time::ZERO;
        let mut pace = Pace::begin(Some(now));
        for micros in cycles {
            now = now + Duration::from_micros(*micros);
            pace.cycle_ended(Some(now));
        }
        pace.gather()
    }

    #[test]
    fn it_gathers_more_as_long_as_cycles_are_quick() {
        assert_eq!(after(&[]), 1);
        assert_eq!(after(&[1, 1]), 4);
        assert_eq!(after(&[1; 9]), GATHER);
    }

    #[test]
    fn a_slow_cycle_is_followed_by_one_of_the_right_size() {
        assert_eq!(after(&[1, 1, 1, 1, 1, 1, 16_000]), 4);
        assert_eq!(after(&[1, 1, 1, 1, 1, 1, 640_000]), 1);
        assert_eq!(after(&[10_000; 3]), 1);
    }

    #[test]
    fn waiting_is_not_slow() {
        let mut pace = Pace::begin(Some(Time::ZERO));
        pace.waited(Some(Time::from_nanos(1_000_000_000)));
        pace.cycle_ended(Some(Time::from_nanos(1_000_000_010)));
        assert_eq!(pace.gather(), 2);
    }

    #[test]
    fn without_a_clock_the_pace_never_changes() {
        let mut pace = Pace::begin(None);
        assert!(!pace.cuts_batches());
        pace.cycle_ended(None);
        assert_eq!(pace.gather(), GATHER);
    }
}
