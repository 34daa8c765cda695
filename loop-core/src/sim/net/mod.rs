//! The network of a simulation: every address is in it, and what is sent arrives after a time that is set.

mod datagrams;
mod pipe;
mod queue;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr};
use std::time::Duration;

use self::pipe::{BUFFER, Pipe};
use self::queue::Datagrams;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Address, Attempt, Op, SocketOptions, unsupported};

/// The first of the ports that are given to those who do not ask for one.
const EPHEMERAL: u16 = 49_152;

#[derive(Clone, Debug)]
struct Connection {
    local: Address,
    peer: Address,
    /// The directions, by their numbers.
    incoming: usize,
    outgoing: usize,
    /// When it is made. Before that, it is being made.
    made: Time,
    /// When it is reset, and by what error.
    reset: Option<(Time, ErrorKind)>,
}

#[derive(Clone, Debug)]
enum Socket {
    Listener {
        address: Address,
        backlog: usize,
        /// Whether others may have the same address.
        shares: bool,
        /// Connections that are not accepted yet, with the time from when on they can be.
        queue: VecDeque<(Time, Connection)>,
    },
    Connection(Connection),
    Datagrams(Datagrams),
}

#[derive(Clone, Debug)]
struct Opened {
    id: SourceId,
    socket: Socket,
    is_awaited: bool,
}

/// All sockets of a simulation.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    latency: Duration,
    opened: Vec<Option<Opened>>,
    pipes: BTreeMap<usize, Pipe>,
    next_pipe: usize,
    /// Who reads a direction, and who writes it.
    readers: BTreeMap<usize, SourceId>,
    writers: BTreeMap<usize, SourceId>,
    next_port: u16,
    /// What may change, and when: the socket may be tried again then.
    due: BTreeSet<(Time, SourceId)>,
}

impl Net {
    pub(super) fn set_latency(&mut self, latency: Duration) {
        self.latency = latency;
    }

    fn get(&self, source: SourceId) -> Option<&Opened> {
        let opened = self.opened.get(source.number())?.as_ref();
        opened.filter(|opened| opened.id == source)
    }

    fn get_mut(&mut self, source: SourceId) -> Option<&mut Opened> {
        let opened = self.opened.get_mut(source.number())?.as_mut();
        opened.filter(|opened| opened.id == source)
    }

    fn put(&mut self, id: SourceId, socket: Socket) {
        let number = id.number();
        if self.opened.len() <= number {
            self.opened.resize_with(number + 1, || None);
        }
        self.opened[number] = Some(Opened {
            id,
            socket,
            is_awaited: false,
        });
    }

    fn is_awaited(&self, source: SourceId) -> bool {
        self.get(source).is_some_and(|opened| opened.is_awaited)
    }

    /// When something happens next for which a task waits.
    pub(super) fn next(&self) -> Option<Time> {
        let awaited = self.due.iter().find(|(_, source)| self.is_awaited(*source));
        awaited.map(|(time, _)| *time)
    }

    /// Names the sockets for which something has happened until now, if tasks wait for them.
    pub(super) fn take_due(&mut self, now: Time, sources: &mut Vec<SourceId>) {
        let before = sources.len();
        while let Some((time, source)) = self.due.first().copied()
            && time <= now
        {
            self.due.pop_first();
            if let Some(opened) = self.get_mut(source)
                && std::mem::take(&mut opened.is_awaited)
            {
                sources.push(source);
            }
        }
        sources[before..].sort_unstable();
    }

    pub(super) fn unwatch(&mut self, source: SourceId) {
        if let Some(opened) = self.get_mut(source) {
            opened.is_awaited = false;
        }
    }

