//! Who is there, who is ready, and in which order. Pure: no coroutine is run here.
//!
//! Nearly every answer can be made, when its task's turn has come, of the number that lies in the ready queue. What cannot be
//! lies in a table beside it, the mail.

mod names;
mod queue;
mod table;

use std::collections::BTreeMap;

use self::names::Root;
use self::queue::Queue;
pub(crate) use self::queue::{Message, Ready};
use self::table::Table;
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
    /// There is no task: its place in the table is vacant.
    Gone,
}

/// Who is told how a task ended.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Listener(u32);

/// Stands where the index of a caller would, in the first coroutine of a task.
const ROOT: u32 = u32::MAX;

/// A frame that is not on top of a stack: it waits for the one that it has chained, or it has ended and its value is on
/// its way to its caller.
struct CallerFrame<F> {
    /// There, unless the place is vacant.
    frame: Option<F>,
    caller: u32,
}

impl<F> CallerFrame<F> {
    fn blank() -> CallerFrame<F> {
        let caller = ROOT;
        CallerFrame {
            frame: None,
            caller,
        }
    }
}

impl<F> Task<F> {
    fn blank() -> Task<F> {
        Task {
            frame: None,
            caller: ROOT,
            wait: Wait::Gone,
            joins: TaskId::NONE,
            listener: Listener::DETACHED,
            parent: TaskId::NONE,
            ordinal: 0,
            spawned: 0,
            living: 0,
        }
    }

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
const RETURNED: &str = "what has returned is taken once";
const POSTED: &str = "a message is taken once";

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

/// Tasks and the ready queue. `M` is a message that is more than a number, `F` a frame of a task's stack.
pub(crate) struct Scheduler<M, F> {
    tasks: Table<Task<F>>,
    below: Table<CallerFrame<F>>,
    roots: Vec<Root>,
    /// How many roots there are of each name.
    namesakes: BTreeMap<&'static str, u32>,
    pub(crate) queue: Queue,
    mail: Table<Option<M>>,
    /// Tasks that have not ended.
    unfinished: usize,
}

impl<M, F> Scheduler<M, F> {
    pub(crate) fn new() -> Scheduler<M, F> {
        Scheduler {
            tasks: Table::new(),
            below: Table::new(),
            roots: Vec::new(),
            namesakes: BTreeMap::new(),
            queue: Queue::default(),
            mail: Table::new(),
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
        let (place, task) = self.tasks.claim(Task::blank);
        task.frame = Some(frame);
        task.caller = ROOT;
        task.wait = Wait::Nothing;
        task.listener = Listener::HELD;
        task.parent = parent;
        task.ordinal = ordinal;
        task.spawned = 0;
        task.living = 0;
        TaskId(place)
    }

    #[inline]
    pub(crate) fn task(&self, task: TaskId) -> &Task<F> {
        &self.tasks[task.0]
    }

    #[inline]
    pub(crate) fn task_mut(&mut self, task: TaskId) -> &mut Task<F> {
        &mut self.tasks[task.0]
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
            .filter(|(_, task)| !task.is_over() && task.wait != Wait::Gone)
            .map(|(place, _)| TaskId(place))
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
        let task = &mut self.tasks[task.0];
        let (place, below) = self.below.claim(CallerFrame::blank);
        below.frame = task.frame.replace(frame);
        below.caller = std::mem::replace(&mut task.caller, place);
    }

    /// Takes the frame on top off a task's stack, if it is not the only one.
    #[inline]
    pub(crate) fn return_from(&mut self, task: TaskId) -> Option<Returned> {
        let task = &mut self.tasks[task.0];
        if task.caller == ROOT {
            return None;
        }
        let place = task.caller;
        let below = &mut self.below[place];
        std::mem::swap(&mut task.frame, &mut below.frame);
        task.caller = below.caller;
        Some(Returned(place))
    }

    /// Keeps the frame of a coroutine that returns without having been on a stack.
    #[inline]
    pub(crate) fn keep_returned(&mut self, frame: F) -> Returned {
        let (place, below) = self.below.claim(CallerFrame::blank);
        below.frame = Some(frame);
        Returned(place)
    }

    /// A frame that has returned.
    pub(crate) fn returned(&self, Returned(place): Returned) -> &F {
        self.below[place].frame.as_ref().expect(RETURNED)
    }

    /// Takes a frame that has returned.
    #[inline]
    pub(crate) fn take_returned(&mut self, Returned(place): Returned) -> F {
        let frame = self.below[place].frame.take();
        self.below.vacate(place);
        frame.expect(RETURNED)
    }

    /// Takes the frame on top off a task's stack, down to the last one; `None` when the stack is empty.
    pub(crate) fn pop_frame(&mut self, task: TaskId) -> Option<F> {
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
        let first = self.below.get(*caller);
        let next = |inner: &&CallerFrame<F>| self.below.get(inner.caller);
        let callers = std::iter::successors(first, next);
        frame
            .iter()
            .chain(callers.filter_map(|caller| caller.frame.as_ref()))
    }

    /// Takes the frames that are on no stack: values that nobody has joined, and those on their way to a caller.
    pub(crate) fn take_values(&mut self) -> Vec<F> {
        let unjoined = self.tasks.iter_mut().map(|task| &mut task.frame);
        let returned = self.below.iter_mut().map(|below| &mut below.frame);
        unjoined.chain(returned).filter_map(Option::take).collect()
    }

    // Mail.

    /// Keeps what a task is to be told.
    #[inline]
    pub(crate) fn post(&mut self, content: M) -> Message {
        let (place, mail) = self.mail.claim(|| None);
        *mail = Some(content);
        Message::Mail(Mail(place))
    }

    /// What a task is to be told.
    pub(crate) fn mail(&self, Mail(place): Mail) -> &M {
        self.mail[place].as_ref().expect(POSTED)
    }

    /// Takes what a task is to be told.
    #[inline]
    pub(crate) fn take_mail(&mut self, Mail(place): Mail) -> M {
        let content = self.mail[place].take();
        self.mail.vacate(place);
        content.expect(POSTED)
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
            let gone = self.task_mut(task);
            gone.wait = Wait::Gone;
            debug_assert!(gone.frame.is_none(), "nobody has dropped its value");
            let parent = gone.parent.some();
            self.tasks.vacate(task.0);
            let Some(parent) = parent else { return };
            self.task_mut(parent).living -= 1;
            task = parent;
        }
    }
}
