//! The table of tasks: their states, their names, their stacks of coroutines. No coroutine is run here.

mod stack;
mod tenancy;

use std::collections::BTreeMap;

use self::stack::{Callers, ROOT};
use self::tenancy::Tenancy;
use super::names::{NameRef, Names};
use super::table::{Entry, Table};
use super::waits::{Links, Pending, TaskState, Wait, Waiters, Waiting};
use crate::coroutine::AnyFrame;
use crate::id::TaskId;
use crate::time::Time;

/// One task. Fifty-six bytes in release builds: a parked task is this and what its frame points to.
struct Task {
    /// The frame on top of its stack of coroutines. After the task has ended, the frame with its value, until that is taken.
    frame: Option<AnyFrame>,
    /// The frame that chained this one, an index into the table of callers, or [`ROOT`].
    caller: u32,
    waiting: Waiting,
    /// Tasks that wait for its end; or the object to whose family it belongs.
    joiners: Waiters,
    name: NameRef,
    tenancy: Tenancy,
    /// Its entry is in the ready queue. Used only by assertions.
    #[cfg(debug_assertions)]
    queued: bool,
}

impl Task {
    fn blank() -> Task {
        Task {
            frame: None,
            caller: ROOT,
            waiting: Waiting::VACANT,
            joiners: Waiters::NONE,
            name: NameRef::VACANT,
            tenancy: Tenancy::FIRST,
            #[cfg(debug_assertions)]
            queued: false,
        }
    }
}

impl Entry for Task {
    #[inline]
    fn spare_word(&mut self) -> &mut u32 {
        &mut self.caller
    }
}

const FRAME: &str = "a task has a frame until its value is taken";

/// All tasks of a loop.
pub(super) struct Tasks {
    tasks: Table<Task>,
    callers: Callers,
    names: Names,
    /// Tasks that have not ended.
    unfinished: usize,
    /// Since when parked tasks wait, at the places of their numbers, if that is kept.
    since: Option<Vec<Time>>,
}

impl Links for Table<Task> {
    #[inline]
    fn waiting(&mut self, task: TaskId) -> &mut Waiting {
        &mut self[task.0].waiting
    }
}

impl Links for Tasks {
    #[inline]
    fn waiting(&mut self, task: TaskId) -> &mut Waiting {
        self.tasks.waiting(task)
    }
}

impl Tasks {
    pub(super) fn new(tracks_waits: bool) -> Tasks {
        Tasks {
            tasks: Table::new(),
            callers: Callers::new(),
            names: Names::new(),
            unfinished: 0,
            since: tracks_waits.then(Vec::new),
        }
    }

    /// Adds a runnable task; the caller holds its handle. Also gives the task's ordinal: its number among the roots of its
    /// name, or among the children of its parent.
    #[inline]
    pub(super) fn add(
        &mut self,
        parent: TaskId,
        name: Option<&str>,
        frame: AnyFrame,
    ) -> (TaskId, u32) {
        let (name, ordinal) = self.name_for(parent, name, &frame);
        self.unfinished += 1;
        let (place, task) = self.tasks.claim(Task::blank);
        debug_assert!(task.waiting.state() == TaskState::Vacant);
        // Field by field, see `Table`.
        task.frame = Some(frame);
        task.caller = ROOT;
        task.waiting = Waiting::RUNNABLE;
        task.joiners = Waiters::NONE;
        task.name = name;
        task.tenancy.set_held(true);
        (TaskId(place), ordinal)
    }

    #[inline]
    fn name_for(&mut self, parent: TaskId, name: Option<&str>, frame: &AnyFrame) -> (NameRef, u32) {
        if let Some(text) = name {
            let parent = parent.some();
            let parent = parent.map(|parent| &mut self.tasks[parent.0].name);
            return (self.names.given(text, parent), 1);
        }
        match parent.some() {
            Some(parent) => {
                let child = self.names.child(&mut self.tasks[parent.0].name);
                (child, self.names.ordinal(child))
            }
            None => self.names.root(frame.site().name),
        }
    }

    pub(super) fn name(&self, task: TaskId) -> String {
        self.names.name(self.tasks[task.0].name)
    }

    /// Keeps the name of a task, which may end meanwhile, until [`let_go_of_name`](Tasks::let_go_of_name).
    pub(super) fn hold_name(&mut self, task: TaskId) -> NameRef {
        let name = self.tasks[task.0].name;
        self.names.hold(name);
        name
    }

    pub(super) fn let_go_of_name(&mut self, name: NameRef) {
        self.names.let_go(name);
    }

