//! A poll of clock and world: due timers first, then the sources in the order of their numbers.

use std::mem;
use std::time::Duration;

use super::Kernel;
use super::queue::{BoxedAnswer, Message};
use super::sources::{STANDARD, Stream};
use super::stop_reason::StopReason;
use super::timers::object_of;
use super::waits::TaskState;
use crate::error::Error;
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::{RequestKind, Resume};
use crate::signal::SignalKind;
use crate::time::Time;
use crate::trace::{Event, EventKind, Payload, Recorder};
use crate::world::{Attempt, Op, Until, Waited, World};

/// When tasks are always ready, output is written once per this many polls: often enough for its reader, and rarely enough that
/// each system call writes much.
const FLUSH_EVERY: u32 = 64;

/// What the polls of a run remember.
#[derive(Default)]
pub(super) struct Poll {
    /// Polls since output was last written.
    since_flush: u32,
    /// Sources that may be tried again.
    sources: Vec<SourceId>,
    /// This poll has woken a task and is in the trace.
    recorded: bool,
    /// The user has interrupted.
    interrupted: bool,
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Asks clock and world what has happened, and wakes the tasks whose waits are over. Blocks if no task is ready.
    pub(super) fn poll(&mut self, poll: &mut Poll) -> Result<(), Error> {
        poll.recorded = false;
        self.note_detached();
        // Each of the three may drop what the others then have to note: a group, a handle, a guard.
        while self.objects.has_changed() || self.failures.has_fresh() {
            self.note_changes();
            self.report_failures();
            self.note_detached();
        }
        poll.since_flush += 1;
        if self.queue.is_empty() || poll.since_flush == FLUSH_EVERY {
            poll.since_flush = 0;
            self.flush_outputs();
        } else {
            self.flush_due();
        }
        if self.stop_reason.is_some() {
            return Ok(());
        }
        self.wait(poll)?;
        self.expire(poll);
        self.try_sources(poll);
        self.hear_signals(poll);
        self.hear(poll);
        Ok(())
    }

    fn wait(&mut self, poll: &mut Poll) -> Result<(), Error> {
        poll.sources.clear();
        let mut until = self.until();
        if until != Until::Now && !self.outside.begin_wait() {
            until = Until::Now;
        }
        // Only now: who cannot ring any more from here on ends the wait.
        let has_end = match until {
            Until::Now => true,
            // A deadline that never comes. Where the clock jumps, it is none.
            Until::At(Time::MAX) => self.world.can_be_woken(),
            Until::At(_) => true,
            Until::Forever => false,
        };
        // Where no task is left, a run does not wait for another one.
        let others = |kernel: &Self| {
            kernel.can_be_stopped()
                || (kernel.tasks.unfinished() > 0 || kernel.runs_forever()) && kernel.can_be_told()
        };
        if !has_end && !self.world.is_watching() && !others(self) {
            // Whoever could ring may have rung, and then have gone.
            if !self.outside.has_last_mail() {
                return self.nothing_can_happen();
            }
            until = Until::Now;
        }
        match self.world.wait(until, &mut poll.sources) {
            Ok(Waited::Polled) => {}
            Ok(Waited::Interrupted) => poll.interrupted = true,
            Err(error) => return Err(Error::World(error)),
        }
        if until != Until::Now {
            self.pace.waited(self.world.coarse_now());
        }
        self.note_named(poll);
        Ok(())
    }

    /// The world no longer watches the sources that it names. Sources that were closed meanwhile are dropped from the list.
    fn note_named(&mut self, poll: &mut Poll) {
        poll.sources
            .retain(|source| self.sources.is_current(*source) || self.sockets.is_current(*source));
        for source in &poll.sources {
            if source.number() < STANDARD {
                self.sources.set_watched(*source, false);
            }
        }
    }

    /// How long this poll may block.
    fn until(&mut self) -> Until {
        if self.is_ready() {
            return Until::Now;
        }
        match (self.next_deadline(), self.rounds) {
            (None, None) => Until::Forever,
            (Some(time), None) => Until::At(time),
            // Whoever drives a guest has something else to do then.
            (None, Some(_)) => Until::At(self.waits_until),
            (Some(time), Some(_)) => Until::At(time.min(self.waits_until)),
        }
    }

