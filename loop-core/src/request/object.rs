//! What tasks wait for that other tasks change: locks, events, channels. The primitives are in [`sync`](crate::sync).
//!
//! An [`Object`] says who may go on; the loop has the queue of those who wait. A primitive changes its own state, also outside of
//! a yield, for example when a guard is dropped, and then calls [`Registration::changed`]. After the step the loop offers the
//! object to its waiters, the first one first, until one is refused.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::rc::{Rc, Weak};

use super::any_coroutine::Value;
use super::kind::RequestKind;
use super::object_name::{ObjectKind, ObjectName};
use super::task_error::TaskError;
use super::waiting::Waiting;
use crate::coroutine::set_changed;
use crate::id::{SourceId, TaskId};
use crate::inbox::{Job, Line};
use crate::signal::SignalKind;
use crate::world::{Address, Attempt, Op};

/// Something that a task waits for and that other tasks change.
pub(crate) trait Object {
    fn registration(&self) -> &Registration;

    /// Whether a task may go on. If so, the object gives it what it asks for.
    fn admit(&self, asker: Asker) -> bool;

    /// The same request by a task that has just been cancelled, though it was admitted: what it was given is free again.
    fn give_back(&self, request: RequestKind);

    /// Something outside is going to change it, and rings a bell at the end of this line then. Called once, before the task that asks
    /// is admitted. The answer is what the world is to do for it.
    fn begin(&self, _: Line) -> Option<Job> {
        None
    }

    /// Whether somebody has a bell that rings for it.
    fn can_ring(&self) -> bool {
        false
    }

    /// The signal that a task waits for, if it is one.
    fn signal(&self) -> Option<SignalKind> {
        None
    }

    /// The signal has come, or it cannot be waited for.
    fn deliver(&self, _: io::Result<()>) {}

    /// A task that waited with this request was cancelled.
    fn left(&self, _: RequestKind) {}

    /// For a socket.
    fn endpoint(&self) -> Option<&dyn Endpoint> {
        None
    }

    /// What it is besides its name, for reports: the program of a process.
    fn label(&self) -> Option<String> {
        None
    }

    /// The task that has what the others wait for, if it is one task.
    fn holder(&self) -> Option<Holder> {
        None
    }

    /// For an object that has tasks of its own.
    fn family(&self) -> Option<&dyn Family> {
        None
    }
}

/// Tasks that belong together: the loop tells their object how each of them has ended. No handle of them exists.
pub(crate) trait Family {
    /// Whether a further task is to be made. Otherwise its coroutine is closed.
    fn wants(&self) -> bool {
        true
    }

    /// A task of it was made.
    fn spawned(&self, child: Holder);

    /// A task of it has ended.
    fn ended(&self, child: Holder, how: Result<Value, TaskError>);

    /// Whether a task that waits with the first request waits for the end of all its tasks. Then they are cancelled before that task is.
    fn is_waited_for(&self, _: Holder) -> bool {
        true
    }

    /// The task that waits for it is cancelled, and those of it before that.
    fn asker_is_cancelled(&self);

    /// The deadline of the task that waits for it has passed, while its own tasks wait like this.
    fn elapsed(&self, waits: Vec<Waiting>);

    /// Whether the deadline has passed.
    fn has_elapsed(&self) -> bool;

    /// The tasks of it that have not ended, in the order in which they were made.
    fn children(&self) -> Vec<Holder>;
}

/// Who asks an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    pub(crate) task: Holder,
    pub(crate) request: RequestKind,
    /// It has waited, and is the first of those who wait.
    pub(crate) has_waited: bool,
}

/// A task, and its generation, because numbers are used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Holder {
    pub(crate) task: TaskId,
    pub(crate) generation: u32,
}

/// What an object tells the loop.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// The object at this place has changed while tasks waited for it.
    Object(u32),
    /// The object at this place has admitted the only task that waited, whose request is the second one or not.
    Given(u32, bool),
    /// A task of a family is to be cancelled.
    Cancel(Holder),
    /// A socket of this name was dropped: its source is to be closed.
    Close(SourceId, ObjectName),
    /// The half of a socket of this name was dropped that writes: the direction is to be ended.
    End(SourceId, ObjectName),
}

