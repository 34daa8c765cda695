//! The interpreter: what the loop does about each request.
//!
//! [`Kernel::interpret`] is one `match` with one small method per variant of [`Yield`]. Each either answers at once, which puts
//! the task at the back of the ready queue, or parks it; who parks is woken in `look`.

mod ending;
mod output;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use self::ending::payload;
use crate::coroutine::{Airlock, AnyFrame, Payload, PrimeState, RawCoroutine, StepState, foreign};
use crate::id::TaskId;
use crate::request::{AnyHandle, DetachQueue, Resume, TaskError, Yield, with_airlock};
use crate::scheduler::{Message, Scheduler, Wait};
use crate::stdio::{Input, Output};
use crate::time::Time;
use crate::timers::{Sleepers, Timers};
use crate::trace::{Asked, Cause, Event, Recorder, Told};
use crate::world::World;

/// Why a run ends before all tasks have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// The awaited task ended.
    Awaited,
    Stopped,
    BrokenPipe,
    Interrupted,
    /// These tasks wait for each other.
    Ring(Vec<TaskId>),
}

/// No deadline is removed yet.
pub(crate) struct NoneRemoved;

impl Sleepers for NoneRemoved {
    fn sleeps(&self, _: TaskId, _: u32) -> bool {
        true
    }

    fn renumber(&mut self, _: TaskId, _: u32) {}
}

/// Everything of a loop but its public face.
pub(crate) struct Kernel<W, R> {
    pub(crate) world: W,
    pub(crate) recorder: R,
    pub(crate) scheduler: Scheduler<Resume, AnyFrame>,
    pub(crate) timers: Timers,
    pub(crate) input: Input,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) link: Rc<DetachQueue>,
    /// The task whose step this is.
    pub(crate) current: TaskId,
    /// The task whose end ends the run.
    pub(crate) awaited: TaskId,
    pub(crate) halt: Option<StopReason>,
    /// Failures of tasks whose handle somebody has.
    pub(crate) held: BTreeMap<TaskId, TaskError>,
    /// Failures that nobody can join any more.
    pub(crate) unjoined: Vec<TaskError>,
    /// How many failures there have been.
    pub(crate) failures: u64,
}

impl<W: World, R: Recorder> Kernel<W, R> {
    /// Takes down an event, which is made only if somebody wants it.
    // Inlined always, as a recorder is quickest where the variant of the event is known.
    #[inline(always)]
    pub(crate) fn record(&mut self, event: impl FnOnce(&mut Self) -> Event) {
        #[cfg(feature = "tracing")]
        if crate::log::is_on() {
            return self.log_and_record(event);
        }
        if R::ON {
            let event = event(self);
            self.recorder.record(event);
        }
    }

    /// Apart from [`record`](Kernel::record), because an event that is referred to has to lie in memory.
    #[cfg(feature = "tracing")]
    #[cold]
    fn log_and_record(&mut self, event: impl FnOnce(&mut Self) -> Event) {
        let event = event(self);
        crate::log::log(&event, &self.scheduler);
        if R::ON {
            self.recorder.record(event);
        }
    }

