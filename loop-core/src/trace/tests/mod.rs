//! Logs written by hand, and their views.

mod events;
mod lines;
mod logs;
mod many;
mod ring;
mod views;

use std::time::Duration;

use super::*;
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::time::Time;

pub(super) const MAIN: TaskId = TaskId(0);
pub(super) const FIRST: TaskId = TaskId(1);
pub(super) const SECOND: TaskId = TaskId(2);

const fn site(name: &'static str, line: u32) -> Site {
    let file = "a.rs";
    Site { name, file, line }
}

pub(super) static PROGRAM: Site = site("main", 1);
pub(super) static FIB: Site = site("fib", 2);
pub(super) static OPENS: Site = site("opens", 3);

pub(super) fn text(text: &str) -> Payload {
    Payload::text(text, TEXT_LIMIT)
}

/// Events, written down one after the other.
#[derive(Default)]
pub(super) struct Log(pub(super) Vec<Event>);

impl Log {
    pub(super) fn new() -> Log {
        Log::default().root(MAIN, &PROGRAM, 1)
    }

    pub(super) fn with(mut self, kind: EventKind, task: TaskId, payload: Payload) -> Log {
        self.0.push(Event::new(kind, task, payload));
        self
    }

    pub(super) fn plain(mut self, kind: EventKind, task: TaskId) -> Log {
        self.0.push(Event::plain(kind, task));
        self
    }

    pub(super) fn root(self, task: TaskId, site: &'static Site, ordinal: u32) -> Log {
        self.made(task, None, ordinal, None, site, None)
    }

    pub(super) fn child(self, task: TaskId, parent: TaskId, ordinal: u32) -> Log {
        self.made(task, Some(parent), ordinal, None, &FIB, Some("3"))
    }

    pub(super) fn made(
        self,
        task: TaskId,
        parent: Option<TaskId>,
        ordinal: u32,
        name: Option<&str>,
        site: &'static Site,
        arguments: Option<&str>,
    ) -> Log {
        let (name, arguments) = (name.map(Box::from), arguments.map(Box::from));
        let made = Made {
            parent,
            ordinal,
            name,
            site,
            arguments,
        };
        self.with(EventKind::Scheduled, task, Payload::Made(made))
    }

    pub(super) fn started(self, task: TaskId, site: &'static Site) -> Log {
        self.with(EventKind::Started, task, Payload::Site(site))
    }

    pub(super) fn primed(self, task: TaskId, site: &'static Site) -> Log {
        self.with(EventKind::Primed, task, Payload::Site(site))
    }

    pub(super) fn resumed(self, task: TaskId, site: &'static Site) -> Log {
        self.with(EventKind::Resumed, task, Payload::Site(site))
    }

    pub(super) fn asked(self, task: TaskId, kind: RequestKind, payload: Payload) -> Log {
        self.with(EventKind::Asked(kind), task, payload)
    }

    pub(super) fn answered(self, task: TaskId, kind: RequestKind, payload: Payload) -> Log {
        self.with(EventKind::Answered(kind), task, payload)
    }

    pub(super) fn readied(self, task: TaskId, kind: RequestKind, payload: Payload) -> Log {
        self.with(EventKind::Readied(kind), task, payload)
    }

    pub(super) fn woken(self, task: TaskId, kind: RequestKind, payload: Payload) -> Log {
        self.with(EventKind::Woken(kind), task, payload)
    }

    pub(super) fn parked(self, task: TaskId) -> Log {
        self.plain(EventKind::Parked, task)
    }

    pub(super) fn polled(self, millis: u64) -> Log {
        let now = Time::ZERO + Duration::from_millis(millis);
        self.with(EventKind::Polled, TaskId::NONE, Payload::Time(now))
    }

    pub(super) fn returned(self, task: TaskId, text: &str) -> Log {
        self.with(EventKind::Returned, task, value(text))
    }

    pub(super) fn finished(self, task: TaskId, text: &str) -> Log {
        self.with(EventKind::Finished, task, value(text))
    }

    pub(super) fn trace(self) -> Trace {
        Trace::new("fifo".to_owned(), self.0)
    }
}

fn value(text: &str) -> Payload {
    Payload::Value((!text.is_empty()).then(|| text.to_owned()))
}

pub(super) fn calls(site: &'static Site, arguments: &str, depth: u8) -> Payload {
    Payload::Call {
        site,
        arguments: Some(arguments.to_owned()),
        depth,
    }
}
