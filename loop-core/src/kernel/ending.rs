//! How coroutines and tasks end: by a value, by a panic, by being cancelled or closed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Kernel;
use super::queue::Message;
use super::stop_reason::StopReason;
use super::turn::Flow;
use super::waits::TaskState;
use crate::coroutine::{AnyFrame, Payload as PanicPayload, Site, deep_drop};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{RequestKind, Resume, TaskError, Value, panic_message, with_airlock};
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// The coroutine on top of the task's stack ended: its value goes to its caller, or it was the task's last one.
    pub(super) fn ended(&mut self, task: TaskId) -> Flow {
        if self.is_recording() {
            self.record_calls(task);
        }
        let Some(frame) = self.tasks.return_from(task) else {
            self.finish(task);
            return Flow::Over;
        };
        self.return_value(task, frame)
    }

    /// A chained coroutine has ended: its value goes to its caller.
    #[inline]
    pub(super) fn return_value(&mut self, task: TaskId, frame: AnyFrame) -> Flow {
        self.record(|_| Event::new(EventKind::Returned, task, Payload::Value(frame.describe())));
        with_airlock(|airlock| airlock.put_answer(Resume::Returned(Value::of(frame))));
        Flow::Resume
    }

    pub(super) fn finish(&mut self, task: TaskId) {
        self.record(|kernel| {
            let value = kernel.tasks.frame(task).describe();
            Event::new(EventKind::Finished, task, Payload::Value(value))
        });
        self.tasks.end(task, TaskState::Returned);
        self.note_awaited(task);
        if let Some(joiner) = self.tasks.joiner(task) {
            self.record_about(EventKind::Woken(RequestKind::Join), joiner, task);
            self.wake(joiner, Message::Joined(task));
        } else if self.tasks.is_detached(task) {
            self.drop_unasked_value(task);
            self.release(task);
        }
    }

    /// Drops the value of an ended task that nobody can ask for. If it is an error, that is not silent.
    fn drop_unasked_value(&mut self, task: TaskId) {
        let value = self.take_value(task);
        if let Some(error) = value.error() {
            self.record(|_| {
                let value = Payload::Value(value.describe());
                Event::new(EventKind::Unjoined, task, value)
            });
            self.report_unjoined_error(task, &error);
        }
        self.guarded(task, || deep_drop(value));
    }

    /// Runs destructors of a task's. If one panics, that is a failure that nobody can join, and not the loop's.
    pub(super) fn guarded(&mut self, task: TaskId, destroy: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(destroy)) {
            self.fail_unjoined(task, payload);
        }
    }

    fn note_awaited(&mut self, task: TaskId) {
        if task == self.awaited {
            self.stop_reason.get_or_insert(StopReason::Awaited);
        }
    }

    // Failing.

    /// The running task fails in the coroutine on top of its stack.
    pub(super) fn fail(&mut self, task: TaskId, payload: PanicPayload) -> Flow {
        let site = self.tasks.frame(task).site();
        self.fail_in(task, site, payload);
        Flow::Over
    }

    /// The coroutine on top of the task's stack panicked when it was primed. What it has instead of a value is the panic.
    pub(super) fn fail_primed(&mut self, task: TaskId) -> Flow {
        let panicked = self.tasks.pop_frame(task);
        let panicked = panicked.expect("a task has a frame until its value is taken");
        let site = panicked.site();
        let payload = match Value::of(panicked).take() {
            Ok(payload) => payload,
            Err(_) => unreachable!("the value of a panicked frame is the panic's payload"),
        };
        self.fail_in(task, site, payload);
        Flow::Over
    }

    /// The task whose turn it is fails, wherever the panic came from and whatever the step had done before.
    pub(super) fn fail_wherever(&mut self, task: TaskId, payload: PanicPayload) {
        match self.tasks.state(task) {
            TaskState::Runnable => {
                self.fail(task, payload);
            }
            TaskState::Waiting(wait) => {
                self.undo_wait(task, wait);
                self.fail(task, payload);
            }
            // The task had ended: what panicked is a destructor, or who looks on.
            _ => self.fail_unjoined(task, payload),
        }
    }

    fn fail_in(&mut self, task: TaskId, site: &'static Site, payload: PanicPayload) {
        if self.is_recording() {
            self.record_calls(task);
        }
        self.record(|_| {
            let message = Payload::text(panic_message(&payload));
            Event::new(EventKind::Failed, task, message)
        });
        let error = self.error(task, Some(site), payload);
        self.close_stack(task);
        self.tasks.end(task, TaskState::Failed);
        self.note_awaited(task);
        if let Some(joiner) = self.tasks.joiner(task) {
            self.record_about(EventKind::Woken(RequestKind::Join), joiner, task);
            let kept = self.keep_answer(Resume::Joined(Err(error)));
            self.wake(joiner, Message::Answer(kept));
            self.release(task);
        } else if self.tasks.is_detached(task) {
            self.failures.push_unjoined(error);
            self.release(task);
        } else {
            self.failures.hold(task, error);
        }
    }

    /// Closes the coroutines on a task's stack, the innermost first.
    pub(super) fn close_stack(&mut self, task: TaskId) {
        // Taken off the stack first: a destructor may do anything but find the stack in use.
        while let Some(frame) = self.tasks.pop_frame(task) {
            self.guarded(task, || deep_drop(frame));
        }
    }

    // Cancelling.

    /// Cancels a task whose handle was used up, and says how it ended.
    pub(super) fn cancel_task(&mut self, task: TaskId) -> Result<Value, TaskError> {
        let state = self.tasks.state(task);
        match state {
            TaskState::Returned => {
                let value = self.take_value(task);
                self.release(task);
                return Ok(Value::of(value));
            }
            TaskState::Failed => return Err(self.take_held(task)),
            TaskState::Waiting(wait) => self.undo_wait(task, wait),
            TaskState::Runnable => self.give_back(task),
            TaskState::Cancelled | TaskState::Vacant => {
                unreachable!("a handle keeps its task in the table")
            }
        }
        self.record_plain(EventKind::Cancelled, task);
        let error = TaskError::cancelled(self.tasks.name(task));
        self.close_stack(task);
        self.tasks.end(task, TaskState::Cancelled);
        if let TaskState::Waiting(_) = state {
            self.release(task);
        }
        // Else its entry is in the ready queue: its place is vacant when that has come to the front.
        Err(error)
    }

    // What has ended.

    /// Takes the failure that was kept for the holder of a handle, who was the last to know the task.
    pub(super) fn take_held(&mut self, task: TaskId) -> TaskError {
        let error = self.failures.take_held(task);
        self.release(task);
        error.expect("a failure is kept for the holder of the handle")
    }

    /// The frame with the value of an ended task.
    pub(super) fn take_value(&mut self, task: TaskId) -> AnyFrame {
        let frame = self.tasks.take_frame(task);
        frame.expect("a value is taken once")
    }

    /// Nobody can ask for an ended task any more.
    #[inline]
    pub(super) fn release(&mut self, task: TaskId) {
        self.tasks.release(task);
    }

    /// Takes note of the handles that have been dropped.
    pub(super) fn note_detached(&mut self) {
        while let Some((task, generation)) = self.detached.next_detached() {
            if self.tasks.generation(task) != generation {
                continue;
            }
            self.tasks.release_handle(task);
            match self.tasks.state(task) {
                TaskState::Returned => {
                    self.drop_unasked_value(task);
                    self.release(task);
                }
                TaskState::Failed => {
                    let error = self.take_held(task);
                    self.failures.push_unjoined(error);
                }
                _ => {}
            }
        }
    }
}