    /// When the next timer is due.
    fn next_deadline(&mut self) -> Option<Time> {
        let (timers, deadlines) = self.deadlines();
        timers.next(&deadlines)
    }

    /// In what time the next timer is due.
    pub(crate) fn next_timer(&mut self) -> Option<Duration> {
        let next = self.next_deadline()?;
        Some(next - self.world.now())
    }

    // Waking.

    fn expire(&mut self, poll: &mut Poll) {
        if self.timers.is_empty() {
            return;
        }
        let now = self.world.now();
        while let Some(task) = self.expired(now) {
            if let Some(place) = object_of(task) {
                self.elapsed(poll, place);
                continue;
            }
            self.wake(task, Message::GoOn);
            self.record_woken(poll, task, RequestKind::Sleep, Payload::None);
        }
    }

    #[inline]
    fn expired(&mut self, now: Time) -> Option<TaskId> {
        let (timers, deadlines) = self.deadlines();
        timers.expire(now, &deadlines)
    }

    /// The deadline of the task that waits for an object has passed.
    fn elapsed(&mut self, poll: &mut Poll, place: u32) {
        self.objects.forget_deadline(place);
        self.tell_elapsed(place);
        // Otherwise a task that is cancelled may end later, and the one that waits goes on only then.
        if self.closings.is_empty()
            && let Some(task) = self.objects.first_waiter(place, 0)
        {
            self.wake(task, Message::GoOn);
            self.record_woken(poll, task, RequestKind::Gather, Payload::None);
            self.objects.leave(place);
        }
        self.record_poll(poll);
        // The tasks that were waited for are cancelled.
        self.note_changes();
    }

    /// Records that a poll has woken a task, and before the first one the poll itself.
    // Called after the task is woken, so that a recorder that panics cannot keep it parked for ever.
    #[inline]
    fn record_woken(&mut self, poll: &mut Poll, task: TaskId, kind: RequestKind, payload: Payload) {
        if !self.is_recording() {
            return;
        }
        self.record_poll(poll);
        self.record(|_| Event::new(EventKind::Woken(kind), task, payload));
    }

    fn record_poll(&mut self, poll: &mut Poll) {
        if !mem::replace(&mut poll.recorded, true) {
            self.record(|kernel| {
                let now = Payload::Time(kernel.world.now());
                Event::new(EventKind::Polled, TaskId::NONE, now)
            });
        }
    }

    /// The detail of an answer, if it is recorded.
    #[inline]
    fn payload_of(&self, kept: BoxedAnswer) -> Payload {
        match self.is_recording() {
            true => self.shown(self.kept(kept)),
            false => Payload::None,
        }
    }

    fn try_sources(&mut self, poll: &mut Poll) {
        self.sources.add_untried(&mut poll.sources);
        // Taken out of `poll`, which is borrowed again below.
        let sources = mem::take(&mut poll.sources);
        for source in &sources {
            if source.number() >= STANDARD {
                while let Some(place) = self.try_socket(*source) {
                    self.record_poll(poll);
                    self.offer(place);
                }
                continue;
            }
            match self.sources.stream_mut(*source) {
                Stream::Input(_) => self.try_input(poll, *source),
                Stream::Output(_) => self.try_output(poll, *source),
            }
        }
        poll.sources = sources;
    }

    fn try_input(&mut self, poll: &mut Poll, source: SourceId) {
        // Input that no task asks for is not read: another program may want it.
        if self.sources.first_waiter(source).is_none() {
            return;
        }
        // Input that a cancelled task has given back comes first.
        self.serve_input(poll, source);
        if self.sources.first_waiter(source).is_none() {
            return;
        }
        let input = self.sources.input_mut(source);
        match self.world.attempt(Op::Read(source, input.buffer())) {
            Attempt::WouldBlock => self.sources.set_watched(source, true),
            Attempt::Done(result) => {
                input.read(result);
                self.serve_input(poll, source);
                if self.sources.first_waiter(source).is_some() {
                    // Not enough has come for every waiter.
                    self.sources.push_untried(source);
                }
            }
        }
    }

