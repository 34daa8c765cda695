//! Sockets as objects: what tasks want of a socket, and how far it is.
//!
//! The loop tries the operation of the first task that waits in each direction, and admits the task when the operation is done. So an
//! operation of several reads or writes is one request, and those of other tasks do not come between.

mod error;
mod input;
mod operation;
mod tries;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::rc::{Rc, Weak};

use super::kind::RequestKind;
use super::object::{Asker, Endpoint, Holder, Io, Object, Registration};
use super::object_name::ObjectKind;
use crate::id::SourceId;
use crate::world::{Address, Attempt, Op};

use self::error::{explained, explained_of_pipe};
use self::input::Input;
use self::operation::Operations;
pub(crate) use self::operation::Wanted;

pub(crate) type Got = operation::Got<Socket>;

/// What has come and no task has got.
type Kept<T> = RefCell<VecDeque<Box<T>>>;

/// A socket: one that listens, one of a connection, or one for datagrams.
pub(crate) struct Socket {
    registration: Registration,
    this: Weak<Socket>,
    /// There once it is open.
    source: Cell<Option<SourceId>>,
    local: RefCell<Option<Address>>,
    peer: RefCell<Option<Address>>,
    /// What it is in reports and errors, if it has no address.
    label: Option<String>,
    operations: RefCell<Operations<Socket>>,
    input: RefCell<Input>,
    /// Connections that no task has got.
    accepted: Kept<(Rc<Socket>, Address)>,
    /// Datagrams that no task has got.
    datagrams: Kept<(Vec<u8>, Address)>,
}

impl Socket {
    fn new(kind: ObjectKind) -> Rc<Socket> {
        Socket::labelled(kind, None)
    }

    fn labelled(kind: ObjectKind, label: Option<String>) -> Rc<Socket> {
        Rc::new_cyclic(|this| Socket {
            registration: Registration::new(kind),
            this: Weak::clone(this),
            source: Cell::new(None),
            local: RefCell::default(),
            peer: RefCell::default(),
            label,
            operations: RefCell::default(),
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

    /// Our end of a child's standard stream, which the text says.
    pub(crate) fn pipe(stream: String) -> Rc<Socket> {
        Socket::labelled(ObjectKind::Pipe, Some(stream))
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

    /// What the request wants that is about to be made. Gives the number of the request.
    pub(crate) fn ask(&self, wanted: Wanted) -> u32 {
        self.operations.borrow_mut().ask(wanted, false)
    }

    /// As [`ask`](Socket::ask), but nobody takes what the request gets.
    pub(crate) fn ask_detached(&self, wanted: Wanted) {
        self.operations.borrow_mut().ask(wanted, true);
    }

    fn attempt(&self, number: u32, io: &mut dyn Io) -> bool {
        self.operations.borrow_mut().attempt(number, |wanted| {
            let result = self.go_on(wanted, io)?;
            Some(result.map_err(|error| self.explained(wanted, error)))
        })
    }

    fn explained(&self, wanted: &Wanted, error: io::Error) -> io::Error {
        match &self.label {
            Some(label) => explained_of_pipe(wanted, error, label),
            None => explained(wanted, error, self.local(), self.peer()),
        }
    }

    /// What has come is not what was asked for.
    pub(crate) fn invalid(&self, why: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
        let error = io::Error::new(io::ErrorKind::InvalidData, why);
        self.explained(&Wanted::Some(Vec::new()), error)
    }

    /// What a request has got. The task that has asked goes on.
    pub(crate) fn result(&self, number: u32) -> io::Result<Got> {
        let result = self.operations.borrow_mut().take(number);
        result.expect("a task goes on when its request is done")
    }

    /// A task that has asked is cancelled: what it has got is the next one's.
    pub(crate) fn give_back(&self, number: u32) {
        let got = self.operations.borrow_mut().take(number);
        match got {
            Some(Ok(Got::Bytes(bytes))) if !bytes.is_empty() => {
                self.input.borrow_mut().give_back(bytes);
            }
            Some(Ok(Got::Accepted(accepted))) => {
                self.accepted.borrow_mut().push_front(accepted);
            }
            Some(Ok(Got::Datagram(datagram))) => {
                self.datagrams.borrow_mut().push_front(datagram);
            }
            _ => return,
        }
        self.registration.changed();
    }
}

impl Object for Socket {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        if !asker.has_waited {
            return self.operations.borrow_mut().made(Some(asker.task));
        }
        let Some(number) = self.operations.borrow().of(asker.task) else {
            return false;
        };
        // What was given back is there without the world.
        let is_done = self.attempt(number, &mut Nothing);
        if is_done {
            self.operations.borrow_mut().waits_no_more(number);
        }
        is_done
    }

    // The operation gives back what it has got.
    fn give_back(&self, _: RequestKind) {}

    fn endpoint(&self) -> Option<&dyn Endpoint> {
        Some(self)
    }

    fn label(&self) -> Option<String> {
        self.label.as_ref().map(|label| format!("({label})"))
    }
}

impl Endpoint for Socket {
    fn attempt_next(&self, io: &mut dyn Io) -> bool {
        let next = self.operations.borrow().next();
        next.is_some_and(|number| self.attempt(number, io))
    }

    fn finish_next(&self) {
        self.operations.borrow_mut().made(None);
    }

    fn attempt_of(&self, task: Holder, io: &mut dyn Io) -> bool {
        let number = self.operations.borrow().of(task);
        number.is_some_and(|number| self.attempt(number, io))
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
