//! Families: the tasks of an object, such as a group.

use super::Kernel;
use super::waits::{TaskState, Wait};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::Waiting;
use crate::trace::Recorder;
use crate::world::World;

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// A new task belongs to the family of an object.
    pub(super) fn join_family(&mut self, task: TaskId, place: u32) {
        self.tasks.join_family(task, place);
        self.objects.add_child(place);
        let child = self.holder(task);
        if let Some(family) = self.objects.object(place).family() {
            family.spawned(child);
        }
    }

    /// Tells an object what the tasks of its family wait for, because a deadline has passed.
    pub(super) fn tell_elapsed(&mut self, place: u32) {
        let waits = self.innermost_waits(place);
        let object = self.objects.object(place);
        if let Some(family) = object.family() {
            family.elapsed(waits);
        }
    }

    /// What the tasks of an object's family wait for. If they wait for a family of their own, what those tasks wait for.
    fn innermost_waits(&mut self, place: u32) -> Vec<Waiting> {
        let mut waits = Vec::new();
        let mut tasks = self.children_of(place);
        tasks.reverse();
        while let Some(task) = tasks.pop() {
            let inner = match self.tasks.state(task) {
                TaskState::Waiting(wait) => self.waited_for(wait),
                _ => Vec::new(),
            };
            match inner.is_empty() {
                true => waits.extend(self.waiting(task)),
                false => tasks.extend(inner.into_iter().rev()),
            }
        }
        waits
    }

    /// A task that waits is to be cancelled. Gives the tasks for whose end it waits: they are cancelled before.
    pub(super) fn cancelled_before(&self, wait: Wait) -> Vec<TaskId> {
        if let Wait::Object(of) = wait
            && !of.is_second()
            && let Some(family) = self.objects.object(of.place()).family()
        {
            family.asker_is_cancelled();
        }
        self.waited_for(wait)
    }

    /// The living tasks of the family of the object that a wait is about.
    pub(super) fn waited_for(&self, wait: Wait) -> Vec<TaskId> {
        match wait {
            // Who waits for room in a family does not wait for all of it.
            Wait::Object(of) if !of.is_second() => self.children_of(of.place()),
            _ => Vec::new(),
        }
    }

    fn children_of(&self, place: u32) -> Vec<TaskId> {
        let family = self.objects.object(place).family();
        let children = family.map(|family| family.children()).unwrap_or_default();
        children.into_iter().map(|child| child.task).collect()
    }
}
