//! What a policy decides: each place where another order than production's is possible.

/// A decision that a policy is asked for.
///
/// Option 0 is always what production does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Choice {
    /// Which of the ready tasks runs next. Option 0 is the first of the queue.
    NextTask,
    /// Whether the running task keeps its turn after an answer. Option 0 is yes, option 1 is no.
    KeepTurn,
}
