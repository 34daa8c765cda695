//! The receivers of a channel whose values go to all of them. Each is an object of its own, because each waits for something else.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::request::object::Registration;
use crate::request::{Asker, Object, ObjectKind, RequestKind};

/// A receiver: how many values it has seen.
pub(super) struct Subscriber {
    registration: Registration,
    pub(super) seen: Cell<u64>,
    /// A task has been admitted, and has not gone on. What it sees is decided when it goes on, so it is one task at a time.
    is_promised: Cell<bool>,
    subscribers: Rc<Subscribers>,
}

/// All receivers of a channel, and how many values have been sent.
pub(super) struct Subscribers {
    all: RefCell<Vec<Weak<Subscriber>>>,
    pub(super) sent: Cell<u64>,
    pub(super) senders: Cell<usize>,
    /// How many of `all` are alive.
    alive: Cell<usize>,
}

impl Subscribers {
    pub(super) fn new() -> Rc<Subscribers> {
        Rc::new(Subscribers {
            all: RefCell::default(),
            sent: Cell::new(0),
            senders: Cell::new(0),
            alive: Cell::new(0),
        })
    }

    /// Adds a receiver that has seen so many values.
    pub(super) fn add(self: &Rc<Subscribers>, seen: u64) -> Rc<Subscriber> {
        let subscriber = Rc::new(Subscriber {
            registration: Registration::new(ObjectKind::Channel),
            seen: Cell::new(seen),
            is_promised: Cell::new(false),
            subscribers: Rc::clone(self),
        });
        let mut all = self.all.borrow_mut();
        // At most half of them are gone then, so that their number is bounded by those that live.
        if all.len() >= 8 && all.len() >= 2 * self.alive.get() {
            all.retain(|subscriber| subscriber.strong_count() > 0);
        }
        all.push(Rc::downgrade(&subscriber));
        self.alive.set(self.alive.get() + 1);
        subscriber
    }

    /// How many receivers there are.
    pub(super) fn len(&self) -> usize {
        self.alive.get()
    }

    /// Tells all receivers that a value was sent, or that the last sender was dropped.
    pub(super) fn changed(&self) {
        for subscriber in self.all.borrow().iter().filter_map(Weak::upgrade) {
            subscriber.registration.changed();
        }
    }
}

impl Subscriber {
    pub(super) fn has_news(&self) -> bool {
        self.seen.get() < self.subscribers.sent.get()
    }

    /// The task that was admitted goes on, or is cancelled.
    pub(super) fn keep_promise(&self) {
        self.is_promised.set(false);
        self.registration.changed();
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let alive = &self.subscribers.alive;
        alive.set(alive.get() - 1);
    }
}

impl Object for Subscriber {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        let overtakes = !asker.has_waited && self.registration.waiting() > 0;
        let has_ended = self.subscribers.senders.get() == 0;
        let admits = (self.has_news() || has_ended) && !self.is_promised.get() && !overtakes;
        if admits {
            self.is_promised.set(true);
        }
        admits
    }

    // Nothing was taken: a cancelled task has not seen the value.
    fn give_back(&self, _: RequestKind) {
        self.keep_promise();
    }
}

/// Counts a sender.
pub(super) struct Sending(pub(super) Rc<Subscribers>);

impl Sending {
    pub(super) fn new(subscribers: &Rc<Subscribers>) -> Sending {
        subscribers.senders.set(subscribers.senders.get() + 1);
        Sending(Rc::clone(subscribers))
    }
}

impl Clone for Sending {
    fn clone(&self) -> Sending {
        Sending::new(&self.0)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let senders = &self.0.senders;
        senders.set(senders.get() - 1);
        if senders.get() == 0 {
            self.0.changed();
        }
    }
}
