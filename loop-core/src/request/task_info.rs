//! [`TaskInfo`]: a task, as it is known at a moment.

use crate::id::TaskId;

/// A task, as it is known at this moment.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::{Me, TaskInfo};
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn who() -> TaskInfo {
///     yield_!(Me)
/// }
///
/// let run = Sim::new().run(who);
/// assert_eq!(run.into_result().unwrap().name, "who");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// Its number, which is used again when the task has ended.
    pub id: TaskId,
    /// Its name.
    pub name: String,
}

impl TaskInfo {
    pub(crate) fn new(id: TaskId, name: String) -> TaskInfo {
        TaskInfo { id, name }
    }
}
