//! Sockets as objects: what tasks want of a socket, and how far it is.
//!
//! The loop tries the operation of the first task that waits in each direction, and admits the task when the operation is done. So an
//! operation of several reads or writes is one request, and those of other tasks do not come between.

mod error;
mod operation;
mod tries;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::{Rc, Weak};

use super::kind::RequestKind;
use super::object::{Asker, Endpoint, Holder, Io, Object, Registration};
use super::object_name::ObjectKind;
use crate::id::SourceId;
use crate::world::{Address, Attempt, Op};

use self::error::explained;
pub(crate) use self::operation::Wanted;

pub(crate) type Got = operation::Got<Socket>;
pub(crate) type Operation = operation::Operation<Socket>;

/// A socket: one that listens, one of a connection, or one for datagrams.
pub(crate) struct Socket {
    registration: Registration,
    this: Weak<Socket>,
    /// There once it is open.
    source: Cell<Option<SourceId>>,
    local: RefCell<Option<Address>>,
    peer: RefCell<Option<Address>>,
    /// What is asked next.
    next: RefCell<Option<Rc<Operation>>>,
    /// What was asked by the tasks that wait, in the order in which they have asked.
    waiting: RefCell<Vec<(Holder, Rc<Operation>)>>,
    /// What has come and no task has got.
    input: RefCell<Vec<u8>>,
    /// Connections that no task has got.
    accepted: RefCell<VecDeque<(Rc<Socket>, Address)>>,
    /// Datagrams that no task has got.
    datagrams: RefCell<VecDeque<(Vec<u8>, Address)>>,
}

impl Socket {
    fn new(kind: ObjectKind) -> Rc<Socket> {
        Rc::new_cyclic(|this| Socket {
            registration: Registration::new(kind),
            this: Weak::clone(this),
            source: Cell::new(None),
            local: RefCell::default(),
            peer: RefCell::default(),
            next: RefCell::default(),
            waiting: RefCell::default(),
            input: RefCell::default(),
            accepted: RefCell::default(),
            datagrams: RefCell::default(),
        })
    }

    /// One that is going to listen.
    pub(crate) fn listener() -> Rc<Socket> {
        Socket::new(ObjectKind::Listener)
    }

    /// One that is going to connect to an address.
    pub(crate) fn connecting(peer: Address) -> Rc<Socket> {
        let socket = Socket::new(ObjectKind::Connecting);
        *socket.peer.borrow_mut() = Some(peer);
        socket
    }

    /// One that is going to be for datagrams.
    pub(crate) fn datagrams() -> Rc<Socket> {
        Socket::new(ObjectKind::Datagrams)
    }

    pub(crate) fn local(&self) -> Option<Address> {
        self.local.borrow().clone()
    }

    pub(crate) fn peer(&self) -> Option<Address> {
        self.peer.borrow().clone()
    }

    /// Nobody is going to write any more: the peer reads the end.
    pub(crate) fn end_writing(&self) {
        if let Some(source) = self.source.get() {
            self.registration.end(source);
        }
    }

    /// Says what the request that is about to be made wants.
    pub(crate) fn ask(&self, operation: &Rc<Operation>) {
        *self.next.borrow_mut() = Some(Rc::clone(operation));
    }

    fn operation_of(&self, task: Holder) -> Option<Rc<Operation>> {
        let waiting = self.waiting.borrow();
        let found = waiting.iter().find(|(holder, _)| *holder == task);
        found.map(|(_, operation)| Rc::clone(operation))
    }

    fn attempt(&self, operation: &Operation, io: &mut dyn Io) -> bool {
        operation.attempt(|wanted| {
            let result = self.go_on(wanted, io)?;
            Some(result.map_err(|error| explained(wanted, error, self.local(), self.peer())))
        })
    }

    /// What an operation has got. The task that has asked goes on.
    pub(crate) fn result(&self, operation: &Operation) -> io::Result<Got> {
        operation
            .take()
            .expect("a task goes on when its operation is done")
    }

    /// A task that has asked is cancelled: what it has got is the next one's.
    pub(crate) fn give_back(&self, operation: &Operation) {
        match operation.take() {
            Some(Ok(Got::Bytes(bytes))) if !bytes.is_empty() => {
                self.input.borrow_mut().splice(..0, bytes);
                self.registration.changed();
            }
            Some(Ok(Got::Accepted(socket, peer))) => {
                self.accepted.borrow_mut().push_front((socket, peer));
                self.registration.changed();
            }
            Some(Ok(Got::Datagram(bytes, sender))) => {
                self.datagrams.borrow_mut().push_front((bytes, sender));
                self.registration.changed();
            }
            _ => {}
        }
    }
}

impl Object for Socket {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        if asker.has_waited {
            let operation = self.operation_of(asker.task);
            // What was given back is there without the world.
            let is_done = operation.is_some_and(|operation| self.attempt(&operation, &mut Nothing));
            if is_done {
                self.forget(asker.task);
            }
            return is_done;
        }
        let next = self.next.take().expect("a request says what it wants");
        let is_done = next.is_done();
        if !is_done {
            let mut waiting = self.waiting.borrow_mut();
            // A task that was cancelled no longer shares its operation.
            waiting.retain(|(_, operation)| Rc::strong_count(operation) > 1);
            waiting.push((asker.task, next));
        }
        is_done
    }

    // The operation gives back what it has got.
    fn give_back(&self, _: RequestKind) {}

    fn endpoint(&self) -> Option<&dyn Endpoint> {
        Some(self)
    }
}

impl Socket {
    fn forget(&self, task: Holder) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.retain(|(holder, _)| *holder != task);
    }
}

impl Endpoint for Socket {
    fn attempt_next(&self, io: &mut dyn Io) -> bool {
        let next = self.next.borrow().clone();
        next.is_some_and(|operation| self.attempt(&operation, io))
    }

    fn finish_next(&self) {
        self.next.take();
    }

    fn attempt_of(&self, task: Holder, io: &mut dyn Io) -> bool {
        let operation = self.operation_of(task);
        operation.is_some_and(|operation| self.attempt(&operation, io))
    }

    fn source(&self) -> Option<SourceId> {
        self.source.get()
    }

    fn opened(&self, source: SourceId, local: Option<Address>) {
        self.source.set(Some(source));
        *self.local.borrow_mut() = local;
    }

    fn to_weak(&self) -> Weak<dyn Object> {
        self.this.clone()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(source) = self.source.get() {
            self.registration.close(source);
        }
    }
}

/// Nothing comes.
struct Nothing;

impl Io for Nothing {
    fn attempt(&mut self, _: Op<'_>) -> Attempt {
        Attempt::WouldBlock
    }

    fn reserve(&mut self) -> SourceId {
        SourceId::new(u32::MAX, 0)
    }

    fn abandon(&mut self, _: SourceId) {}

    fn local_addr(&self, _: SourceId) -> Option<Address> {
        None
    }

    fn adopt(&mut self, _: SourceId, _: &dyn Endpoint) {}
}
