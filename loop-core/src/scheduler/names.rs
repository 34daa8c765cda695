//! Names of tasks: paths that begin at a root, so that they do not change when something is spawned elsewhere.

use std::fmt;

use super::{Scheduler, Task, Wait};
use crate::id::TaskId;

/// A task that nobody spawned: `schedule` made it. Its name outlives it, because its children's names begin with it.
pub(super) struct Root {
    name: &'static str,
    /// How many roots of that name there are, this one included.
    count: u32,
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Root { name, count: 1 } => f.write_str(name),
            Root { name, count } => write!(f, "{name}#{count}"),
        }
    }
}

/// Where a task's name comes from.
#[derive(Clone, Copy)]
pub(crate) struct Lineage {
    parent: TaskId,
    ordinal: u32,
}

impl<F> Task<F> {
    fn lineage(&self) -> Lineage {
        Lineage {
            parent: self.parent,
            ordinal: self.ordinal,
        }
    }
}

impl<M, F> Scheduler<M, F> {
    pub(super) fn next_child(&mut self, parent: TaskId) -> u32 {
        let parent = &mut self.tasks[parent.0];
        parent.living += 1;
        parent.spawned += 1;
        parent.spawned
    }

    #[cold]
    pub(super) fn next_root(&mut self, name: &'static str) -> u32 {
        let ordinal = u32::try_from(self.roots.len()).expect("fewer than four billion roots");
        let count = self.namesakes.entry(name).or_default();
        *count += 1;
        let count = *count;
        self.roots.push(Root { name, count });
        ordinal
    }

    /// Path of a task's name: `main`, its second child `main/2`, a second root of that name `main#2`.
    pub(crate) fn name(&self, task: TaskId) -> String {
        self.name_of(self.lineage(task))
    }

    pub(crate) fn lineage(&self, task: TaskId) -> Lineage {
        self.task(task).lineage()
    }

    /// The name of a task that may have been forgotten.
    pub(crate) fn name_of(&self, lineage: Lineage) -> String {
        // Not by recursion: tasks may be descended from each other as deep as they like.
        let mut ordinals = Vec::new();
        let mut next = lineage;
        let root = loop {
            let Some(parent) = next.parent.some() else {
                break self.roots[next.ordinal as usize].to_string();
            };
            ordinals.push(next.ordinal);
            match self.task(parent) {
                task if task.wait != Wait::Gone => next = task.lineage(),
                _ => break "…".to_owned(),
            }
        };
        let path = ordinals.iter().rev();
        path.fold(root, |name, ordinal| format!("{name}/{ordinal}"))
    }
}
