//! [`AnyHandle`]: a handle of a task whose value may have any type, and the queue that tells the loop of dropped handles.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use crate::id::TaskId;

/// What the handles of a loop and the loop itself tell each other.
///
/// rustc says this name to those who send a handle to another thread.
#[derive(Debug, Default)]
pub(crate) struct DetachQueueOfThisThread {
    /// Tasks whose handles have been dropped, each with its generation, which distinguishes it from other tasks of the same number.
    detached: RefCell<VecDeque<(TaskId, u32)>>,
    /// One bit per task: it has ended, and its handle exists.
    ended: RefCell<Vec<u64>>,
}

/// The word in which the bit of a task is, and the bit.
fn bit_of(task: TaskId) -> (usize, u64) {
    (task.0 as usize / 64, 1 << (task.0 % 64))
}

impl DetachQueueOfThisThread {
    /// Notes that the handle of a task was dropped.
    pub(crate) fn push(&self, task: TaskId, generation: u32) {
        self.detached.borrow_mut().push_back((task, generation));
    }

    /// Notes whether a task whose handle exists has ended.
    #[inline]
    pub(crate) fn set_ended(&self, task: TaskId, has_ended: bool) {
        let (word, bit) = bit_of(task);
        let mut ended = self.ended.borrow_mut();
        if has_ended {
            if word >= ended.len() {
                ended.resize(word + 1, 0);
            }
            ended[word] |= bit;
        } else if let Some(word) = ended.get_mut(word) {
            *word &= !bit;
        }
    }

    fn has_ended(&self, task: TaskId) -> bool {
        let (word, bit) = bit_of(task);
        self.ended
            .borrow()
            .get(word)
            .is_some_and(|word| word & bit != 0)
    }

    /// Takes the next task, in the order in which the handles were dropped.
    #[inline]
    pub(crate) fn next_detached(&self) -> Option<(TaskId, u32)> {
        self.detached.borrow_mut().pop_front()
    }
}

/// Plumbing: a [`Handle`](crate::Handle) whose type is not known, for the raw request [`Yield::Join`](crate::Yield::Join).
///
/// ```
/// use loop_core::{AnyHandle, Handle, Yield};
///
/// fn join<T>(handle: Handle<T>) -> Yield {
///     Yield::Join(AnyHandle::from(handle))
/// }
/// ```
pub struct AnyHandle {
    /// The task's number in the lower half, its generation in the upper half. One integer, so that a handle is two words and
    /// is passed in registers.
    task_and_generation: u64,
    /// `None` after the loop has used up the handle: dropping it no longer detaches the task.
    detaches: Option<Rc<DetachQueueOfThisThread>>,
}

impl AnyHandle {
    pub(crate) fn new(
        task: TaskId,
        generation: u32,
        queue: &Rc<DetachQueueOfThisThread>,
    ) -> AnyHandle {
        AnyHandle {
            task_and_generation: u64::from(generation) << 32 | u64::from(task.0),
            detaches: Some(Rc::clone(queue)),
        }
    }

    pub(crate) fn task(&self) -> TaskId {
        TaskId(self.task_and_generation as u32)
    }

    /// Whether its task has ended.
    pub(crate) fn is_finished(&self) -> bool {
        let queue = self.detaches.as_ref();
        queue.is_some_and(|queue| queue.has_ended(self.task()))
    }

    /// The task, for a request that does not use up the handle.
    pub(crate) fn to_task(&self) -> TaskRef {
        TaskRef {
            task_and_generation: self.task_and_generation,
            queue: self.detaches.clone(),
        }
    }

    pub(crate) fn generation(&self) -> u32 {
        (self.task_and_generation >> 32) as u32
    }

    /// Whether it is a handle of the loop whose queue this is.
    pub(crate) fn is_of(&self, queue: &Rc<DetachQueueOfThisThread>) -> bool {
        self.detaches
            .as_ref()
            .is_some_and(|ours| Rc::ptr_eq(ours, queue))
    }

    /// Uses up the handle. Gives its task, if that belongs to the loop whose queue this is.
    #[inline]
    pub(crate) fn into_task(mut self, queue: &Rc<DetachQueueOfThisThread>) -> Option<TaskId> {
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

/// Plumbing: a task, without the right to its value, as it is in a [`Yield`](crate::Yield). [`Ended`](crate::Ended) and
/// [`Handle::name`](crate::Handle::name) make it.
pub struct TaskRef {
    task_and_generation: u64,
    queue: Option<Rc<DetachQueueOfThisThread>>,
}

impl TaskRef {
    pub(crate) fn task(&self) -> TaskId {
        TaskId(self.task_and_generation as u32)
    }

    pub(crate) fn generation(&self) -> u32 {
        (self.task_and_generation >> 32) as u32
    }

    /// Whether it is a task of the loop whose queue this is.
    pub(crate) fn is_of(&self, queue: &Rc<DetachQueueOfThisThread>) -> bool {
        self.queue
            .as_ref()
            .is_some_and(|ours| Rc::ptr_eq(ours, queue))
    }
}

impl fmt::Debug for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskRef({})", self.task().0)
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
