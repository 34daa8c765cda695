//! Looking inside: which task waits for what, since when, and within which coroutines.
//!
//! Nothing is kept for this but the time at which a task was parked. The coroutines on a task's stack are known. Those that run in
//! place are found by a poll of the body that waits: it has no answer, so it comes back at once, and they say their names on the way.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Kernel;
use super::waits::{self, Of, Wait};
use crate::coroutine::Site;
use crate::id::{SourceId, TaskId};
use crate::policy::Policy;
use crate::request::{
    Holder, ObjectName, RequestKind, TaskNode, TaskState, TaskTree, Waiting, look,
};
use crate::trace::Recorder;
use crate::world::{Source, World};

impl<W: World, R: Recorder, P: Policy> Kernel<W, R, P> {
    /// What a task waits for.
    pub(super) fn wait_of(&self, task: TaskId) -> Option<Wait> {
        match self.tasks.state(task) {
            waits::TaskState::Waiting(wait) => Some(wait),
            _ => None,
        }
    }

    /// The request that a wait stands for, and the task that could end it, if it is a task.
    pub(super) fn request_of(&self, wait: Wait) -> (RequestKind, Option<TaskId>) {
        match wait {
            Wait::Object(of) => (self.request_to(of), self.holder_of(of)),
            Wait::Timer(_) => (RequestKind::Sleep, None),
            Wait::Line(_) => (RequestKind::Stdin, None),
            Wait::Bytes(_) => (RequestKind::StdinBytes, None),
            Wait::Room(source) => (self.printing_to(self.sources.by_number(source)), None),
            Wait::End(other) => (RequestKind::Join, Some(other)),
            Wait::Watch(other) => (RequestKind::Ended, Some(other)),
        }
    }

    /// The object that a wait is about.
    pub(super) fn object_of(&self, wait: Wait) -> Option<ObjectName> {
        match wait {
            Wait::Object(of) => Some(self.objects.name(of.place())),
            _ => None,
        }
    }

    fn label_of(&self, wait: Wait) -> Option<String> {
        match wait {
            Wait::Object(of) => self.objects.object(of.place()).label(),
            _ => None,
        }
    }

    /// The task that has what others wait for, if it still lives.
    fn holder_of(&self, of: Of) -> Option<TaskId> {
        let Holder { task, generation } = self.objects.object(of.place()).holder()?;
        let lives = self.tasks.generation(task) == generation
            && self.tasks.state(task) != waits::TaskState::Vacant;
        lives.then_some(task)
    }

    /// The task that could end a task's wait, if it is a task.
    pub(super) fn awaited_by(&self, task: TaskId) -> Option<TaskId> {
        self.request_of(self.wait_of(task)?).1
    }

    /// The request that writes to a source.
    pub(super) fn printing_to(&self, source: SourceId) -> RequestKind {
        match self.sources.what(source) {
            Source::Stderr => RequestKind::Eprint,
            Source::Stdout => RequestKind::Print,
            Source::Stdin => unreachable!("nothing is written to standard input"),
        }
    }

    /// What a task waits for, since when, and within which coroutines.
    pub(super) fn waiting(&mut self, task: TaskId) -> Option<Waiting> {
        let wait = self.wait_of(task)?;
        let (request, holder) = self.request_of(wait);
        Some(Waiting {
            task: self.tasks.name(task),
            stack: self.stack_of(task, true),
            request,
            object: self.object_of(wait),
            label: self.label_of(wait),
            holder: holder.map(|task| self.tasks.name(task)),
            waited: self.waited(task),
        })
    }

    /// The tasks that have not ended; so many of them, and the others are counted. One may be running, and asks.
    pub(crate) fn task_tree(&mut self, running: Option<TaskId>, most: usize) -> TaskTree {
        let mut family = self.tasks.family_tree();
        let more = family.len().saturating_sub(most);
        family.truncate(most);
        let new: BTreeSet<TaskId> = self.queue.new_ones().into_iter().collect();
        let nodes = family.into_iter().map(|(task, parent)| {
            let mut node = self.node(task, running, !new.contains(&task));
            node.parent = parent;
            node
        });
        TaskTree::new(nodes.collect(), more)
    }

    fn node(&mut self, task: TaskId, running: Option<TaskId>, has_begun: bool) -> TaskNode {
        if let Some(waiting) = self.waiting(task) {
            return TaskNode::waiting(task, waiting);
        }
        let state = match running == Some(task) {
            true => TaskState::Running,
            false => TaskState::Ready,
        };
        let stack = self.stack_of(task, has_begun);
        TaskNode::new(task, self.tasks.name(task), state, stack)
    }

    /// How long a parked task has waited, if that is kept.
    fn waited(&self, task: TaskId) -> Option<Duration> {
        let since = self.tasks.since(task)?;
        let now = self.world.coarse_now();
        Some(now.unwrap_or_else(|| self.world.now()) - since)
    }

    /// The coroutines within which a task is, the innermost last. If the innermost one on its stack has not begun, a poll would run it.
    fn stack_of(&mut self, task: TaskId, mut has_begun: bool) -> Vec<&'static Site> {
        let (mut sites, mut panics) = (Vec::new(), Vec::new());
        self.tasks.visit_stack(task, |frame| {
            if has_begun {
                match look(frame) {
                    Ok(way) => sites.extend(way.into_iter().rev()),
                    Err(payload) => panics.push(payload),
                }
            }
            // Those below it wait for it.
            has_begun = true;
            sites.push(frame.site());
        });
        for payload in panics {
            self.fail_unjoined(task, payload);
        }
        sites.reverse();
        sites
    }
}
