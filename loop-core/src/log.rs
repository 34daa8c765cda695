//! What the loop decides, as log lines through the `tracing` crate, in the words of the trace.

use tracing::{Level, debug, enabled};

use crate::id::TaskId;
use crate::trace::{Event, Naming, is_told, rest};

/// Whether a subscriber takes the log lines.
#[inline]
pub(crate) fn is_on() -> bool {
    enabled!(target: "loop_core", Level::DEBUG)
}

struct ByName<'a>(&'a dyn Fn(TaskId) -> String);

impl Naming for ByName<'_> {
    fn name(&self, task: TaskId) -> String {
        (self.0)(task)
    }
}

/// Writes one event as one line. Tasks are called what `name` says.
pub(crate) fn log(event: &Event, name: &dyn Fn(TaskId) -> String) {
    if !is_told(event) {
        return;
    }
    let (verb, rest) = (event.kind().verb(), rest(event, &ByName(name)));
    let space = if rest.is_empty() { "" } else { " " };
    match event.task().some() {
        Some(task) => debug!(target: "loop_core", task = name(task), "{verb}{space}{rest}"),
        None => debug!(target: "loop_core", "{verb}{space}{rest}"),
    }
}
