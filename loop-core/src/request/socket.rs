//! Sockets as objects: what tasks want of a socket, and how far it is.
//!
//! The loop tries the operation of the first task that waits in each direction, and admits the task when the operation is done. So an
//! operation of several reads or writes is one request, and those of other tasks do not come between.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::rc::{Rc, Weak};

use super::kind::RequestKind;
use super::object::{Asker, Endpoint, Holder, Io, Object, Registration};
use super::object_name::ObjectKind;
use crate::id::SourceId;
use crate::world::{Attempt, Op};

/// What a task wants of a socket.
pub(crate) enum Wanted {
    Listen(SocketAddr, u32),
    Connect(SocketAddr),
    Accept,
    /// Some bytes, as many as the buffer has capacity for.
    Some(Vec<u8>),
    /// So many bytes, added to the buffer.
    Exact(Vec<u8>, usize),
    /// All up to a byte, which comes among this many.
    Until(u8, usize),
    /// To write all of it. So many bytes of it are written.
    Write(Vec<u8>, usize),
    Shutdown(Shutdown),
}

/// What it gets.
pub(crate) enum Got {
    Nothing,
    Accepted(Rc<Socket>, SocketAddr),
    Bytes(Vec<u8>),
}

impl Got {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Got::Bytes(bytes) => bytes,
            _ => Vec::new(),
        }
    }
}

enum State {
    Wants(Wanted),
    Done(io::Result<Got>),
    Taken,
}

/// A task's request to a socket. The task and the socket share it.
pub(crate) struct Operation(RefCell<State>);

impl Operation {
    pub(crate) fn new(wanted: Wanted) -> Rc<Operation> {
        Rc::new(Operation(RefCell::new(State::Wants(wanted))))
    }

    fn is_done(&self) -> bool {
        matches!(*self.0.borrow(), State::Done(_))
    }

