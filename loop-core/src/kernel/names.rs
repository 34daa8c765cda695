//! Names of tasks: paths that begin at a root, so that they do not change when something is spawned elsewhere.
//!
//! A task without a name of its own is a child of a *record*: `main/2` is the second child of the record of `main`. A task gets
//! a record when it has a name of its own or spawns its first child. When it ends before its children do, its record keeps
//! the finished text, cut in the middle if it is long, and no longer refers to its ancestors. So the number of records is
//! bounded by the tasks that live.
//!
//! Of many generations that live, one in [`SPAN`] keeps its text from the beginning. So a name is made in a bounded number of
//! steps, however deep its task is, and generations that all fail need no quadratic time for their names.

use std::borrow::Cow;

use super::table::{Entry, Table};
use crate::names::{LONGEST, cut_path, root_name};

/// No record.
const NONE: u32 = u32::MAX;

/// So many generations above a record, at most, some record has a text. A tree of tasks that branches is not as deep as this.
const SPAN: u32 = 64;

/// A reference to the name of a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameRef {
    /// The task's own record if `ordinal` is 0, else the record of its parent.
    record: u32,
    /// Which child of that record the task is, from 1.
    ordinal: u32,
}

impl NameRef {
    pub(super) const VACANT: NameRef = NameRef {
        record: NONE,
        ordinal: 0,
    };
}

struct Record {
    /// The whole name. A root has it, a named task, a task that has ended before its children, and one generation in `SPAN`.
    text: Option<Cow<'static, str>>,
    /// The reference from which the name is made while there is no text. Its record is that of the task's parent.
    parent: NameRef,
    /// How many generations above this record the next one with a text is, at most. 0 if this one was made with a text.
    distance: u32,
    /// Children that were spawned.
    spawned: u32,
    /// How many tasks need this record: the task itself while it is in the table, and each of its children.
    users: u32,
}

impl Record {
    fn blank() -> Record {
        Record {
            text: None,
            parent: NameRef::VACANT,
            distance: 0,
            spawned: 0,
            users: 0,
        }
    }
}

impl Entry for Record {
    #[inline]
    fn spare_word(&mut self) -> &mut u32 {
        &mut self.spawned
    }
}

pub(super) struct Names {
    records: Table<Record>,
    /// How many roots of each name there have been, in the order of the names. Bounded by the coroutine functions of the program.
    namesakes: Vec<(&'static str, u32)>,
}

impl Names {
    pub(super) fn new() -> Names {
        Names {
            records: Table::new(),
            namesakes: Vec::new(),
        }
    }

    /// The name of a task that no task has spawned, and its number among the roots of its name, from 1.
    #[cold]
    pub(super) fn root(&mut self, name: &'static str) -> (NameRef, u32) {
        let count = self.count_root(name);
        let text = match count {
            // The name of a function needs no change.
            1 if name.len() <= LONGEST => Cow::Borrowed(name),
            _ => Cow::Owned(root_name(name, count)),
        };
        (self.record(Some(text), NameRef::VACANT), count)
    }

    /// The number of one more root of a name.
    fn count_root(&mut self, name: &'static str) -> u32 {
        let place = self.namesakes.binary_search_by_key(&name, |(name, _)| name);
        let place = place.unwrap_or_else(|place| {
            self.namesakes.insert(place, (name, 0));
            place
        });
        let (_, count) = &mut self.namesakes[place];
        *count += 1;
        *count
    }

    /// A name that the user has given to a task, and the name of the task that has spawned it, if one has.
    #[cold]
    pub(super) fn given(&mut self, name: &str, parent: Option<&mut NameRef>) -> NameRef {
        let parent = parent.map_or(NameRef::VACANT, |parent| {
            let own = self.own_record(parent);
            self.hold(own);
            own
        });
        self.record(Some(Cow::Owned(root_name(name, 1))), parent)
    }

