//! Who is there, who is ready, and in which order. Pure: no coroutine is run here.
//!
//! Nearly every answer can be made, when its task's turn has come, of the number that lies in the ready queue. What cannot be
//! lies in a table beside it, the mail.

mod names;
mod queue;

use std::collections::BTreeMap;

use slab::Slab;

use self::names::Root;
use self::queue::Queue;
pub(crate) use self::queue::{Message, Ready};
use crate::id::TaskId;

/// What a task is waiting for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wait {
    /// It is ready.
    Nothing,
    Line,
    Bytes,
    Timer,
    Stdout,
    Stderr,
    /// The end of the task in `joins`.
    Join,
    /// It has ended; its value, if any, is in its frame.
    Ended,
    /// It has failed; its error lies with the kernel.
    Failed,
}

/// Who is told how a task ended.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Listener(u32);

/// Stands where the index of a caller would, in the first coroutine of a task.
const ROOT: u32 = u32::MAX;

/// A frame that is not on top of a stack: it waits for the one that it has chained, or it has ended and its value is on
/// its way to its caller.
struct Below<F> {
    frame: F,
    caller: u32,
}

impl<F> Task<F> {
    /// Who waits for its end.
    fn joiner(&self) -> Option<TaskId> {
        let Listener(joiner) = self.listener;
        (self.listener != Listener::DETACHED && self.listener != Listener::HELD)
            .then_some(TaskId(joiner))
    }

    fn is_over(&self) -> bool {
        matches!(self.wait, Wait::Ended | Wait::Failed)
    }

    /// It has ended, nobody can ask for it, and no name needs it.
    fn is_forgotten(&self) -> bool {
        self.is_over() && self.living == 0 && self.listener == Listener::DETACHED
    }
}

const FRAME: &str = "a task has a frame until its value is taken";

impl Listener {
    /// Nobody: the handle was dropped.
    const DETACHED: Listener = Listener(u32::MAX);
    /// Nobody yet: somebody has the handle.
    const HELD: Listener = Listener(u32::MAX - 1);
}

/// One task. Forty-eight bytes: a parked task is this and what its frame points to.
pub(crate) struct Task<F> {
    /// The frame on top of its stack of coroutines; when it has ended, the one with its value until somebody takes that.
    frame: Option<F>,
    /// The frame that chained this one, an index into the table of those below, or [`ROOT`].
    caller: u32,
    pub(crate) wait: Wait,
    /// The task whose end it waits for, if `wait` says so.
    pub(crate) joins: TaskId,
    listener: Listener,
    parent: TaskId,
    /// Which child of its parent it is, from 1; of a root, which root, from 0.
    ordinal: u32,
    spawned: u32,
    /// Children that are still in the table: they need this task for their name.
    living: u32,
}

/// Where the frame of a coroutine lies that has returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Returned(u32);

/// Where a message lies that is more than a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mail(u32);

/// An index into a table, small enough for the queue.
#[inline]
fn small(index: usize) -> u32 {
    assert!(
        index < queue::LIMIT,
        "more than a billion tasks or coroutines at once"
    );
    index as u32
}

/// Tasks and the ready queue. `M` is a message that is more than a number, `F` a frame of a task's stack.
pub(crate) struct Scheduler<M, F> {
    tasks: Slab<Task<F>>,
    below: Slab<Below<F>>,
    roots: Vec<Root>,
    /// How many roots there are of each name.
    namesakes: BTreeMap<&'static str, u32>,
    pub(crate) queue: Queue,
    mail: Slab<M>,
    /// Tasks that have not ended.
    unfinished: usize,
}

impl<M, F> Scheduler<M, F> {
    pub(crate) fn new() -> Scheduler<M, F> {
        Scheduler {
            tasks: Slab::new(),
            below: Slab::new(),
            roots: Vec::new(),
            namesakes: BTreeMap::new(),
            queue: Queue::default(),
            mail: Slab::new(),
            unfinished: 0,
        }
    }

    /// A new task, whose handle somebody has.
    #[inline]
    pub(crate) fn add(&mut self, parent: TaskId, name: &'static str, frame: F) -> TaskId {
        let ordinal = match parent.some() {
            Some(parent) => self.next_child(parent),
            None => self.next_root(name),
        };
        self.unfinished += 1;
        let place = self.tasks.vacant_entry();
        let task = TaskId(small(place.key()));
        place.insert(Task {
            frame: Some(frame),
            caller: ROOT,
            wait: Wait::Nothing,
            joins: TaskId::NONE,
            listener: Listener::HELD,
            parent,
            ordinal,
            spawned: 0,
            living: 0,
        });
        task
    }

    #[inline]
    pub(crate) fn task(&self, task: TaskId) -> &Task<F> {
        &self.tasks[task.index()]
    }

    #[inline]
    pub(crate) fn task_mut(&mut self, task: TaskId) -> &mut Task<F> {
        &mut self.tasks[task.index()]
    }

    pub(crate) fn ordinal(&self, task: TaskId) -> u32 {
        self.task(task).ordinal
    }

    pub(crate) fn unfinished(&self) -> usize {
        self.unfinished
    }

