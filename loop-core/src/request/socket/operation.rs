//! What a task wants of a socket, and what it gets.

use std::cell::Cell;
use std::io;
use std::mem;
use std::net::Shutdown;
use std::rc::Rc;

use crate::request::object::Holder;
use crate::world::{Address, SocketOption, SocketOptions};

/// What a task wants of a socket.
pub(crate) enum Wanted {
    Listen(Box<(Address, SocketOptions)>),
    /// To be a socket for datagrams.
    Bind(Box<(Address, SocketOptions)>),
    Connect(Box<(Address, SocketOptions)>),
    Accept,
    /// Some bytes, as many as the buffer has capacity for.
    Some(Vec<u8>),
    /// So many bytes.
    Exact(usize),
    /// All up to a byte, which comes among this many.
    Until(u8, usize),
    /// To write some of it.
    WriteSome(Vec<u8>),
    /// To write all of it. So many bytes of it are written.
    Write(Vec<u8>, usize),
    /// A datagram.
    Receive(Vec<u8>),
    /// To send a datagram.
    Send(Vec<u8>, Box<Address>),
    Shutdown(Shutdown),
    Set(SocketOption),
}

/// What it gets. `S` is a socket.
pub(crate) enum Got<S> {
    Nothing,
    Accepted(Box<(Rc<S>, Address)>),
    Bytes(Vec<u8>),
    /// So many bytes of the buffer were written.
    Wrote(usize, Vec<u8>),
    Datagram(Box<(Vec<u8>, Address)>),
}

impl<S> Got<S> {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Got::Bytes(bytes) => bytes,
            _ => Vec::new(),
        }
    }
}

/// How far a request is.
enum State<S> {
    Wants(Wanted),
    Done(io::Result<Got<S>>),
    /// There is no request.
    Vacant,
}

struct Slot<S> {
    /// The task that waits for it.
    holder: Option<Holder>,
    state: State<S>,
    /// Nobody takes what it gets.
    is_detached: bool,
}

/// The requests of tasks to a socket. Each is known by a number, as long as its task has not gone on.
pub(super) struct Operations<S> {
    slots: Vec<Slot<S>>,
    vacant: Vec<u32>,
    /// The one that is about to be made.
    next: Option<u32>,
    /// That of a task was here when one was last looked for. Those of the tasks that come after it are mostly behind it.
    found: Cell<usize>,
}

impl<S> Default for Operations<S> {
    fn default() -> Operations<S> {
        Operations {
            slots: Vec::new(),
            vacant: Vec::new(),
            next: None,
            found: Cell::new(0),
        }
    }
}

impl<S> Operations<S> {
    /// The request that is about to be made.
    pub(super) fn ask(&mut self, wanted: Wanted, is_detached: bool) -> u32 {
        let slot = Slot {
            holder: None,
            state: State::Wants(wanted),
            is_detached,
        };
        let number = match self.vacant.pop() {
            Some(number) => {
                self.slots[number as usize] = slot;
                number
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        self.next = Some(number);
        number
    }

    /// The request that is about to be made.
    pub(super) fn next(&self) -> Option<u32> {
        self.next
    }

    /// It is made, by a task that waits if it is not done.
    pub(super) fn made(&mut self, task: Option<Holder>) -> bool {
        let number = self.next.take().expect("a request says what it wants");
        let is_done = self.is_done(number);
        let slot = &mut self.slots[number as usize];
        if !is_done {
            slot.holder = task;
        } else if slot.is_detached {
            self.vacate(number);
        }
        is_done
    }

    /// The request of a task that waits.
    pub(super) fn of(&self, task: Holder) -> Option<u32> {
        let (before, behind) = self.slots.split_at(self.found.get().min(self.slots.len()));
        let is_its = |slot: &Slot<S>| slot.holder == Some(task);
        let found = behind.iter().position(is_its);
        let found = found.map(|number| before.len() + number);
        let found = found.or_else(|| before.iter().position(is_its))?;
        self.found.set(found);
        Some(found as u32)
    }

    /// The task no longer waits, as its request is done.
    pub(super) fn waits_no_more(&mut self, number: u32) {
        let slot = &mut self.slots[number as usize];
        slot.holder = None;
        if slot.is_detached {
            self.vacate(number);
        }
    }

    fn is_done(&self, number: u32) -> bool {
        matches!(self.slots[number as usize].state, State::Done(_))
    }

    /// Tries it, unless it is done. True if it is done then.
    pub(super) fn attempt(
        &mut self,
        number: u32,
        go_on: impl FnOnce(&mut Wanted) -> Option<io::Result<Got<S>>>,
    ) -> bool {
        let state = &mut self.slots[number as usize].state;
        let State::Wants(wanted) = state else {
            return true;
        };
        let Some(result) = go_on(wanted) else {
            return false;
        };
        *state = State::Done(result);
        true
    }

    /// What it has got, if it is done. There is no request any more.
    pub(super) fn take(&mut self, number: u32) -> Option<io::Result<Got<S>>> {
        if self.next == Some(number) {
            self.next = None;
        }
        match self.vacate(number) {
            State::Done(result) => Some(result),
            _ => None,
        }
    }

    fn vacate(&mut self, number: u32) -> State<S> {
        let slot = &mut self.slots[number as usize];
        slot.holder = None;
        self.vacant.push(number);
        mem::replace(&mut slot.state, State::Vacant)
    }
}
