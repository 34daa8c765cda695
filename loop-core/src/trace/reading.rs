//! [`Events`]: a recording read back, as the events that were recorded.

use std::fmt;
use std::slice;

use super::short::Short;
use super::sites::{Number, Sites};
use super::{Asked, Cause, Event, Told};
use crate::id::TaskId;

/// The events of a [`Recording`](super::Recording), in order. See [`Recording::events`](super::Recording::events).
#[derive(Clone)]
pub struct Events<'a> {
    entries: slice::Iter<'a, Short>,
    whole: slice::Iter<'a, Event>,
    sites: &'a Sites,
    /// The second half of a [`Short::Yielded`] is still to come.
    yielded: Option<TaskId>,
    left: usize,
}

impl<'a> Events<'a> {
    pub(super) fn new(entries: &'a [Short], whole: &'a [Event], sites: &'a Sites) -> Events<'a> {
        Events {
            entries: entries.iter(),
            whole: whole.iter(),
            sites,
            yielded: None,
            left: entries.iter().map(Short::count).sum(),
        }
    }
}

impl Events<'_> {
    fn resumed(&self, task: TaskId, site: Number, input: Told) -> Event {
        let site = self.sites.site(site);
        Event::Resumed { task, site, input }
    }

    fn rest(&mut self) -> u32 {
        match self.entries.next() {
            Some(Short::Rest(rest)) => *rest,
            _ => unreachable!("the rest of an entry follows it"),
        }
    }

    fn other(&mut self) -> TaskId {
        TaskId(self.rest())
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.left = self.left.checked_sub(1)?;
        if let Some(task) = self.yielded.take() {
            return Some(asked(task, Asked::Now));
        }
        Some(match *self.entries.next()? {
            Short::Scheduled { task, site } => Event::Scheduled {
                task,
                parent: self.other().some(),
                ordinal: self.rest(),
                site: self.sites.site(site),
            },
            Short::Resumed { task, site, input } => self.resumed(task, site, input.into()),
            Short::ResumedSpawned { task, site } => {
                let input = Told::Spawned(self.other());
                self.resumed(task, site, input)
            }
            Short::Yielded { task, site, input } => {
                self.yielded = Some(task);
                self.resumed(task, site, input.into())
            }
            Short::Asked { task, request } => asked(task, request.into()),
            Short::AskedSpawn { task, site } => asked(task, Asked::Spawn(self.sites.site(site))),
            Short::AskedChain { task, site } => asked(task, Asked::Chain(self.sites.site(site))),
            Short::AskedJoin { task } => asked(task, Asked::Join(self.other())),
            Short::Answered { task, answer } => answered(task, answer.into()),
            Short::AnsweredSpawned { task } => answered(task, Told::Spawned(self.other())),
            Short::Parked { task } => Event::Parked { task },
            Short::Returned { task, site } => {
                let site = self.sites.site(site);
                Event::Returned { task, site }
            }
            Short::Finished { task } => Event::Finished { task },
            Short::Woken { task, cause } => woken(task, cause.into()),
            Short::WokenJoin { task } => woken(task, Cause::Join(self.other())),
            Short::Rest(_) => unreachable!("the rest of an entry is read with it"),
            Short::Whole => self.whole.next()?.clone(),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Events<'_> {}

pub(super) fn asked(task: TaskId, request: Asked) -> Event {
    Event::Asked { task, request }
}

pub(super) fn answered(task: TaskId, answer: Told) -> Event {
    Event::Answered { task, answer }
}

pub(super) fn woken(task: TaskId, cause: Cause) -> Event {
    Event::Woken { task, cause }
}

impl std::iter::FusedIterator for Events<'_> {}

impl fmt::Debug for Events<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
