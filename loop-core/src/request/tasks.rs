//! Requests about tasks: [`Spawn`], joining a [`Handle`], [`Stop`].

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use super::{AnyCoroutine, Coroutine, Request, Resume, Value, Yield, mismatch};
use crate::coroutine::{Payload, Site};
use crate::id::TaskId;

/// Makes a coroutine a task of its own, which runs beside the one that asks.
///
/// The answer is a [`Handle`]: yield it to wait for the task's value, or drop it to let the task go its own way. The new
/// task joins the back of the ready queue; the asking one comes after it.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn square(n: u64) -> u64 {
///     yield_!();
///     n * n
/// }
///
/// #[loop_core::coroutine]
/// fn parent() -> u64 {
///     let handles = [yield_!(Spawn(square(3))), yield_!(Spawn(square(4)))];
///     let mut sum = 0;
///     for handle in handles {
///         sum += yield_!(handle).unwrap();
///     }
///     sum
/// }
///
/// assert_eq!(Sim::new().run(parent()).result.unwrap(), 25);
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is yielded"]
pub struct Spawn<T>(pub Coroutine<T>);

impl<T: 'static> Request for Spawn<T> {
    type Answer = Handle<T>;

    fn into_yield(self) -> Yield {
        Yield::Spawn(AnyCoroutine::from(self.0))
    }

    fn answer(resume: Resume) -> Handle<T> {
        match resume {
            Resume::Spawned(any) => Handle {
                any,
                value: PhantomData,
            },
            other => mismatch(&"Spawn", &other),
        }
    }
}

/// What the handles of a loop and the loop itself share: whose handle has been dropped.
#[derive(Debug, Default)]
pub(crate) struct DetachQueue {
    detached: RefCell<VecDeque<TaskId>>,
}

impl DetachQueue {
    /// The next one, in the order of dropping.
    pub(crate) fn next_detached(&self) -> Option<TaskId> {
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
/// assert_eq!(Sim::new().run(parent()).result.unwrap(), "out of luck");
/// ```
#[must_use = "dropping the handle detaches the task; yield it to wait for the task"]
pub struct Handle<T> {
    any: AnyHandle,
    value: PhantomData<fn() -> T>,
}

impl<T> Handle<T> {
    /// Which task it is.
    ///
    /// ```
    /// # use loop_core::{Handle, TaskId};
    /// fn same<T>(a: &Handle<T>, b: &Handle<T>) -> bool {
    ///     a.id() == b.id()
    /// }
    /// ```
    pub fn id(&self) -> TaskId {
        self.any.task
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
    /// # assert!(loop_core::sim::Sim::new().run(parent()).result.is_ok());
    /// ```
    pub fn detach(self) {}
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.any.task.0)
    }
}

impl<T: 'static> Request for Handle<T> {
    type Answer = Result<T, TaskError>;

    fn into_yield(self) -> Yield {
        Yield::Join(self.any)
    }

    fn answer(resume: Resume) -> Result<T, TaskError> {
        match resume {
            Resume::Joined(ended) => {
                ended.map(|value: Value| value.take().expect("a task's value has its type"))
            }
            other => mismatch(&"a handle", &other),
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
    task: TaskId,
    /// `None` once the loop has taken the handle: it detaches nothing any more.
    link: Option<Rc<DetachQueue>>,
}

impl AnyHandle {
    pub(crate) fn new(task: TaskId, link: &Rc<DetachQueue>) -> AnyHandle {
        AnyHandle {
            task,
            link: Some(Rc::clone(link)),
        }
    }

    pub(crate) fn task(&self) -> TaskId {
        self.task
    }

    /// Whether it is a handle of the loop whose link this is.
    pub(crate) fn is_of(&self, link: &Rc<DetachQueue>) -> bool {
        self.link
            .as_ref()
            .is_some_and(|ours| Rc::ptr_eq(ours, link))
    }

    /// The task, if it is one of the loop whose link this is. The handle is spent.
    #[inline]
    pub(crate) fn into_task(mut self, link: &Rc<DetachQueue>) -> Option<TaskId> {
        let task = self.task;
        let ours = self.is_of(link);
        if ours {
            self.link = None;
            // Nothing is left to note; its destructor would only find that out.
            std::mem::forget(self);
            return Some(task);
        }
        None
    }
}

impl Drop for AnyHandle {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.detached.borrow_mut().push_back(self.task);
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
        write!(f, "AnyHandle({})", self.task.0)
    }
}

/// Makes the loop's `run` return, after the step that asks.
///
/// The tasks stay where they are; run the loop again and they go on. From outside a coroutine use
/// [`EventLoop::stop`](crate::EventLoop::stop).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::EventLoop;
///
/// #[loop_core::coroutine]
/// fn parent() {
///     yield_!(Stop);
///     unreachable!("the loop is not run again");
/// }
///
/// let mut event_loop = EventLoop::new()?;
/// event_loop.schedule(parent());
/// event_loop.run_forever()?;
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Stop;

impl Request for Stop {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Stop
    }

    fn answer(_: Resume) {}
}

/// How a task failed: it panicked.
///
/// Whoever joins the task gets it; if nobody does, the loop's `run` returns it in
/// [`Error::Failed`](crate::Error::Failed).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn fails() {
///     panic!("out of luck");
/// }
///
/// let Err(Error::Failed(errors)) = Sim::new().run(fails()).result else { unreachable!() };
/// assert_eq!(errors[0].task(), "fails");
/// assert_eq!(errors[0].message(), "out of luck");
/// ```
pub struct TaskError(Box<Failure>);

struct Failure {
    task: String,
    site: Option<&'static Site>,
    /// Which failure of its loop it is.
    number: u64,
    message: String,
    /// Never locked: a payload may be sent to another thread but not shared, and errors should be both.
    payload: Mutex<Payload>,
}

impl TaskError {
    pub(crate) fn new(
        task: String,
        site: Option<&'static Site>,
        number: u64,
        payload: Payload,
    ) -> TaskError {
        TaskError(Box::new(Failure {
            task,
            site,
            number,
            message: panic_message(&payload).to_owned(),
            payload: Mutex::new(payload),
        }))
    }

    /// By which failures are put in the order in which they happened.
    pub(crate) fn number(&self) -> u64 {
        self.0.number
    }

    /// The task's name.
    pub fn task(&self) -> &str {
        &self.0.task
    }

    /// The coroutine that panicked: the innermost one on the task's stack.
    pub fn site(&self) -> Option<&'static Site> {
        self.0.site
    }

    /// What the panic said, if it said it in text.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The panic's payload, for [`std::panic::resume_unwind`].
    pub fn into_panic(self) -> Box<dyn std::any::Any + Send> {
        let payload = self.0.payload.into_inner();
        payload.unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn panic_message(payload: &Payload) -> &str {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "(a panic without a message)"
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task `{}` panicked", self.0.task)?;
        if let Some(Site { name, file, line }) = self.0.site {
            write!(f, " in `{name}` ({file}:{line})")?;
        }
        write!(f, ": {}", self.message())
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskError")
            .field("task", &self.0.task)
            .field("site", &self.0.site)
            .field("message", &self.message())
            .finish()
    }
}

impl std::error::Error for TaskError {}