    /// Whether events are wanted right now.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        #[cfg(feature = "tracing")]
        if crate::log::is_on() {
            return true;
        }
        R::ON
    }

    /// What became of the step of `task`.
    pub(crate) fn stepped(&mut self, task: TaskId, state: StepState) {
        match state {
            StepState::Now => self.now(task),
            StepState::Asked => self.asked(task),
            StepState::Done => self.ended(task),
            StepState::Running | StepState::Priming => {
                drop(with_airlock(Airlock::reset));
                self.fail(task, foreign());
            }
        }
    }

    #[inline]
    fn asked(&mut self, task: TaskId) {
        let request = with_airlock(Airlock::take_request);
        self.interpret(task, request.expect("a request lies on the airlock"));
    }

    /// Does what a request asks.
    #[inline]
    pub(crate) fn interpret(&mut self, task: TaskId, request: Yield) {
        if self.is_recording() && !matches!(request, Yield::Now) {
            let request = match &request {
                Yield::Join(handle) if !handle.is_of(&self.link) => Asked::JoinForeign,
                request => Asked::from(request),
            };
            self.record(|_| Event::Asked { task, request });
        }
        match request {
            Yield::Now => self.now(task),
            Yield::Stdin => self.stdin(task, Wait::Line),
            Yield::StdinBytes => self.stdin(task, Wait::Bytes),
            Yield::Print(text) => self.print(task, Wait::Stdout, &text),
            Yield::Eprint(text) => self.print(task, Wait::Stderr, &text),
            Yield::Spawn(coroutine) => self.spawn(task, coroutine.0),
            Yield::Chain(coroutine) => self.chain(task, coroutine.0),
            Yield::Join(handle) => self.join(task, handle),
            Yield::Sleep(time) => self.sleep(task, time),
            Yield::SleepUntil(at) => self.sleep_until(task, at),
            Yield::Clock => self.clock(task),
            Yield::Stop => self.stop(task),
        }
    }

    // Requests, one method each.

    #[inline]
    pub(crate) fn now(&mut self, task: TaskId) {
        let request = Asked::Now;
        self.record(|_| Event::Asked { task, request });
        self.scheduler.queue.push(task, Message::GoOn);
    }

    fn stdin(&mut self, task: TaskId, wait: Wait) {
        if self.input.waiting.is_empty()
            && let Some(answer) = self.input_for(wait)
        {
            return self.answer_with(task, answer);
        }
        self.input.waiting.push_back(task);
        self.park(task, wait);
    }

    /// What input has for somebody who waits like this.
    #[inline]
    pub(crate) fn input_for(&mut self, wait: Wait) -> Option<Resume> {
        match wait {
            Wait::Line => self.input.line().map(Resume::Line),
            _ => self.input.bytes().map(Resume::Bytes),
        }
    }

    fn print(&mut self, task: TaskId, stream: Wait, text: &str) {
        let output = self.output(stream);
        if let Some(error) = output.take_error() {
            return self.answer_with(task, Resume::Written(Err(error)));
        }
        output.push(text);
        if output.is_high() {
            self.flush(stream);
        }
        let output = self.output(stream);
        if output.is_high() {
            output.waiting.push_back(task);
            self.park(task, stream);
        } else {
            self.answer(task, Message::Written);
        }
    }

    fn spawn(&mut self, task: TaskId, coroutine: RawCoroutine) {
        let (child, ended) = self.admit(task, coroutine);
        self.answer(task, Message::Spawned(child));
        if let Some(how) = ended {
            self.primed_to_the_end(child, how);
        }
    }

    fn chain(&mut self, task: TaskId, coroutine: RawCoroutine) {
        let frame = coroutine.into_frame();
        drop(crate::coroutine::take_arguments(&frame));
        match frame.prime_state() {
            PrimeState::Ended => {
                let returned = self.scheduler.keep_returned(frame);
                self.answer(task, Message::Returned(returned));
            }
            PrimeState::Panicked => {
                let site = frame.site();
                self.fail_in(task, Some(site), payload(frame));
            }
            PrimeState::Foreign => {
                // It has not ended: what it holds is closed with the rest of the stack.
                self.scheduler.call(task, frame);
                self.fail(task, foreign());
            }
            first => {
                self.scheduler.call(task, frame);
                self.begin(task, first);
            }
        }
    }

    fn join(&mut self, task: TaskId, handle: AnyHandle) {
        let Some(other) = handle.into_task(&self.link) else {
            let payload: Payload =
                Box::new("it belongs to another event loop: a task can only be joined on its own");
            let error = TaskError::new("?".to_owned(), None, 0, payload);
            return self.answer_with(task, Resume::Joined(Err(error)));
        };
        match self.scheduler.task(other).wait {
            Wait::Ended => self.answer(task, Message::Joined(other)),
            Wait::Failed => {
                let error = self.held.remove(&other).expect("a held failure is kept");
                self.forget(other);
                self.answer_with(task, Resume::Joined(Err(error)));
            }
            _ => self.join_later(task, other),
        }
    }

    fn join_later(&mut self, task: TaskId, other: TaskId) {
        if let Some(ring) = self.scheduler.ring(task, other) {
            self.halt = Some(StopReason::Ring(ring));
        }
        self.scheduler.listen(other, task);
        self.scheduler.task_mut(task).joins = other;
        self.park(task, Wait::Join);
    }

    fn sleep(&mut self, task: TaskId, time: Duration) {
        self.sleep_until(task, self.world.now() + time);
    }

    fn sleep_until(&mut self, task: TaskId, at: Time) {
        self.timers.set(at, task, &mut NoneRemoved);
        self.park(task, Wait::Timer);
    }

    fn clock(&mut self, task: TaskId) {
        let now = self.world.now();
        self.answer_with(task, Resume::Time(now));
    }

    fn stop(&mut self, task: TaskId) {
        self.halt.get_or_insert(StopReason::Stopped);
        self.answer(task, Message::GoOn);
    }

    // What they have in common.

    /// Answers at once: the task goes to the back of the ready queue.
    #[inline]
    fn answer(&mut self, task: TaskId, message: Message) {
        self.record(|kernel| Event::Answered {
            task,
            answer: kernel.told(message),
        });
        self.scheduler.queue.push(task, message);
    }

    /// Answers at once, with more than a number.
    fn answer_with(&mut self, task: TaskId, answer: Resume) {
        let message = self.scheduler.post(answer);
        self.answer(task, message);
    }

    /// Takes down that a step of a task begins.
    #[inline(always)]
    pub(crate) fn resumed(&mut self, task: TaskId, told: impl FnOnce(&Self) -> Told) {
        self.record(|kernel| Event::Resumed {
            task,
            site: kernel.site(task),
            input: told(kernel),
        });
    }

    /// What a message says, for the trace.
    pub(crate) fn told(&self, message: Message) -> Told {
        match message {
            Message::GoOn => Told::GoOn,
            Message::Start => Told::Start,
            Message::First | Message::FirstNow => Told::Primed,
            Message::Written => Told::Written,
            Message::Spawned(task) => Told::Spawned(task),
            Message::Returned(_) => Told::Returned,
            Message::Joined(_) => Told::Joined,
            Message::Mail(mail) => Told::from(self.scheduler.mail(mail)),
        }
    }

    fn park(&mut self, task: TaskId, wait: Wait) {
        self.scheduler.task_mut(task).wait = wait;
        self.record(|_| Event::Parked { task });
    }

    /// Wakes a parked task: it goes to the back of the ready queue.
    #[inline]
    pub(crate) fn wake(
        &mut self,
        task: TaskId,
        cause: impl FnOnce(&Self) -> Cause,
        message: Message,
    ) {
        self.record(|kernel| Event::Woken {
            task,
            cause: cause(kernel),
        });
        self.scheduler.task_mut(task).wait = Wait::Nothing;
        self.scheduler.queue.push(task, message);
    }

    /// Makes a coroutine a task. If it has ended already, how it ended is given back and nothing is ready.
    pub(crate) fn admit(
        &mut self,
        parent: TaskId,
        coroutine: RawCoroutine,
    ) -> (TaskId, Option<PrimeState>) {
        let frame = coroutine.into_frame();
        drop(crate::coroutine::take_arguments(&frame));
        let (first, site) = (frame.prime_state(), frame.site());
        let task = self.scheduler.add(parent, site.name, frame);
        self.record(|kernel| Event::Scheduled {
            task,
            parent: parent.some(),
            ordinal: kernel.scheduler.ordinal(task),
            site,
        });
        match first {
            PrimeState::Ended | PrimeState::Panicked | PrimeState::Foreign => (task, Some(first)),
            first => {
                self.begin(task, first);
                (task, None)
            }
        }
    }

    /// Puts a task whose coroutine on top has not been resumed yet at the back of the ready queue.
    #[inline]
    fn begin(&mut self, task: TaskId, first: PrimeState) {
        let message = match first {
            PrimeState::Now => Message::FirstNow,
            PrimeState::Asked => Message::First,
            _ => Message::Start,
        };
        self.scheduler.queue.push(task, message);
    }

    /// A task whose coroutine had ended in some way before it became one.
    pub(crate) fn primed_to_the_end(&mut self, task: TaskId, how: PrimeState) {
        self.resumed(task, |_| Told::Primed);
        match how {
            PrimeState::Panicked => {
                let site = self.site(task);
                let frame = self.scheduler.take_frame(task);
                let payload = payload(frame.expect("it was just made a task"));
                self.fail_in(task, Some(site), payload);
            }
            PrimeState::Foreign => self.fail(task, foreign()),
            _ => self.finish(task),
        }
    }
}
