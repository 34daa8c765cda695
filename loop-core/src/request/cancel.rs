//! [`Cancel`]: ends another task.

use super::any_coroutine::Value;
use super::any_handle::AnyHandle;
use super::handle::Handle;
use super::task_error::TaskError;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};

/// Cancels a task: closes its coroutines where they are, the innermost first, and then those that wait for it on the task's
/// stack. Their locals are dropped in reverse order. The task that asks keeps its turn.
///
/// The answer says how the task ended: with its value if it had ended before, with the [`TaskError`] with which it had failed
/// before, or with an error that [is a cancellation](TaskError::is_cancelled). The task's own request is undone, and nothing is
/// lost: a line of input that was meant for the task goes to the next task that asks.
///
/// Tasks that it has spawned go on, also those whose end it waits for. Those that it has in a [`Group`](crate::Group), an
/// [`All`](crate::All), a [`Race`](crate::Race) or a [`Timeout`](crate::Timeout) are cancelled with it.
///
/// The handle is used up. A task that cancels itself is closed in the middle of its turn.
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
#[must_use = "a request does nothing unless you `yield_!` it"]
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

impl<T> Cancel<T> {
    /// Says why. The task's [`TaskError`] has it as its [reason](TaskError::reason).
    ///
    /// ```
    /// use loop_core::Handle;
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn stop(worker: Handle<()>) {
    ///     let _ = yield_!(Cancel(worker).because("the file is complete"));
    /// }
    /// ```
    pub fn because(self, reason: impl Into<String>) -> CancelBecause<T> {
        CancelBecause {
            handle: self.0,
            reason: reason.into(),
        }
    }
}

/// A [`Cancel`] with a reason. Made by [`Cancel::because`].
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::{CancelBecause, Handle};
///
/// fn too_late<T>(task: Handle<T>) -> CancelBecause<T> {
///     Cancel(task).because("it is late")
/// }
/// # #[loop_core::coroutine] fn naps() { yield_!(); }
/// # #[loop_core::coroutine]
/// # fn program() -> String {
/// #     let task = yield_!(Spawn(naps()));
/// #     yield_!(too_late(task)).unwrap_err().reason().unwrap().to_owned()
/// # }
/// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), "it is late");
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct CancelBecause<T> {
    handle: Handle<T>,
    reason: String,
}

impl<T: 'static> Request for CancelBecause<T> {
    type Answer = Result<T, TaskError>;

    fn into_yield(self) -> Yield {
        Yield::CancelBecause(Box::new((AnyHandle::from(self.handle), self.reason)))
    }

    #[inline]
    fn answer(resume: Resume) -> Result<T, TaskError> {
        Cancel::answer(resume)
    }
}
