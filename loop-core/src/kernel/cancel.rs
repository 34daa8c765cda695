//! Cancelling tasks, and what objects tell the loop: that a task may go on, or is to be cancelled.

use super::Kernel;
use super::closings::{Cause, Ending};
use super::ending::Told;
use super::waits::{Of, TaskState};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{Change, Holder, TaskError, Value};
use crate::trace::{EventKind, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Cancels a task whose handle has been used up, and says how it ended; `None` if it ends later.
    pub(super) fn cancel_task(
        &mut self,
        task: TaskId,
        by: TaskId,
        reason: Option<String>,
    ) -> Option<Result<Value, TaskError>> {
        match self.tasks.state(task) {
            // It had ended before, so the answer is how it ended.
            TaskState::Returned => {
                let value = self.take_value(task);
                self.release(task);
                return Some(Ok(Value::of(value)));
            }
            TaskState::Failed => return Some(Err(self.take_held(task))),
            TaskState::Cancelled => {
                // Its entry is still in the ready queue.
                let error = self.failures.take_held(task);
                return Some(Err(
                    error.expect("a failure is kept for the holder of the handle")
                ));
            }
            TaskState::Vacant => unreachable!("a handle keeps its task in the table"),
            TaskState::Runnable | TaskState::Waiting(_) => {}
        }
        let by = Some(self.tasks.name(by));
        match self.cancel_living(task, &Cause::new(by, reason)) {
            Told::Nobody(error) => Some(Err(error)),
            Told::Later => None,
            Told::Waiting | Told::Holder => unreachable!("the handle has been used up"),
        }
    }

    /// Cancels a task that has not ended. If it waits for a family, that is cancelled first: all that belongs to a coroutine's
    /// request is within the coroutine.
    pub(super) fn cancel_living(&mut self, task: TaskId, cause: &Cause) -> Told {
        if !self.closings.is_empty() {
            return self.cancel_as_far_as_possible(task, cause);
        }
        // All leave their queues before the first is closed, so none is woken by the end of another.
        let (before, is_queued) = self.take_out(task).expect("it has not ended");
        let mut tasks: Vec<TaskId> = before.into_iter().rev().collect();
        let mut cancelled = Vec::new();
        while let Some(inner) = tasks.pop() {
            if let Some((before, is_queued)) = self.take_out(inner) {
                // In the order in which they were made, so that the last one is closed first.
                tasks.extend(before.into_iter().rev());
                cancelled.push((inner, is_queued));
            }
        }
        for (inner, is_queued) in cancelled.into_iter().rev() {
            self.close_cancelled(inner, is_queued, cause);
        }
        self.close_cancelled(task, is_queued, cause)
    }

    /// Takes a task that is to be cancelled out of the queue in which it waits. Gives the tasks that are cancelled before it, and whether
    /// its entry is in the ready queue; `None` if it has ended.
    fn take_out(&mut self, task: TaskId) -> Option<(Vec<TaskId>, bool)> {
        match self.tasks.state(task) {
            TaskState::Waiting(wait) => {
                let before = self.cancelled_before(task, wait);
                self.undo_wait(task, wait);
                Some((before, false))
            }
            TaskState::Runnable => {
                // Input that was read for the task goes to the next task that asks for it.
                self.drop_pending(task);
                Some((Vec::new(), true))
            }
            _ => None,
        }
    }

    /// The same where tasks may be shielded, or have deferred something: they end later, and so do those that wait for them.
    #[cold]
    fn cancel_as_far_as_possible(&mut self, task: TaskId, cause: &Cause) -> Told {
        let mut tree = Vec::new();
        let mut tasks = vec![task];
        while let Some(task) = tasks.pop() {
            if self.tasks.is_living(task) {
                tree.push(task);
                if let TaskState::Waiting(wait) = self.tasks.state(task)
                    && !self.closings.resists(task)
                {
                    tasks.extend(self.cancelled_before(task, wait).into_iter().rev());
                }
                // Before any of them ends, so that none goes on because another has ended.
                self.closings.cancel_later(task, cause);
            }
        }
        let mut told = Told::Later;
        while let Some(inner) = tree.pop() {
            told = self.cancel_if_possible(inner);
        }
        told
    }

    fn cancel_if_possible(&mut self, task: TaskId) -> Told {
        if self.closings.resists(task) {
            return Told::Later;
        }
        let is_queued = match self.tasks.state(task) {
            // It is cancelled when the last of its family has ended.
            TaskState::Waiting(wait) if !self.waited_for(task, wait).is_empty() => {
                return Told::Later;
            }
            TaskState::Waiting(wait) => {
                self.undo_wait(task, wait);
                false
            }
            _ => {
                self.drop_pending(task);
                true
            }
        };
        let cause = self.closings.take_cause(task).unwrap_or_default();
        self.close_cancelled(task, is_queued, &cause)
    }

    fn close_cancelled(&mut self, task: TaskId, is_queued: bool, cause: &Cause) -> Told {
        let site = self.tasks.frame(task).site();
        let error = cause.error(self.tasks.name(task), site);
        self.record_plain(EventKind::Cancelled, task);
        self.close_stack(task);
        if self.closings.has(task) {
            let begun = self.closings.begin(task, Ending::Cancelled(error));
            debug_assert!(begun.is_ok(), "a task that is ending is not cancelled");
            // Otherwise it goes on when its entry comes to the front of the ready queue.
            if !is_queued {
                self.go_on_ending(task);
            }
            return Told::Later;
        }
        let told = self.cancelled_now(task, error);
        // Otherwise its entry is still in the ready queue. It is buried when the entry comes to the front.
        if !is_queued {
            self.bury(task, &told);
        }
        told
    }

    /// Does what objects have told the loop because of the running task's request. Whether that has cancelled the task itself: it has
    /// cancelled a task that waits for it, or made it drop the group to which it belongs. Then there is no task to answer.
    pub(super) fn has_cancelled_itself(&mut self, task: TaskId) -> bool {
        self.note_changes();
        let is_cancelled = !self.tasks.has_frame(task);
        if is_cancelled {
            self.bury_queued(task);
        }
        is_cancelled
    }

    /// The entry of a task that was cancelled while it was in the ready queue has come to the front. Or the task was cancelled while it ran,
    /// so it has no entry.
    pub(super) fn bury_queued(&mut self, task: TaskId) {
        if self.closings.is_ending(task) {
            return self.go_on_ending(task);
        }
        debug_assert_eq!(self.tasks.state(task), TaskState::Cancelled);
        let Some(error) = self.failures.take_held(task) else {
            return self.release(task);
        };
        let told = self.tell(task, error);
        self.bury(task, &told);
    }

    /// Does what objects have told the loop since the last call: wakes the tasks that may go on, cancels tasks of families.
    #[inline(never)]
    pub(super) fn note_changes(&mut self) {
        while let Some(change) = self.objects.next_change() {
            match change {
                Change::Given(place, is_second) => self.wake_given(Of::new(place, is_second)),
                Change::Object(place) => {
                    // All who used it may have gone since.
                    if self.objects.hear(place) {
                        self.offer(place);
                    }
                }
                Change::Cancel(child) => self.cancel_child(child),
                Change::Close(source, name) => self.close_socket(source, name),
                Change::End(source, name) => self.end_writing(source, name),
            }
        }
    }

    fn cancel_child(&mut self, child: Holder) {
        let Holder { task, generation } = child;
        if self.tasks.generation(task) == generation && self.tasks.is_living(task) {
            let cause = self.closings.take_cause(task);
            self.cancel_living(task, &cause.unwrap_or_default());
        }
    }
}
