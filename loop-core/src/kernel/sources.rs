//! The table of sources: the streams outside that tasks wait for, each with its buffer and its queue of waiters.
//!
//! A standard stream is a source like any other: it is opened, watched, tried and closed in the same way.

use std::io;

use super::streams::{Input, Output};
use super::waits::{Links, Waiters};
use crate::id::{SourceId, TaskId};
use crate::world::{Source, World};

/// The kernel's buffer between a source and the tasks.
pub(super) enum Stream {
    Input(Input),
    Output(Output),
}

struct Endpoint {
    what: Source,
    stream: Stream,
    /// The world watches the source: the last attempt would have blocked.
    is_watched: bool,
    waiters: Waiters,
}

struct Slot {
    /// How many sources were in this slot before.
    generation: u32,
    endpoint: Option<Endpoint>,
}

pub(super) struct Sources {
    slots: Vec<Slot>,
    /// Sources that a task waits for and that have not been tried since it began to wait.
    untried: Vec<SourceId>,
}

/// Every loop opens this many sources.
pub(super) const STANDARD: usize = 3;

const OPEN: &str = "a source is open while the kernel uses it";

impl Sources {
    pub(super) fn new() -> Sources {
        Sources {
            slots: Vec::with_capacity(STANDARD),
            untried: Vec::new(),
        }
    }

    /// Opens a source in the first vacant slot.
    pub(super) fn open(
        &mut self,
        world: &mut impl World,
        what: Source,
        stream: Stream,
    ) -> io::Result<SourceId> {
        let vacant = self.slots.iter().position(|slot| slot.endpoint.is_none());
        let number = vacant.unwrap_or(self.slots.len());
        let generation = self.slots.get(number).map_or(0, |slot| slot.generation);
        let source = SourceId::new(number as u32, generation);
        world.open(source, what)?;
        let endpoint = Some(Endpoint {
            what,
            stream,
            is_watched: false,
            waiters: Waiters::NONE,
        });
        match vacant {
            Some(number) => self.slots[number].endpoint = endpoint,
            None => self.slots.push(Slot {
                generation,
                endpoint,
            }),
        }
        Ok(source)
    }

    /// Closes a source that no task waits for.
    pub(super) fn close(&mut self, world: &mut impl World, source: SourceId) {
        debug_assert!(self.is_current(source), "{OPEN}");
        world.close(source);
        let slot = &mut self.slots[source.number()];
        let closed = slot.endpoint.take();
        debug_assert!(
            closed.is_some_and(|closed| closed.waiters == Waiters::NONE),
            "no task waits for a source that is closed"
        );
        slot.generation = slot.generation.wrapping_add(1);
    }

    /// Whether the source is open, and not one that had the same number before.
    pub(super) fn is_current(&self, source: SourceId) -> bool {
        self.slots
            .get(source.number())
            .is_some_and(|slot| slot.endpoint.is_some() && slot.generation == source.generation())
    }

    #[inline]
    fn endpoint(&self, source: SourceId) -> &Endpoint {
        debug_assert!(self.is_current(source), "{OPEN}");
        self.slots[source.number()].endpoint.as_ref().expect(OPEN)
    }

    #[inline]
    fn endpoint_mut(&mut self, source: SourceId) -> &mut Endpoint {
        debug_assert!(self.is_current(source), "{OPEN}");
        self.slots[source.number()].endpoint.as_mut().expect(OPEN)
    }

    /// The source that a wait names by its number.
    pub(super) fn by_number(&self, number: u32) -> SourceId {
        SourceId::new(number, self.slots[number as usize].generation)
    }

    pub(super) fn what(&self, source: SourceId) -> Source {
        self.endpoint(source).what
    }

    #[inline]
    pub(super) fn stream_mut(&mut self, source: SourceId) -> &mut Stream {
        &mut self.endpoint_mut(source).stream
    }

    #[inline]
    pub(super) fn input_mut(&mut self, source: SourceId) -> &mut Input {
        match self.stream_mut(source) {
            Stream::Input(input) => input,
            Stream::Output(_) => unreachable!("an output is not read"),
        }
    }

    #[inline]
    pub(super) fn output_mut(&mut self, source: SourceId) -> &mut Output {
        match self.stream_mut(source) {
            Stream::Output(output) => output,
            Stream::Input(_) => unreachable!("an input is not written to"),
        }
    }

    // Watching and trying.

    #[inline]
    pub(super) fn is_watched(&self, source: SourceId) -> bool {
        self.endpoint(source).is_watched
    }

    pub(super) fn set_watched(&mut self, source: SourceId, is_watched: bool) {
        self.endpoint_mut(source).is_watched = is_watched;
    }

    /// Whether a task waits for a source that has not been tried since.
    #[inline]
    pub(super) fn has_untried(&self) -> bool {
        !self.untried.is_empty()
    }

    /// Makes the next poll try a source.
    pub(super) fn push_untried(&mut self, source: SourceId) {
        self.untried.push(source);
    }

    /// Adds the sources that have not been tried to those that the world has named; all are in the order of their numbers then.
    pub(super) fn add_untried(&mut self, named: &mut Vec<SourceId>) {
        if self.has_untried() {
            named.append(&mut self.untried);
            named.sort_unstable();
            named.dedup();
        }
    }

    // Waiters.

    /// Puts a task behind the others that wait for a source.
    pub(super) fn push_waiter(&mut self, source: SourceId, links: &mut impl Links, task: TaskId) {
        let endpoint = self.endpoint_mut(source);
        if endpoint.waiters.first().is_none() && !endpoint.is_watched {
            self.untried.push(source);
        }
        self.endpoint_mut(source).waiters.push_back(links, task);
    }

    /// Takes a task out of a source's waiters.
    pub(super) fn remove_waiter(&mut self, source: SourceId, links: &mut impl Links, task: TaskId) {
        let endpoint = self.endpoint_mut(source);
        endpoint.waiters.remove(links, task);
        if endpoint.waiters.first().is_none() {
            self.untried.retain(|untried| *untried != source);
        }
    }

    #[inline]
    pub(super) fn first_waiter(&self, source: SourceId) -> Option<TaskId> {
        self.endpoint(source).waiters.first()
    }
}