    pub(super) fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        match self.get(source).map(|opened| &opened.socket) {
            Some(Socket::Listener { address, .. }) => Ok(address.clone()),
            Some(Socket::Connection(connection)) => Ok(connection.local.clone()),
            Some(Socket::Datagrams(datagrams)) => Ok(datagrams.address.clone()),
            None => Err(unsupported(source)),
        }
    }

    pub(super) fn attempt(&mut self, now: Time, op: Op<'_>) -> Attempt {
        let source = op.source();
        let tried = match op {
            Op::Listen(source, at, options) => self.listen(source, at, options).map(Some),
            Op::Bind(source, at, options) => self.bind(source, at, options).map(Some),
            Op::Connect(source, to, _) => self.connect(now, source, to),
            Op::Accept(listener, source, peer) => self.accept(now, listener, source, peer),
            Op::Read(source, buffer) => self.read(now, source, buffer),
            Op::Write(source, bytes) => self.write(now, source, bytes),
            Op::SendTo(source, bytes, to) => self.send_to(now, source, bytes, to),
            Op::ReceiveFrom(source, buffer, sender) => {
                self.receive_from(now, source, buffer, sender)
            }
            Op::Shutdown(source, how) => self.shutdown(now, source, how).map(Some),
            // They change nothing that a program sees.
            Op::Set(source, _) => self.connection(source).map(|_| Some(0)),
        };
        match tried.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                if let Some(opened) = self.get_mut(source) {
                    opened.is_awaited = true;
                }
                Attempt::WouldBlock
            }
        }
    }

    fn port(&mut self) -> u16 {
        self.next_port = self
            .next_port
            .max(EPHEMERAL - 1)
            .checked_add(1)
            .unwrap_or(EPHEMERAL);
        self.next_port
    }

    /// An address, with a port that is free if it has none.
    fn with_port(&mut self, address: &Address) -> Address {
        match address {
            Address::Inet(address) if address.port() == 0 => {
                Address::Inet(SocketAddr::new(address.ip(), self.port()))
            }
            address => address.clone(),
        }
    }

    /// Who has an address, of those that `address_of` knows. Of several, one of them, which the number of sockets says.
    fn find(
        &self,
        wanted: &Address,
        address_of: impl Fn(&Socket) -> Option<&Address>,
    ) -> Option<SourceId> {
        let opened = self.opened.iter().flatten();
        let all = opened.filter(|opened| {
            address_of(&opened.socket).is_some_and(|address| is_at(address, wanted))
        });
        let all: Vec<SourceId> = all.map(|opened| opened.id).collect();
        let next = usize::from(self.next_port) % all.len().max(1);
        all.get(next).copied()
    }

    fn listener_at(&self, wanted: &Address) -> Option<SourceId> {
        self.find(wanted, |socket| match socket {
            Socket::Listener { address, .. } => Some(address),
            _ => None,
        })
    }

    fn listen(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<usize> {
        let address = self.with_port(address);
        let other = self.listener_at(&address).and_then(|other| self.get(other));
        match other.map(|other| &other.socket) {
            None => {}
            Some(Socket::Listener { shares: true, .. }) if options.reuse_port => {}
            Some(_) => return Err(ErrorKind::AddrInUse.into()),
        }
        let listener = Socket::Listener {
            address,
            backlog: options.backlog as usize,
            shares: options.reuse_port,
            queue: VecDeque::new(),
        };
        self.put(source, listener);
        Ok(0)
    }

    fn connect(
        &mut self,
        now: Time,
        source: SourceId,
        address: &Address,
    ) -> io::Result<Option<usize>> {
        if let Some(opened) = self.get(source) {
            let Socket::Connection(connection) = &opened.socket else {
                return Err(unsupported(source));
            };
            return match (connection.made <= now, connection.reset) {
                (false, _) => Ok(None),
                (true, Some((_, error))) => Err(error.into()),
                (true, None) => Ok(Some(0)),
            };
        }
        let [there, back] = [self.pipe(), self.pipe()];
        let local = match address {
            Address::Inet(address) => SocketAddr::new(own_ip(address.ip()), self.port()).into(),
            _ => Address::Unnamed,
        };
        let arrives = now + self.latency;
        let made = arrives + self.latency;
        let mut connection = Connection {
            local: local.clone(),
            peer: address.clone(),
            incoming: back,
            outgoing: there,
            made,
            reset: None,
        };
        let listener = self.listener_at(address);
        let other = Connection {
            local: address.clone(),
            peer: local,
            incoming: there,
            outgoing: back,
            made: arrives,
            reset: None,
        };
        match listener.map(|listener| (listener, self.enqueue(listener, arrives, other))) {
            Some((listener, true)) => {
                self.due.insert((arrives, listener));
            }
            Some((_, false)) => connection.reset = Some((made, ErrorKind::ConnectionRefused)),
            None => {
                let error = match address {
                    Address::Unix(_) => ErrorKind::NotFound,
                    _ => ErrorKind::ConnectionRefused,
                };
                connection.reset = Some((made, error));
            }
        }
        self.readers.insert(back, source);
        self.writers.insert(there, source);
        self.due.insert((made, source));
        self.put(source, Socket::Connection(connection));
        Ok(None)
    }

    /// False if there is no room for one more.
    fn enqueue(&mut self, listener: SourceId, arrives: Time, connection: Connection) -> bool {
        match self.get_mut(listener).map(|opened| &mut opened.socket) {
            Some(Socket::Listener { queue, backlog, .. }) if queue.len() < *backlog => {
                queue.push_back((arrives, connection));
                true
            }
            _ => false,
        }
    }

    fn pipe(&mut self) -> usize {
        let number = self.next_pipe;
        self.next_pipe += 1;
        self.pipes.insert(number, Pipe::default());
        number
    }

    fn accept(
        &mut self,
        now: Time,
        listener: SourceId,
        source: SourceId,
        peer: &mut Option<Address>,
    ) -> io::Result<Option<usize>> {
        let Some(Socket::Listener { queue, .. }) =
            self.get_mut(listener).map(|opened| &mut opened.socket)
        else {
            return Err(unsupported(listener));
        };
        let has_arrived = queue.front().is_some_and(|(arrives, _)| *arrives <= now);
        let first = if has_arrived { queue.pop_front() } else { None };
        let Some((_, connection)) = first else {
            return Ok(None);
        };
        *peer = Some(connection.peer.clone());
        self.readers.insert(connection.incoming, source);
        self.writers.insert(connection.outgoing, source);
        self.put(source, Socket::Connection(connection));
        Ok(Some(0))
    }

    fn connection(&self, source: SourceId) -> io::Result<&Connection> {
        match self.get(source).map(|opened| &opened.socket) {
            Some(Socket::Connection(connection)) => Ok(connection),
            _ => Err(unsupported(source)),
        }
    }

    fn read(
        &mut self,
        now: Time,
        source: SourceId,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<usize>> {
        let &Connection {
            incoming, reset, ..
        } = self.connection(source)?;
        if reset.is_some_and(|(time, _)| time <= now) {
            return Err(ErrorKind::ConnectionReset.into());
        }
        let room = buffer.capacity() - buffer.len();
        let pipe = self.pipes.get_mut(&incoming).expect("a connection has two");
        let read = pipe.receive(now, room, buffer);
        if read == 0 && room > 0 {
            let has_ended = pipe.pieces.is_empty() && pipe.ends.is_some_and(|time| time <= now);
            return Ok(has_ended.then_some(0));
        }
        // There is room again.
        if let Some(writer) = self.writers.get(&incoming) {
            self.due.insert((now + self.latency, *writer));
        }
        Ok(Some(read))
    }

    fn write(&mut self, now: Time, source: SourceId, bytes: &[u8]) -> io::Result<Option<usize>> {
        let &Connection {
            outgoing, reset, ..
        } = self.connection(source)?;
        let arrives = now + self.latency;
        let pipe = self.pipes.get_mut(&outgoing).expect("a connection has two");
        if reset.is_some_and(|(time, _)| time <= now) || pipe.ends.is_some() {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if pipe.is_closed {
            // The answer to it is a reset.
            self.reset(source, arrives + self.latency);
            return Ok(Some(bytes.len()));
        }
        let room = BUFFER - pipe.held.min(BUFFER);
        if room == 0 && !bytes.is_empty() {
            return Ok(None);
        }
        let written = bytes.len().min(room);
        pipe.send(&bytes[..written], arrives);
        if let Some(reader) = self.readers.get(&outgoing) {
            self.due.insert((arrives, *reader));
        }
        Ok(Some(written))
    }

    fn reset(&mut self, source: SourceId, time: Time) {
        if let Some(Socket::Connection(connection)) =
            self.get_mut(source).map(|opened| &mut opened.socket)
        {
            connection
                .reset
                .get_or_insert((time, ErrorKind::ConnectionReset));
            self.due.insert((time, source));
        }
    }

    fn shutdown(&mut self, now: Time, source: SourceId, how: Shutdown) -> io::Result<usize> {
        let &Connection {
            incoming, outgoing, ..
        } = self.connection(source)?;
        if how != Shutdown::Read {
            self.end(now, outgoing);
        }
        if how != Shutdown::Write {
            let pipe = self.pipes.get_mut(&incoming).expect("a connection has two");
            pipe.ends = Some(now);
            pipe.pieces.clear();
            pipe.held = 0;
            self.due.insert((now, source));
        }
        Ok(0)
    }

    /// The end of a direction is sent.
    fn end(&mut self, now: Time, pipe: usize) {
        let arrives = now + self.latency;
        let pipe_ends = &mut self
            .pipes
            .get_mut(&pipe)
            .expect("a connection has two")
            .ends;
        if pipe_ends.is_none() {
            *pipe_ends = Some(arrives);
            if let Some(reader) = self.readers.get(&pipe) {
                self.due.insert((arrives, *reader));
            }
        }
    }

    pub(super) fn close(&mut self, now: Time, source: SourceId) {
        if self.get(source).is_none() {
            return;
        }
        let closed = self.opened[source.number()].take();
        match closed.map(|closed| closed.socket) {
            Some(Socket::Listener { queue, .. }) => {
                for (_, connection) in queue {
                    self.leave(now, &connection, true);
                }
            }
            Some(Socket::Connection(connection)) => self.leave(now, &connection, false),
            Some(Socket::Datagrams(_)) | None => {}
        }
    }

    /// A side leaves its connection. The other one is reset if there is something that is not read.
    fn leave(&mut self, now: Time, connection: &Connection, resets: bool) {
        let &Connection {
            incoming, outgoing, ..
        } = connection;
        let arrives = now + self.latency;
        self.readers.remove(&incoming);
        self.writers.remove(&outgoing);
        let unread = self.pipes.get(&incoming).is_some_and(|pipe| pipe.held > 0);
        match self.writers.get(&incoming).copied() {
            // The other side has left already.
            None => {
                self.pipes.remove(&incoming);
            }
            Some(other) => {
                self.pipes
                    .entry(incoming)
                    .and_modify(|pipe| pipe.is_closed = true);
                if unread || resets {
                    self.reset(other, arrives);
                }
            }
        }
        match self.readers.contains_key(&outgoing) {
            true => self.end(now, outgoing),
            false => {
                self.pipes.remove(&outgoing);
            }
        }
    }
}

/// Whether a socket at an address gets what is for another one, which may be the same.
fn is_at(address: &Address, wanted: &Address) -> bool {
    match (address, wanted) {
        (Address::Inet(address), Address::Inet(wanted)) => {
            let is_any = address.ip().is_unspecified() && address.is_ipv4() == wanted.is_ipv4();
            address.port() == wanted.port() && (is_any || address.ip() == wanted.ip())
        }
        (Address::Unix(address), Address::Unix(wanted)) => address == wanted,
        _ => false,
    }
}

/// The address of who connects to another one.
fn own_ip(peer: IpAddr) -> IpAddr {
    match peer.is_unspecified() {
        true => IpAddr::V4(Ipv4Addr::LOCALHOST),
        false => peer,
    }
}
