//! How coroutines and tasks end: with a value, by a panic, or because they are cancelled or closed.

use std::rc::Rc;

use super::closings::Ending;
use super::flow::Flow;
use super::locals::Values;
use super::queue::Message;
use super::stop_reason::StopReason;
use super::streams::{AnswerNumber, Given};
use super::waits::{Pending, TaskState};
use super::{Kept, Kernel};
use crate::coroutine::{AnyFrame, Payload as PanicPayload, Site, deep_drop};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{
    LimitReached, RequestKind, Resume, TaskError, Value, panic_message, with_airlock,
};
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::World;

/// Who was told how a task ended without a value.
pub(super) enum Told {
    /// The task that waits for it, or its family.
    Waiting,
    /// It is kept for the holder of the handle.
    Holder,
    /// No task can ask.
    Nobody(TaskError),
    /// Nobody yet: the task has not ended.
    Later,
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// The coroutine on top of the task's stack has ended. Its value goes to its caller; if it has none, the task has ended.
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

    /// The task has returned: its last coroutine has ended, and the value is in its frame.
    pub(super) fn finish(&mut self, task: TaskId) {
        self.record(|kernel| {
            let value = kernel.tasks.frame(task).describe();
            let kind = match kernel.closings.is_ending(task) {
                true => EventKind::Returned,
                false => EventKind::Finished,
            };
            Event::new(kind, task, Payload::Value(value))
        });
        if self.closings.has(task) {
            let frame = self.take_value(task);
            return self.end_after(task, Ending::Returned(frame));
        }
        self.finish_now(task);
    }

    /// A task has ended that has deferred something, or is ending already. Its deferred coroutines run first.
    pub(super) fn end_after(&mut self, task: TaskId, how: Ending) {
        match self.closings.begin(task, how) {
            Ok(()) => {}
            // A deferred coroutine has ended. What it gives is told nobody, like the value of a detached task.
            Err(Ending::Returned(frame)) => {
                if let Some(error) = frame.error() {
                    self.report_unjoined_error(task, &error);
                }
                self.guarded(task, |_| deep_drop(frame));
            }
            Err(Ending::Failed(error)) => self.failures.push_unjoined(error),
            Err(Ending::Cancelled(_)) => unreachable!("a task that is ending is not cancelled"),
        }
        self.go_on_ending(task);
    }

    /// Runs the next deferred coroutine. After the last one, the end of the task is told. The task is in no queue.
    pub(super) fn go_on_ending(&mut self, task: TaskId) {
        if let Some((frame, values)) = self.closings.next(task) {
            self.drop_locals(task);
            self.locals.put(task, values);
            self.tasks.restart(task, frame);
            return self.make_ready(task, Message::Start);
        }
        match self.closings.finish(task) {
            Ending::Returned(frame) => {
                self.tasks.restart(task, frame);
                self.finish_now(task);
            }
            Ending::Failed(error) => self.fail_now(task, error),
            Ending::Cancelled(error) => {
                let told = self.cancelled_now(task, error);
                self.bury(task, &told);
            }
        }
    }

    fn finish_now(&mut self, task: TaskId) {
        self.drop_locals(task);
        // The state comes before the joiner is woken: the joiner's message says that the value is there.
        self.tasks.end(task, TaskState::Returned);
        self.note_awaited(task);
        if self.tasks.has_watchers(task) {
            self.wake_watchers(task);
        }
        if let Some(joiner) = self.tasks.joiner(task) {
            self.record_about(EventKind::Woken(RequestKind::Join), joiner, task);
            self.wake_joiner(joiner, task, Message::Joined(task));
        } else if self.tasks.family(task).is_some() {
            let value = Value::of(self.take_value(task));
            self.tell_family(task, Ok(value));
            self.release(task);
        } else if self.tasks.is_detached(task) {
            self.drop_unasked_value(task);
            self.release(task);
        } else {
            self.detached.set_ended(task, true);
        }
    }

    /// Wakes the tasks that wait for the end of a task, but not for its value.
    #[cold]
    fn wake_watchers(&mut self, task: TaskId) {
        for watcher in self.tasks.watchers(task) {
            self.record_about(EventKind::Woken(RequestKind::Ended), watcher, task);
            self.wake_joiner(watcher, task, Message::GoOn);
        }
    }

    /// Drops the value of an ended task that no task can join any more. If the value is an `Err`, it is reported first.
    fn drop_unasked_value(&mut self, task: TaskId) {
        let value = self.take_value(task);
        if let Some(error) = value.error() {
            self.record(|_| {
                let value = Payload::Value(value.describe());
                Event::new(EventKind::Unjoined, task, value)
            });
            self.report_unjoined_error(task, &error);
        }
        self.guarded(task, |_| deep_drop(value));
    }

