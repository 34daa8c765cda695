//! Sockets: registered once, edge-triggered. What is known to be not ready is not tried.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpListener as StdListener};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use mio::net::{TcpListener, TcpStream};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SendFlags, SocketFlags, SocketType, bind, listen, send, socket_with, sockopt,
};

use crate::id::SourceId;
use crate::world::{Attempt, Op, unsupported};

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
    /// The peer has ended, or there is an error: no further event says that there is something to read.
    has_ended: bool,
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
    /// The descriptors that wake the loop and are no sockets, as far as an event of them ends a wait for sockets.
    bells: Vec<RawFd>,
}

/// The token of the descriptors that are no sockets.
const BELL: Token = Token(usize::MAX);

impl Sockets {
    /// The descriptor that is readable when an event has come.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
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

    /// Waits for sockets and bells alone, in one system call. False if that cannot be done.
    pub(super) fn can_wait(&mut self, bells: &[Option<BorrowedFd<'_>>]) -> bool {
        let Some((poll, _)) = &self.poll else {
            return false;
        };
        for bell in bells.iter().flatten() {
            let bell = bell.as_raw_fd();
            if !self.bells.contains(&bell) {
                let registered =
                    poll.registry()
                        .register(&mut SourceFd(&bell), BELL, Interest::READABLE);
                match registered {
                    Ok(()) => self.bells.push(bell),
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => self.bells.push(bell),
                    Err(_) => return false,
                }
            }
        }
        true
    }

    /// Some bells may be gone: they are registered again.
    pub(super) fn forget_bells(&mut self) {
        self.bells.clear();
    }

    /// Takes in what has come, and names the sockets that tasks wait for. True if a bell has rung.
    pub(super) fn wait(
        &mut self,
        timeout: Option<Duration>,
        sources: &mut Vec<SourceId>,
    ) -> io::Result<bool> {
        let Some((poll, events)) = &mut self.poll else {
            return Ok(false);
        };
        match poll.poll(events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(false),
            Err(error) => return Err(error),
        }
        let before = sources.len();
        let mut has_rung = false;
        for event in events.iter() {
            if event.token() == BELL {
                has_rung = true;
                continue;
            }
            let Some(opened) = self
                .opened
                .get_mut(event.token().0)
                .and_then(Option::as_mut)
            else {
                continue;
            };
            opened.has_ended |= event.is_read_closed() || event.is_error();
            opened.readable |= event.is_readable() || opened.has_ended;
            opened.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
            if std::mem::take(&mut opened.is_awaited) {
                self.awaited -= 1;
                sources.push(opened.id);
            }
        }
        sources[before..].sort_unstable();
        Ok(has_rung)
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
            has_ended: false,
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
                    opened.has_ended |= read == 0 && room > 0;
                    // All has been read: more of it is another event.
                    opened.readable = read == room || opened.has_ended;
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