/// What the objects have told the loop since the last step. A loop and its objects share it.
#[derive(Default)]
pub(crate) struct Changes {
    /// How many things were told and not taken yet.
    told: Cell<usize>,
    /// What was told first: mostly it is all.
    first: Cell<Option<Change>>,
    more: RefCell<VecDeque<Change>>,
}

impl Changes {
    #[inline]
    fn push(&self, change: Change) {
        set_changed();
        match self.told.replace(self.told.get() + 1) {
            0 => self.first.set(Some(change)),
            _ => self.more.borrow_mut().push_back(change),
        }
    }

    /// Whether an object has told something.
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.told.get() > 0
    }

    /// Takes what was told first.
    #[inline]
    pub(crate) fn next(&self) -> Option<Change> {
        self.told.set(self.told.get().checked_sub(1)?);
        let first = self.first.take();
        first.or_else(|| self.more.borrow_mut().pop_front())
    }

    /// Takes it back that the object at this place has admitted a task.
    pub(crate) fn forget_given(&self, place: u32) {
        let is_it = |change: &Change| matches!(change, Change::Given(at, _) if *at == place);
        let mut more = self.more.borrow_mut();
        more.retain(|change| !is_it(change));
        self.first
            .set(self.first.take().filter(|change| !is_it(change)));
        self.told
            .set(more.len() + usize::from(self.first.get().is_some()));
    }
}

/// Not in the table of any loop.
const NONE: u32 = u32::MAX;

/// What ties an object to the loop whose tasks use it. While no task waits, an object belongs to no loop.
pub(crate) struct Registration {
    kind: Cell<ObjectKind>,
    changes: RefCell<Option<Rc<Changes>>>,
    /// Where it is in the loop's table, while a task waits or has been admitted and has not gone on.
    place: Cell<u32>,
    number: Cell<u32>,
    waiting: Cell<u32>,
    /// It has told the loop that it has changed, and has not been offered since.
    has_told: Cell<bool>,
    /// One task waits: whether with the second request. `None` also if that is not known.
    lone: Cell<Option<bool>>,
    /// It admits nobody who makes the first request.
    refuses: Cell<bool>,
}

impl Registration {
    pub(crate) fn new(kind: ObjectKind) -> Registration {
        Registration {
            kind: Cell::new(kind),
            changes: RefCell::new(None),
            place: Cell::new(NONE),
            number: Cell::new(0),
            waiting: Cell::new(0),
            has_told: Cell::new(false),
            lone: Cell::new(None),
            refuses: Cell::new(false),
        }
    }

    /// For an object whose number is not the loop's to give.
    pub(crate) fn numbered(kind: ObjectKind, number: u32) -> Registration {
        let registration = Registration::new(kind);
        registration.number.set(number);
        registration
    }

    // The primitive's side.

