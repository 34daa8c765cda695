//! Names of tasks, as they come up in a log.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Event;
use crate::coroutine::Site;
use crate::id::TaskId;

/// A task of the log: which one, in the order in which they were made. Unlike a [`TaskId`], given only once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Serial(usize);

/// A task as the log knows it. Its name is put together when it is asked for, because a name is as long as its task is deep.
struct Made {
    site: &'static Site,
    parent: Option<Serial>,
    /// Which child of its parent, or which root of its name, from 1.
    ordinal: u32,
    /// Of a root, which one of all roots.
    root: u32,
}

/// Which task a number means at this point of the log: numbers are given again.
#[derive(Default)]
pub(super) struct Names {
    made: Vec<Made>,
    current: BTreeMap<TaskId, Serial>,
    namesakes: BTreeMap<&'static str, u32>,
}

impl Names {
    /// Takes note of an event that makes a task.
    pub(super) fn learn(&mut self, event: &Event) {
        let Event::Scheduled {
            task,
            parent,
            ordinal,
            site,
        } = *event
        else {
            return;
        };
        let parent = parent.and_then(|parent| self.serial(parent));
        let made = Made {
            site,
            parent,
            ordinal: if parent.is_some() {
                ordinal
            } else {
                self.next_root(site.name)
            },
            root: ordinal,
        };
        self.current.insert(task, Serial(self.made.len()));
        self.made.push(made);
    }

    fn next_root(&mut self, name: &'static str) -> u32 {
        let count = self.namesakes.entry(name).or_default();
        *count += 1;
        *count
    }

    pub(super) fn serial(&self, task: TaskId) -> Option<Serial> {
        self.current.get(&task).copied()
    }

    /// The coroutine that the task was made of.
    pub(super) fn site(&self, task: Serial) -> &'static Site {
        self.made[task.0].site
    }

    /// Whether the task was spawned, so that its name does not say what its coroutine is called.
    pub(super) fn is_child(&self, task: Serial) -> bool {
        self.made[task.0].parent.is_some()
    }

    /// `main`, its second child `main/2`, the second root of that name `main#2`.
    pub(super) fn name(&self, task: TaskId) -> String {
        match self.serial(task) {
            Some(task) => self.name_of(task),
            None => "?".to_owned(),
        }
    }

    pub(super) fn name_of(&self, task: Serial) -> String {
        let (root, children) = self.lineage(task);
        let mut name = root.site.name.to_owned();
        if root.ordinal > 1 {
            let _ = write!(name, "#{}", root.ordinal);
        }
        for child in children {
            let _ = write!(name, "/{child}");
        }
        name
    }

    /// Where the task stands among all: after its parent and its elder siblings with their children.
    pub(super) fn place(&self, task: Serial) -> Vec<u32> {
        let (root, children) = self.lineage(task);
        std::iter::once(root.root).chain(children).collect()
    }

    /// The root that the task descends from, and which child each of its ancestors is, down to itself.
    fn lineage(&self, task: Serial) -> (&Made, Vec<u32>) {
        let mut children = Vec::new();
        let mut made = &self.made[task.0];
        while let Some(parent) = made.parent {
            children.push(made.ordinal);
            made = &self.made[parent.0];
        }
        children.reverse();
        (made, children)
    }
}
