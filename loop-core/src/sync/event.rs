//! [`Event`].

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::ask::ask;
use crate::request::object::Registration;
use crate::request::{Asker, Object, ObjectKind, Request, RequestKind, Yield};

/// Something that happens, for which any number of tasks can wait: asyncio's `Event`.
///
/// All clones are the same event. It stays [set](Event::set) until it is [cleared](Event::clear).
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::Time;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Event;
///
/// #[loop_core::coroutine]
/// fn runner(start: Event) -> Time {
///     yield_!(start.wait());
///     yield_!(Clock)
/// }
///
/// #[loop_core::coroutine]
/// fn race() {
///     let start = Event::new();
///     let (a, b) = (yield_!(Spawn(runner(start.clone()))), yield_!(Spawn(runner(start.clone()))));
///     yield_!(Sleep(Duration::from_secs(1)));
///     start.set();
///     assert_eq!(yield_!(a).unwrap(), yield_!(b).unwrap());
/// }
///
/// Sim::new().run(race()).into_result().unwrap();
/// ```
#[derive(Clone)]
pub struct Event(Rc<Inner>);

struct Inner {
    registration: Registration,
    is_set: Cell<bool>,
    /// How many of those who wait go on, because they waited when the event was set. It may have been cleared since.
    released: Cell<u32>,
}

impl Default for Event {
    fn default() -> Event {
        Event::new()
    }
}

impl Event {
    /// An event that is not set.
    ///
    /// ```
    /// assert!(!loop_core::sync::Event::new().is_set());
    /// ```
    pub fn new() -> Event {
        Event(Rc::new(Inner {
            registration: Registration::new(ObjectKind::Event),
            is_set: Cell::new(false),
            released: Cell::new(0),
        }))
    }

    /// Request: waits until the event is set. If it is set already, the task only goes to the back of the ready queue.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::Event;
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let ready = Event::new();
    ///     ready.set();
    ///     yield_!(ready.wait());
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), ());
    /// ```
    pub fn wait(&self) -> impl Request<Answer = ()> + use<> {
        ask(Yield::Wait, Rc::clone(&self.0), |_| ())
    }

    /// Sets the event. All tasks that wait for it go on, even if it is [cleared](Event::clear) before their turn.
    ///
    /// ```
    /// let event = loop_core::sync::Event::new();
    /// event.set();
    /// assert!(event.is_set());
    /// ```
    pub fn set(&self) {
        self.0.is_set.set(true);
        self.0.released.set(self.0.registration.waiting());
        self.0.registration.changed();
    }

    /// Takes it back that the event is set: tasks that ask from now on wait.
    ///
    /// ```
    /// let event = loop_core::sync::Event::new();
    /// event.set();
    /// event.clear();
    /// assert!(!event.is_set());
    /// ```
    pub fn clear(&self) {
        self.0.is_set.set(false);
    }

    /// Whether the event is set.
    ///
    /// ```
    /// assert!(!loop_core::sync::Event::new().is_set());
    /// ```
    pub fn is_set(&self) -> bool {
        self.0.is_set.get()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Event");
        text.field("is_set", &self.is_set()).finish()
    }
}

impl Object for Inner {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        let released = self.released.get();
        if asker.has_waited && released > 0 {
            self.released.set(released - 1);
            return true;
        }
        self.is_set.get()
    }

    fn give_back(&self, _: RequestKind) {}

    fn left(&self, _: RequestKind) {
        let waiting = self.registration.waiting();
        self.released.set(self.released.get().min(waiting));
    }
}