    /// The text of a name that is held.
    pub(super) fn text_of(&self, name: NameRef) -> String {
        self.names.name(name)
    }

    /// The tasks that have not ended: each behind its parent, with the place of that. Below one parent they are in the order in which they
    /// were spawned; those with a name of their own come first.
    pub(super) fn family_tree(&self) -> Vec<(TaskId, Option<usize>)> {
        let tasks: Vec<TaskId> = self.living().collect();
        let names: Vec<NameRef> = tasks.iter().map(|task| self.tasks[task.0].name).collect();
        let records = names.iter().zip(0..);
        let records =
            records.filter_map(|(name, place)| Some((self.names.record_of(*name)?, place)));
        let parents: BTreeMap<u32, usize> = records.collect();
        let (mut roots, mut children) = (Vec::new(), vec![Vec::new(); tasks.len()]);
        for (place, name) in names.iter().enumerate() {
            let (record, ordinal) = self.names.parent_of(*name);
            match parents.get(&record) {
                Some(parent) => children[*parent].push((ordinal, place)),
                None => roots.push((None, place)),
            }
        }
        // Without recursion, because there is no limit to how many generations of tasks there are.
        let (mut tree, mut next) = (Vec::with_capacity(tasks.len()), roots);
        next.reverse();
        while let Some((parent, place)) = next.pop() {
            let own = tree.len();
            tree.push((tasks[place], parent));
            let mut below = std::mem::take(&mut children[place]);
            below.sort_unstable();
            next.extend(below.into_iter().rev().map(|(_, place)| (Some(own), place)));
        }
        tree
    }

    pub(super) fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// Every task that has not ended, in the order of the table.
    pub(super) fn living(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.tasks
            .iter()
            .filter(|(_, task)| {
                matches!(
                    task.waiting.state(),
                    TaskState::Runnable | TaskState::Waiting(_)
                )
            })
            .map(|(place, _)| TaskId(place))
    }

    // States.

    /// Whether a task has not ended.
    #[inline]
    pub(super) fn is_living(&self, task: TaskId) -> bool {
        matches!(
            self.state(task),
            TaskState::Runnable | TaskState::Waiting(_)
        )
    }

    #[inline]
    pub(super) fn state(&self, task: TaskId) -> TaskState {
        self.tasks[task.0].waiting.state()
    }

    /// Marks a runnable task as waiting.
    #[inline]
    pub(super) fn park(&mut self, task: TaskId, wait: Wait) {
        let task = &mut self.tasks[task.0];
        debug_assert!(task.waiting.is_runnable(), "only a runnable task is parked");
        task.waiting.set(TaskState::Waiting(wait));
    }

    /// Whether it is kept since when tasks wait.
    #[inline]
    pub(super) fn tracks_waits(&self) -> bool {
        self.since.is_some()
    }

    /// A task that has just been parked waits since then.
    #[cold]
    pub(super) fn note_wait(&mut self, task: TaskId, now: Time) {
        let since = self.since.get_or_insert_default();
        let place = task.0 as usize;
        if since.len() <= place {
            since.resize(place + 1, Time::ZERO);
        }
        since[place] = now;
    }

    /// Since when a parked task waits, if that is kept.
    pub(super) fn since(&self, task: TaskId) -> Option<Time> {
        self.since.as_ref()?.get(task.0 as usize).copied()
    }

    /// Marks a parked task as runnable.
    #[inline]
    pub(super) fn unpark(&mut self, task: TaskId) {
        let waiting = &mut self.tasks[task.0].waiting;
        debug_assert!(
            matches!(waiting.state(), TaskState::Waiting(_)),
            "only a parked task is woken"
        );
        waiting.set(TaskState::Runnable);
    }

    /// Asserts that the task's entry may enter the ready queue: a task is there at most once, and only if it does not wait.
    #[inline]
    pub(super) fn assert_enters_queue(&mut self, task: TaskId) {
        #[cfg(debug_assertions)]
        {
            let task = &mut self.tasks[task.0];
            debug_assert!(task.waiting.is_runnable(), "a task that waits is not ready");
            debug_assert!(!task.queued, "a task is in the ready queue once");
            task.queued = true;
        }
        #[cfg(not(debug_assertions))]
        let _ = task;
    }

    /// Asserts that the task's entry was in the ready queue, which it leaves.
    #[inline]
    pub(super) fn assert_leaves_queue(&mut self, task: TaskId) {
        #[cfg(debug_assertions)]
        {
            let task = &mut self.tasks[task.0];
            debug_assert!(task.queued, "an entry of the ready queue is used once");
            task.queued = false;
        }
        #[cfg(not(debug_assertions))]
        let _ = task;
    }

