//! [`AnyHandle`]: a handle of a task whose value may have any type, and the queue that tells the loop of dropped handles.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use crate::id::TaskId;

/// The tasks whose handles have been dropped. The handles of a loop and the loop itself share it.
#[derive(Debug, Default)]
pub(crate) struct DetachQueue {
    /// Each task with its generation, which distinguishes it from other tasks of the same number.
    detached: RefCell<VecDeque<(TaskId, u32)>>,
}

impl DetachQueue {
    /// Notes that the handle of a task was dropped.
    pub(crate) fn push(&self, task: TaskId, generation: u32) {
        self.detached.borrow_mut().push_back((task, generation));
    }

    /// Takes the next task, in the order in which the handles were dropped.
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
    /// The task's number in the lower half, its generation in the upper half. One integer, so that a handle is two words and
    /// is passed in registers.
    task_and_generation: u64,
    /// `None` after the loop has used up the handle: dropping it no longer detaches the task.
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

    /// Uses up the handle. Gives its task, if that belongs to the loop whose queue this is.
    #[inline]
    pub(crate) fn into_task(mut self, queue: &Rc<DetachQueue>) -> Option<TaskId> {
        if !self.is_of(queue) {
            return None;
        }
        let task = self.task();
        self.detaches = None;
        // The handle was not dropped but used up, so the destructor has nothing to do.
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
