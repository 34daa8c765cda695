//! A run: cycles and polls take turns until there is a reason to stop.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::pace::Pace;
use super::poll::Poll;
use super::sources::Stream;
use super::stop_reason::{RunUntil, StopReason};
use super::streams::{Input, Output};
use super::waits::{Pending, TaskState};
use super::{Kernel, Standard};
use crate::coroutine::{Payload as PanicPayload, deep_drop};
use crate::error::{Error, Failures, StepLimit};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{Entered, TaskError, Value};
use crate::trace::Recorder;
use crate::world::{Source, World};

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Whether a task that was scheduled, and whose handle is held, has ended.
    pub(crate) fn has_ended(&self, task: TaskId) -> bool {
        self.tasks.state(task).is_over()
    }

    /// Takes the value of a task that was scheduled, if it has returned, and drops the task's handle.
    pub(crate) fn take_result(&mut self, task: TaskId) -> Option<Value> {
        let value = match self.tasks.state(task) {
            TaskState::Returned => Some(Value::of(self.take_value(task))),
            TaskState::Failed => None,
            _ => {
                self.detach(task);
                return None;
            }
        };
        // If this run has not reported the task's failure, the next run does.
        if let Some(error) = self.failures.take_held(task) {
            self.failures.push_unjoined(error);
        }
        self.release_handle(task);
        self.release(task);
        value
    }

    /// Runs tasks. Fails if another loop runs on this thread already.
    pub(crate) fn run(&mut self, until: RunUntil) -> Result<(), Error> {
        self.rounds = None;
        self.run_in(World::begin, until)
    }

    /// The same for a guest of another loop: the run ends after so many rounds, or when no task is ready. It waits no longer than
    /// `wait`, altogether.
    pub(crate) fn run_as_guest(
        &mut self,
        until: RunUntil,
        rounds: u32,
        wait: Duration,
    ) -> Result<(), Error> {
        self.rounds = Some(rounds);
        self.waits_until = self.world.now() + wait;
        self.run_in(World::begin_as_guest, until)
    }

    fn run_in(
        &mut self,
        begin: fn(&mut W) -> io::Result<()>,
        until: RunUntil,
    ) -> Result<(), Error> {
        let Some(entered) = Entered::new(self.is_recording()) else {
            return Err(Error::Nested);
        };
        begin(&mut self.world).map_err(Error::World)?;
        // From here on `end` is called in any case, also after a panic.
        let run = catch_unwind(AssertUnwindSafe(|| self.run_begun(until)));
        let result = run.unwrap_or_else(|payload| self.end_after_panic(payload));
        self.world.end();
        drop(entered);
        match result {
            // It came too late to end the run earlier. If the run has failed, it is for the next one.
            Ok(()) if self.world.take_interrupt() => Err(Error::Interrupted),
            result => result,
        }
    }

    /// Ends a run after a panic outside of any turn: of the world, the policy or the recorder. (A panic in a turn is the failure
    /// of its task.) The text that was printed is still written.
    #[cold]
    fn end_after_panic(&mut self, payload: PanicPayload) -> Result<(), Error> {
        self.fail_unjoined(TaskId::NONE, payload);
        self.stop_reason = None;
        if let Ok(drained) = catch_unwind(AssertUnwindSafe(|| self.drain())) {
            return self.conclude(Ok(()), None, drained);
        }
        let (failures, more) = self.failures.take_unjoined();
        Err(Error::Failed(Failures::new(failures, more)))
    }

    fn run_begun(&mut self, until: RunUntil) -> Result<(), Error> {
        self.open_standard()?;
        self.listen_for_tasks().map_err(Error::World)?;
        self.awaited = match until {
            RunUntil::Ended(task) => task,
            RunUntil::AllEnded | RunUntil::Stopped => TaskId::NONE,
        };
        if self.awaited.some().is_some_and(|task| self.has_ended(task)) {
            // It has failed before it began: it was one task too many.
            self.stop_reason.get_or_insert(StopReason::Awaited);
        }
        self.until_stopped = until == RunUntil::Stopped;
        self.steps = 0;
        self.begin_outputs();
        let mut run = self.cycles();
        self.stop_flag.take();
        let mut reason = self.stop_reason.take();
        // Before output is written for the last time, because errors are reported on standard error. All are, also the last
        // ones: what is written does not depend on when the loop polled.
        self.note_detached();
        while self.failures.has_fresh() {
            self.report_failures();
            // A hook may have dropped handles of tasks that have failed.
            self.note_detached();
        }
        if self.failures.has_unjoined() {
            // Tasks that wait for one that has failed are the consequence. The failure is the news; the next run says the rest.
            if let Err(Error::Deadlock(_)) = run {
                run = Ok(());
            }
            if let Some(StopReason::Cycle(_)) = reason {
                reason = None;
            }
        }
        if run.is_err() || matches!(&reason, Some(reason) if reason.hides_failures()) {
            self.failures.clear_reported();
        }
        self.was_stopped = reason == Some(StopReason::Stopped);
        self.unread();
        if self.rounds.is_some() && run.is_ok() && reason.is_none() && self.has_something_to_do() {
            // The run of a guest goes on. What it has printed must not block the host.
            self.flush_outputs();
            return Ok(());
        }
        let drained = self.drain();
        let broken = self.stop_reason.take();
        self.conclude(run, broken.or(reason), drained)
    }

    /// Gives back what was read and nobody has asked for.
    fn unread(&mut self) {
        let stdin = self.standard().stdin;
        let bytes = self.sources.input_mut(stdin).take_unread();
        if !bytes.is_empty() {
            let kept = self.world.unread(stdin, bytes);
            self.sources.input_mut(stdin).buffer().extend(kept);
        }
    }

    /// Opens the standard streams, once.
    fn open_standard(&mut self) -> Result<(), Error> {
        if self.standard.is_some() {
            return Ok(());
        }
        let input = Stream::Input(Input::new(self.settings.line_limit));
        let mut open = |what, stream| self.sources.open(&mut self.world, what, stream);
        let standard = Standard {
            stdin: open(Source::Stdin, input).map_err(Error::World)?,
            stdout: open(Source::Stdout, Stream::Output(Output::default()))
                .map_err(Error::World)?,
            stderr: open(Source::Stderr, Stream::Output(Output::default()))
                .map_err(Error::World)?,
        };
        self.standard = Some(standard);
        Ok(())
    }

    /// The loop itself: a cycle of turns, then a poll, and so on.
    fn cycles(&mut self) -> Result<(), Error> {
        let mut poll = Poll::default();
        self.pace = Pace::begin(self.world.coarse_now());
        // What objects have told between two runs: before the first task asks one of them.
        self.note_changes();
        while self.stop_reason.is_none() && self.has_something_to_do() {
            if self.stop_flag.take() {
                // The batch that is ready, as asyncio does it.
                self.stop_reason.get_or_insert(StopReason::Stopped);
                self.last_batch();
                return Ok(());
            }
            self.cycle();
            self.pace.cycle_ended(self.world.coarse_now());
            let limit = self.settings.step_limit;
            if self.stop_flag.take() {
                self.stop_reason.get_or_insert(StopReason::Stopped);
            } else if limit.is_some_and(|limit| self.steps > limit) {
                self.stop_reason.get_or_insert(StopReason::StepLimit);
            }
            if self.stop_reason.is_none() {
                self.poll(&mut poll)?;
            }
            if self.is_last_round() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn is_last_round(&mut self) -> bool {
        let Some(rounds) = &mut self.rounds else {
            return false;
        };
        // A look at clock and world in the middle of a batch ends no round.
        if self.queue.is_in_batch() {
            return false;
        }
        *rounds = rounds.saturating_sub(1);
        *rounds == 0 || !self.is_ready()
    }

    /// Whether a run goes on that nothing ends.
    fn has_something_to_do(&self) -> bool {
        // What another thread has left is a task that has not begun.
        self.until_stopped || self.tasks.unfinished() > 0 || self.outside.has_mail()
    }

    /// The result of a run. Of several errors the most serious one is returned.
    fn conclude(
        &mut self,
        run: Result<(), Error>,
        reason: Option<StopReason>,
        drained: Result<(), Error>,
    ) -> Result<(), Error> {
        run?;
        let own = self
            .awaited
            .some()
            .and_then(|task| self.take_awaited_failure(task));
        let has_failed = own.is_some();
        if let Some(error) = own {
            self.failures.push_unjoined(error);
        }
        match reason {
            Some(StopReason::Interrupted) => return Err(Error::Interrupted),
            Some(StopReason::BrokenPipe) => return Err(Error::BrokenPipe),
            Some(StopReason::Exit(status)) => {
                drained?;
                self.unwritten()?;
                return Err(Error::Exit(status));
            }
            Some(StopReason::StepLimit) => return Err(self.step_limit()),
            Some(StopReason::Cycle(tasks)) if !has_failed => return Err(self.deadlock(tasks)),
            Some(StopReason::Awaited | StopReason::Stopped | StopReason::Cycle(_)) | None => {}
        }
        let (failures, more) = self.failures.take_unjoined();
        if failures.is_empty() {
            drained?;
            return self.unwritten();
        }
        Err(Error::Failed(Failures::new(failures, more)))
    }

    /// The failure of the awaited task, which `run` returns.
    fn take_awaited_failure(&mut self, task: TaskId) -> Option<TaskError> {
        match self.tasks.state(task) {
            TaskState::Failed | TaskState::Cancelled => self.failures.take_held(task),
            _ => None,
        }
    }

    fn step_limit(&self) -> Error {
        Error::StepLimit(StepLimit {
            limit: self.settings.step_limit.unwrap_or(u64::MAX),
            task: self.name_of(self.current),
            last: self.flight_record(),
        })
    }

    /// The error of a write that no task has got as an answer.
    fn unwritten(&mut self) -> Result<(), Error> {
        let Standard { stdout, stderr, .. } = self.standard();
        let stdout = self.sources.output_mut(stdout).take_error();
        let stderr = self.sources.output_mut(stderr).take_error();
        stdout
            .or(stderr)
            .map_or(Ok(()), |error| Err(Error::Output(error)))
    }

    /// Closes everything: the tasks that have not ended, in the order of the table, each from its innermost coroutine outwards;
    /// then the values that no task has joined; then the sources.
    pub(crate) fn close(&mut self) {
        if self.tasks.unfinished() > 0 {
            let tasks: Vec<TaskId> = self.tasks.living().collect();
            for task in tasks {
                match self.tasks.state(task) {
                    TaskState::Waiting(wait) => self.undo_wait(task, wait),
                    // Its other answers are dropped below.
                    _ => {
                        if let Some(Pending::Admitted(of)) = self.tasks.take_pending(task) {
                            self.give_back_to(of);
                        }
                    }
                }
                self.close_stack(task);
                self.drop_locals(task);
            }
        }
        for errand in self.outside.close() {
            self.guarded(TaskId::NONE, |_| drop(errand));
        }
        // Each under a guard of its own: two destructors that panic must not end the process.
        for (frame, values) in self.closings.take_frames() {
            self.guarded(TaskId::NONE, |_| deep_drop(frame));
            self.drop_values(TaskId::NONE, values);
        }
        for frame in self.tasks.take_values() {
            self.guarded(TaskId::NONE, |_| deep_drop(frame));
        }
        for answer in self.take_all_kept() {
            self.guarded(TaskId::NONE, |_| drop(answer));
        }
        self.close_sockets();
        if let Some(Standard {
            stdin,
            stdout,
            stderr,
        }) = self.standard.take()
        {
            for source in [stderr, stdout, stdin] {
                self.guarded(TaskId::NONE, |kernel| {
                    kernel.sources.close(&mut kernel.world, source);
                });
            }
        }
        self.failures.clear();
    }
}
