//! Requests about other tasks.

use super::Kernel;
use super::flow::Flow;
use super::queue::Message;
use super::waits::{TaskState, Wait};
use crate::coroutine::Payload as PanicPayload;
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{AnyHandle, RequestKind, Resume, TaskError, TaskInfo, TaskRef};
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    pub(super) fn join(&mut self, task: TaskId, handle: AnyHandle) -> Flow {
        let Some(other) = self.take_handle(handle) else {
            let kept = self.keep_answer(Resume::Joined(Err(TaskError::foreign())));
            return self.answer_at_the_back(task, RequestKind::Join, kept);
        };
        match self.tasks.state(other) {
            TaskState::Returned => {
                self.record_about(EventKind::Readied(RequestKind::Join), task, other);
                // The value stays in the other task until this one has its turn.
                self.make_ready(task, Message::Joined(other));
            }
            TaskState::Failed => {
                self.record_about(EventKind::Readied(RequestKind::Join), task, other);
                let failed = Resume::Joined(Err(self.take_held(other)));
                let kept = self.keep_answer(failed);
                self.make_ready(task, Message::Answer(kept));
            }
            _ => {
                // If this closes a cycle of joins, the run ends after the batch.
                self.find_cycle(task, other);
                self.park(task, Wait::End(other));
            }
        }
        Flow::Over
    }

    /// Waits for a task's end, and leaves its value to whoever joins it.
    pub(super) fn watch(&mut self, task: TaskId, other: &TaskRef) -> Flow {
        if !other.is_of(&self.detached) {
            return self.fail(task, of_another_loop());
        }
        let other = match self.is_over(other) {
            false => other.task(),
            true => {
                self.record_about(EventKind::Readied(RequestKind::Ended), task, other.task());
                self.make_ready(task, Message::GoOn);
                return Flow::Over;
            }
        };
        self.find_cycle(task, other);
        self.park(task, Wait::Watch(other));
        Flow::Over
    }

    /// Whether a task has ended, or has even made room for another one.
    pub(super) fn is_over(&self, task: &TaskRef) -> bool {
        self.tasks.generation(task.task()) != task.generation()
            || self.tasks.state(task.task()).is_over()
    }

    pub(super) fn name_task(&mut self, task: TaskId, other: &TaskRef) -> Flow {
        match other.is_of(&self.detached) {
            true => self.tell_about(task, RequestKind::NameOf, other.task()),
            false => self.fail(task, of_another_loop()),
        }
    }

    pub(super) fn tell_about(&mut self, task: TaskId, request: RequestKind, other: TaskId) -> Flow {
        self.record_about(EventKind::Answered(request), task, other);
        let info = TaskInfo::new(other, self.name_of(other));
        self.answer(Resume::Task(Box::new(info)))
    }

    pub(super) fn tell_tasks(&mut self, task: TaskId) -> Flow {
        let tree = self.task_tree(Some(task), usize::MAX);
        self.record_plain(EventKind::Answered(RequestKind::Tasks), task);
        self.answer(Resume::Tasks(Box::new(tree)))
    }

    /// Uses up a handle and gives its task; `None` if it is a task of another loop.
    pub(super) fn take_handle(&mut self, handle: AnyHandle) -> Option<TaskId> {
        let generation = handle.generation();
        let task = handle.into_task(&self.detached)?;
        debug_assert_eq!(
            self.tasks.generation(task),
            generation,
            "a handle keeps its task in the table"
        );
        self.release_handle(task);
        Some(task)
    }

    pub(super) fn cancel(
        &mut self,
        task: TaskId,
        handle: AnyHandle,
        reason: Option<String>,
    ) -> Flow {
        let kind = EventKind::Answered(RequestKind::Cancel);
        let Some(other) = self.take_handle(handle) else {
            self.record(|_| Event::new(kind, task, Payload::Foreign));
            return self.answer(Resume::Joined(Err(TaskError::foreign())));
        };
        let ended = self.cancel_task(other, task, reason);
        // Guards, senders and groups have been dropped.
        if self.has_cancelled_itself(task) {
            return Flow::Over;
        }
        let Some(ended) = ended else {
            // It is shielded, or has deferred something: the answer comes when it has ended. Who waits for itself, waits for ever.
            self.find_cycle(task, other);
            self.park(task, Wait::End(other));
            return Flow::Over;
        };
        self.record_about(kind, task, other);
        self.answer(Resume::Joined(ended))
    }
}

/// The failure of a task that asks about a task of another loop.
#[cold]
fn of_another_loop() -> PanicPayload {
    Box::new("the task belongs to another event loop: only its own loop knows it")
}
