//! Looking up the addresses of a host.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::kind::RequestKind;
use super::object::{Asker, Object, Registration};
use super::object_name::ObjectKind;
use crate::inbox::{Bell, Job, Line};

/// A host that a task waits for.
pub(crate) struct Host {
    registration: Registration,
    name: String,
    port: u16,
    /// Rings when its addresses are known.
    bell: Cell<Weak<Bell>>,
    found: Arc<Found>,
}

type Addresses = io::Result<Vec<SocketAddr>>;

/// What was found. The world, on whatever thread, and the task share it.
#[derive(Default)]
struct Found(Mutex<Option<Addresses>>);

impl Found {
    /// The first answer counts.
    fn set(&self, addresses: Addresses) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.get_or_insert(addresses);
    }

    fn is_there(&self) -> bool {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.is_some()
    }

    fn take(&self) -> Option<Addresses> {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.take()
    }
}

/// Rings when it is dropped: also if the world gives up without an answer.
struct Answer {
    found: Arc<Found>,
    bell: Arc<Bell>,
}

impl Answer {
    fn give(self, addresses: Addresses) {
        self.found.set(addresses);
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.found
            .set(Err(io::Error::other("there is no thread for it")));
        self.bell.ring();
    }
}

impl Host {
    pub(crate) fn new(name: String, port: u16) -> Rc<Host> {
        Rc::new(Host {
            registration: Registration::new(ObjectKind::Host),
            name,
            port,
            bell: Cell::default(),
            found: Arc::default(),
        })
    }

    /// What the task gets that goes on.
    pub(crate) fn addresses(&self) -> Addresses {
        let found = self.found.take();
        let found = found.expect("a task goes on when the host was looked up");
        let explained = |error: io::Error| {
            // The resolver's own errors have no number, and no kind that has a name.
            let kind = match error.raw_os_error() {
                Some(_) => error.kind(),
                None => io::ErrorKind::NotFound,
            };
            let message = format!("cannot look up `{}`: {error}", self.name);
            io::Error::new(kind, message)
        };
        match found {
            Ok(addresses) if addresses.is_empty() => {
                Err(explained(io::Error::other("it has no address")))
            }
            found => found.map_err(explained),
        }
    }
}

impl Object for Host {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn begin(&self, line: Line) -> Option<Job> {
        let bell = line.bell();
        self.bell.set(Arc::downgrade(&bell));
        let found = Arc::clone(&self.found);
        let answer = Answer { found, bell };
        let tell = Box::new(move |addresses| answer.give(addresses));
        Some(Job::LookUp(self.name.clone(), self.port, tell))
    }

    /// Also if it is known at once, the task goes on after a look: as it would if it had taken longer.
    fn admit(&self, asker: Asker) -> bool {
        asker.has_waited && self.found.is_there()
    }

    fn can_ring(&self) -> bool {
        let bell = self.bell.take();
        let can_ring = bell.strong_count() > 0;
        self.bell.set(bell);
        can_ring
    }

    fn give_back(&self, _: RequestKind) {}
}
