//! Sockets: registered once, edge-triggered. What is known to be not ready is not tried.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpListener as StdListener};
use std::os::fd::BorrowedFd;
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SendFlags, SocketFlags, SocketType, bind, listen, send, socket_with, sockopt,
};

use super::unsupported;
use crate::id::SourceId;
use crate::world::{Attempt, Op};

/// How many events one look takes in.
const EVENTS: usize = 1024;

#[derive(Debug)]
enum Socket {
    Listener(TcpListener),
    Connection(TcpStream),
}

#[derive(Debug)]
struct Opened {
    id: SourceId,
    socket: Socket,
    /// The last attempt was not refused, or an event has come since.
    readable: bool,
    writable: bool,
    /// An attempt was refused, and no event has come since.
    is_awaited: bool,
}

/// The sockets of a world.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    /// There once there is a socket.
    poll: Option<(Poll, Events)>,
    opened: Vec<Option<Opened>>,
    awaited: usize,
}

impl Sockets {
    /// The descriptor that is readable when an event has come.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        use std::os::fd::AsFd;
        self.poll.as_ref().map(|(poll, _)| poll.registry().as_fd())
    }

    /// Whether a task waits for a socket.
    pub(super) fn is_awaited(&self) -> bool {
        self.awaited > 0
    }

    fn poll(&mut self) -> io::Result<&mut Poll> {
        if self.poll.is_none() {
            self.poll = Some((Poll::new()?, Events::with_capacity(EVENTS)));
        }
        Ok(&mut self.poll.as_mut().expect("it was made").0)
    }

    fn get(&mut self, source: SourceId) -> Option<&mut Opened> {
        let opened = self.opened.get_mut(source.number())?.as_mut();
        opened.filter(|opened| opened.id == source)
    }

    /// Takes in what has come, and names the sockets that tasks wait for.
    pub(super) fn take_events(&mut self, sources: &mut Vec<SourceId>) -> io::Result<()> {
        let Some((poll, events)) = &mut self.poll else {
            return Ok(());
        };
        match poll.poll(events, Some(Duration::ZERO)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        let before = sources.len();
        for event in events.iter() {
            let Some(opened) = self
                .opened
                .get_mut(event.token().0)
                .and_then(Option::as_mut)
            else {
                continue;
            };
            opened.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
            opened.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
            if std::mem::take(&mut opened.is_awaited) {
                self.awaited -= 1;
                sources.push(opened.id);
            }
        }
        sources[before..].sort_unstable();
        Ok(())
    }

    /// No task waits for it any more.
    pub(super) fn unwatch(&mut self, source: SourceId) {
        if let Some(opened) = self.get(source)
            && std::mem::take(&mut opened.is_awaited)
        {
            self.awaited -= 1;
        }
    }

    pub(super) fn close(&mut self, source: SourceId) {
        self.unwatch(source);
        if self.get(source).is_some() {
            self.opened[source.number()] = None;
        }
    }

    pub(super) fn local_addr(&self, source: SourceId) -> io::Result<SocketAddr> {
        let opened = self.opened.get(source.number()).and_then(Option::as_ref);
        match opened
            .filter(|opened| opened.id == source)
            .map(|opened| &opened.socket)
        {
            Some(Socket::Listener(listener)) => listener.local_addr(),
            Some(Socket::Connection(stream)) => stream.local_addr(),
            None => Err(unsupported(source)),
        }
    }

    pub(super) fn attempt(&mut self, op: Op<'_>) -> Attempt {
        let source = op.source();
        let tried = match op {
            Op::Listen(source, address, backlog) => self.listen(source, address, backlog).map(Some),
            Op::Connect(source, address) => self.connect(source, address),
            Op::Accept(listener, source, peer) => self.accept(listener, source, peer),
            Op::Read(source, buffer) => self.read(source, buffer),
            Op::Write(source, bytes) => self.write(source, bytes),
            Op::Shutdown(source, how) => self.shutdown(source, how).map(Some),
        };
        match tried.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                if let Some(opened) = self.get(source)
                    && !std::mem::replace(&mut opened.is_awaited, true)
                {
                    self.awaited += 1;
                }
                Attempt::WouldBlock
            }
        }
    }

    fn add(&mut self, id: SourceId, mut socket: Socket, writable: bool) -> io::Result<()> {
        let registry = self.poll()?.registry();
        let token = Token(id.number());
        let both = Interest::READABLE | Interest::WRITABLE;
        match &mut socket {
            Socket::Listener(listener) => registry.register(listener, token, Interest::READABLE)?,
            Socket::Connection(stream) => {
                registry.register(stream, token, both)?;
            }
        }
        let number = id.number();
        if self.opened.len() <= number {
            self.opened.resize_with(number + 1, || None);
        }
        self.opened[number] = Some(Opened {
            id,
            socket,
            readable: true,
            writable,
            is_awaited: false,
        });
        Ok(())
    }

    fn listen(&mut self, source: SourceId, address: SocketAddr, backlog: u32) -> io::Result<usize> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let socket = socket_with(family, SocketType::STREAM, flags(), None)?;
        // A server that is started again gets its address while old connections still end.
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &address)?;
        listen(&socket, i32::try_from(backlog).unwrap_or(i32::MAX))?;
        let listener = TcpListener::from_std(StdListener::from(socket));
        self.add(source, Socket::Listener(listener), false)?;
        Ok(0)
    }

    fn connect(&mut self, source: SourceId, address: SocketAddr) -> io::Result<Option<usize>> {
        let Some(opened) = self.get(source) else {
            let stream = TcpStream::connect(address)?;
            self.add(source, Socket::Connection(stream), false)?;
            return Ok(None);
        };
        let Socket::Connection(stream) = &mut opened.socket else {
            return Err(unsupported(source));
        };
        if !opened.writable {
            return Ok(None);
        }
        if let Some(error) = stream.take_error()? {
            return Err(error);
        }
        match stream.peer_addr() {
            Ok(_) => Ok(Some(0)),
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                opened.writable = false;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn accept(
        &mut self,
        listener: SourceId,
        source: SourceId,
        peer: &mut Option<SocketAddr>,
    ) -> io::Result<Option<usize>> {
        let opened = self.get(listener).ok_or_else(|| unsupported(listener))?;
        let Socket::Listener(socket) = &opened.socket else {
            return Err(unsupported(listener));
        };
        loop {
            if !opened.readable {
                return Ok(None);
            }
            match socket.accept() {
                Ok((stream, address)) => {
                    *peer = Some(address);
                    self.add(source, Socket::Connection(stream), true)?;
                    return Ok(Some(0));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => opened.readable = false,
                // The client has gone already: the next one.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn read(&mut self, source: SourceId, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let opened = self.get(source).ok_or_else(|| unsupported(source))?;
        let Socket::Connection(stream) = &opened.socket else {
            return Err(unsupported(source));
        };
        loop {
            if !opened.readable {
                return Ok(None);
            }
            let room = buffer.capacity() - buffer.len();
            match rustix::io::read(stream, spare_capacity(buffer)) {
                Ok(read) => {
                    // All has been read: more of it is another event.
                    opened.readable = read == room || read == 0;
                    return Ok(Some(read));
                }
                Err(Errno::AGAIN) => opened.readable = false,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn write(&mut self, source: SourceId, bytes: &[u8]) -> io::Result<Option<usize>> {
        let opened = self.get(source).ok_or_else(|| unsupported(source))?;
        let Socket::Connection(stream) = &opened.socket else {
            return Err(unsupported(source));
        };
        loop {
            if !opened.writable {
                return Ok(None);
            }
            match send(stream, bytes, SendFlags::NOSIGNAL) {
                Ok(written) => return Ok(Some(written)),
                Err(Errno::AGAIN) => opened.writable = false,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn shutdown(&mut self, source: SourceId, how: Shutdown) -> io::Result<usize> {
        match self.get(source).map(|opened| &opened.socket) {
            Some(Socket::Connection(stream)) => stream.shutdown(how).map(|()| 0),
            _ => Err(unsupported(source)),
        }
    }
}

fn flags() -> SocketFlags {
    SocketFlags::NONBLOCK | SocketFlags::CLOEXEC
}