    /// A task in the ready queue is cancelled, so it is never told what it was going to be told.
    pub(super) fn drop_pending(&mut self, task: TaskId) {
        match self.tasks.take_pending(task) {
            None => {}
            Some(Pending::Admitted(of)) => self.give_back_to(of),
            Some(Pending::Joined(other)) => {
                self.drop_unasked_value(other);
                self.release(other);
            }
            Some(Pending::Kept(place)) => {
                let Kept { number, answer, .. } = &mut self.answers[place];
                let number = *number;
                if let Some(answer) = answer.take() {
                    self.drop_untold(task, number, answer);
                }
            }
        }
    }

    /// Drops an answer that a task is never told. What was read for the task goes to the next one that asks, and an error that
    /// no other task is told is not silent.
    fn drop_untold(&mut self, task: TaskId, number: AnswerNumber, answer: Resume) {
        match answer {
            Resume::Line(line) => self.give_back(number, Given::Line(line)),
            Resume::Bytes(bytes) => self.give_back(number, Given::Bytes(bytes)),
            Resume::Joined(Err(error)) if error.is_panic() => self.failures.push_unjoined(error),
            Resume::Written(Err(error)) => {
                let stdout = self.standard().stdout;
                self.sources.output_mut(stdout).untold(error);
            }
            answer => self.guarded(task, |_| drop(answer)),
        }
    }

    fn give_back(&mut self, number: AnswerNumber, given: Given) {
        let stdin = self.standard().stdin;
        self.sources.input_mut(stdin).give_back(number, given);
        if self.sources.first_waiter(stdin).is_some() {
            self.sources.push_untried(stdin);
        }
    }

    pub(super) fn note_awaited(&mut self, task: TaskId) {
        if task == self.awaited {
            self.stop_reason.get_or_insert(StopReason::Awaited);
        }
    }

