//! The values that tasks have and hand down.

use std::mem;
use std::rc::Rc;

use crate::id::TaskId;
use crate::request::{AnyLocal, LocalValue};

/// The values of a task, in the order in which they were first set. Tasks that have inherited them share them until one sets another.
pub(super) type Values = Rc<Vec<(AnyLocal, LocalValue)>>;

/// The values of all tasks. Empty in most programs, so that a task without values has no field for them.
#[derive(Default)]
pub(super) struct Locals {
    /// By the numbers of the tasks.
    values: Vec<Option<Values>>,
    /// How many tasks have values.
    tasks: usize,
}

impl Locals {
    /// Whether no task has values.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.tasks == 0
    }

    pub(super) fn get(&self, task: TaskId, local: AnyLocal) -> Option<LocalValue> {
        let values = self.values.get(task.0 as usize)?.as_ref()?;
        let found = values.iter().find(|(other, _)| *other == local);
        found.map(|(_, value)| value.clone())
    }

    /// Gives a task another value, or none. Gives the one that it had before.
    pub(super) fn set(
        &mut self,
        task: TaskId,
        local: AnyLocal,
        value: Option<LocalValue>,
    ) -> Option<LocalValue> {
        let mut shared = self.take(task).unwrap_or_default();
        let values = Rc::make_mut(&mut shared);
        let place = values.iter().position(|(other, _)| *other == local);
        let before = match (place, value) {
            (Some(place), Some(value)) => Some(mem::replace(&mut values[place].1, value)),
            (Some(place), None) => Some(values.remove(place).1),
            (None, value) => {
                values.extend(value.map(|value| (local, value)));
                None
            }
        };
        self.put(task, Some(shared).filter(|values| !values.is_empty()));
        before
    }

    /// All values of a task.
    pub(super) fn all(&self, task: TaskId) -> Option<Values> {
        self.values.get(task.0 as usize)?.clone()
    }

    /// Takes all values of a task.
    pub(super) fn take(&mut self, task: TaskId) -> Option<Values> {
        let taken = self.values.get_mut(task.0 as usize)?.take();
        self.tasks -= usize::from(taken.is_some());
        taken
    }

    /// Gives a task that has none these values.
    pub(super) fn put(&mut self, task: TaskId, values: Option<Values>) {
        let Some(values) = values else { return };
        let place = task.0 as usize;
        if place >= self.values.len() {
            self.values.resize(place + 1, None);
        }
        let before = self.values[place].replace(values);
        debug_assert!(before.is_none(), "a task without values");
        self.tasks += 1;
    }
}
