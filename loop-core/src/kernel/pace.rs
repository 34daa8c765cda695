//! How much is done between two polls of clock and world: less when turns are slow, so that timers, input and output are not
//! late by many of them.
//!
//! A clock that stands still while tasks run, as in a simulation, leaves the pace as it is.

use std::time::Duration;

use crate::time::Time;

/// At least so many steps before the next poll, if so many tasks are ready and their turns are quick.
const GATHER: u32 = 64;

/// At most so many turns of a batch before the next poll, when turns are quick: enough for polls to cost nothing beside them.
const PORTION: u32 = 256;

/// A cycle that takes longer than this has gathered too many steps.
const LONG: Duration = Duration::from_millis(1);

#[derive(Default)]
pub(super) struct Pace {
    /// Up to [`PORTION`] where the clock goes on.
    steps: u32,
    /// One, as long as turns are not known to be quick.
    turns_at_once: usize,
    /// When the cycle began. `None` if the clock stands still meanwhile.
    began: Option<Time>,
}

impl Pace {
    /// The pace at which a run begins: slowly, as nothing is known yet.
    pub(super) fn begin(now: Option<Time>) -> Pace {
        let steps = match now {
            Some(_) => 1,
            None => GATHER,
        };
        let mut pace = Pace {
            steps,
            turns_at_once: 1,
            began: now,
        };
        pace.set_steps(steps);
        pace
    }

    /// So many steps are gathered in a cycle before it may end behind a batch.
    #[inline]
    pub(super) fn gather(&self) -> u32 {
        self.steps.min(GATHER)
    }

    /// After so many steps a cycle ends in the middle of a batch.
    #[inline]
    pub(super) fn portion(&self) -> u32 {
        match self.began {
            Some(_) => self.steps,
            None => u32::MAX,
        }
    }

    /// So many turns of a batch are taken at once before the loop looks whether the user has interrupted. To look before each
    /// turn costs 8 % of a quick one.
    #[inline]
    pub(super) fn turns_at_once(&self) -> usize {
        self.turns_at_once
    }

    /// Whether turns have been quick of late.
    #[inline]
    pub(super) fn is_quick(&self) -> bool {
        self.steps >= GATHER
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
                _ => self.set_steps((self.steps * 2).min(PORTION)),
            }
        }
        self.began = now;
    }

    #[cold]
    fn slow_down(&mut self, took: Duration) {
        let steps = u128::from(self.steps) * LONG.as_nanos() / took.as_nanos();
        self.set_steps(u32::try_from(steps).unwrap_or(GATHER).max(1));
    }

    #[inline]
    fn set_steps(&mut self, steps: u32) {
        self.steps = steps;
        self.turns_at_once = match self.is_quick() {
            true => self.portion() as usize,
            false => 1,
        };
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
        assert_eq!(after(&[1; 20]), GATHER);
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
        assert_eq!(pace.portion(), u32::MAX);
        pace.cycle_ended(None);
        assert_eq!(pace.gather(), GATHER);
    }
}
