//! Failures: kept for the task that may still join, or for the end of the run.

use std::collections::BTreeMap;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::id::TaskId;
use crate::request::TaskError;

/// At most this many failures that no task can join are kept until the run ends, and between two reports. The others are
/// counted.
const KEPT: usize = 100;

#[derive(Default)]
pub(super) struct Failures {
    /// Failures of tasks whose handle still exists.
    held: BTreeMap<TaskId, TaskError>,
    /// The first failures that no task can join any more. They have been reported.
    reported: Vec<TaskError>,
    /// Further failures of that kind.
    dropped: u64,
    /// The first ones since the last report.
    fresh: Vec<TaskError>,
    /// Further ones since then.
    fresh_dropped: u64,
    /// How many failures there have been.
    count: u64,
}

impl Failures {
    /// The number of the next failure. Failures are reported in the order of their numbers.
    pub(super) fn next_number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Keeps a failure for the holder of the task's handle.
    pub(super) fn hold(&mut self, task: TaskId, error: TaskError) {
        let before = self.held.insert(task, error);
        debug_assert!(before.is_none(), "a task fails once");
    }

    /// Takes the failure that was kept for the holder of a handle.
    pub(super) fn take_held(&mut self, task: TaskId) -> Option<TaskError> {
        self.held.remove(&task)
    }

    /// Keeps a failure that no task can join for the next report and the end of the run.
    pub(super) fn push_unjoined(&mut self, error: TaskError) {
        push(&mut self.fresh, &mut self.fresh_dropped, error);
    }

    /// Whether there are failures that no task has joined.
    pub(super) fn has_unjoined(&self) -> bool {
        self.has_fresh() || !self.reported.is_empty()
    }

    /// Whether there are some that were not reported.
    #[inline]
    pub(super) fn has_fresh(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// Takes those that were not reported, to be given back by [`reported`](Failures::reported).
    pub(super) fn take_fresh(&mut self) -> (Vec<TaskError>, u64) {
        (
            mem::take(&mut self.fresh),
            mem::take(&mut self.fresh_dropped),
        )
    }

    /// Keeps failures that were reported until the run ends.
    pub(super) fn reported(&mut self, failures: Vec<TaskError>, more: u64) {
        for mut error in failures {
            error.set_reported();
            push(&mut self.reported, &mut self.dropped, error);
        }
        self.dropped += more;
    }

    /// Drops what was reported: the run returns something else.
    pub(super) fn clear_reported(&mut self) {
        mem::take(&mut self.reported)
            .into_iter()
            .for_each(drop_quietly);
        self.dropped = 0;
    }

    /// Drops all failures.
    pub(super) fn clear(&mut self) {
        if self.held.is_empty() && !self.has_unjoined() {
            return;
        }
        let held = mem::take(&mut self.held).into_values();
        let (unjoined, _) = self.take_unjoined();
        held.chain(unjoined).for_each(drop_quietly);
    }

    /// Takes the failures that no task has joined, in the order in which they happened, and the number of further ones.
    pub(super) fn take_unjoined(&mut self) -> (Vec<TaskError>, u64) {
        // Those that were not reported come first: nobody has heard of them.
        let (mut errors, fresh_dropped) = self.take_fresh();
        let mut more = mem::take(&mut self.dropped);
        for error in mem::take(&mut self.reported) {
            push(&mut errors, &mut more, error);
        }
        errors.sort_by_key(TaskError::number);
        (errors, more + fresh_dropped)
    }
}

/// Keeps an error, or counts it.
fn push(errors: &mut Vec<TaskError>, more: &mut u64, error: TaskError) {
    if errors.len() < KEPT {
        errors.push(error);
    } else {
        *more += 1;
        drop_quietly(error);
    }
}

/// Drops a failure. The destructor of the value with which a task panicked may itself panic, with another such value: that one
/// is not dropped at all.
fn drop_quietly(error: TaskError) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(error))) {
        mem::forget(payload);
    }
}