    /// Gives a task a record, if it has none.
    #[inline]
    fn own_record(&mut self, name: &mut NameRef) -> NameRef {
        if name.ordinal > 0 {
            *name = self.descendant(*name);
        }
        *name
    }

    fn record(&mut self, text: Option<Cow<'static, str>>, parent: NameRef) -> NameRef {
        let (place, record) = self.records.claim(Record::blank);
        record.text = text;
        record.parent = parent;
        record.distance = 0;
        record.spawned = 0;
        record.users = 1;
        NameRef {
            record: place,
            ordinal: 0,
        }
    }

    /// The name of the next child of a task. The task gets a record if it has none.
    #[inline]
    pub(super) fn child(&mut self, parent: &mut NameRef) -> NameRef {
        let parent = self.own_record(parent);
        let record = &mut self.records[parent.record];
        record.spawned += 1;
        record.users += 1;
        NameRef {
            record: parent.record,
            ordinal: record.spawned,
        }
    }

    /// The record of a task that was spawned and has no name of its own.
    fn descendant(&mut self, name: NameRef) -> NameRef {
        let distance = self.records[name.record].distance + 1;
        let own = self.record(None, name);
        if distance < SPAN {
            self.records[own.record].distance = distance;
        } else {
            self.make_text(own);
        }
        own
    }

    /// Which child of its parent a task is, from 1; 0 if it has a record of its own.
    pub(super) fn ordinal(&self, name: NameRef) -> u32 {
        name.ordinal
    }

    /// Keeps the record that a name is made from, until [`let_go`](Names::let_go): the name can be made when its task is gone.
    pub(super) fn hold(&mut self, name: NameRef) {
        self.records[name.record].users += 1;
    }

    /// Ends a [`hold`](Names::hold).
    pub(super) fn let_go(&mut self, name: NameRef) {
        self.drop_user(name.record);
    }

    /// A task leaves the table: its name is no longer needed, except by its children.
    #[inline]
    pub(super) fn release(&mut self, name: NameRef) {
        if name.ordinal > 0 {
            return self.drop_user(name.record);
        }
        if self.records[name.record].users > 1 {
            self.let_go_of_ancestors(name);
        }
        self.drop_user(name.record);
    }

    /// A task ends before its children: its record keeps the text, and no longer refers to its ancestors.
    fn let_go_of_ancestors(&mut self, name: NameRef) {
        if self.records[name.record].text.is_none() {
            self.make_text(name);
        }
        let parent = &mut self.records[name.record].parent;
        let parent = std::mem::replace(parent, NameRef::VACANT);
        self.drop_user(parent.record);
    }

    /// Makes the text of a record.
    fn make_text(&mut self, name: NameRef) {
        let text = self.name(name);
        self.records[name.record].text = Some(Cow::Owned(text));
    }

    // Parents.

    /// The record that a task has, if it has one: every task that has spawned another.
    pub(super) fn record_of(&self, name: NameRef) -> Option<u32> {
        (name.ordinal == 0).then_some(name.record)
    }

    /// The record of the task that has spawned this one, as long as that has not ended; and which of its children this one is, from 1, or 0
    /// if it has a name of its own.
    pub(super) fn parent_of(&self, name: NameRef) -> (u32, u32) {
        let NameRef { record, ordinal } = match name.ordinal {
            0 => self.records[name.record].parent,
            _ => name,
        };
        (record, ordinal)
    }

    fn drop_user(&mut self, mut place: u32) {
        // Without recursion, because there is no limit to how many generations of tasks there are.
        while place != NONE {
            let record = &mut self.records[place];
            record.users -= 1;
            if record.users > 0 {
                return;
            }
            record.text = None;
            let parent = std::mem::replace(&mut record.parent, NameRef::VACANT);
            self.records.vacate(place);
            place = parent.record;
        }
    }

