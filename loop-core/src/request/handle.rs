//! [`Handle`]: a task that was spawned, and the request to wait for its end.

use std::fmt;
use std::marker::PhantomData;

use super::any_coroutine::Value;
use super::any_handle::{AnyHandle, TaskRef};
use super::name_of::NameOf;
use super::task_error::TaskError;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};
use crate::id::TaskId;

/// A task that was spawned. Yield it to *join* the task: to wait for its value.
///
/// The answer is the task's value, or the [`TaskError`] with which it failed. Joining uses up the handle, and so does
/// [`Cancel`](crate::Cancel). If the task returns a `Result`, [`flatten`](Handle::flatten) makes one error of the two.
///
/// Dropping the handle *detaches* the task: it runs on, also if the handle is dropped because its owner was cancelled. If the task panics
/// then, the loop's `run` returns an error; if it returns an `Err`, that is reported.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn fails() {
///     yield_!();
///     panic!("out of luck");
/// }
///
/// #[loop_core::coroutine]
/// fn parent() -> String {
///     let handle = yield_!(Spawn(fails()));
///     yield_!(handle).unwrap_err().message().to_owned()
/// }
///
/// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), "out of luck");
/// ```
#[must_use = "dropping a handle detaches its task: `yield_!` the handle to wait for the task, or call `detach`"]
pub struct Handle<T> {
    any: AnyHandle,
    value: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    pub(super) fn from_any(any: AnyHandle) -> Handle<T> {
        Handle {
            any,
            value: PhantomData,
        }
    }

    /// Which task it is.
    ///
    /// ```
    /// use loop_core::{Handle, TaskId};
    ///
    /// fn same<T>(a: &Handle<T>, b: &Handle<T>) -> bool {
    ///     a.id() == b.id()
    /// }
    /// ```
    pub fn id(&self) -> TaskId {
        self.any.task()
    }

    /// Whether the task has ended, in whatever way: then joining it does not wait.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn naps() {
    ///     yield_!(Sleep(std::time::Duration::from_secs(1)));
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() {
    ///     let task = yield_!(Spawn(naps()));
    ///     assert!(!task.is_finished());
    ///     yield_!(Sleep(std::time::Duration::from_secs(2)));
    ///     assert!(task.is_finished());
    ///     yield_!(task).unwrap();
    /// }
    ///
    /// Sim::new().run(parent()).into_result().unwrap();
    /// ```
    pub fn is_finished(&self) -> bool {
        self.any.is_finished()
    }

    /// Request: the task's name, as traces and reports have it. It is answered in the same step.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn child() {
    ///     yield_!();
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() {
    ///     let task = yield_!(Spawn(child()));
    ///     assert_eq!(yield_!(task.name()), "parent/1");
    ///     yield_!(task).unwrap();
    /// }
    ///
    /// Sim::new().run(parent()).into_result().unwrap();
    /// ```
    pub fn name(&self) -> impl Request<Answer = String> + use<T> {
        NameOf(self.any.to_task())
    }

    pub(super) fn to_task(&self) -> TaskRef {
        self.any.to_task()
    }

    /// Detaches the task. The same as dropping the handle, but explicit.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn background() {}
    ///
    /// #[loop_core::coroutine]
    /// fn parent() {
    ///     yield_!(Spawn(background())).detach();
    /// }
    /// # assert!(loop_core::sim::Sim::new().run(parent()).result().is_ok());
    /// ```
    pub fn detach(self) {}
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.any.task().0)
    }
}

impl<T: 'static> Request for Handle<T> {
    type Answer = Result<T, TaskError>;

    fn into_yield(self) -> Yield {
        Yield::Join(self.any)
    }

    #[inline]
    fn answer(resume: Resume) -> Result<T, TaskError> {
        match resume {
            Resume::Joined(ended) => ended.map(|value: Value| value.expect("a task's value")),
            other => mismatch("a handle", other),
        }
    }
}

impl<T> From<Handle<T>> for AnyHandle {
    fn from(handle: Handle<T>) -> AnyHandle {
        handle.any
    }
}
