//! What the loop decides, as log lines through the `tracing` crate.

use tracing::{Level, debug, enabled};

use crate::scheduler::Scheduler;
use crate::trace::{Asked, Cause, Event, Told};

/// Whether anybody listens.
#[inline]
pub(crate) fn is_on() -> bool {
    enabled!(target: "loop_core", Level::DEBUG)
}

/// Writes one event as one line.
pub(crate) fn log<M>(event: &Event, scheduler: &Scheduler<M>) {
    let name = |task| scheduler.name(task);
    match event {
        Event::Scheduled { task, site, .. } => {
            debug!(target: "loop_core", task = name(*task), "Schedules {}", site.name);
        }
        Event::Resumed { task, site, input } => {
            debug!(target: "loop_core", task = name(*task), "resuming {} with {}", site.name, told(input));
        }
        Event::Asked { task, request } => {
            debug!(target: "loop_core", task = name(*task), "yielding {}", asked(request));
        }
        Event::Answered { task, .. } => {
            debug!(target: "loop_core", task = name(*task), "answered at once");
        }
        Event::Parked { task } => debug!(target: "loop_core", task = name(*task), "parked"),
        Event::Returned { task, site } => {
            debug!(target: "loop_core", task = name(*task), "{} returned", site.name);
        }
        Event::Finished { task } => debug!(target: "loop_core", task = name(*task), "finished"),
        Event::Failed { task, message } => {
            debug!(target: "loop_core", task = name(*task), "panicked: {message}");
        }
        Event::Looked { now } => debug!(target: "loop_core", "polled at {now}"),
        Event::Woken { task, cause } => {
            debug!(target: "loop_core", task = name(*task), "woken by {}", woken(cause));
        }
        Event::Chose { picked, options } => {
            debug!(target: "loop_core", "chose {picked} of {options}");
        }
        Event::Deadlocked { waits } => {
            debug!(target: "loop_core", tasks = waits.len(), "deadlocked");
        }
    }
}

fn told(told: &Told) -> String {
    match told {
        Told::Line(text) | Told::Bytes(text) => text.to_string(),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn asked(request: &Asked) -> String {
    match request {
        Asked::Print(text) => format!("print {text}"),
        Asked::Eprint(text) => format!("eprint {text}"),
        Asked::Spawn(site) => format!("spawn {}", site.name),
        Asked::Chain(site) => site.name.to_owned(),
        Asked::Join(_) => "a handle".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn woken(cause: &Cause) -> String {
    match cause {
        Cause::Stdin(input) => format!("stdin: {}", told(input)),
        Cause::Join(_) => "the end of a task".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}
