//! Reports: which task waits for what when nothing can happen, slow turns, and errors that no task can join.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::Kernel;
use super::cycles::cycles;
use super::stop_reason::StopReason;
use super::waits::{TaskState, Wait};
use crate::coroutine::{Site, has_calls, take_calls};
use crate::deadlock::{Cycle, Deadlock};
use crate::error::Error;
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{SHOWN_TASKS, TaskError};
use crate::signal::SignalKind;
use crate::slow::SlowStep;
use crate::trace::{self, Event, EventKind, Payload, Recorder};
use crate::world::World;

/// A deadlock reports at most this many tasks; the others are counted.
const REPORTED: usize = 1_000;

/// The same tasks, those of cycles first.
fn cycles_first(tasks: &[TaskId], cycles: &[Vec<TaskId>]) -> Vec<TaskId> {
    let mut ordered: Vec<TaskId> = cycles.concat();
    let in_cycles: BTreeSet<TaskId> = ordered.iter().copied().collect();
    let others = tasks.iter().filter(|task| !in_cycles.contains(task));
    ordered.extend(others);
    ordered
}

/// The cycles by the places of their tasks among those that are reported. Tasks that are not are counted.
fn within(reported: &[TaskId], cycles: &[Vec<TaskId>]) -> Vec<Cycle> {
    let places: BTreeMap<TaskId, usize> = reported.iter().copied().zip(0..).collect();
    let cycles = cycles.iter().map(|cycle| {
        let members = cycle.iter().filter_map(|task| places.get(task).copied());
        let members: Vec<usize> = members.collect();
        let more = cycle.len() - members.len();
        Cycle { members, more }
    });
    cycles.filter(|cycle| !cycle.members.is_empty()).collect()
}

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// Ends the run if tasks wait for each other in a cycle as soon as `joiner` waits for `task`.
    pub(super) fn find_cycle(&mut self, joiner: TaskId, task: TaskId) {
        // In a cycle some task waits for the joiner already, or the joiner waits for itself. Nearly always there is none, so
        // a long chain of joins is not walked at each new join.
        if joiner != task && self.tasks.joiner(joiner).is_none() {
            return;
        }
        let mut cycle = vec![joiner];
        let mut next = task;
        while next != joiner {
            let TaskState::Waiting(Wait::End(after) | Wait::Watch(after)) = self.tasks.state(next)
            else {
                return;
            };
            cycle.push(next);
            next = after;
        }
        self.stop_reason = Some(StopReason::Cycle(cycle));
    }

    /// The result of a run in which no task is ready and nothing outside can wake one.
    pub(super) fn nothing_can_happen(&mut self) -> Result<(), Error> {
        match self.tasks.unfinished() {
            0 if !self.runs_forever() => Ok(()),
            _ => Err(self.deadlock(self.tasks.living().collect())),
        }
    }

    /// The error that says which task waits for what.
    pub(super) fn deadlock(&mut self, mut tasks: Vec<TaskId>) -> Error {
        tasks.retain(|task| self.wait_of(*task).is_some());
        let cycles = self.cycles_of(&tasks);
        let more = tasks.len().saturating_sub(REPORTED);
        if more > 0 {
            tasks = cycles_first(&tasks, &cycles);
            tasks.truncate(REPORTED);
        }
        if self.is_recording() {
            let waits = tasks.iter().filter_map(|task| self.recorded_wait(*task));
            let waits = Payload::Waits(waits.collect(), more);
            self.record(|_| Event::new(EventKind::Deadlocked, TaskId::NONE, waits));
        }
        let cycles = within(&tasks, &cycles);
        let waits = tasks.iter().filter_map(|task| self.waiting(*task));
        let waits = waits.collect();
        Error::Deadlock(Deadlock::new(waits, more, cycles, self.flight_record()))
    }

    fn cycles_of(&self, tasks: &[TaskId]) -> Vec<Vec<TaskId>> {
        // Another task waits for each task of a cycle. Most tasks wait for none, and are not looked at further.
        let waits = |task: &TaskId| self.awaited_by(*task).is_some();
        let waiting = tasks.iter().copied().filter(waits);
        cycles(waiting, |task| self.awaited_by(task))
    }

    fn recorded_wait(&self, task: TaskId) -> Option<trace::Wait> {
        let wait = self.wait_of(task)?;
        let (request, holder) = self.request_of(wait);
        Some(trace::Wait::new(
            task,
            request,
            holder,
            self.object_of(wait),
        ))
    }

    // Messages of the loop itself.

    pub(super) fn report_slow(&mut self, task: String, site: &'static Site, took: Duration) {
        let slow = SlowStep {
            task,
            site,
            took,
            flight_record: self.flight_record(),
        };
        let hook = self.settings.slow.hook();
        let Some(hook) = hook else {
            return self.complain(&format!("{slow}\n"));
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| hook(&slow))) {
            self.fail_unjoined(TaskId::NONE, payload);
        }
    }

    /// Writes the tasks to standard error, because a signal has come.
    #[cold]
    pub(super) fn show_tasks(&mut self, signal: SignalKind) {
        let tree = self.task_tree(None, SHOWN_TASKS);
        let text = match self.tasks.unfinished() {
            1 => format!("{signal}, 1 task:\n{tree}"),
            count => format!("{signal}, {count} tasks:\n{tree}"),
        };
        self.complain(&text);
    }

    /// Reports the panics since the last call that no task can join.
    #[cold]
    pub(super) fn report_failures(&mut self) {
        let (failures, more) = self.failures.take_fresh();
        let text = |failure: &TaskError| (failure.task().to_owned(), failure.how());
        let texts: Vec<_> = failures.iter().map(text).collect();
        // First: a hook that panics is a later failure.
        self.failures.reported(failures, more);
        for (task, how) in texts {
            self.report_unjoined(&task, &how, || format!("task `{task}` {how}\n"));
        }
        if more > 0 {
            self.complain(&format!("… and {more} more tasks panicked\n"));
        }
    }

    /// A task has returned an error, and nobody can ask for it.
    pub(super) fn report_unjoined_error(&mut self, task: TaskId, error: &str) {
        let name = self.tasks.name(task);
        self.report_unjoined(&name, error, || {
            format!("task {name} ended with an error that nobody asked for: {error}\n")
        });
    }

    fn report_unjoined(&mut self, task: &str, error: &str, text: impl FnOnce() -> String) {
        #[cfg(feature = "tracing")]
        tracing::warn!(target: "loop_core", task, "ended with an error that nobody asked for: {error}");
        let Some(hook) = &mut self.settings.on_unjoined_error else {
            return self.complain(&text());
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| hook(task, error))) {
            // This one is not reported through the hook, which would panic again.
            let failure = self.error_of(task.to_owned(), None, payload);
            self.complain(&format!("{failure}\n"));
            self.failures.reported(vec![failure], 0);
        }
    }

    /// Records the coroutines that the running body has called since its last step.
    #[inline]
    pub(super) fn record_calls(&mut self, task: TaskId) {
        if has_calls() {
            self.record_taken_calls(task);
        }
    }

    #[cold]
    fn record_taken_calls(&mut self, task: TaskId) {
        for call in take_calls() {
            self.record(|_| {
                let payload = Payload::Call {
                    site: call.site,
                    arguments: call.arguments.map(String::from),
                    depth: u8::try_from(call.depth).unwrap_or(u8::MAX),
                };
                Event::new(EventKind::Called, task, payload)
            });
        }
    }
}
