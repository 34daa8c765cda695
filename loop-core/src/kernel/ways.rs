//! Where the bodies of tasks are within coroutines that run in place, for the trace. The loop itself does not need to know.

use std::collections::BTreeMap;

use crate::coroutine::Site;
use crate::id::TaskId;

/// The ways in, from the body to the coroutine that asked last. By the task and the address of the body's frame, because coroutines
/// that wait on a task's stack have ways of their own.
#[derive(Default)]
pub(super) struct Ways(BTreeMap<(TaskId, usize), Box<[&'static Site]>>);

impl Ways {
    /// A step of the body ended within these coroutines; with none of them if the body itself has asked.
    pub(super) fn note(&mut self, task: TaskId, frame: usize, way: Vec<&'static Site>) {
        if !way.is_empty() {
            self.0.insert((task, frame), way.into());
        } else if !self.0.is_empty() {
            self.0.remove(&(task, frame));
        }
    }

    pub(super) fn of(&self, task: TaskId, frame: usize) -> &[&'static Site] {
        self.0.get(&(task, frame)).map_or(&[], |way| way)
    }

    /// The task has ended.
    pub(super) fn forget(&mut self, task: TaskId) {
        let of_task = self.0.range((task, 0)..=(task, usize::MAX));
        let places: Vec<_> = of_task.map(|(place, _)| *place).collect();
        for place in places {
            self.0.remove(&place);
        }
    }
}
