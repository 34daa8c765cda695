//! What tasks wait for that other tasks change: locks, events, channels. The primitives are in [`sync`](crate::sync).
//!
//! An [`Object`] says who may go on; the loop has the queue of those who wait. A primitive changes its own state, also outside of
//! a yield, for example when a guard is dropped, and then calls [`Registration::changed`]. After the step the loop offers the
//! object to its waiters, the first one first, until one is refused.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use super::any_coroutine::Value;
use super::kind::RequestKind;
use super::task_error::TaskError;
use crate::id::TaskId;

/// Declares the kinds of objects, with their names in traces and reports.
macro_rules! object_kinds {
    ($($(#[$doc:meta])* $kind:ident: $name:literal;)+) => {
        /// What kind of object a task waits for.
        ///
        /// Its text is the first part of an object's name: `lock` in `lock 2`.
        ///
        /// ```
        /// use loop_core::trace::ObjectKind;
        ///
        /// assert_eq!(ObjectKind::RwLock.to_string(), "rwlock");
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum ObjectKind {
            $($(#[$doc])* $kind),+
        }

        impl ObjectKind {
            /// How many kinds there are.
            pub(crate) const COUNT: usize = [$($name),+].len();

            fn name(self) -> &'static str {
                match self { $(ObjectKind::$kind => $name),+ }
            }
        }
    };
}

object_kinds! {
    /// A [`Lock`](crate::sync::Lock).
    Lock: "lock";
    /// An [`RwLock`](crate::sync::RwLock).
    RwLock: "rwlock";
    /// A [`Semaphore`](crate::sync::Semaphore).
    Semaphore: "semaphore";
    /// An [`Event`](crate::sync::Event).
    Event: "event";
    /// A [`Condition`](crate::sync::Condition).
    Condition: "condition";
    /// A [`Barrier`](crate::sync::Barrier).
    Barrier: "barrier";
    /// A [channel](crate::sync::channel).
    Channel: "channel";
    /// A [`Group`](crate::Group) of tasks, or those of [`All`](crate::All), [`Race`](crate::Race), [`Timeout`](crate::Timeout).
    Group: "group";
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of an object: its kind, and its number among those of its kind, from 1, in the order in which the loop got to know them.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Event;
///
/// #[loop_core::coroutine]
/// fn waits(event: Event) {
///     yield_!(event.wait());
/// }
///
/// let run = Sim::new().run(waits(Event::new()));
/// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
/// assert_eq!(deadlock.waits()[0].object.unwrap().to_string(), "event 1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub struct ObjectName {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its number.
    pub number: u32,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.number)
    }
}

/// Something that a task waits for and that other tasks change.
pub(crate) trait Object {
    fn registration(&self) -> &Registration;

    /// Whether a task may go on. If so, the object gives it what it asks for.
    fn admit(&self, asker: Asker) -> bool;

    /// The same request by a task that has just been cancelled, though it was admitted: what it was given is free again.
    fn give_back(&self, request: RequestKind);

    /// A task that waited with this request was cancelled.
    fn left(&self, _: RequestKind) {}

    /// The task that has what the others wait for, if it is one task.
    fn holder(&self) -> Option<Holder> {
        None
    }

    /// The requests of those who wait: two, or the same one twice.
    fn requests(&self) -> [RequestKind; 2];

    /// Whether those who wait with the second request do not stand behind those who wait with the first.
    fn has_two_queues(&self) -> bool {
        false
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

    /// The deadline of the task that waits for it has passed. Each text says what a task of it waits for.
    fn elapsed(&self, waits: Vec<String>);

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
    /// A task of a family is to be cancelled.
    Cancel(Holder),
}

/// What the objects have told the loop since the last step. A loop and its objects share it.
#[derive(Default)]
pub(crate) struct Changes {
    changes: RefCell<VecDeque<Change>>,
    any: Cell<bool>,
}

impl Changes {
    fn push(&self, change: Change) {
        self.changes.borrow_mut().push_back(change);
        self.any.set(true);
    }

    /// Whether an object has told something.
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.any.get()
    }

    /// Takes what was told first.
    pub(crate) fn next(&self) -> Option<Change> {
        let change = self.changes.borrow_mut().pop_front();
        if change.is_none() {
            self.any.set(false);
        }
        change
    }
}

/// Not in the table of any loop.
const NONE: u32 = u32::MAX;

/// What ties an object to the loop whose tasks use it. While no task waits, an object belongs to no loop.
pub(crate) struct Registration {
    kind: ObjectKind,
    changes: RefCell<Option<Rc<Changes>>>,
    /// Where it is in the loop's table, while a task waits or has been admitted and has not gone on.
    place: Cell<u32>,
    number: Cell<u32>,
    waiting: Cell<u32>,
}

impl Registration {
    pub(crate) fn new(kind: ObjectKind) -> Registration {
        Registration {
            kind,
            changes: RefCell::new(None),
            place: Cell::new(NONE),
            number: Cell::new(0),
            waiting: Cell::new(0),
        }
    }

    // The primitive's side.

    /// How many tasks wait.
    #[inline]
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.get()
    }

    /// Who may go on may have changed: the loop offers the object to those who wait.
    #[inline]
    pub(crate) fn changed(&self) {
        if self.waiting.get() > 0
            && let Some(changes) = &*self.changes.borrow()
        {
            changes.push(Change::Object(self.place.get()));
        }
    }

    /// A task of the object's family is to be cancelled.
    pub(crate) fn cancel(&self, child: Holder) {
        if let Some(changes) = &*self.changes.borrow() {
            changes.push(Change::Cancel(child));
        }
    }

    // The loop's side.

    pub(crate) fn name(&self) -> ObjectName {
        ObjectName {
            kind: self.kind,
            number: self.number.get(),
        }
    }

    /// Where it is in the table of the loop to which it belongs; `None` if it is in no loop's.
    pub(crate) fn place(&self) -> Option<u32> {
        Some(self.place.get()).filter(|place| *place != NONE)
    }

    /// Whether the loop whose changes these are knows it.
    pub(crate) fn is_known_to(&self, changes: &Rc<Changes>) -> bool {
        let ours = self.changes.borrow();
        ours.as_ref().is_some_and(|ours| Rc::ptr_eq(ours, changes))
    }

    /// A loop gets to know the object.
    pub(crate) fn introduce(&self, changes: &Rc<Changes>, number: u32) {
        *self.changes.borrow_mut() = Some(Rc::clone(changes));
        self.number.set(number);
    }

    pub(crate) fn set_place(&self, place: Option<u32>) {
        self.place.set(place.unwrap_or(NONE));
    }

    pub(crate) fn set_waiting(&self, waiting: u32) {
        self.waiting.set(waiting);
    }
}

/// An object of whatever kind, as it is in a [`Yield`](crate::Yield). The requests of [`sync`](crate::sync) make it.
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
        write!(f, "AnyObject({})", self.0.registration().kind)
    }
}
