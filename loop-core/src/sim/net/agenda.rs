//! [`Agenda`]: what happens when.

use std::collections::{BTreeMap, BTreeSet};

use super::control::Command;
use crate::id::SourceId;
use crate::time::Time;

/// What is held up by a link that is cut arrives at this time: never, until the link is repaired.
pub(super) const HELD: Time = Time::MAX;

/// What happens by itself, whether a task waits for it or not.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    /// Somebody's question for a connection, with its number, arrives.
    Asked(usize),
    Told(Command),
}

/// What happens when.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    /// The socket may be tried again then.
    due: BTreeSet<(Time, SourceId)>,
    /// In the order of their times, and those of one time as they were planned.
    happenings: BTreeMap<(Time, u64), Happening>,
    planned: u64,
}

impl Agenda {
    /// Something changes for a socket.
    pub(super) fn announce(&mut self, time: Time, source: SourceId) {
        if time != HELD {
            self.due.insert((time, source));
        }
    }

    /// It does not change then, after all.
    pub(super) fn withdraw(&mut self, time: Time, source: SourceId) {
        self.due.remove(&(time, source));
    }

    pub(super) fn plan(&mut self, time: Time, happening: Happening) {
        self.planned += 1;
        self.happenings.insert((time, self.planned), happening);
    }

    pub(super) fn first_due(&self, is_awaited: impl Fn(SourceId) -> bool) -> Option<Time> {
        let due = self.due.iter().find(|(_, source)| is_awaited(*source));
        due.map(|(time, _)| *time)
    }

    pub(super) fn first_happening(&self) -> Option<Time> {
        let first = self.happenings.first_key_value();
        first.map(|((time, _), _)| *time)
    }

    pub(super) fn take_due(&mut self, now: Time) -> Option<SourceId> {
        let (time, source) = *self.due.first()?;
        if time > now {
            return None;
        }
        self.due.pop_first();
        Some(source)
    }

    pub(super) fn take_happening(&mut self, now: Time) -> Option<(Time, Happening)> {
        if self.first_happening()? > now {
            return None;
        }
        let ((time, _), happening) = self.happenings.pop_first()?;
        Some((time, happening))
    }
}
