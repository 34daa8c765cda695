//! What each request means.
//!
//! [`Kernel::interpret`] is one `match`, with one small method per variant of [`Yield`]. Each method says how the turn goes on.
//! A request that can never wait is answered in the airlock, and the task keeps its turn. A request that could have waited
//! parks its task or, if the answer is there already, puts it at the back of the ready queue.

use super::Kernel;
use super::flow::Flow;
use super::queue::{BoxedAnswer, Message};
use super::stop_reason::StopReason;
use super::waits::Wait;
use crate::coroutine::RawCoroutine;
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::{AnyHandle, AnyLocal, LocalValue, RequestKind, Resume, Yield};
use crate::time::Time;
use crate::trace::{Event, EventKind, Payload, Recorder};
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
            Yield::LookUp(object) => self.ask_outside(task, RequestKind::LookUp, object),
            Yield::Signal(object) => self.ask_outside(task, RequestKind::Signal, object),
            Yield::Listen(object) => self.ask_at_once(task, RequestKind::Listen, &object),
            Yield::Bind(object) => self.ask_at_once(task, RequestKind::Bind, &object),
            Yield::Accept(object) => self.ask_socket(task, RequestKind::Accept, object),
            Yield::Connect(object) => self.ask_socket(task, RequestKind::Connect, object),
            Yield::Read(object) => self.ask_socket(task, RequestKind::Read, object),
            Yield::Write(object) => self.ask_socket(task, RequestKind::Write, object),
            Yield::Shutdown(object) => self.ask_at_once(task, RequestKind::Shutdown, &object),
            Yield::SetOption(object) => self.ask_at_once(task, RequestKind::SetOption, &object),
            Yield::Start(object) => self.ask_at_once(task, RequestKind::Start, &object),
            Yield::WaitChild(object) => self.ask_socket(task, RequestKind::WaitChild, object),
            Yield::LookAt(object) => self.ask_at_once(task, RequestKind::LookAt, &object),
            Yield::Kill(object) => self.ask_at_once(task, RequestKind::Kill, &object),
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
            | Yield::LookUp(_)
            | Yield::Signal(_)
            | Yield::Listen(_)
            | Yield::Bind(_)
            | Yield::Accept(_)
            | Yield::Connect(_)
            | Yield::Read(_)
            | Yield::Write(_)
            | Yield::Shutdown(_)
            | Yield::SetOption(_)
            | Yield::Start(_)
            | Yield::WaitChild(_)
            | Yield::LookAt(_)
            | Yield::Kill(_) => return request,
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
}

/// The name of a key, and whether there is a value.
fn shown_local(local: AnyLocal, value: Option<&LocalValue>) -> Payload {
    Payload::Value(Some(match value {
        Some(_) => local.name().to_owned(),
        None => format!("{} = none", local.name()),
    }))
}
