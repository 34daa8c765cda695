//! The settings of a loop, as its builder collects them.

use crate::slow::SlowSteps;

/// Hears of errors that nobody can ask for: the task's name, and the error's text.
pub(crate) type ErrorHook = Box<dyn FnMut(&str, &str)>;

/// What a loop is told when it is made, apart from its world, its recorder and its policy.
pub(crate) struct Settings {
    pub(crate) slow: SlowSteps,
    /// The longest line of input, in bytes.
    pub(crate) line_limit: usize,
    pub(crate) on_unjoined_error: Option<ErrorHook>,
    /// After so many steps a run fails. `None`: never.
    pub(crate) step_limit: Option<u64>,
}