    /// The text of a name: `main`, its second child `main/2`, a second root of that name `main#2`. In bounded time.
    pub(super) fn name(&self, name: NameRef) -> String {
        let mut ordinals = Vec::new();
        let mut next = name;
        loop {
            if next.ordinal > 0 {
                ordinals.push(next.ordinal);
            }
            let record = &self.records[next.record];
            if let Some(text) = &record.text {
                return cut_path(text, ordinals.into_iter().rev());
            }
            next = record.parent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_numbered_and_roots_are_counted() {
        let mut names = Names::new();
        let (mut main, count) = names.root("main");
        let (other, second) = names.root("main");
        assert_eq!((count, second), (1, 2));
        let first = names.child(&mut main);
        let mut second = names.child(&mut main);
        let grandchild = names.child(&mut second);
        let text = |name| names.name(name);
        assert_eq!(text(main), "main");
        assert_eq!(text(other), "main#2");
        assert_eq!(text(first), "main/1");
        assert_eq!(text(second), "main/2");
        assert_eq!(text(grandchild), "main/2/1");
    }

    #[test]
    fn a_parent_is_known_whatever_its_children_are_called() {
        let mut names = Names::new();
        let (mut task, _) = names.root("main");
        assert_eq!(names.parent_of(task).0, NONE);
        for generation in 0..3 * SPAN {
            let child = match generation % 2 {
                0 => names.child(&mut task),
                _ => names.given("child", Some(&mut task)),
            };
            assert_eq!(Some(names.parent_of(child).0), names.record_of(task));
            task = child;
        }
    }

    /// Each generation spawns the next one and ends.
    #[test]
    fn ancestors_are_let_go() {
        let mut names = Names::new();
        let (mut task, _) = names.root("other");
        for generation in 0..1_000 {
            let child = match generation % 5 {
                4 => names.given("named", Some(&mut task)),
                _ => names.child(&mut task),
            };
            names.release(task);
            task = child;
        }
        assert!(names.records.len() < 4, "{} records", names.records.len());
        names.release(task);

        let (mut task, _) = names.root("main");
        for _ in 0..1_000 {
            let child = names.child(&mut task);
            names.release(task);
            task = child;
        }
        assert!(names.records.len() < 4, "{} records", names.records.len());
        let name = names.name(task);
        assert!(name.starts_with("main/1/1") && name.ends_with("/1/1") && name.len() < 200);
        names.release(task);
    }

    /// How many records are read to make a name.
    fn cost(names: &Names, mut name: NameRef) -> u32 {
        let mut cost = 1;
        while names.records[name.record].text.is_none() {
            name = names.records[name.record].parent;
            cost += 1;
        }
        cost
    }

    /// Generations that all live, and then end the deepest first.
    #[test]
    fn the_cost_of_a_name_does_not_depend_on_its_depth() {
        let mut names = Names::new();
        let mut tasks = vec![names.root("main").0];
        for _ in 0..1_000 {
            let parent = tasks.last_mut().unwrap();
            let child = names.child(parent);
            tasks.push(child);
        }
        let costs = tasks.iter().map(|task| cost(&names, *task));
        assert_eq!(costs.max(), Some(SPAN));
        while let Some(task) = tasks.pop() {
            assert!(cost(&names, task) <= SPAN);
            names.release(task);
        }
        // All records are vacant.
        let records = names.records.len();
        let (mut again, _) = names.root("main");
        for _ in 1..records {
            again = names.child(&mut again);
        }
        assert_eq!(names.records.len(), records);
    }

    #[test]
    fn a_name_is_the_same_whether_ancestors_live_or_not() {
        let (mut living, mut ended) = (Names::new(), Names::new());
        let (mut of_living, _) = living.root("main");
        let (mut of_ended, _) = ended.root("main");
        for generation in 0..500 {
            for _ in 0..generation % 12 {
                let _ = living.child(&mut of_living);
                let brother = ended.child(&mut of_ended);
                ended.release(brother);
            }
            of_living = living.child(&mut of_living);
            let child = ended.child(&mut of_ended);
            ended.release(of_ended);
            of_ended = child;
            assert_eq!(living.name(of_living), ended.name(of_ended));
        }
    }
}
