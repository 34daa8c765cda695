//! Names of tasks, as they come up in a log.

use std::collections::BTreeMap;

use super::Event;
use crate::coroutine::Site;
use crate::id::TaskId;

/// A task as the log knows it.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) site: &'static Site,
    /// Which task of the log, in the order in which they were made.
    pub(super) serial: usize,
}

/// Which task a number means at this point of the log: numbers are given again.
#[derive(Default)]
pub(super) struct Names {
    tasks: BTreeMap<TaskId, Named>,
    roots: BTreeMap<&'static str, u32>,
    made: usize,
}

impl Names {
    /// Takes note of an event that makes a task.
    pub(super) fn learn(&mut self, event: &Event) {
        let Event::Scheduled {
            task,
            parent,
            ordinal,
            site,
        } = event
        else {
            return;
        };
        let name = match parent {
            Some(parent) => format!("{}/{ordinal}", self.name(*parent)),
            None => self.root(site.name),
        };
        let serial = self.made;
        self.made += 1;
        self.tasks.insert(*task, Named { name, site, serial });
    }

    fn root(&mut self, name: &'static str) -> String {
        let count = self.roots.entry(name).or_default();
        *count += 1;
        match count {
            1 => name.to_owned(),
            count => format!("{name}#{count}"),
        }
    }

    pub(super) fn get(&self, task: TaskId) -> Option<&Named> {
        self.tasks.get(&task)
    }

    pub(super) fn name(&self, task: TaskId) -> &str {
        self.get(task).map_or("?", |task| &task.name)
    }
}
