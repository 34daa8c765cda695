//! [`Cancel`]: the end of another task, now.

use super::{AnyHandle, Handle, Request, Resume, TaskError, Value, Yield, mismatch};

/// Cancels a task: closes it where it waits, the innermost coroutine first, and then those that wait for it on its stack. Their
/// locals are dropped in reverse order.
///
/// The answer says how the task ended: with its value if it had ended before, with the [`TaskError`] with which it had failed
/// before, or with an error that [is a cancellation](TaskError::is_cancelled). What the task waited for is not waited for
/// any more, and nothing is taken from it: a line of input goes to the next task that asks.
///
/// A task that cancels itself is closed in the middle of its turn.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn nap() {
///     yield_!(Sleep(Duration::from_secs(3600)));
/// }
///
/// #[loop_core::coroutine]
/// fn impatient() {
///     let handle = yield_!(Spawn(nap()));
///     yield_!(Sleep(Duration::from_secs(1)));
///     assert!(yield_!(Cancel(handle)).unwrap_err().is_cancelled());
/// }
///
/// assert_eq!(Sim::new().run(impatient()).elapsed(), Duration::from_secs(1));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is yielded"]
pub struct Cancel<T>(pub Handle<T>);

impl<T: 'static> Request for Cancel<T> {
    type Answer = Result<T, TaskError>;

    fn into_yield(self) -> Yield {
        Yield::Cancel(AnyHandle::from(self.0))
    }

    #[inline]
    fn answer(resume: Resume) -> Result<T, TaskError> {
        match resume {
            Resume::Joined(ended) => ended.map(|value: Value| value.expect("a task's value")),
            other => mismatch("Cancel", other),
        }
    }
}
