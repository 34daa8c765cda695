//! Trying operations. What is known to be not ready is not tried.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{
    SendFlags, SocketType, bind, connect, getpeername, listen, send, shutdown, sockopt,
};

use super::{Kind, Opened, PAUSES, Sockets, native, path};
use crate::id::SourceId;
use crate::world::{Address, Attempt, Op, SocketOptions, unsupported};

impl Sockets {
    pub(in super::super) fn attempt(&mut self, op: Op<'_>) -> Attempt {
        let source = op.source();
        let tried = match op {
            Op::Start(..) | Op::Wait(_) | Op::Kill(..) => Err(unsupported(source)),
            Op::Listen(source, at, options) => self.listen(source, at, options).map(Some),
            Op::Bind(source, at, options) => self.bind(source, at, options).map(Some),
            Op::Connect(source, to, options) => self.connect(source, to, options),
            Op::Accept(listener, source, peer) => self.accept(listener, source, peer),
            Op::Read(source, buffer) => self.read(source, buffer),
            Op::Write(source, bytes) => match self.get(source).map(|opened| opened.kind) {
                Some(Kind::Sender) => self.write(source, Kind::Sender, |descriptor| {
                    rustix::io::write(descriptor, bytes)
                }),
                _ => self.write(source, Kind::Stream, |descriptor| {
                    send(descriptor, bytes, SendFlags::NOSIGNAL)
                }),
            },
            Op::SendTo(source, bytes, to) => self.send_to(source, bytes, to),
            Op::ReceiveFrom(source, buffer, sender) => self.receive(source, buffer, sender),
            Op::Shutdown(source, how) => self.shutdown(source, how).map(Some),
            Op::Set(source, option) => match self.get(source) {
                Some(opened) => native::set(&opened.descriptor, option).map(|()| Some(0)),
                None => Err(unsupported(source)),
            },
        };
        match tried.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                self.watch(source);
                Attempt::WouldBlock
            }
        }
    }

    fn listen(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<usize> {
        let socket = native::socket(address, SocketType::STREAM)?;
        if let Address::Inet(_) = address {
            if options.reuse_address {
                sockopt::set_socket_reuseaddr(&socket, true)?;
            }
            native::prepare(&socket, options)?;
        }
        let file = path::bind_to(&socket, address, SocketType::STREAM)?;
        listen(&socket, i32::try_from(options.backlog).unwrap_or(i32::MAX))?;
        self.add(source, Kind::Listener, socket, file)
    }

    fn bind(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<usize> {
        let socket = native::socket(address, SocketType::DGRAM)?;
        if options.reuse_port && matches!(address, Address::Inet(_)) {
            sockopt::set_socket_reuseport(&socket, true)?;
        }
        let file = match address {
            Address::Unnamed => None,
            address => path::bind_to(&socket, address, SocketType::DGRAM)?,
        };
        self.add(source, Kind::Datagrams, socket, file)
    }

    fn connect(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<Option<usize>> {
        if self.get(source).is_none() {
            let socket = native::socket(address, SocketType::STREAM)?;
            if let Address::Inet(_) = address {
                native::prepare(&socket, options)?;
                if let Some(ip) = options.local_ip {
                    bind(&socket, &SocketAddr::new(ip, 0))?;
                }
            }
            self.open(source, Kind::Unconnected, socket, None);
        }
        let opened = self.get(source).expect("it was opened");
        if opened.kind == Kind::Unconnected {
            return self.ask_to_connect(source, address);
        }
        if !opened.writable {
            return Ok(None);
        }
        sockopt::socket_error(&opened.descriptor)??;
        match getpeername(&opened.descriptor) {
            Ok(_) => Ok(Some(0)),
            Err(Errno::NOTCONN) => {
                opened.writable = false;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn ask_to_connect(&mut self, source: SourceId, address: &Address) -> io::Result<Option<usize>> {
        let opened = self.get(source).expect("it was opened");
        // What was not asked to connect looks as if it had ended: so it is registered afterwards.
        let asked = connect(&opened.descriptor, &native::native(address)?);
        match asked {
            Ok(()) => {}
            Err(Errno::INPROGRESS | Errno::INTR) => opened.writable = false,
            // The backlog of a Unix socket is full. No event says that there is room again.
            Err(Errno::AGAIN) => {
                self.pause_for(source, PAUSES.0);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
        opened.kind = Kind::Stream;
        let descriptor = opened.descriptor.as_raw_fd();
        self.register(source, descriptor, Kind::Stream)?;
        self.expect_marks(source, address);
        Ok(asked.is_ok().then_some(0))
    }

    /// One of a kind.
    fn opened(&mut self, source: SourceId, kind: Kind) -> io::Result<&mut Opened> {
        let opened = self.get(source).filter(|opened| opened.kind == kind);
        opened.ok_or_else(|| unsupported(source))
    }

    fn accept(
        &mut self,
        listener: SourceId,
        source: SourceId,
        peer: &mut Option<Address>,
    ) -> io::Result<Option<usize>> {
        let opened = self.opened(listener, Kind::Listener)?;
        while opened.readable {
            match native::accept(&opened.descriptor) {
                Ok((descriptor, address)) => {
                    let client = peer.insert(native::address(address));
                    opened.pause = Duration::ZERO;
                    let added = self.add(source, Kind::Stream, descriptor, None)?;
                    self.expect_marks(source, client);
                    return Ok(Some(added));
                }
                Err(Errno::AGAIN) => opened.readable = false,
                // The client has gone already: the next one.
                Err(Errno::CONNABORTED | Errno::INTR) => {}
                Err(error @ (Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)) => {
                    // It would be so again at once, as the connection is still there.
                    opened.readable = false;
                    opened.pause = (opened.pause * 2).clamp(PAUSES.0, PAUSES.1);
                    let pause = opened.pause;
                    self.pause_for(listener, pause);
                    return Err(error.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn read(&mut self, source: SourceId, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let opened = self.get(source).filter(|opened| opened.is_readable());
        let opened = opened.ok_or_else(|| unsupported(source))?;
        let room = buffer.capacity() - buffer.len();
        let descriptor = &opened.descriptor;
        let read = unless_blocked(&mut opened.readable, || {
            rustix::io::read(descriptor, spare_capacity(buffer))
        })?;
        if let Some(read) = read {
            opened.has_ended |= read == 0 && room > 0;
            // If all has been read, more of it is another event.
            opened.readable = read == room || opened.has_ended || !opened.has_no_marks;
        }
        Ok(read)
    }

    fn receive(
        &mut self,
        source: SourceId,
        buffer: &mut Vec<u8>,
        sender: &mut Option<Address>,
    ) -> io::Result<Option<usize>> {
        let opened = self.opened(source, Kind::Datagrams)?;
        let descriptor = &opened.descriptor;
        let received =
            unless_blocked(&mut opened.readable, || native::receive(descriptor, buffer))?;
        Ok(received.map(|(received, from)| {
            *sender = Some(from);
            received
        }))
    }

    fn write(
        &mut self,
        source: SourceId,
        kind: Kind,
        write: impl Fn(&OwnedFd) -> rustix::io::Result<usize>,
    ) -> io::Result<Option<usize>> {
        let opened = self.opened(source, kind)?;
        let descriptor = &opened.descriptor;
        unless_blocked(&mut opened.writable, || write(descriptor))
    }

    fn send_to(
        &mut self,
        source: SourceId,
        bytes: &[u8],
        to: &Address,
    ) -> io::Result<Option<usize>> {
        let native = native::native(to)?;
        let sent = self.write(source, Kind::Datagrams, |descriptor| {
            native::send(descriptor, bytes, &native)
        })?;
        if sent.is_none() && matches!(to, Address::Unix(_)) {
            // The receiver has no room. No event says that there is room again.
            self.pause_for(source, PAUSES.0);
        }
        Ok(sent)
    }

    fn shutdown(&mut self, source: SourceId, how: Shutdown) -> io::Result<usize> {
        let opened = self.opened(source, Kind::Stream)?;
        let how = match how {
            Shutdown::Read => rustix::net::Shutdown::Read,
            Shutdown::Write => rustix::net::Shutdown::Write,
            Shutdown::Both => rustix::net::Shutdown::Both,
        };
        shutdown(&opened.descriptor, how)?;
        Ok(0)
    }
}

/// Does it, unless it would block: then it is not ready.
fn unless_blocked<T>(
    is_ready: &mut bool,
    mut act: impl FnMut() -> rustix::io::Result<T>,
) -> io::Result<Option<T>> {
    while *is_ready {
        match act() {
            Ok(done) => return Ok(Some(done)),
            Err(Errno::AGAIN) => *is_ready = false,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}
