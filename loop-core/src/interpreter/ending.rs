//! How coroutines and tasks end: by a value, by a panic, by being closed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Kernel, StopReason};
use crate::coroutine::{AnyFrame, Payload, Site, deep_drop};
use crate::id::TaskId;
use crate::request::{Resume, TaskError, Value, panic_message};
use crate::scheduler::{Message, Wait};
use crate::trace::{Cause, Event, Excerpt, Recorder};
use crate::world::World;

impl<W: World, R: Recorder> Kernel<W, R> {
    /// The coroutine on top of the task's stack ended: its value goes to its caller, or it was the task's last one.
    pub(super) fn ended(&mut self, task: TaskId) {
        let Some(returned) = self.scheduler.return_from(task) else {
            return self.finish(task);
        };
        self.record(|kernel| Event::Returned {
            task,
            site: kernel.scheduler.returned(returned).site(),
        });
        self.scheduler.queue.push(task, Message::Returned(returned));
    }

    pub(super) fn finish(&mut self, task: TaskId) {
        self.record(|_| Event::Finished { task });
        let joiner = self.scheduler.end(task, Wait::Ended);
        self.note_awaited(task);
        if let Some(joiner) = joiner {
            self.wake(joiner, |_| Cause::Join(task), Message::Joined(task));
        } else if self.scheduler.is_detached(task) {
            self.drop_value(task);
            self.scheduler.release(task);
        }
    }

    /// Drops the value of an ended task.
    fn drop_value(&mut self, task: TaskId) {
        let value = self.take_value(task);
        self.guarded(task, || drop(value));
    }

    /// Runs destructors of a task's. If one panics, that is a failure that nobody can join, and not the loop's.
    pub(crate) fn guarded(&mut self, task: TaskId, destroy: impl FnOnce()) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(destroy)) {
            let error = self.error(task, None, payload);
            self.unjoined.push(error);
        }
    }

    fn note_awaited(&mut self, task: TaskId) {
        if task == self.awaited {
            self.halt.get_or_insert(StopReason::Awaited);
        }
    }

    /// The task fails in the coroutine on top of its stack.
    pub(crate) fn fail(&mut self, task: TaskId, payload: Payload) {
        self.fail_in(task, None, payload);
    }

    /// The task fails, in a coroutine that is not on its stack if `site` says so.
    pub(super) fn fail_in(&mut self, task: TaskId, site: Option<&'static Site>, payload: Payload) {
        let site = site.unwrap_or_else(|| self.site(task));
        if self.is_recording() {
            let message = Excerpt::of(panic_message(&payload));
            self.record(|_| Event::Failed { task, message });
        }
        let error = self.error(task, Some(site), payload);
        self.close_stack(task);
        let joiner = self.scheduler.end(task, Wait::Failed);
        self.note_awaited(task);
        if let Some(joiner) = joiner {
            let message = self.scheduler.post(Resume::Joined(Err(error)));
            self.wake(joiner, |_| Cause::Join(task), message);
            self.forget(task);
        } else if self.scheduler.is_detached(task) {
            self.unjoined.push(error);
            self.scheduler.release(task);
        } else {
            self.held.insert(task, error);
        }
    }

    fn error(&mut self, task: TaskId, site: Option<&'static Site>, payload: Payload) -> TaskError {
        self.failures += 1;
        TaskError::new(self.scheduler.name(task), site, self.failures, payload)
    }

    /// Closes the coroutines on a task's stack, the innermost first.
    pub(crate) fn close_stack(&mut self, task: TaskId) {
        // Taken off the stack first: a destructor may do anything but find the stack in use.
        while let Some(frame) = self.scheduler.pop_frame(task) {
            self.guarded(task, || deep_drop(frame));
        }
    }

    /// The value of an ended task.
    pub(crate) fn take_value(&mut self, task: TaskId) -> Value {
        let frame = self.scheduler.take_frame(task);
        Value::of(frame.expect("a value is taken once"))
    }

    /// Nobody can ask for an ended task any more.
    pub(crate) fn forget(&mut self, task: TaskId) {
        self.scheduler.detach(task);
        self.scheduler.release(task);
    }

    /// Takes note of the handles that have been dropped.
    pub(crate) fn note_detached(&mut self) {
        while let Some(task) = self.link.next_detached() {
            match self.scheduler.task(task).wait {
                Wait::Ended => self.drop_value(task),
                Wait::Failed => self.unjoined.extend(self.held.remove(&task)),
                _ => {}
            }
            self.forget(task);
        }
    }

    /// Where the coroutine on top of a task's stack is written.
    pub(crate) fn site(&self, task: TaskId) -> &'static Site {
        self.scheduler.frame(task).site()
    }
}

/// What a coroutine that panicked when it was primed has instead of a value.
pub(super) fn payload(panicked: AnyFrame) -> Payload {
    let payload = Value::of(panicked).take();
    payload.expect("its frame is what carries a payload")
}
