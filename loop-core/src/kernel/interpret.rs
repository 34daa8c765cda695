//! What each request means.
//!
//! [`Kernel::interpret`] is one `match`, with one small method per variant of [`Yield`]. Each method says how the turn goes on.
//! A request that can never wait is answered in the airlock, and the task keeps its turn. A request that could have waited
//! parks its task or, if the answer is there already, puts it at the back of the ready queue.

use std::rc::Rc;

use super::Kernel;
use super::flow::Flow;
use super::queue::{BoxedAnswer, Message};
use super::stop_reason::StopReason;
use super::timers::of_object;
use super::waits::{TaskState, Wait};
use crate::coroutine::{
    AnyFrame, Payload as PanicPayload, PrimeState, RawCoroutine, deep_drop, foreign, take_arguments,
};
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::{
    AnyHandle, AnyLocal, AnyObject, Deadline, Gather, LimitReached, LocalValue, ObjectKind,
    RequestKind, Resume, TaskError, TaskInfo, TaskRef, Yield, with_airlock,
};
use crate::time::Time;
use crate::trace::{Event, EventKind, Made, Payload, Recorder};
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Does what a request asks.
    #[inline]
    pub(super) fn interpret(&mut self, task: TaskId, request: Yield) -> Flow {
        // By value and back: a request whose address is taken has to lie in memory, and would be copied there each time.
        let request = match self.is_recording() {
            true => self.record_request(task, request),
            false => request,
        };
        match request {
            Yield::Now => self.yield_now(task),
            Yield::Stdin => self.read(task, Wait::Line(self.stdin())),
            Yield::StdinBytes => self.read(task, Wait::Bytes(self.stdin())),
            Yield::Print(text) => {
                self.write(task, RequestKind::Print, self.standard().stdout, &text)
            }
            Yield::Eprint(text) => {
                self.write(task, RequestKind::Eprint, self.standard().stderr, &text)
            }
            Yield::Spawn(coroutine) => self.spawn_held(task, coroutine.0, None),
            Yield::SpawnNamed(named) => self.spawn_held(task, named.0.0, Some(&named.1)),
            Yield::SpawnIn(child) => {
                let (object, coroutine, name) = *child;
                self.spawn_in(task, object, coroutine.0, name.as_deref())
            }
            Yield::Chain(coroutine) => self.chain(task, coroutine.0),
            Yield::Join(handle) => self.join(task, handle),
            Yield::Cancel(handle) => self.cancel(task, handle, None),
            Yield::CancelBecause(cancel) => self.cancel(task, cancel.0, Some(cancel.1)),
            Yield::Defer(coroutine) => self.defer(task, coroutine.0),
            Yield::Shield => self.shield(task),
            Yield::Unshield => self.unshield(task),
            Yield::Ended(other) => self.watch(task, &other),
            Yield::Me => self.tell_about(task, RequestKind::Me, task),
            Yield::NameOf(other) => self.name_task(task, &other),
            Yield::GetLocal(local) => self.get_local(task, local),
            Yield::SetLocal(set) => self.set_local(task, set.0, set.1),
            Yield::Tasks => self.tell_tasks(task),
            Yield::Sleep(time) => self.sleep_until(task, self.world.now() + time),
            Yield::SleepUntil(at) => self.sleep_until(task, at),
            Yield::Clock => self.clock(task),
            Yield::Acquire(object) => self.ask_object(task, RequestKind::Acquire, object),
            Yield::Share(object) => self.ask_object(task, RequestKind::Share, object),
            Yield::Wait(object) => self.ask_object(task, RequestKind::Wait, object),
            Yield::Room(object) => self.ask_object(task, RequestKind::Room, object),
            Yield::Gather(gather) => self.gather(task, *gather),
            Yield::Receive(object) => self.ask_object(task, RequestKind::Receive, object),
            Yield::Send(object) => self.ask_object(task, RequestKind::Send, object),
            Yield::Await(object) => self.ask_outside(task, RequestKind::Await, object),
            Yield::Blocking(object) => self.ask_outside(task, RequestKind::Blocking, object),
            Yield::Signal(object) => self.ask_outside(task, RequestKind::Signal, object),
            Yield::Listen(object) => self.ask_at_once(task, RequestKind::Listen, &object),
            Yield::Bind(object) => self.ask_at_once(task, RequestKind::Bind, &object),
            Yield::Accept(object) => self.ask_socket(task, RequestKind::Accept, object),
            Yield::Connect(object) => self.ask_socket(task, RequestKind::Connect, object),
            Yield::Read(object) => self.ask_socket(task, RequestKind::Read, object),
            Yield::Write(object) => self.ask_socket(task, RequestKind::Write, object),
            Yield::Shutdown(object) => self.ask_at_once(task, RequestKind::Shutdown, &object),
            Yield::SetOption(object) => self.ask_at_once(task, RequestKind::SetOption, &object),
            Yield::Stop => self.stop(task),
            Yield::Exit(status) => self.exit(task, status),
        }
    }

    /// Records which coroutines the body has called since its last step, and then its request.
    #[cold]
    fn record_request(&mut self, task: TaskId, request: Yield) -> Yield {
        self.record_calls(task);
        let payload = match &request {
            // These record themselves, where their arguments are at hand.
            Yield::Now
            | Yield::Spawn(_)
            | Yield::SpawnNamed(_)
            | Yield::SpawnIn(_)
            | Yield::Chain(_)
            | Yield::Defer(_)
            | Yield::Acquire(_)
            | Yield::Share(_)
            | Yield::Wait(_)
            | Yield::Room(_)
            | Yield::Gather(_)
            | Yield::Receive(_)
            | Yield::Send(_)
            | Yield::Await(_)
            | Yield::Blocking(_)
            | Yield::Signal(_)
            | Yield::Listen(_)
            | Yield::Bind(_)
            | Yield::Accept(_)
            | Yield::Connect(_)
            | Yield::Read(_)
            | Yield::Write(_)
            | Yield::Shutdown(_)
            | Yield::SetOption(_) => return request,
            Yield::Print(text) | Yield::Eprint(text) => {
                Payload::text(text, self.settings.text_limit)
            }
            Yield::Join(handle) | Yield::Cancel(handle) => self.task_of(handle),
            Yield::CancelBecause(cancel) => self.task_of(&cancel.0),
            Yield::GetLocal(local) => Payload::Value(Some(local.name().to_owned())),
            Yield::SetLocal(set) => shown_local(set.0, set.1.as_ref()),
            Yield::Sleep(time) => Payload::Duration(*time),
            Yield::Exit(status) => Payload::Value(Some(status.to_string())),
            Yield::SleepUntil(at) => Payload::Time(*at),
            Yield::Ended(other) | Yield::NameOf(other) => match other.is_of(&self.detached) {
                true => Payload::Task(other.task()),
                false => Payload::Foreign,
            },
            Yield::Stdin
            | Yield::StdinBytes
            | Yield::Clock
            | Yield::Stop
            | Yield::Me
            | Yield::Tasks
            | Yield::Shield
            | Yield::Unshield => Payload::None,
        };
        let kind = EventKind::Asked(request.kind());
        self.record(|_| Event::new(kind, task, payload));
        request
    }

    /// The task of a handle, as the trace shows it.
    fn task_of(&self, handle: &AnyHandle) -> Payload {
        match handle.is_of(&self.detached) {
            true => Payload::Task(handle.task()),
            false => Payload::Foreign,
        }
    }

    // Ways to answer.

    /// Answers, and the task keeps its turn.
    #[inline]
    fn answer(&mut self, answer: Resume) -> Flow {
        with_airlock(|airlock| airlock.put_answer(answer));
        Flow::Resume
    }

    /// The answer is kept, and the task goes to the back of the ready queue.
    fn answer_at_the_back(&mut self, task: TaskId, kind: RequestKind, kept: BoxedAnswer) -> Flow {
        self.record(|kernel| {
            let answer = kernel.shown(kernel.kept(kept));
            Event::new(EventKind::Readied(kind), task, answer)
        });
        self.make_ready(task, Message::Answer(kept));
        Flow::Over
    }

    // Requests, one method each.

    #[inline]
    pub(super) fn yield_now(&mut self, task: TaskId) -> Flow {
        self.record(|kernel| {
            kernel.record_calls(task);
            Event::plain(EventKind::Asked(RequestKind::Now), task)
        });
        self.make_ready(task, Message::GoOn);
        Flow::Over
    }

    fn stdin(&self) -> u32 {
        self.standard().stdin.number() as u32
    }

    fn read(&mut self, task: TaskId, wait: Wait) -> Flow {
        let source = self.standard().stdin;
        if self.sources.first_waiter(source).is_none()
            && let Some((kind, kept)) = self.keep_input(source, wait)
        {
            return self.answer_at_the_back(task, kind, kept);
        }
        // Also if there is input, but another task waits for it: waiters are served in the order in which they asked.
        self.park(task, wait);
        Flow::Over
    }

    /// Takes what a source has for a task that waits like this, and keeps it as the task's answer.
    // The answer is made where it is kept, so that it is not copied while it is still being written.
    #[inline]
    pub(super) fn keep_input(
        &mut self,
        source: SourceId,
        wait: Wait,
    ) -> Option<(RequestKind, BoxedAnswer)> {
        let mut number = self.next_answer;
        let input = self.sources.input_mut(source);
        let (kind, kept) = match wait {
            Wait::Bytes(_) => {
                let bytes = input.bytes(&mut number)?;
                (
                    RequestKind::StdinBytes,
                    self.keep_numbered(number, Resume::Bytes(bytes)),
                )
            }
            _ => {
                let line = input.line(&mut number)?;
                (
                    RequestKind::Stdin,
                    self.keep_numbered(number, Resume::Line(line)),
                )
            }
        };
        Some((kind, kept))
    }

    fn write(&mut self, task: TaskId, kind: RequestKind, source: SourceId, text: &str) -> Flow {
        let output = self.sources.output_mut(source);
        // The error of an earlier write is this task's answer, and its text is not kept.
        let result = output.take_error().map_or(Ok(()), Err);
        if result.is_ok() {
            output.push(text);
            self.flush_if_due(source);
            if self.sources.output_mut(source).is_high() {
                self.park(task, Wait::Room(source.number() as u32));
                return Flow::Over;
            }
        }
        let answer = Resume::Written(result);
        self.record(|kernel| Event::new(EventKind::Answered(kind), task, kernel.shown(&answer)));
        self.answer(answer)
    }

    fn spawn_held(&mut self, task: TaskId, coroutine: RawCoroutine, name: Option<&str>) -> Flow {
        let handle = self.spawn(task, coroutine, name, |kernel, child| {
            // The handle is made before the child can end: while a handle exists, the child stays in the table.
            let generation = kernel.tasks.generation(child);
            AnyHandle::new(child, generation, &kernel.detached)
        });
        self.answer(Resume::Spawned(handle))
    }

    /// A task of an object's family: it has no handle, and the object is told of its end.
    fn spawn_in(
        &mut self,
        task: TaskId,
        object: AnyObject,
        coroutine: RawCoroutine,
        name: Option<&str>,
    ) -> Flow {
        match self.spawn_child(task, &object, coroutine, name) {
            // It may have failed already, and the others are to be cancelled then.
            Ok(()) if self.has_cancelled_itself(task) => Flow::Over,
            Ok(()) => self.answer(Resume::Unit),
            Err(kind) => self.fail(task, used_elsewhere(kind)),
        }
    }

    /// Makes a task of an object's family. An error if the object is used by another loop.
    fn spawn_child(
        &mut self,
        task: TaskId,
        object: &AnyObject,
        coroutine: RawCoroutine,
        name: Option<&str>,
    ) -> Result<(), ObjectKind> {
        let place = self.objects.enter(Rc::clone(&object.0))?;
        if object.0.family().is_some_and(|family| family.wants()) {
            self.spawn(task, coroutine, name, |kernel, child| {
                kernel.join_family(child, place);
            });
        }
        self.objects.leave(place);
        Ok(())
    }

    /// Makes a task. `made` is called before the task can end.
    #[inline]
    fn spawn<T>(
        &mut self,
        task: TaskId,
        coroutine: RawCoroutine,
        name: Option<&str>,
        made: impl FnOnce(&mut Self, TaskId) -> T,
    ) -> T {
        let frame = match self.is_recording() {
            true => coroutine.into_described_frame(),
            false => coroutine.into_frame(),
        };
        let state = frame.prime_state();
        let (child, ordinal) = self.tasks.add(task, name, frame);
        if !self.locals.is_empty() {
            self.locals.put(child, self.locals.all(task));
        }
        if self.is_recording() {
            self.record_spawn(task, child, ordinal, name);
        }
        let made = made(self, child);
        match state {
            PrimeState::Unstarted | PrimeState::Now | PrimeState::Asked => self.begin_life(child),
            // A coroutine that has ended while it was primed never enters the queue.
            PrimeState::Ended => {
                self.record_site(EventKind::Primed, child);
                self.finish(child);
            }
            PrimeState::Panicked => {
                self.record_site(EventKind::Primed, child);
                self.fail_primed(child);
            }
            PrimeState::Foreign => {
                self.record_site(EventKind::Primed, child);
                self.fail(child, foreign());
            }
        }
        made
    }

    #[cold]
    fn record_spawn(&mut self, task: TaskId, child: TaskId, ordinal: u32, name: Option<&str>) {
        let arguments = take_arguments(self.tasks.frame(child));
        let payload = Payload::Call {
            site: self.tasks.frame(child).site(),
            arguments: arguments.clone().map(String::from),
            depth: 0,
        };
        self.record(|_| Event::new(EventKind::Asked(RequestKind::Spawn), task, payload));
        self.record_made(child, task, ordinal, name, arguments);
        self.record_about(EventKind::Answered(RequestKind::Spawn), task, child);
    }

    fn chain(&mut self, task: TaskId, coroutine: RawCoroutine) -> Flow {
        let frame = match self.is_recording() {
            true => self.record_chain(task, coroutine),
            false => coroutine.into_frame(),
        };
        if frame.prime_state() == PrimeState::Ended {
            // It has ended while it was primed, so it need not go onto the stack.
            self.record(|_| Event::new(EventKind::Primed, task, Payload::Site(frame.site())));
            return self.return_value(task, frame);
        }
        let Some(max) = self.settings.max_depth else {
            self.tasks.call(task, frame);
            return Flow::Start;
        };
        match self.tasks.call_within(task, frame, max) {
            Ok(()) => Flow::Start,
            Err(frame) => {
                // It is younger than the coroutines on the stack, so it is closed first.
                self.guarded(task, |_| deep_drop(frame));
                self.fail(task, Box::new(LimitReached::Depth(max)))
            }
        }
    }

    #[cold]
    fn record_chain(&mut self, task: TaskId, coroutine: RawCoroutine) -> AnyFrame {
        let frame = coroutine.into_described_frame();
        let payload = Payload::Call {
            site: frame.site(),
            arguments: take_arguments(&frame).map(String::from),
            depth: 0,
        };
        self.record(|_| Event::new(EventKind::Asked(RequestKind::Chain), task, payload));
        frame
    }

    fn join(&mut self, task: TaskId, handle: AnyHandle) -> Flow {
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
    fn watch(&mut self, task: TaskId, other: &TaskRef) -> Flow {
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
    fn is_over(&self, task: &TaskRef) -> bool {
        self.tasks.generation(task.task()) != task.generation()
            || self.tasks.state(task.task()).is_over()
    }

    fn name_task(&mut self, task: TaskId, other: &TaskRef) -> Flow {
        match other.is_of(&self.detached) {
            true => self.tell_about(task, RequestKind::NameOf, other.task()),
            false => self.fail(task, of_another_loop()),
        }
    }

    fn tell_about(&mut self, task: TaskId, request: RequestKind, other: TaskId) -> Flow {
        self.record_about(EventKind::Answered(request), task, other);
        let info = TaskInfo::new(other, self.name_of(other));
        self.answer(Resume::Task(Box::new(info)))
    }

    fn tell_tasks(&mut self, task: TaskId) -> Flow {
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

    fn cancel(&mut self, task: TaskId, handle: AnyHandle, reason: Option<String>) -> Flow {
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

    fn defer(&mut self, task: TaskId, coroutine: RawCoroutine) -> Flow {
        let frame = coroutine.into_frame();
        self.record(|kernel| {
            kernel.record_calls(task);
            Event::plain(EventKind::Asked(RequestKind::Defer), task)
        });
        self.closings.defer(task, frame, self.locals.all(task));
        self.record_plain(EventKind::Answered(RequestKind::Defer), task);
        Flow::Resume
    }

    fn shield(&mut self, task: TaskId) -> Flow {
        self.closings.shield(task);
        self.record_plain(EventKind::Answered(RequestKind::Shield), task);
        Flow::Resume
    }

    fn unshield(&mut self, task: TaskId) -> Flow {
        self.record_plain(EventKind::Answered(RequestKind::Unshield), task);
        let Some(cause) = self.closings.unshield(task) else {
            return Flow::Resume;
        };
        self.cancel_living(task, &cause);
        self.bury_queued(task);
        self.note_changes();
        Flow::Over
    }

    fn get_local(&mut self, task: TaskId, local: AnyLocal) -> Flow {
        let value = self.locals.get(task, local);
        self.answer_local(task, RequestKind::GetLocal, local, value)
    }

    fn set_local(&mut self, task: TaskId, local: AnyLocal, value: Option<LocalValue>) -> Flow {
        let before = self.locals.set(task, local, value);
        self.answer_local(task, RequestKind::SetLocal, local, before)
    }

    fn answer_local(
        &mut self,
        task: TaskId,
        kind: RequestKind,
        local: AnyLocal,
        value: Option<LocalValue>,
    ) -> Flow {
        self.record(|_| {
            let shown = shown_local(local, value.as_ref());
            Event::new(EventKind::Answered(kind), task, shown)
        });
        self.answer(Resume::Local(value))
    }

    fn sleep_until(&mut self, task: TaskId, at: Time) -> Flow {
        // The number is the link between the two: a deadline is alive while its task waits for that number.
        let (timers, mut deadlines) = self.deadlines();
        let sequence = timers.set(at, task, &mut deadlines);
        self.park(task, Wait::Timer(sequence));
        Flow::Over
    }

    /// A request to a socket that never waits.
    fn ask_at_once(&mut self, task: TaskId, request: RequestKind, object: &AnyObject) -> Flow {
        if let Some(failure) = self.opened_elsewhere(&object.0) {
            return self.fail(task, failure);
        }
        self.do_to_socket(task, request, object);
        self.answer(Resume::Unit)
    }

    /// A request to a socket.
    fn ask_socket(&mut self, task: TaskId, request: RequestKind, object: AnyObject) -> Flow {
        if let Some(failure) = self.opened_elsewhere(&object.0) {
            return self.fail(task, failure);
        }
        self.attempt_next(&object.0, request);
        self.ask_object(task, request, object)
    }

    /// A request to an object that other tasks change.
    fn ask_object(&mut self, task: TaskId, request: RequestKind, object: AnyObject) -> Flow {
        let asked = self.objects.ask(object.0, request, &mut self.tasks, task);
        let (of, is_admitted) = match asked {
            Ok(asked) => asked,
            Err(kind) => return self.fail(task, used_elsewhere(kind)),
        };
        self.record(|kernel| {
            let name = Payload::Object(kernel.objects.name(of.place()));
            Event::new(EventKind::Asked(request), task, name)
        });
        if !is_admitted {
            self.park(task, Wait::Object(of));
            return Flow::Over;
        }
        self.record(|kernel| {
            let name = Payload::Object(kernel.objects.name(of.place()));
            Event::new(EventKind::Readied(request), task, name)
        });
        self.make_ready(task, Message::Admitted(of));
        // Whoever has come may be what others wait for: the last one at a barrier.
        if self.objects.has_changed() {
            self.note_changes();
        }
        Flow::Over
    }

    /// Makes new tasks, and waits for them.
    fn gather(&mut self, task: TaskId, gather: Gather) -> Flow {
        let Gather {
            object,
            children,
            deadline,
        } = gather;
        for child in children {
            if let Err(kind) = self.spawn_child(task, &object, child.0, None) {
                return self.fail(task, used_elsewhere(kind));
            }
        }
        // A task may have ended already, and the others are to be cancelled then.
        if self.has_cancelled_itself(task) {
            return Flow::Over;
        }
        self.record_deadline(task, deadline);
        let flow = self.ask_object(task, RequestKind::Wait, object);
        if let TaskState::Waiting(Wait::Object(of)) = self.tasks.state(task)
            && let Some(at) = self.instant(deadline)
        {
            let (timers, mut deadlines) = self.deadlines();
            let number = timers.set(at, of_object(of.place()), &mut deadlines);
            self.objects.set_deadline(of.place(), number);
        }
        flow
    }

    fn record_deadline(&mut self, task: TaskId, deadline: Deadline) {
        let payload = match deadline {
            Deadline::Never => return,
            Deadline::After(time) => Payload::Duration(time),
            Deadline::At(at) => Payload::Time(at),
        };
        self.record(|_| Event::new(EventKind::Asked(RequestKind::Gather), task, payload));
    }

    fn instant(&self, deadline: Deadline) -> Option<Time> {
        match deadline {
            Deadline::Never => None,
            Deadline::After(time) => Some(self.world.now() + time),
            Deadline::At(at) => Some(at),
        }
    }

    fn clock(&mut self, task: TaskId) -> Flow {
        let now = self.world.now();
        let kind = EventKind::Answered(RequestKind::Clock);
        self.record(|_| Event::new(kind, task, Payload::Time(now)));
        self.answer(Resume::Time(now))
    }

    fn stop(&mut self, task: TaskId) -> Flow {
        // An earlier reason stays. The run ends after the batch, so the task keeps its turn.
        self.stop_reason.get_or_insert(StopReason::Stopped);
        self.record_plain(EventKind::Answered(RequestKind::Stop), task);
        Flow::Resume
    }

    fn exit(&mut self, task: TaskId, status: i32) -> Flow {
        self.stop_reason = Some(StopReason::Exit(status));
        self.queue.end_portion();
        self.make_ready(task, Message::GoOn);
        Flow::Over
    }

    /// Records that a task was made.
    pub(super) fn record_made(
        &mut self,
        task: TaskId,
        parent: TaskId,
        ordinal: u32,
        name: Option<&str>,
        arguments: Option<Box<str>>,
    ) {
        self.record(|kernel| {
            let site = kernel.tasks.frame(task).site();
            let name = name.map(Into::into);
            let made = Made::new(parent.some(), ordinal, name, site, arguments);
            Event::new(EventKind::Scheduled, task, Payload::Made(made))
        });
    }
}

/// The name of a key, and whether there is a value.
fn shown_local(local: AnyLocal, value: Option<&LocalValue>) -> Payload {
    Payload::Value(Some(match value {
        Some(_) => local.name().to_owned(),
        None => format!("{} = none", local.name()),
    }))
}

/// The failure of a task that asks for what the tasks of another loop use.
#[cold]
fn used_elsewhere(kind: ObjectKind) -> PanicPayload {
    Box::new(format!(
        "the {kind} is used by tasks of another event loop: the tasks that share it must be in one loop"
    ))
}

/// The failure of a task that asks about a task of another loop.
#[cold]
fn of_another_loop() -> PanicPayload {
    Box::new("the task belongs to another event loop: only its own loop knows it")
}