    /// Notes what a task that enters the ready queue is going to be told.
    #[inline]
    pub(super) fn set_pending(&mut self, task: TaskId, pending: Pending) {
        self.tasks[task.0].waiting.set_pending(pending);
    }

    /// Takes what a runnable task is going to be told, if that is more than to go on.
    #[inline]
    pub(super) fn take_pending(&mut self, task: TaskId) -> Option<Pending> {
        self.tasks[task.0].waiting.take_pending()
    }

    // Joiners and handles.

    #[inline]
    pub(super) fn push_joiner(&mut self, task: TaskId, joiner: TaskId) {
        let mut joiners = self.tasks[task.0].joiners;
        joiners.push_back(&mut self.tasks, joiner);
        self.tasks[task.0].joiners = joiners;
    }

    #[inline]
    pub(super) fn remove_joiner(&mut self, task: TaskId, joiner: TaskId) {
        let mut joiners = self.tasks[task.0].joiners;
        joiners.remove(&mut self.tasks, joiner);
        self.tasks[task.0].joiners = joiners;
    }

    /// The first task that waits for the task's end.
    #[inline]
    pub(super) fn joiner(&self, task: TaskId) -> Option<TaskId> {
        self.tasks[task.0].joiners.first()
    }

    /// Makes a new task one of an object's family: the object at this place is told of its end.
    pub(super) fn join_family(&mut self, task: TaskId, place: u32) {
        let joiners = &mut self.tasks[task.0].joiners;
        debug_assert!(
            *joiners == Waiters::NONE,
            "a task of a family has no handle"
        );
        *joiners = Waiters::family(place);
    }

    /// The place of the object to whose family a task belongs.
    #[inline]
    pub(super) fn family(&self, task: TaskId) -> Option<u32> {
        self.tasks[task.0].joiners.of_family()
    }

    /// Makes an ended task one of no family, and of no handle.
    pub(super) fn leave_family(&mut self, task: TaskId) {
        let task = &mut self.tasks[task.0];
        task.joiners = Waiters::NONE;
        task.tenancy.set_held(false);
    }

    #[inline]
    pub(super) fn waits_for_timer(&self, task: TaskId) -> bool {
        self.tasks[task.0].waiting.is_timer()
    }

    /// Whether a task waits for the deadline with this number.
    #[inline]
    pub(super) fn sleeps(&self, task: TaskId, number: u32) -> bool {
        let waiting = &self.tasks[task.0].waiting;
        waiting.is_timer() && waiting.next().0 == number
    }

    /// Gives the deadline for which a task waits another number.
    pub(super) fn renumber(&mut self, task: TaskId, number: u32) {
        let waiting = &mut self.tasks[task.0].waiting;
        waiting.set(TaskState::Waiting(Wait::Timer(number)));
    }

    /// Whether more may wait for the task's end than the one that joins it.
    #[inline]
    pub(super) fn has_watchers(&self, task: TaskId) -> bool {
        let Some(first) = self.tasks[task.0].joiners.first() else {
            return false;
        };
        let waiting = &self.tasks[first.0].waiting;
        waiting.next() != first || waiting.is_watch()
    }

    /// The tasks that wait for the task's end, but not for its value.
    pub(super) fn watchers(&self, task: TaskId) -> Vec<TaskId> {
        let mut watchers = Vec::new();
        let first = self.tasks[task.0].joiners.first();
        let mut next = first;
        while let Some(joiner) = next {
            if let TaskState::Waiting(Wait::Watch(_)) = self.state(joiner) {
                watchers.push(joiner);
            }
            next = Some(self.tasks[joiner.0].waiting.next()).filter(|next| Some(*next) != first);
        }
        watchers
    }

    /// Marks the handle of a task as used up or dropped.
    #[inline]
    pub(super) fn release_handle(&mut self, task: TaskId) {
        self.tasks[task.0].tenancy.set_held(false);
    }

    /// Whether no task can get the task's result: no handle exists, and no task waits for its end.
    #[inline]
    pub(super) fn is_detached(&self, task: TaskId) -> bool {
        let task = &self.tasks[task.0];
        !task.tenancy.is_held() && task.joiners.first().is_none()
    }

    /// The task's generation: how many tasks had the same number before.
    pub(super) fn generation(&self, task: TaskId) -> u32 {
        self.tasks[task.0].tenancy.generation()
    }

    // A task's stack of frames.

