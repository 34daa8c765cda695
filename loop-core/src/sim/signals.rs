//! [`Signals`]: which signals come when.

use std::collections::VecDeque;

use crate::signal::SignalKind;
use crate::time::Time;

/// A script of signals.
#[derive(Clone, Debug, Default)]
pub(super) struct Signals {
    /// By time.
    to_come: VecDeque<(Time, SignalKind)>,
    /// Those that tasks have asked for.
    listened_to: Vec<SignalKind>,
    /// Those of them that have come and were not taken.
    there: Vec<SignalKind>,
}

impl Signals {
    pub(super) fn add(&mut self, time: Time, signal: SignalKind) {
        let place = self.to_come.partition_point(|(other, _)| *other <= time);
        self.to_come.insert(place, (time, signal));
    }

    pub(super) fn listen(&mut self, signal: SignalKind) {
        if !self.listened_to.contains(&signal) {
            self.listened_to.push(signal);
        }
    }

    /// Ctrl-C matters to everybody.
    pub(super) fn matters(&self, signal: SignalKind) -> bool {
        signal == SignalKind::interrupt() || self.listened_to.contains(&signal)
    }

    /// When the next one comes that matters.
    pub(super) fn next(&self) -> Option<Time> {
        let mut to_come = self.to_come.iter();
        let next = to_come.find(|(_, signal)| self.matters(*signal));
        next.map(|(time, _)| *time)
    }

    /// It is this time now. True if the user interrupts; later signals then come at the next look.
    pub(super) fn come(&mut self, now: Time) -> bool {
        while let Some((time, signal)) = self.to_come.front().copied()
            && time <= now
        {
            self.to_come.pop_front();
            if signal == SignalKind::interrupt() {
                return true;
            }
            if self.matters(signal) && !self.there.contains(&signal) {
                self.there.push(signal);
            }
        }
        false
    }

    pub(super) fn take(&mut self, signal: SignalKind) -> bool {
        let there = self.there.iter().position(|there| *there == signal);
        there.map(|there| self.there.remove(there)).is_some()
    }
}
