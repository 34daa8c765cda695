//! [`Deadlines`]: what the timers ask about the deadlines that they keep.

use super::objects::Objects;
use super::tasks::Tasks;
use super::timers::{Sleepers, object_of};
use crate::id::TaskId;

/// Who waits for deadlines: tasks, and objects for the task that waits for them.
pub(super) struct Deadlines<'a> {
    tasks: &'a mut Tasks,
    objects: &'a mut Objects,
}

impl<'a> Deadlines<'a> {
    #[inline]
    pub(super) fn new(tasks: &'a mut Tasks, objects: &'a mut Objects) -> Deadlines<'a> {
        Deadlines { tasks, objects }
    }
}

impl Sleepers for Deadlines<'_> {
    #[inline]
    fn sleeps(&self, task: TaskId, number: u32) -> bool {
        match object_of(task) {
            None => self.tasks.sleeps(task, number),
            Some(place) => self.objects.is_deadline(place, number),
        }
    }

    fn renumber(&mut self, task: TaskId, number: u32) {
        match object_of(task) {
            None => self.tasks.renumber(task, number),
            Some(place) => self.objects.renumber_deadline(place, number),
        }
    }
}
