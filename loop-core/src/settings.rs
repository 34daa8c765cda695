//! The settings of a loop, as its builder collects them.

use crate::signal::SignalKind;
use crate::slow::SlowSteps;

/// Gets the errors that no task can join: the task's name, and the error's text.
pub(crate) type ErrorHook = Box<dyn FnMut(&str, &str)>;

/// The settings of a loop, apart from its world, its recorder and its policy.
pub(crate) struct Settings {
    pub(crate) slow: SlowSteps,
    /// The longest line of input, in bytes.
    pub(crate) line_limit: usize,
    /// How many bytes of a text are recorded.
    pub(crate) text_limit: usize,
    pub(crate) on_unjoined_error: Option<ErrorHook>,
    /// On this signal the tasks are written to standard error.
    pub(crate) show_tasks_on: Option<SignalKind>,
    /// It is kept since when tasks wait, also where that is not needed anyway.
    pub(crate) tracks_waits: bool,
    /// A run that makes more steps fails. `None`: there is no limit.
    pub(crate) step_limit: Option<u64>,
    /// How many tasks may be unfinished at a time.
    pub(crate) max_tasks: usize,
    /// How many coroutines may be on the stack of a task. `None`: there is no limit, and they are not counted.
    pub(crate) max_depth: Option<usize>,
}
