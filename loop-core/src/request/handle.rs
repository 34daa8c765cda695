//! [`Handle`]: a task that was spawned, and the request to wait for its end.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::{Request, Resume, TaskError, Value, Yield, mismatch};
use crate::id::TaskId;

/// What the handles of a loop and the loop itself share: whose handle has been dropped.
#[derive(Debug, Default)]
pub(crate) struct DetachQueue {
    /// Each task with its generation, which tells it from other tasks of the same number.
    detached: RefCell<VecDeque<(TaskId, u32)>>,
}

impl DetachQueue {
    /// Notes that nobody has the handle of a task any more.
    pub(crate) fn push(&self, task: TaskId, generation: u32) {
        self.detached.borrow_mut().push_back((task, generation));
    }

    /// The next one, in the order of dropping.
    #[inline]
    pub(crate) fn next_detached(&self) -> Option<(TaskId, u32)> {
        self.detached.borrow_mut().pop_front()
    }
}

/// A task that was spawned. Yield it to *join* the task: to wait for its value.
///
/// The answer is the task's value, or the [`TaskError`] with which it failed. Dropping the handle *detaches* the task: it
/// runs on, and a failure of it makes the loop's `run` return an error.
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
#[must_use = "dropping the handle detaches the task; yield it to wait for the task"]
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
    /// # use loop_core::{Handle, TaskId};
    /// fn same<T>(a: &Handle<T>, b: &Handle<T>) -> bool {
    ///     a.id() == b.id()
    /// }
    /// ```
    pub fn id(&self) -> TaskId {
        self.any.task()
    }

    /// Lets the task go its own way, in words instead of by dropping the handle.
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

/// A [`Handle`] whose type is not known, for the raw request [`Yield::Join`].
///
/// ```
/// # use loop_core::{AnyHandle, Handle, Yield};
/// fn join<T>(handle: Handle<T>) -> Yield {
///     Yield::Join(AnyHandle::from(handle))
/// }
/// ```
pub struct AnyHandle {
    /// The task's number, and above it which of the tasks that had this number. One integer, so that a handle is two words
    /// that pass in registers.
    task_and_generation: u64,
    /// `None` once the loop has taken the handle: it detaches nothing any more.
    detaches: Option<Rc<DetachQueue>>,
}

impl AnyHandle {
    pub(crate) fn new(task: TaskId, generation: u32, queue: &Rc<DetachQueue>) -> AnyHandle {
        AnyHandle {
            task_and_generation: u64::from(generation) << 32 | u64::from(task.0),
            detaches: Some(Rc::clone(queue)),
        }
    }

    pub(crate) fn task(&self) -> TaskId {
        TaskId(self.task_and_generation as u32)
    }

    pub(crate) fn generation(&self) -> u32 {
        (self.task_and_generation >> 32) as u32
    }

    /// Whether it is a handle of the loop whose queue this is.
    pub(crate) fn is_of(&self, queue: &Rc<DetachQueue>) -> bool {
        self.detaches
            .as_ref()
            .is_some_and(|ours| Rc::ptr_eq(ours, queue))
    }

    /// The task, if it is one of the loop whose queue this is. The handle is used up by that.
    #[inline]
    pub(crate) fn into_task(mut self, queue: &Rc<DetachQueue>) -> Option<TaskId> {
        if !self.is_of(queue) {
            return None;
        }
        let task = self.task();
        self.detaches = None;
        // Nothing is left to note, so its destructor has nothing to do.
        std::mem::forget(self);
        Some(task)
    }
}

impl Drop for AnyHandle {
    fn drop(&mut self) {
        if let Some(queue) = self.detaches.take() {
            queue.push(self.task(), self.generation());
        }
    }
}

impl<T> From<Handle<T>> for AnyHandle {
    fn from(handle: Handle<T>) -> AnyHandle {
        handle.any
    }
}

impl fmt::Debug for AnyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyHandle({})", self.task().0)
    }
}
