//! Failures: kept for the task that may still join, or for the end of the run.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::id::TaskId;
use crate::request::TaskError;

/// At most this many failures that no task can join are kept until the run ends. The others are counted.
const KEPT: usize = 100;

#[derive(Default)]
pub(super) struct Failures {
    /// Failures of tasks whose handle still exists.
    held: BTreeMap<TaskId, TaskError>,
    /// The first failures that no task can join any more.
    unjoined: Vec<TaskError>,
    /// Further failures of that kind.
    dropped: u64,
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

    /// Keeps a failure that no task can join for the end of the run.
    pub(super) fn push_unjoined(&mut self, error: TaskError) {
        if self.unjoined.len() < KEPT {
            self.unjoined.push(error);
        } else {
            self.dropped += 1;
            drop_quietly(error);
        }
    }

    /// Whether there are failures that no task has joined.
    pub(super) fn has_unjoined(&self) -> bool {
        !self.unjoined.is_empty()
    }

    /// Drops all failures.
    pub(super) fn clear(&mut self) {
        let held = std::mem::take(&mut self.held).into_values();
        let unjoined = std::mem::take(&mut self.unjoined).into_iter();
        held.chain(unjoined).for_each(drop_quietly);
    }

    /// Takes the failures that no task has joined, in the order in which they happened, and the number of further ones.
    pub(super) fn take_unjoined(&mut self) -> (Vec<TaskError>, u64) {
        let mut errors = std::mem::take(&mut self.unjoined);
        errors.sort_by_key(TaskError::number);
        (errors, std::mem::take(&mut self.dropped))
    }
}

/// Drops a failure. The destructor of the value with which a task panicked may itself panic, with another such value: that one
/// is not dropped at all.
fn drop_quietly(error: TaskError) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(error))) {
        std::mem::forget(payload);
    }
}