    #[inline]
    pub(super) fn frame(&self, task: TaskId) -> &AnyFrame {
        self.tasks[task.0].frame.as_ref().expect(FRAME)
    }

    /// Whether there is a coroutine to run: not if the task was cancelled.
    #[inline]
    pub(super) fn has_frame(&self, task: TaskId) -> bool {
        self.tasks[task.0].frame.is_some()
    }

    /// The frame on top of a task's stack; `None` if the task was cancelled.
    #[inline]
    pub(super) fn frame_mut(&mut self, task: TaskId) -> Option<&mut AnyFrame> {
        self.tasks[task.0].frame.as_mut()
    }

    /// Puts a frame on top of a task's stack.
    #[inline]
    pub(super) fn call(&mut self, task: TaskId, frame: AnyFrame) {
        let Task {
            frame: top, caller, ..
        } = &mut self.tasks[task.0];
        self.callers.call(top, caller, frame);
    }

    /// The same where the frames are counted. Gives the frame back if there are `max` already.
    pub(super) fn call_within(
        &mut self,
        task: TaskId,
        frame: AnyFrame,
        max: usize,
    ) -> Result<(), AnyFrame> {
        let Task {
            frame: top, caller, ..
        } = &mut self.tasks[task.0];
        self.callers.call_within(top, caller, frame, max)
    }

    /// Takes the frame on top off a task's stack, if it is not the only one.
    #[inline]
    pub(super) fn return_from(&mut self, task: TaskId) -> Option<AnyFrame> {
        let Task {
            frame: top, caller, ..
        } = &mut self.tasks[task.0];
        self.callers.return_from(top, caller)
    }

    /// Takes the frame on top off a task's stack, down to the last one; `None` when the stack is empty.
    pub(super) fn pop_frame(&mut self, task: TaskId) -> Option<AnyFrame> {
        self.return_from(task).or_else(|| self.take_frame(task))
    }

    /// Takes the only frame of a task's stack: of an ended task, the one with its value.
    #[inline]
    pub(super) fn take_frame(&mut self, task: TaskId) -> Option<AnyFrame> {
        self.tasks[task.0].frame.take()
    }

    /// Visits the frames of a task's stack, the innermost first.
    pub(super) fn visit_stack(&mut self, task: TaskId, mut visit: impl FnMut(&mut AnyFrame)) {
        let Task { frame, caller, .. } = &mut self.tasks[task.0];
        frame.iter_mut().for_each(&mut visit);
        self.callers.visit_below(*caller, visit);
    }

    /// Takes the values of ended tasks that no task has joined.
    pub(super) fn take_values(&mut self) -> Vec<AnyFrame> {
        let frames = self.tasks.iter_mut().map(|task| &mut task.frame);
        frames.filter_map(Option::take).collect()
    }

    /// Gives a task without frames another one: what it deferred, or its value.
    pub(super) fn restart(&mut self, task: TaskId, frame: AnyFrame) {
        let before = self.tasks[task.0].frame.replace(frame);
        debug_assert!(before.is_none(), "its stack was closed");
    }

    // The end of a task.

    /// Marks a task that does not wait as ended.
    pub(super) fn end(&mut self, task: TaskId, how: TaskState) {
        debug_assert!(how.is_over(), "a task ends in one of the ways of ending");
        let waiting = &mut self.tasks[task.0].waiting;
        debug_assert!(waiting.is_runnable(), "a task that waits does not end");
        waiting.set(how);
        self.unfinished -= 1;
    }

    /// A task that was cancelled has left the ready queue. Its error is kept for the holder of its handle.
    pub(super) fn set_failed(&mut self, task: TaskId) {
        let waiting = &mut self.tasks[task.0].waiting;
        debug_assert_eq!(waiting.state(), TaskState::Cancelled);
        waiting.set(TaskState::Failed);
    }

    /// Removes an ended task that no handle and no waiter refers to: its place is vacant.
    #[inline]
    pub(super) fn release(&mut self, task: TaskId) {
        let place = task.0;
        let task = &mut self.tasks[place];
        debug_assert!(task.waiting.state().is_over(), "a task ends before it goes");
        debug_assert!(task.frame.is_none(), "its value was taken");
        debug_assert!(
            !task.tenancy.is_held() && task.joiners == Waiters::NONE,
            "no task can ask for it"
        );
        task.waiting = Waiting::VACANT;
        task.tenancy = task.tenancy.next();
        self.names.release(task.name);
        self.tasks.vacate(place);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(not(debug_assertions))]
    fn a_task_is_small() {
        assert_eq!(size_of::<super::Task>(), 48);
    }
}
