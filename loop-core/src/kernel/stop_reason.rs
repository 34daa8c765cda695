//! Until when a run goes on, and why it ends before.

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
    /// These tasks wait for each other, each for the next one.
    Cycle(Vec<TaskId>),
    /// There were more steps than the limit.
    StepLimit,
}

/// Until when a run goes on, unless it is stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RunUntil {
    /// Until every task has ended.
    AllEnded,
    /// Until this task has ended.
    Ended(TaskId),
    /// Also when no task is left.
    Stopped,
}
