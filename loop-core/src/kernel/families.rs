//! Families: the tasks of an object, such as a group.

use super::Kernel;
use super::waits::{TaskState, Wait};
use crate::id::TaskId;
use crate::policy::Policy;
use crate::request::{Family, Waiting};
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
                TaskState::Waiting(wait) => self.waited_for(task, wait),
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
    pub(super) fn cancelled_before(&self, task: TaskId, wait: Wait) -> Vec<TaskId> {
        let Some(family) = self.family_waited_for(task, wait) else {
            return Vec::new();
        };
        family.asker_is_cancelled();
        tasks_of(family)
    }

    /// The living tasks of the family for whose end a task waits.
    pub(super) fn waited_for(&self, task: TaskId, wait: Wait) -> Vec<TaskId> {
        let family = self.family_waited_for(task, wait);
        family.map(tasks_of).unwrap_or_default()
    }

    fn family_waited_for(&self, task: TaskId, wait: Wait) -> Option<&dyn Family> {
        let Wait::Object(of) = wait else { return None };
        // Who waits for room in a family, or for the first that ends, does not wait for all of it.
        let family = self.objects.object(of.place()).family()?;
        (!of.is_second() && family.is_waited_for(self.holder(task))).then_some(family)
    }

    fn children_of(&self, place: u32) -> Vec<TaskId> {
        let family = self.objects.object(place).family();
        family.map(tasks_of).unwrap_or_default()
    }
}

fn tasks_of(family: &dyn Family) -> Vec<TaskId> {
    let children = family.children().into_iter();
    children.map(|child| child.task).collect()
}
