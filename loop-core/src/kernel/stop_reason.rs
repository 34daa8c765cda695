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

impl StopReason {
    /// Whether the run returns this reason even if tasks have failed. Their failures are written to standard error then.
    pub(super) fn hides_failures(&self) -> bool {
        match self {
            StopReason::BrokenPipe
            | StopReason::Interrupted
            | StopReason::Exit(_)
            | StopReason::StepLimit => true,
            StopReason::Awaited | StopReason::Stopped | StopReason::Cycle(_) => false,
        }
    }
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
