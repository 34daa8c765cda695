//! [`AnyHandle`]: a handle of a task whose value's type is not known, and where the loop learns that it was dropped.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

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

/// A [`Handle`](crate::Handle) whose type is not known, for the raw request [`Yield::Join`](crate::Yield::Join).
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

impl fmt::Debug for AnyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyHandle({})", self.task().0)
    }
}
