//! What the loop decides, as log lines through the `tracing` crate, in the words of the trace.

use tracing::{Level, debug, enabled};

use crate::scheduler::Scheduler;
use crate::trace::{Event, In};

/// Whether anybody listens.
#[inline]
pub(crate) fn is_on() -> bool {
    enabled!(target: "loop_core", Level::DEBUG)
}

/// Writes one event as one line.
pub(crate) fn log<M, F>(event: &Event, scheduler: &Scheduler<M, F>) {
    let name = |task| scheduler.name(task);
    match event {
        Event::Scheduled { task, site, .. } => {
            debug!(target: "loop_core", task = name(*task), "Schedules {}", site.name);
        }
        Event::Resumed { task, site, input } => {
            debug!(target: "loop_core", task = name(*task), "resuming {}: {}", site.name, In(input, &name));
        }
        Event::Asked { task, request } => {
            debug!(target: "loop_core", task = name(*task), "yielding {}", In(request, &name));
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
            debug!(target: "loop_core", task = name(*task), "woken by {}", In(cause, &name));
        }
        Event::Chose { picked, options } => {
            debug!(target: "loop_core", "chose {} of {options}", picked + 1);
        }
        Event::Deadlocked { waits } => {
            debug!(target: "loop_core", tasks = waits.len(), "deadlocked");
        }
    }
}