    /// How many tasks wait that it has not admitted.
    #[inline]
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.get()
    }

    /// Who may go on may have changed: the loop offers the object to those who wait.
    #[inline(always)]
    pub(crate) fn changed(&self) {
        self.refuses.set(false);
        if self.waiting.get() > 0 {
            self.tell_changed();
        }
    }

    fn tell_changed(&self) {
        if !self.has_told.replace(true) {
            self.tell(Change::Object(self.place.get()));
        }
    }

    #[inline(always)]
    fn tell(&self, change: Change) {
        if let Some(changes) = &*self.changes.borrow() {
            changes.push(change);
        }
    }

    /// The same for an object that admits a task at once, and not only when the loop offers it, if only one task waits, and with this
    /// request.
    #[inline(always)]
    pub(crate) fn changed_for(&self, is_second: bool, admits: impl FnOnce() -> bool) {
        // What has been told is done first.
        if self.lone.get() != Some(is_second) || self.has_told.get() {
            return self.changed();
        }
        self.refuses.set(false);
        if admits() {
            self.lone.set(None);
            self.waiting.set(0);
            self.tell(Change::Given(self.place.get(), is_second));
        }
    }

    /// The object refuses whoever makes the first request, until it changes.
    #[inline(always)]
    pub(crate) fn refuse(&self) {
        self.refuses.set(true);
    }

    /// A task of the object's family is to be cancelled.
    pub(crate) fn cancel(&self, child: Holder) {
        self.tell(Change::Cancel(child));
    }

    /// It is of another kind from now on.
    pub(crate) fn set_kind(&self, kind: ObjectKind) {
        self.kind.set(kind);
    }

    /// The socket is dropped.
    pub(crate) fn close(&self, source: SourceId) {
        self.tell(Change::Close(source, self.name()));
    }

    /// The half of the socket that writes is dropped.
    pub(crate) fn end(&self, source: SourceId) {
        self.tell(Change::End(source, self.name()));
    }

    // The loop's side.

    #[inline]
    pub(crate) fn kind(&self) -> ObjectKind {
        self.kind.get()
    }

    pub(crate) fn name(&self) -> ObjectName {
        ObjectName {
            kind: self.kind.get(),
            number: self.number.get(),
        }
    }

    /// Where it is in the table of the loop to which it belongs; `None` if it is in no loop's.
    #[inline]
    pub(crate) fn place(&self) -> Option<u32> {
        Some(self.place.get()).filter(|place| *place != NONE)
    }

    /// Whether the loop whose changes these are knows it.
    #[inline]
    pub(crate) fn is_known_to(&self, changes: &Rc<Changes>) -> bool {
        let ours = self.changes.borrow();
        ours.as_ref().is_some_and(|ours| Rc::ptr_eq(ours, changes))
    }

    /// A loop gets to know the object.
    pub(crate) fn introduce(&self, changes: &Rc<Changes>, number: u32) {
        *self.changes.borrow_mut() = Some(Rc::clone(changes));
        self.number.set(number);
    }

    #[inline]
    pub(crate) fn set_place(&self, place: Option<u32>) {
        self.place.set(place.unwrap_or(NONE));
        self.has_told.set(false);
    }

    /// The loop is about to offer the object.
    #[inline]
    pub(crate) fn heard(&self) {
        self.has_told.set(false);
    }

    /// Whether the object refuses a task, as it has said before.
    #[inline]
    pub(crate) fn refuses(&self, is_second: bool) -> bool {
        !is_second && self.refuses.get()
    }

    /// So many tasks wait, the last one of them with this request.
    #[inline]
    pub(crate) fn joined(&self, waiting: u32, is_second: bool) {
        self.waiting.set(waiting);
        self.lone.set((waiting == 1).then_some(is_second));
    }

    /// So many tasks are left that wait.
    #[inline]
    pub(crate) fn set_waiting(&self, waiting: u32) {
        self.waiting.set(waiting);
        self.lone.set(None);
    }
}

/// Plumbing: an object of whatever kind, as it is in a [`Yield`](crate::Yield). The requests of [`sync`](crate::sync) make it.
///
/// ```
/// use loop_core::{Request, Yield};
///
/// let lock = loop_core::sync::Lock::new(1);
/// assert!(matches!(lock.acquire().into_yield(), Yield::Acquire(_)));
/// ```
#[derive(Clone)]
pub struct AnyObject(pub(crate) Rc<dyn Object>);

impl AnyObject {
    pub(crate) fn new(object: &Rc<impl Object + 'static>) -> AnyObject {
        // Not `Rc::clone`, which would have to know the type that it is made into.
        AnyObject(object.clone())
    }
}

impl fmt::Debug for AnyObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyObject({})", self.0.registration().kind())
    }
}

/// What the loop does for sockets.
pub(crate) trait Io {
    fn attempt(&mut self, op: Op<'_>) -> Attempt;

    /// The number of a source that is about to be opened.
    fn reserve(&mut self) -> SourceId;

    /// It was not opened.
    fn abandon(&mut self, source: SourceId);

    fn local_addr(&self, source: SourceId) -> Option<Address>;

    /// It was opened, and is this socket's.
    fn adopt(&mut self, source: SourceId, socket: &dyn Endpoint);
}

/// A socket, as the loop sees it.
pub(crate) trait Endpoint {
    /// Tries what is asked next. True if it is done.
    fn attempt_next(&self, io: &mut dyn Io) -> bool;

    /// An operation that never waits is done.
    fn finish_next(&self);

    /// Tries what a task wants that waits. True if it is done.
    fn attempt_of(&self, task: Holder, io: &mut dyn Io) -> bool;

    fn source(&self) -> Option<SourceId>;

    /// What the trace shows of the request that is asked next, if not the object's name: the object is not there yet.
    fn asks(&self) -> Option<String> {
        None
    }

    /// It is open.
    fn opened(&self, source: SourceId, local: Option<Address>);

    /// For the loop's table, which does not keep it open.
    fn to_weak(&self) -> Weak<dyn Object>;
}