    /// A new task enters the ready queue; or fails, if it is one too many.
    #[inline]
    pub(super) fn begin_life(&mut self, task: TaskId) {
        match self.tasks.unfinished() > self.settings.max_tasks {
            false => self.make_ready(task, Message::Start),
            true => self.refuse(task),
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self, task: TaskId) {
        let limit = LimitReached::Tasks(self.settings.max_tasks);
        self.fail(task, Box::new(limit));
    }

    // Failing.

    /// The running task fails in the coroutine on top of its stack.
    pub(super) fn fail(&mut self, task: TaskId, payload: PanicPayload) -> Flow {
        let site = self.tasks.frame(task).site();
        self.fail_in(task, site, payload);
        Flow::Over
    }

    /// The coroutine on top of the task's stack panicked when it was primed. Its frame holds the panic's payload.
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

    /// Fails the task whose turn it is, wherever the panic came from and whatever the step had done before.
    pub(super) fn fail_wherever(&mut self, task: TaskId, payload: PanicPayload) {
        match self.tasks.state(task) {
            TaskState::Runnable => {
                self.fail(task, payload);
            }
            // It had parked before the panic: it must leave the queue of waiters before it ends.
            TaskState::Waiting(wait) => {
                self.undo_wait(task, wait);
                self.fail(task, payload);
            }
            // The task had ended before: what panicked is a destructor or the recorder.
            _ => self.fail_unjoined(task, payload),
        }
    }

    fn fail_in(&mut self, task: TaskId, site: &'static Site, payload: PanicPayload) {
        if self.is_recording() {
            self.record_calls(task);
        }
        self.record(|kernel| {
            let message = Payload::text(&*panic_message(&payload), kernel.settings.text_limit);
            Event::new(EventKind::Failed, task, message)
        });
        // The error is numbered before the stack is closed: a destructor that panics is a later failure.
        let error = self.error(task, Some(site), payload);
        // The stack is closed before the joiner is woken: all destructors have run when it learns of the failure.
        self.close_stack(task);
        match self.closings.has(task) {
            true => self.end_after(task, Ending::Failed(error)),
            false => self.fail_now(task, error),
        }
    }

    fn fail_now(&mut self, task: TaskId, error: TaskError) {
        self.drop_locals(task);
        self.tasks.end(task, TaskState::Failed);
        self.note_awaited(task);
        match self.tell(task, error) {
            Told::Nobody(error) => {
                self.failures.push_unjoined(error);
                self.release(task);
            }
            Told::Waiting | Told::Later => self.release(task),
            Told::Holder => {}
        }
    }

    /// A cancelled task has ended, and is told to be.
    pub(super) fn cancelled_now(&mut self, task: TaskId, error: TaskError) -> Told {
        self.drop_locals(task);
        self.tasks.end(task, TaskState::Cancelled);
        self.note_awaited(task);
        self.tell(task, error)
    }

    /// A cancelled task is no longer in the ready queue. Its place becomes vacant, unless its error is kept for the holder of its
    /// handle.
    pub(super) fn bury(&mut self, task: TaskId, told: &Told) {
        match told {
            Told::Holder => self.tasks.set_failed(task),
            Told::Nobody(_) | Told::Waiting | Told::Later => self.release(task),
        }
    }

    /// Tells who asks for it how a task has ended without a value.
    pub(super) fn tell(&mut self, task: TaskId, error: TaskError) -> Told {
        self.wake_watchers(task);
        if let Some(joiner) = self.tasks.joiner(task) {
            self.record_about(EventKind::Woken(RequestKind::Join), joiner, task);
            let kept = self.keep_answer(Resume::Joined(Err(error)));
            self.wake_joiner(joiner, task, Message::Answer(kept));
            Told::Waiting
        } else if self.tasks.family(task).is_some() {
            self.tell_family(task, Err(error));
            Told::Waiting
        } else if self.tasks.is_detached(task) {
            Told::Nobody(error)
        } else {
            self.failures.hold(task, error);
            self.detached.set_ended(task, true);
            Told::Holder
        }
    }

    /// Closes the coroutines on a task's stack, the innermost first.
    pub(super) fn close_stack(&mut self, task: TaskId) {
        // The frame leaves the stack before it is dropped: a destructor may run any code, and must find the stack intact.
        while let Some(frame) = self.tasks.pop_frame(task) {
            self.guarded(task, |_| deep_drop(frame));
        }
    }

    /// A task ends: drops the values that no other task has. They are dropped before its end is told, as what its coroutines had.
    #[inline]
    pub(super) fn drop_locals(&mut self, task: TaskId) {
        if !self.locals.is_empty() {
            let values = self.locals.take(task);
            self.drop_values(task, values);
        }
    }

    pub(super) fn drop_values(&mut self, task: TaskId, values: Option<Values>) {
        let Some(mut values) = values.and_then(Rc::into_inner) else {
            return;
        };
        // Each under a guard of its own: two destructors that panic must not end the process.
        while let Some(value) = values.pop() {
            self.guarded(task, |_| drop(value));
        }
    }

    /// Tells the object to whose family an ended task belongs how it ended.
    fn tell_family(&mut self, task: TaskId, how: Result<Value, TaskError>) {
        let child = self.holder(task);
        let place = self.tasks.family(task);
        self.tasks.leave_family(task);
        let Some(place) = place else { return };
        let object = Rc::clone(self.objects.object(place));
        self.objects.remove_child(place);
        // A value that the object does not want is dropped there.
        self.guarded(task, |_| {
            if let Some(family) = object.family() {
                family.ended(child, how);
            }
        });
        self.offer(place);
        self.objects.leave(place);
    }

    // Tasks that have ended.

    /// Takes the failure that was kept for the holder of the handle, and makes the task's place vacant.
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

    /// Makes the place of an ended task vacant, because no handle and no waiter refers to it.
    #[inline]
    pub(super) fn release(&mut self, task: TaskId) {
        self.tasks.release(task);
        if R::ON {
            self.ways.forget(task);
        }
    }

    /// The handle of a task no longer exists.
    #[inline]
    pub(super) fn release_handle(&mut self, task: TaskId) {
        if self.tasks.state(task).is_over() {
            self.detached.set_ended(task, false);
        }
        self.tasks.release_handle(task);
    }

    /// Handles the handles that have been dropped since the last call.
    pub(super) fn note_detached(&mut self) {
        while let Some((task, generation)) = self.detached.next_detached() {
            // The task has ended and another one has its place: that one's handle was not dropped.
            if self.tasks.generation(task) != generation {
                continue;
            }
            self.release_handle(task);
            match self.tasks.state(task) {
                TaskState::Returned => {
                    self.drop_unasked_value(task);
                    self.release(task);
                }
                TaskState::Failed => {
                    let error = self.take_held(task);
                    // That a task was cancelled is no failure.
                    if error.is_panic() {
                        self.failures.push_unjoined(error);
                    }
                }
                TaskState::Cancelled => drop(self.failures.take_held(task)),
                _ => {}
            }
        }
    }
}
