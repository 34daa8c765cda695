//! How a turn goes on.

/// How a turn goes on after a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flow {
    /// The task keeps its turn: its answer is in the airlock.
    Resume,
    /// The task keeps its turn: the coroutine on top of its stack begins.
    Start,
    /// The turn is over: the task is in the ready queue, waits or has ended.
    Over,
}
