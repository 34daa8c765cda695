//! How long a run goes on, and why it ends earlier.

use crate::id::TaskId;

/// Why a run ends before all tasks have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StopReason {
    /// The awaited task ended.
    Awaited,
    Stopped,
    /// A task wants the program to end with this status.
    Exit(i32),
    BrokenPipe,
    Interrupted,
    /// These tasks wait for each other in a cycle: each waits for the next one.
    Cycle(Vec<TaskId>),
    /// There were more steps than the limit.
    StepLimit,
}

/// How long a run goes on, unless it is stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RunUntil {
    /// Until every task has ended.
    AllEnded,
    /// Until this task has ended.
    Ended(TaskId),
    /// Until it is stopped, also when no task is left.
    Stopped,
}
