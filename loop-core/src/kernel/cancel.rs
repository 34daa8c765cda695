//! Cancelling tasks, and what objects tell the loop: that a task may go on, or is to be cancelled.

use super::Kernel;
use super::ending::Told;
use super::waits::TaskState;
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{Change, Holder, TaskError, Value};
use crate::trace::{EventKind, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Cancels a task whose handle has been used up, and says how it ended.
    pub(super) fn cancel_task(
        &mut self,
        task: TaskId,
        by: TaskId,
        reason: Option<String>,
    ) -> Result<Value, TaskError> {
        match self.tasks.state(task) {
            // It had ended before, so the answer is how it ended.
            TaskState::Returned => {
                let value = self.take_value(task);
                self.release(task);
                return Ok(Value::of(value));
            }
            TaskState::Failed => return Err(self.take_held(task)),
            TaskState::Cancelled => {
                // Its entry is still in the ready queue.
                let error = self.failures.take_held(task);
                return Err(error.expect("a failure is kept for the holder of the handle"));
            }
            TaskState::Vacant => unreachable!("a handle keeps its task in the table"),
            TaskState::Runnable | TaskState::Waiting(_) => {}
        }
        let by = Some(self.tasks.name(by));
        match self.cancel_living(task, by, reason) {
            Told::Nobody(error) => Err(error),
            _ => unreachable!("the handle has been used up"),
        }
    }

    /// Cancels a task that has not ended. If it waits for a family, that is cancelled first: all that belongs to a coroutine's
    /// request is within the coroutine.
    pub(super) fn cancel_living(
        &mut self,
        task: TaskId,
        by: Option<String>,
        reason: Option<String>,
    ) -> Told {
        let mut cancelled = Vec::new();
        let mut tasks = vec![task];
        // All leave their queues before the first is closed, so none is woken by the end of another.
        while let Some(task) = tasks.pop() {
            match self.tasks.state(task) {
                TaskState::Waiting(wait) => {
                    // In the order in which they were made, so that the last one is closed first.
                    tasks.extend(self.waited_for(wait).into_iter().rev());
                    self.undo_wait(task, wait);
                    cancelled.push((task, false));
                }
                TaskState::Runnable => {
                    // Input that was read for the task goes to the next task that asks for it.
                    self.drop_pending(task);
                    cancelled.push((task, true));
                }
                _ => {}
            }
        }
        while let Some((inner, is_queued)) = cancelled.pop() {
            let site = self.tasks.frame(inner).site();
            let name = self.tasks.name(inner);
            let error = TaskError::cancelled(name, Some(site), by.clone(), reason.clone());
            let told = self.close_cancelled(inner, is_queued, error);
            if inner == task {
                return told;
            }
        }
        unreachable!("the task itself is the last one that is closed")
    }

    fn close_cancelled(&mut self, task: TaskId, is_queued: bool, error: TaskError) -> Told {
        self.record_plain(EventKind::Cancelled, task);
        self.close_stack(task);
        self.tasks.end(task, TaskState::Cancelled);
        self.note_awaited(task);
        let told = self.tell(task, error);
        // Otherwise its entry is still in the ready queue. It is buried when the entry comes to the front.
        if !is_queued {
            self.bury(task, &told);
        }
        told
    }

    /// A cancelled task is no longer in the ready queue. Its place becomes vacant, unless its error is kept for the holder of its
    /// handle.
    fn bury(&mut self, task: TaskId, told: &Told) {
        match told {
            Told::Holder => self.tasks.set_failed(task),
            Told::Nobody(_) | Told::Waiting => self.release(task),
        }
    }

    /// The entry of a task that was cancelled while it was in the ready queue has come to the front.
    pub(super) fn bury_queued(&mut self, task: TaskId) {
        debug_assert_eq!(self.tasks.state(task), TaskState::Cancelled);
        let Some(error) = self.failures.take_held(task) else {
            return self.release(task);
        };
        let told = self.tell(task, error);
        self.bury(task, &told);
    }

    /// Does what objects have told the loop since the last call: wakes the tasks that may go on, cancels tasks of families.
    #[cold]
    #[inline(never)]
    pub(super) fn note_changes(&mut self) {
        while let Some(change) = self.objects.next_change() {
            match change {
                // All who used it may have gone since.
                Change::Object(place) if !self.objects.is_used(place) => {}
                Change::Object(place) => {
                    self.objects.object(place).registration().heard();
                    self.offer(place);
                }
                Change::Cancel(child) => self.cancel_child(child),
            }
        }
    }

    fn cancel_child(&mut self, child: Holder) {
        let Holder { task, generation } = child;
        if self.tasks.generation(task) == generation && self.tasks.is_living(task) {
            self.cancel_living(task, None, None);
        }
    }
}
