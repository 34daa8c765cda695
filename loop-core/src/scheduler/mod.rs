//! Who is there, who is ready, and in which order. Pure: no coroutine is run here.
//!
//! The ready queue is two vectors that change places: the batch that is being run and the tasks that have become ready
//! since. An entry is eight bytes; what a task is to be told, if it is more than "go on", lies in a table beside it.

mod names;

use std::collections::BTreeMap;

use slab::Slab;

use self::names::Root;
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

/// A frame that waits for the one that it has chained.
struct Caller<F> {
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
    /// The frame that chained this one, an index into the table of callers, or [`ROOT`].
    caller: u32,
    /// The body of `frame` has not started.
    is_new: bool,
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

/// A task's place in the ready queue.
#[derive(Clone, Copy)]
pub(crate) struct Ready {
    pub(crate) task: TaskId,
    /// Index of what it is told, or [`Ready::GO_ON`].
    pub(crate) told: u32,
}

impl Ready {
    pub(crate) const GO_ON: u32 = u32::MAX;
}

/// Tasks and the ready queue. `M` is what a task can be told, `F` a frame of its stack.
pub(crate) struct Scheduler<M, F> {
    tasks: Slab<Task<F>>,
    callers: Slab<Caller<F>>,
    roots: Vec<Root>,
    /// How many roots there are of each name.
    namesakes: BTreeMap<&'static str, u32>,
    ready: Vec<Ready>,
    batch: Vec<Ready>,
    /// What comes before in the batch was run.
    cursor: usize,
    messages: Slab<M>,
    /// Tasks that have not ended.
    unfinished: usize,
}

impl<M, F> Scheduler<M, F> {
    pub(crate) fn new() -> Scheduler<M, F> {
        Scheduler {
            tasks: Slab::new(),
            callers: Slab::new(),
            roots: Vec::new(),
            namesakes: BTreeMap::new(),
            ready: Vec::new(),
            batch: Vec::new(),
            cursor: 0,
            messages: Slab::new(),
            unfinished: 0,
        }
    }

    /// A new task, whose handle somebody has.
    #[inline]
    pub(crate) fn add(
        &mut self,
        parent: TaskId,
        name: &'static str,
        frame: F,
        is_new: bool,
    ) -> TaskId {
        let ordinal = match parent.some() {
            Some(parent) => self.next_child(parent),
            None => self.next_root(name),
        };
        self.unfinished += 1;
        let index = self.tasks.insert(Task {
            frame: Some(frame),
            caller: ROOT,
            is_new,
            wait: Wait::Nothing,
            joins: TaskId::NONE,
            listener: Listener::HELD,
            parent,
            ordinal,
            spawned: 0,
            living: 0,
        });
        let number = u32::try_from(index).expect("fewer than four billion tasks");
        TaskId(number)
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

    /// Whether the body of the frame on top has not started; from now on it has.
    pub(crate) fn take_is_new(&mut self, task: TaskId) -> bool {
        std::mem::take(&mut self.task_mut(task).is_new)
    }

    /// Puts a frame on top of a task's stack.
    pub(crate) fn call(&mut self, task: TaskId, frame: F, is_new: bool) {
        let entry = &mut self.tasks[task.index()];
        let index = self.callers.insert(Caller {
            frame: entry.frame.replace(frame).expect(FRAME),
            caller: entry.caller,
        });
        entry.caller = u32::try_from(index).expect("fewer than four billion coroutines");
        entry.is_new = is_new;
    }

    /// Takes the frame on top off a task's stack, if it is not the only one.
    pub(crate) fn return_from(&mut self, task: TaskId) -> Option<F> {
        let entry = &mut self.tasks[task.index()];
        if entry.caller == ROOT {
            return None;
        }
        let Caller { frame, caller } = self.callers.remove(entry.caller as usize);
        entry.caller = caller;
        entry.frame.replace(frame)
    }

    /// Takes the frame on top off a task's stack, down to the last one; `None` when the stack is empty.
    pub(crate) fn unwind(&mut self, task: TaskId) -> Option<F> {
        let inner = self.return_from(task);
        inner.or_else(|| self.take_frame(task))
    }

    /// Takes the value of an ended task.
    #[inline]
    pub(crate) fn take_frame(&mut self, task: TaskId) -> Option<F> {
        self.task_mut(task).frame.take()
    }

    /// The frames of a task's stack, the innermost first.
    pub(crate) fn stack(&self, task: TaskId) -> impl Iterator<Item = &F> {
        let Task { frame, caller, .. } = self.task(task);
        let first = self.callers.get(*caller as usize);
        let next = |inner: &&Caller<F>| self.callers.get(inner.caller as usize);
        let callers = std::iter::successors(first, next);
        frame.iter().chain(callers.map(|caller| &caller.frame))
    }

    /// Takes the frames of all tasks that have ended: values that nobody has joined.
    pub(crate) fn take_values(&mut self) -> Vec<F> {
        let tasks = self.tasks.iter_mut();
        tasks.filter_map(|(_, task)| task.frame.take()).collect()
    }

    // The ready queue.

    /// Puts a task at the back of the queue; it will only be told to go on.
    #[inline]
    pub(crate) fn push(&mut self, task: TaskId) {
        self.ready.push(Ready {
            task,
            told: Ready::GO_ON,
        });
    }

    /// Puts a task at the back of the queue, to be told `message`.
    #[inline]
    pub(crate) fn push_telling(&mut self, task: TaskId, message: M) {
        self.task_mut(task).wait = Wait::Nothing;
        let told = self.messages.insert(message) as u32;
        self.ready.push(Ready { task, told });
    }

    /// Takes what a task is to be told.
    pub(crate) fn told(&mut self, told: u32) -> M {
        self.messages.remove(told as usize)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.ready.is_empty() && self.left() == 0
    }

    /// Makes the tasks that are ready now the batch to run, if the last one is done, and says how many they are.
    #[inline]
    pub(crate) fn next_batch(&mut self) -> usize {
        if self.left() == 0 {
            self.batch.clear();
            self.cursor = 0;
            std::mem::swap(&mut self.batch, &mut self.ready);
        }
        self.left()
    }

    /// The next task of the batch.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Ready> {
        let next = self.batch.get(self.cursor).copied();
        self.cursor += usize::from(next.is_some());
        next
    }

    /// Brings the `picked`th of the tasks left in the batch to its front; the others keep their order.
    pub(crate) fn bring_forward(&mut self, picked: usize) {
        self.batch[self.cursor..=self.cursor + picked].rotate_right(1);
    }

    /// Tasks left in the batch.
    pub(crate) fn left(&self) -> usize {
        self.batch.len() - self.cursor
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
    pub(crate) fn release(&mut self, task: TaskId) {
        let mut task = task;
        loop {
            let Task { living, parent, .. } = *self.task(task);
            if !self.is_over(task) || living > 0 || !self.is_detached(task) {
                return;
            }
            self.tasks.remove(task.index());
            let Some(parent) = parent.some() else { return };
            self.task_mut(parent).living -= 1;
            task = parent;
        }
    }
}
