//! [`LimitReached`]: the failure of a task that would have been one too many.

use std::fmt;

/// A limit of the loop, with the number to which it was set, for which a task has failed. See [`TaskError::limit`](crate::TaskError::limit).
///
/// ```
/// use loop_core::LimitReached;
///
/// fn status(limit: LimitReached) -> u32 {
///     match limit {
///         LimitReached::Tasks(_) => 503, // come back later
///         _ => 500,
///     }
/// }
/// # assert_eq!(status(LimitReached::Tasks(100)), 503);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LimitReached {
    /// The loop had so many tasks already: [`Builder::max_tasks`](crate::Builder::max_tasks). The new task has failed.
    Tasks(usize),
    /// So many coroutines were on the task's stack already: [`Builder::max_depth`](crate::Builder::max_depth). The task has failed.
    Depth(usize),
}

impl fmt::Display for LimitReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitReached::Tasks(max) => write!(
                f,
                "`max_tasks({max})`: the loop has no room for another task. Make fewer at a time, for example in a bounded group, or set \
                 another limit"
            ),
            LimitReached::Depth(max) => write!(
                f,
                "`max_depth({max})`: the task's stack has no room for another coroutine. End the recursion earlier, or set another limit"
            ),
        }
    }
}

impl std::error::Error for LimitReached {}
