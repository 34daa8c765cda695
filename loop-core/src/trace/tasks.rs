//! The tasks of a log: which task a number means at each event, and the names of the tasks.

use std::collections::BTreeMap;

use super::detail::{Detail, Made};
use super::event::Event;
use super::kind::EventKind;
use super::text::{Naming, call, words};
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::names::{root_name, write_child_name};

/// A task of the log: its place in the order in which the tasks were made. Unlike a [`TaskId`], it is used only once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Serial(u32);

impl Serial {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is known of one task. A name has at most about 100 bytes, however deep the task is.
#[derive(Clone)]
pub(super) struct Task {
    pub(super) name: String,
    /// Its first coroutine.
    site: Option<&'static Site>,
    /// The part of the call that is not in the name: ` (fib(3))`; for a root `(3)`.
    call: String,
    parent: Option<Serial>,
    ordinal: u32,
    /// How it ended, in words.
    end: String,
}

/// Every task that the events so far have made.
#[derive(Default)]
pub(super) struct Tasks {
    made: Vec<Task>,
    /// The task that has a number now, because numbers are used again. A map, because a flight record is made of few tasks out
    /// of many: what it costs must not depend on how many there are.
    current: BTreeMap<u32, Serial>,
}

/// Writes the name of a new task into `name`, which it overwrites.
pub(super) fn write_name(name: &mut String, made: &Made, parent: &str) {
    match (&made.name, made.parent) {
        (Some(given), Some(_)) => *name = root_name(given, 1),
        (Some(given), None) => *name = root_name(given, made.ordinal),
        (None, None) => *name = root_name(made.site.name, made.ordinal),
        (None, Some(_)) => write_child_name(name, parent, made.ordinal),
    }
}

/// The part of a task's call that is not in its name.
fn unsaid(made: &Made) -> String {
    let call = call(made.site, made.arguments.as_deref());
    match made.parent.is_none() && made.name.is_none() {
        true => call[made.site.name.len()..].to_owned(),
        false => format!(" ({call})"),
    }
}

impl Tasks {
    /// Handles an event that makes or ends a task.
    pub(super) fn learn(&mut self, event: &Event) {
        match (event.kind(), event.detail()) {
            (EventKind::Scheduled, Detail::Made(made)) => self.make(event.task(), made),
            (EventKind::Finished, detail) => self.end(event.task(), words(detail, self)),
            (EventKind::Failed, detail) => {
                let message = words(detail, self);
                self.end(event.task(), format!("panicked {message}"));
            }
            (EventKind::Cancelled, _) => self.end(event.task(), "cancelled".to_owned()),
            _ => {}
        }
    }

    fn make(&mut self, task: TaskId, made: &Made) {
        let parent = made.parent.map(|parent| self.serial(parent));
        let mut name = String::new();
        write_name(
            &mut name,
            made,
            parent.map_or("", |parent| &self[parent].name),
        );
        self.add(
            task,
            Task {
                name,
                site: Some(made.site),
                call: unsaid(made),
                parent,
                ordinal: made.ordinal,
                end: String::new(),
            },
        );
    }

    /// Adds a task of which only its name and its coroutine are known.
    pub(super) fn remember(&mut self, task: TaskId, name: &str, site: Option<&'static Site>) {
        let name = name.to_owned();
        self.add(
            task,
            Task {
                name,
                site,
                call: String::new(),
                parent: None,
                ordinal: 0,
                end: String::new(),
            },
        );
    }

    fn add(&mut self, TaskId(number): TaskId, task: Task) {
        self.current.insert(number, Serial(self.made.len() as u32));
        self.made.push(task);
    }

    fn end(&mut self, task: TaskId, end: String) {
        let task = self.serial(task);
        self.made[task.index()].end = end;
    }

    fn known(&self, TaskId(number): TaskId) -> Option<Serial> {
        self.current.get(&number).copied()
    }

    /// The task that has this number now.
    pub(super) fn serial(&mut self, task: TaskId) -> Serial {
        if self.known(task).is_none() {
            self.remember(task, "?", None);
        }
        self.known(task).expect("a task that was just added")
    }

    /// Where a task is, to be written behind its name: `:child` if its first coroutine waits for another one, and `>helper` for each
    /// coroutine that runs in place.
    pub(super) fn place(&self, task: TaskId, detail: Detail<'_>) -> String {
        let (site, way): (_, &[&Site]) = match detail {
            Detail::Site(site) => (site, &[]),
            Detail::InPlace { site, way } => (site, way),
            _ => return String::new(),
        };
        let first = self.known(task).and_then(|task| self[task].site);
        let mut place = String::new();
        if first != Some(site) {
            place = format!(":{}", site.name);
        }
        for site in way {
            place.push('>');
            place.push_str(site.name);
        }
        place
    }

    /// All tasks: the roots in the order in which they were made, each followed by its children by number.
    pub(super) fn by_family(&self) -> Vec<Serial> {
        let all = || (0..self.made.len() as u32).map(Serial);
        let mut children = vec![Vec::new(); self.made.len()];
        for task in all() {
            if let Some(parent) = self[task].parent {
                children[parent.index()].push(task);
            }
        }
        let roots = all().filter(|task| self[*task].parent.is_none());
        // Without recursion, because there is no limit to how many generations of tasks there are.
        let mut next: Vec<Serial> = roots.collect();
        next.reverse();
        let mut family = Vec::new();
        while let Some(task) = next.pop() {
            family.push(task);
            let mut children = std::mem::take(&mut children[task.index()]);
            children.sort_by_key(|child| std::cmp::Reverse(self[*child].ordinal));
            next.extend(children);
        }
        family
    }

    /// The task's name and the call that made it: `main/1 (nap(5))`, of a root `main` or `main(7)`.
    pub(super) fn title(&self, task: Serial) -> String {
        let Task { name, call, .. } = &self[task];
        format!("{name}{call}")
    }
}

impl std::ops::Index<Serial> for Tasks {
    type Output = Task;

    fn index(&self, task: Serial) -> &Task {
        &self.made[task.index()]
    }
}

impl Naming for Tasks {
    fn name(&self, task: TaskId) -> String {
        let task = self.known(task);
        task.map_or("?".to_owned(), |task| self[task].name.clone())
    }

    fn end(&self, task: TaskId) -> &str {
        self.known(task).map_or("", |task| &self[task].end)
    }
}
