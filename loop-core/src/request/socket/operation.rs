//! What a task wants of a socket, and what it gets.

use std::cell::RefCell;
use std::io;
use std::net::Shutdown;
use std::rc::Rc;

use crate::world::{Address, SocketOption, SocketOptions};

/// What a task wants of a socket.
pub(crate) enum Wanted {
    Listen(Address, SocketOptions),
    /// To be a socket for datagrams.
    Bind(Address, SocketOptions),
    Connect(Address, SocketOptions),
    Accept,
    /// Some bytes, as many as the buffer has capacity for.
    Some(Vec<u8>),
    /// So many bytes, added to the buffer.
    Exact(Vec<u8>, usize),
    /// All up to a byte, which comes among this many.
    Until(u8, usize),
    /// To write all of it. So many bytes of it are written.
    Write(Vec<u8>, usize),
    /// A datagram.
    Receive(Vec<u8>),
    /// To send a datagram.
    Send(Vec<u8>, Address),
    Shutdown(Shutdown),
    Set(SocketOption),
}

/// What it gets. `S` is a socket.
pub(crate) enum Got<S> {
    Nothing,
    Accepted(Rc<S>, Address),
    Bytes(Vec<u8>),
    Datagram(Vec<u8>, Address),
}

impl<S> Got<S> {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Got::Bytes(bytes) => bytes,
            _ => Vec::new(),
        }
    }
}

enum State<S> {
    Wants(Wanted),
    Done(io::Result<Got<S>>),
    Taken,
}

/// A task's request to a socket. The task and the socket share it.
pub(crate) struct Operation<S>(RefCell<State<S>>);

impl<S> Operation<S> {
    pub(crate) fn new(wanted: Wanted) -> Rc<Operation<S>> {
        Rc::new(Operation(RefCell::new(State::Wants(wanted))))
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(*self.0.borrow(), State::Done(_))
    }

    /// Tries it, unless it is done. True if it is done then.
    pub(super) fn attempt(
        &self,
        go_on: impl FnOnce(&mut Wanted) -> Option<io::Result<Got<S>>>,
    ) -> bool {
        let mut state = self.0.borrow_mut();
        let State::Wants(wanted) = &mut *state else {
            return true;
        };
        let Some(result) = go_on(wanted) else {
            return false;
        };
        *state = State::Done(result);
        true
    }

    /// What it has got, if it is done and nobody has taken that.
    pub(super) fn take(&self) -> Option<io::Result<Got<S>>> {
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