    /// Gives one item of input to each waiting task, in the order in which they asked, as long as there is input.
    fn serve_input(&mut self, poll: &mut Poll, source: SourceId) {
        while let Some(task) = self.sources.first_waiter(source) {
            let TaskState::Waiting(wait) = self.tasks.state(task) else {
                unreachable!("a waiter waits");
            };
            let Some((kind, kept)) = self.keep_input(source, wait) else {
                return;
            };
            let payload = self.payload_of(kept);
            self.wake(task, Message::Answer(kept));
            self.record_woken(poll, task, kind, payload);
        }
    }

    /// Writes to an output, and wakes the tasks that waited for room.
    fn try_output(&mut self, poll: &mut Poll, source: SourceId) {
        self.flush(source);
        let kind = self.printing_to(source);
        while !self.sources.output_mut(source).is_high() {
            let Some(task) = self.sources.first_waiter(source) else {
                return;
            };
            let error = self.sources.output_mut(source).take_error();
            let answer = Resume::Written(error.map_or(Ok(()), Err));
            let kept = self.keep_answer(answer);
            let payload = self.payload_of(kept);
            self.wake(task, Message::Answer(kept));
            self.record_woken(poll, task, kind, payload);
        }
    }

    /// Wakes the tasks that wait for signals which have come.
    fn hear_signals(&mut self, poll: &mut Poll) {
        if self.is_listening() {
            for signal in self.take_signals() {
                self.hear_signal(poll, signal);
            }
        }
        if mem::take(&mut poll.interrupted) && !self.hear_signal(poll, SignalKind::interrupt()) {
            self.stop_reason = Some(StopReason::Interrupted);
        }
    }

    /// False if no task waits for it.
    fn hear_signal(&mut self, poll: &mut Poll, signal: SignalKind) -> bool {
        if self.settings.show_tasks_on == Some(signal) {
            self.show_tasks(signal);
        }
        let places = self.deliver_signal(signal);
        for place in &places {
            self.wake_at(poll, *place);
        }
        !places.is_empty()
    }

    /// Wakes the tasks for which something outside has happened, and makes tasks of what other threads have sent.
    fn hear(&mut self, poll: &mut Poll) {
        if !self.outside.has_mail() {
            return;
        }
        let (places, errands) = self.outside.take();
        for place in places {
            self.wake_at(poll, place);
        }
        for errand in errands {
            self.run_errand(errand);
        }
    }

    /// Wakes the task that waits for the object at this place, if the object admits it.
    fn wake_at(&mut self, poll: &mut Poll, place: u32) {
        if let Some((task, kind)) = self.answer_line(place) {
            let name = Payload::Object(self.objects.name(place));
            self.record_woken(poll, task, kind, name);
        }
    }

    /// Writes all text that is left, however long that takes.
    pub(super) fn drain(&mut self) -> Result<(), Error> {
        let mut poll = Poll::default();
        let stderr = self.standard().stderr;
        self.sources.output_mut(stderr).note_dropped();
        loop {
            self.flush_outputs();
            if self.is_flushed() {
                return Ok(());
            }
            poll.sources.clear();
            let waited = self.world.wait(Until::Forever, &mut poll.sources);
            poll.recorded = false;
            self.note_named(&mut poll);
            self.try_only_outputs(&mut poll);
            match waited {
                Ok(Waited::Polled) => {}
                Ok(Waited::Interrupted) => return Err(Error::Interrupted),
                Err(error) => return Err(Error::World(error)),
            }
        }
    }

    /// Tries the outputs that the poll has named. A task that is woken goes on in the next run, which also tries the inputs.
    fn try_only_outputs(&mut self, poll: &mut Poll) {
        for source in mem::take(&mut poll.sources) {
            if source.number() >= STANDARD {
                self.sources.push_untried(source);
                continue;
            }
            match self.sources.stream_mut(source) {
                Stream::Input(_) => self.sources.push_untried(source),
                Stream::Output(_) => self.try_output(poll, source),
            }
        }
    }
}