    fn take(&self) -> Option<io::Result<Got>> {
        let mut state = self.0.borrow_mut();
        match *state {
            State::Done(_) => match std::mem::replace(&mut *state, State::Taken) {
                State::Done(result) => Some(result),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A socket: one that listens, or one of a connection.
pub(crate) struct Socket {
    registration: Registration,
    this: Weak<Socket>,
    /// There once it is open.
    source: Cell<Option<SourceId>>,
    local: Cell<Option<SocketAddr>>,
    peer: Cell<Option<SocketAddr>>,
    /// What is asked next.
    next: RefCell<Option<Rc<Operation>>>,
    /// What was asked by the tasks that wait, in the order in which they have asked.
    waiting: RefCell<Vec<(Holder, Rc<Operation>)>>,
    /// What has come and no task has got.
    input: RefCell<Vec<u8>>,
    /// Connections that no task has got.
    accepted: RefCell<VecDeque<(Rc<Socket>, SocketAddr)>>,
}

impl Socket {
    fn new(kind: ObjectKind) -> Rc<Socket> {
        Rc::new_cyclic(|this| Socket {
            registration: Registration::new(kind),
            this: Weak::clone(this),
            source: Cell::new(None),
            local: Cell::new(None),
            peer: Cell::new(None),
            next: RefCell::default(),
            waiting: RefCell::default(),
            input: RefCell::default(),
            accepted: RefCell::default(),
        })
    }

    /// One that is going to listen.
    pub(crate) fn listener() -> Rc<Socket> {
        Socket::new(ObjectKind::Listener)
    }

    /// One that is going to connect to an address.
    pub(crate) fn connecting(peer: SocketAddr) -> Rc<Socket> {
        let socket = Socket::new(ObjectKind::Connecting);
        socket.peer.set(Some(peer));
        socket
    }

    pub(crate) fn local(&self) -> Option<SocketAddr> {
        self.local.get()
    }

    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer.get()
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
        let mut state = operation.0.borrow_mut();
        let State::Wants(wanted) = &mut *state else {
            return true;
        };
        let Some(result) = self.go_on(wanted, io) else {
            return false;
        };
        let result = result.map_err(|error| self.explained(wanted, error));
        *state = State::Done(result);
        true
    }

    /// What it gets, once that is there.
    fn go_on(&self, wanted: &mut Wanted, io: &mut dyn Io) -> Option<io::Result<Got>> {
        match wanted {
            Wanted::Listen(address, backlog) => Some(self.listen(*address, *backlog, io)),
            Wanted::Connect(address) => self.connect(*address, io),
            Wanted::Accept => self.accept(io),
            Wanted::Some(buffer) => self.read_some(buffer, io),
            Wanted::Exact(buffer, count) => self.read_exact(buffer, *count, io),
            Wanted::Until(delimiter, limit) => self.read_until(*delimiter, *limit, io),
            Wanted::Write(bytes, written) => self.write(bytes, written, io),
            Wanted::Shutdown(how) => {
                let attempt = io.attempt(Op::Shutdown(self.open_source(), *how));
                done(attempt).map(|result| result.map(|_| Got::Nothing))
            }
        }
    }

    fn open_source(&self) -> SourceId {
        self.source.get().expect("a socket that is used is open")
    }

    fn listen(&self, address: SocketAddr, backlog: u32, io: &mut dyn Io) -> io::Result<Got> {
        let source = io.reserve();
        match io.attempt(Op::Listen(source, address, backlog)) {
            Attempt::Done(Ok(_)) => {
                io.adopt(source, self);
                Ok(Got::Nothing)
            }
            Attempt::Done(Err(error)) => {
                io.abandon(source);
                Err(error)
            }
            Attempt::WouldBlock => {
                io.abandon(source);
                Err(io::ErrorKind::WouldBlock.into())
            }
        }
    }

    fn connect(&self, address: SocketAddr, io: &mut dyn Io) -> Option<io::Result<Got>> {
        if self.source.get().is_none() {
            // It is open from the first attempt on, so that dropping it closes it.
            let source = io.reserve();
            io.adopt(source, self);
        }
        let result = done(io.attempt(Op::Connect(self.open_source(), address)))?;
        self.registration.set_kind(ObjectKind::Connection);
        Some(result.map(|_| {
            self.local.set(io.local_addr(self.open_source()));
            Got::Nothing
        }))
    }

    fn accept(&self, io: &mut dyn Io) -> Option<io::Result<Got>> {
        if let Some((socket, peer)) = self.accepted.borrow_mut().pop_front() {
            return Some(Ok(Got::Accepted(socket, peer)));
        }
        let source = io.reserve();
        let mut peer = None;
        let attempt = io.attempt(Op::Accept(self.open_source(), source, &mut peer));
        match (attempt, peer) {
            (Attempt::Done(Ok(_)), Some(peer)) => {
                let socket = Socket::new(ObjectKind::Connection);
                socket.peer.set(Some(peer));
                io.adopt(source, &*socket);
                Some(Ok(Got::Accepted(socket, peer)))
            }
            (attempt, _) => {
                io.abandon(source);
                Some(done(attempt)?.map(|_| Got::Nothing))
            }
        }
    }

    fn read_some(&self, buffer: &mut Vec<u8>, io: &mut dyn Io) -> Option<io::Result<Got>> {
        if buffer.capacity() == buffer.len() {
            buffer.reserve(ROOM);
        }
        let mut input = self.input.borrow_mut();
        if !input.is_empty() {
            let room = buffer.capacity() - buffer.len();
            let some = input.len().min(room);
            buffer.extend(input.drain(..some));
            return Some(Ok(Got::Bytes(std::mem::take(buffer))));
        }
        let result = done(io.attempt(Op::Read(self.open_source(), buffer)))?;
        Some(result.map(|_| Got::Bytes(std::mem::take(buffer))))
    }

    /// Reads into the input. `None` if it would block.
    fn fill(&self, input: &mut Vec<u8>, room: usize, io: &mut dyn Io) -> Option<io::Result<usize>> {
        input.reserve(room);
        done(io.attempt(Op::Read(self.open_source(), input)))
    }

    fn read_exact(
        &self,
        buffer: &mut Vec<u8>,
        count: usize,
        io: &mut dyn Io,
    ) -> Option<io::Result<Got>> {
        let mut input = self.input.borrow_mut();
        while input.len() < count {
            let missing = count - input.len();
            match self.fill(&mut input, missing.max(ROOM), io)? {
                Ok(0) => {
                    let message =
                        format!("the peer has closed after {} of {count} bytes", input.len());
                    return Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, message)));
                }
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        buffer.extend(input.drain(..count));
        Some(Ok(Got::Bytes(std::mem::take(buffer))))
    }

    fn read_until(&self, delimiter: u8, limit: usize, io: &mut dyn Io) -> Option<io::Result<Got>> {
        let mut input = self.input.borrow_mut();
        let mut searched = 0;
        loop {
            let found = memchr::memchr(delimiter, &input[searched..]);
            let end = found.map(|at| searched + at + 1);
            if end.unwrap_or(input.len()) > limit {
                let message = format!("there is no end within {limit} bytes");
                return Some(Err(io::Error::new(io::ErrorKind::InvalidData, message)));
            }
            if let Some(end) = end {
                return Some(Ok(Got::Bytes(input.drain(..end).collect())));
            }
            searched = input.len();
            match self.fill(&mut input, ROOM, io)? {
                Ok(0) => return Some(Ok(Got::Bytes(std::mem::take(&mut *input)))),
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn write(
        &self,
        bytes: &mut Vec<u8>,
        written: &mut usize,
        io: &mut dyn Io,
    ) -> Option<io::Result<Got>> {
        while *written < bytes.len() {
            match done(io.attempt(Op::Write(self.open_source(), &bytes[*written..])))? {
                Ok(0) => return Some(Err(io::ErrorKind::WriteZero.into())),
                Ok(more) => *written += more,
                Err(error) => return Some(Err(error)),
            }
        }
        bytes.clear();
        Some(Ok(Got::Bytes(std::mem::take(bytes))))
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
            _ => {}
        }
    }

    /// The error, with what was done and where.
    fn explained(&self, wanted: &Wanted, error: io::Error) -> io::Error {
        let (what, address) = match wanted {
            Wanted::Listen(address, _) => ("listen at", Some(*address)),
            Wanted::Connect(address) => ("connect to", Some(*address)),
            Wanted::Accept => ("accept at", self.local.get()),
            Wanted::Some(_) | Wanted::Exact(..) | Wanted::Until(..) => {
                ("read from", self.peer.get())
            }
            Wanted::Write(..) => ("write to", self.peer.get()),
            Wanted::Shutdown(_) => ("shut down", self.peer.get()),
        };
        io::Error::new(
            error.kind(),
            SocketError {
                what,
                address,
                error,
            },
        )
    }
}

/// An error of the operating system, and at what it has come.
#[derive(Debug)]
struct SocketError {
    what: &'static str,
    address: Option<SocketAddr>,
    error: io::Error,
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.what)?;
        if let Some(address) = self.address {
            write!(f, " {address}")?;
        }
        write!(f, ": {}", self.error)
    }
}

impl std::error::Error for SocketError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
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

    fn opened(&self, source: SourceId, local: Option<SocketAddr>) {
        self.source.set(Some(source));
        self.local.set(local);
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

    fn local_addr(&self, _: SourceId) -> Option<SocketAddr> {
        None
    }

    fn adopt(&mut self, _: SourceId, _: &dyn Endpoint) {}
}

/// How many bytes are read at least, if there are so many.
const ROOM: usize = 8 * 1024;

fn done(attempt: Attempt) -> Option<io::Result<usize>> {
    match attempt {
        Attempt::Done(result) => Some(result),
        Attempt::WouldBlock => None,
    }
}
