//! Trying an operation.

use std::io;
use std::mem;

use super::input::Input;
use super::operation::Wanted;
use super::{Got, Socket};
use crate::id::SourceId;
use crate::request::object::Io;
use crate::request::object_name::ObjectKind;
use crate::world::{Address, Attempt, Op, SocketOptions};

/// How many bytes are read at least, if there are so many.
const ROOM: usize = 8 * 1024;

/// How many bytes there is room for at most before they have come: a peer that says how long its message is may lie.
const MOST: usize = 1024 * 1024;

/// No datagram is longer.
const LONGEST: usize = 64 * 1024;

impl Socket {
    /// What it gets, once that is there.
    pub(super) fn go_on(&self, wanted: &mut Wanted, io: &mut dyn Io) -> Option<io::Result<Got>> {
        match wanted {
            Wanted::Listen(how) => {
                let (address, options) = &**how;
                Some(self.open(io, |source| Op::Listen(source, address, options)))
            }
            Wanted::Bind(how) => {
                let (address, options) = &**how;
                Some(self.open(io, |source| Op::Bind(source, address, options)))
            }
            Wanted::Connect(how) => self.connect(&how.0, &how.1, io),
            Wanted::Accept => self.accept(io),
            Wanted::Some(buffer) => self.read_some(buffer, io),
            Wanted::Exact(count) => self.read_exact(*count, io),
            Wanted::Until(delimiter, limit) => self.read_until(*delimiter, *limit, io),
            Wanted::WriteSome(bytes) => {
                let wrote = done(io.attempt(Op::Write(self.open_source(), bytes)))?;
                Some(wrote.map(|wrote| Got::Wrote(wrote, mem::take(bytes))))
            }
            Wanted::Write(bytes, written) => self.write(bytes, written, io),
            Wanted::Receive(buffer) => self.receive(buffer, io),
            Wanted::Send(bytes, address) => {
                let sent = done(io.attempt(Op::SendTo(self.open_source(), bytes, address)))?;
                bytes.clear();
                Some(sent.map(|_| Got::Bytes(mem::take(bytes))))
            }
            Wanted::Shutdown(how) => nothing(io.attempt(Op::Shutdown(self.open_source(), *how))),
            Wanted::Set(option) => nothing(io.attempt(Op::Set(self.open_source(), *option))),
        }
    }

    fn open_source(&self) -> SourceId {
        self.source.get().expect("a socket that is used is open")
    }

    /// Makes the socket, by an operation that never blocks.
    fn open<'a>(&self, io: &mut dyn Io, op: impl FnOnce(SourceId) -> Op<'a>) -> io::Result<Got> {
        let source = io.reserve();
        let error = match io.attempt(op(source)) {
            Attempt::Done(Ok(_)) => {
                io.adopt(source, self);
                return Ok(Got::Nothing);
            }
            Attempt::Done(Err(error)) => error,
            Attempt::WouldBlock => io::ErrorKind::WouldBlock.into(),
        };
        io.abandon(source);
        Err(error)
    }

    fn connect(
        &self,
        address: &Address,
        options: &SocketOptions,
        io: &mut dyn Io,
    ) -> Option<io::Result<Got>> {
        if self.source.get().is_none() {
            // It is open from the first attempt on, so that dropping it closes it.
            let source = io.reserve();
            io.adopt(source, self);
        }
        let result = done(io.attempt(Op::Connect(self.open_source(), address, options)))?;
        self.registration.set_kind(ObjectKind::Connection);
        Some(result.map(|_| {
            *self.local.borrow_mut() = io.local_addr(self.open_source());
            Got::Nothing
        }))
    }

    fn accept(&self, io: &mut dyn Io) -> Option<io::Result<Got>> {
        if let Some(accepted) = self.accepted.borrow_mut().pop_front() {
            return Some(Ok(Got::Accepted(accepted)));
        }
        let source = io.reserve();
        let mut peer = None;
        let attempt = io.attempt(Op::Accept(self.open_source(), source, &mut peer));
        match (attempt, peer) {
            (Attempt::Done(Ok(_)), Some(peer)) => {
                let socket = Socket::new(ObjectKind::Connection);
                *socket.peer.borrow_mut() = Some(peer.clone());
                io.adopt(source, &*socket);
                Some(Ok(Got::Accepted(Box::new((socket, peer)))))
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
            input.take_into(some, buffer);
            return Some(Ok(Got::Bytes(mem::take(buffer))));
        }
        let result = done(io.attempt(Op::Read(self.open_source(), buffer)))?;
        Some(result.map(|_| Got::Bytes(mem::take(buffer))))
    }

    /// Reads into the input. `None` if it would block.
    fn fill(&self, input: &mut Input, room: usize, io: &mut dyn Io) -> Option<io::Result<usize>> {
        let buffer = input.end(room);
        done(io.attempt(Op::Read(self.open_source(), buffer)))
    }

    fn read_exact(&self, count: usize, io: &mut dyn Io) -> Option<io::Result<Got>> {
        let mut input = self.input.borrow_mut();
        while input.len() < count {
            let missing = count - input.len();
            match self.fill(&mut input, missing.clamp(ROOM, MOST), io)? {
                Ok(0) => {
                    let message =
                        format!("the peer has closed after {} of {count} bytes", input.len());
                    return Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, message)));
                }
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(Got::Bytes(input.take(count))))
    }

    fn read_until(&self, delimiter: u8, limit: usize, io: &mut dyn Io) -> Option<io::Result<Got>> {
        let mut input = self.input.borrow_mut();
        loop {
            let end = input.up_to(delimiter);
            if end.unwrap_or(input.len()) > limit {
                let message = format!("there is no end within {limit} bytes");
                return Some(Err(io::Error::new(io::ErrorKind::InvalidData, message)));
            }
            let end = match end {
                Some(end) => end,
                None => match self.fill(&mut input, ROOM, io)? {
                    Ok(0) => input.len(),
                    Ok(_) => continue,
                    Err(error) => return Some(Err(error)),
                },
            };
            return Some(Ok(Got::Bytes(input.take(end))));
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
        Some(Ok(Got::Bytes(mem::take(bytes))))
    }

    fn receive(&self, buffer: &mut Vec<u8>, io: &mut dyn Io) -> Option<io::Result<Got>> {
        if let Some(mut datagram) = self.datagrams.borrow_mut().pop_front() {
            buffer.append(&mut datagram.0);
            datagram.0 = mem::take(buffer);
            return Some(Ok(Got::Datagram(datagram)));
        }
        if buffer.capacity() == buffer.len() {
            buffer.reserve(LONGEST);
        }
        let mut sender = None;
        let received = io.attempt(Op::ReceiveFrom(self.open_source(), buffer, &mut sender));
        Some(done(received)?.map(|_| {
            let sender = sender.unwrap_or(Address::Unnamed);
            Got::Datagram(Box::new((mem::take(buffer), sender)))
        }))
    }
}

fn done(attempt: Attempt) -> Option<io::Result<usize>> {
    match attempt {
        Attempt::Done(result) => Some(result),
        Attempt::WouldBlock => None,
    }
}

/// The result of an operation that never blocks.
fn nothing(attempt: Attempt) -> Option<io::Result<Got>> {
    done(attempt).map(|result| result.map(|_| Got::Nothing))
}