    /// Every task that has not ended, in the order of the table.
    pub(crate) fn living(&self) -> impl Iterator<Item = TaskId> + '_ {
        self.tasks
            .iter()
            .filter(|(_, task)| !task.is_over())
            .map(|(index, _)| TaskId(index as u32))
    }

    /// The tasks that would wait for each other in a ring if `joiner` waited for `task`, `joiner` first.
    pub(crate) fn ring(&self, joiner: TaskId, task: TaskId) -> Option<Vec<TaskId>> {
        // A ring leads back to its joiner, so somebody in it waits for the joiner already, or it waits for itself. Nearly
        // always nobody does, and a long row of joins is not walked at each new one.
        if joiner != task && self.task(joiner).joiner().is_none() {
            return None;
        }
        let mut ring = vec![joiner];
        let mut next = task;
        while next != joiner {
            let Task { wait, joins, .. } = *self.task(next);
            if wait != Wait::Join {
                return None;
            }
            ring.push(next);
            next = joins;
        }
        Some(ring)
    }

    // A task's stack of frames.

    /// The frame on top of a task's stack.
    #[inline]
    pub(crate) fn frame(&self, task: TaskId) -> &F {
        self.task(task).frame.as_ref().expect(FRAME)
    }

    #[inline]
    pub(crate) fn frame_mut(&mut self, task: TaskId) -> &mut F {
        self.task_mut(task).frame.as_mut().expect(FRAME)
    }

    /// Puts a frame on top of a task's stack.
    #[inline]
    pub(crate) fn call(&mut self, task: TaskId, frame: F) {
        let entry = &mut self.tasks[task.index()];
        let place = self.below.vacant_entry();
        let caller = std::mem::replace(&mut entry.caller, small(place.key()));
        let frame = entry.frame.replace(frame).expect(FRAME);
        place.insert(Below { frame, caller });
    }

    /// Takes the frame on top off a task's stack, if it is not the only one.
    #[inline]
    pub(crate) fn return_from(&mut self, task: TaskId) -> Option<Returned> {
        let entry = &mut self.tasks[task.index()];
        if entry.caller == ROOT {
            return None;
        }
        let place = entry.caller;
        let below = &mut self.below[place as usize];
        let top = entry.frame.as_mut().expect(FRAME);
        std::mem::swap(top, &mut below.frame);
        entry.caller = std::mem::replace(&mut below.caller, ROOT);
        Some(Returned(place))
    }

    /// Keeps the frame of a coroutine that returns without having been on a stack.
    #[inline]
    pub(crate) fn keep_returned(&mut self, frame: F) -> Returned {
        let place = self.below.vacant_entry();
        let returned = Returned(small(place.key()));
        let caller = ROOT;
        place.insert(Below { frame, caller });
        returned
    }

    /// A frame that has returned.
    pub(crate) fn returned(&self, Returned(place): Returned) -> &F {
        &self.below[place as usize].frame
    }

    /// Takes a frame that has returned.
    #[inline]
    pub(crate) fn take_returned(&mut self, Returned(place): Returned) -> F {
        self.below.remove(place as usize).frame
    }

    /// Takes the frame on top off a task's stack, down to the last one; `None` when the stack is empty.
    pub(crate) fn unwind(&mut self, task: TaskId) -> Option<F> {
        match self.return_from(task) {
            Some(inner) => Some(self.take_returned(inner)),
            None => self.take_frame(task),
        }
    }

    /// Takes the value of an ended task.
    #[inline]
    pub(crate) fn take_frame(&mut self, task: TaskId) -> Option<F> {
        self.task_mut(task).frame.take()
    }

    /// The frames of a task's stack, the innermost first.
    pub(crate) fn stack(&self, task: TaskId) -> impl Iterator<Item = &F> {
        let Task { frame, caller, .. } = self.task(task);
        let first = self.below.get(*caller as usize);
        let next = |inner: &&Below<F>| self.below.get(inner.caller as usize);
        let callers = std::iter::successors(first, next);
        frame.iter().chain(callers.map(|caller| &caller.frame))
    }

    /// Takes the frames that are on no stack: values that nobody has joined, and those on their way to a caller.
    pub(crate) fn take_values(&mut self) -> Vec<F> {
        let tasks = self.tasks.iter_mut();
        let unjoined = tasks.filter_map(|(_, task)| task.frame.take());
        unjoined
            .chain(self.below.drain().map(|below| below.frame))
            .collect()
    }

    // Mail.

    /// Keeps what a task is to be told.
    #[inline]
    pub(crate) fn post(&mut self, content: M) -> Message {
        let place = self.mail.vacant_entry();
        let mail = Mail(small(place.key()));
        place.insert(content);
        Message::Mail(mail)
    }

    /// What a task is to be told.
    pub(crate) fn mail(&self, Mail(place): Mail) -> &M {
        &self.mail[place as usize]
    }

    /// Takes what a task is to be told.
    #[inline]
    pub(crate) fn take_mail(&mut self, Mail(place): Mail) -> M {
        self.mail.remove(place as usize)
    }

    // The end of a task.

    /// Marks a task as ended, in one of the two ways, and says who joins it.
    pub(crate) fn end(&mut self, task: TaskId, how: Wait) -> Option<TaskId> {
        self.unfinished -= 1;
        let ended = self.task_mut(task);
        ended.wait = how;
        ended.joiner()
    }

    pub(crate) fn is_over(&self, task: TaskId) -> bool {
        self.task(task).is_over()
    }

    pub(crate) fn is_detached(&self, task: TaskId) -> bool {
        self.task(task).listener == Listener::DETACHED
    }

    /// Lets `joiner` be woken when the task ends.
    pub(crate) fn listen(&mut self, task: TaskId, joiner: TaskId) {
        self.task_mut(task).listener = Listener(joiner.0);
    }

    pub(crate) fn detach(&mut self, task: TaskId) {
        self.task_mut(task).listener = Listener::DETACHED;
    }

    /// Forgets an ended task that nobody can ask for any more, unless it is needed for the names of its children.
    pub(crate) fn release(&mut self, mut task: TaskId) {
        while self.task(task).is_forgotten() {
            let Task { parent, .. } = self.tasks.remove(task.index());
            let Some(parent) = parent.some() else { return };
            self.task_mut(parent).living -= 1;
            task = parent;
        }
    }
}
