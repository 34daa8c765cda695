//! [`Connections`], and those who listen for them.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Shutdown, SocketAddr};

use super::agenda::{HELD, Happening};
use super::connection::{CLIENT, Connection, Making, SERVER};
use super::links::Links;
use super::place::{collide, destination, is_at, own_ip, seen_at, way};
use super::ports::Ports;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Address, SocketOptions, unsupported};

#[derive(Clone, Debug)]
struct Listener {
    address: Address,
    backlog: usize,
    /// Whether others may have the same address.
    shares: bool,
    /// The numbers of connections that are not accepted yet.
    queue: VecDeque<usize>,
    /// And of those for which there is no room.
    outside: VecDeque<usize>,
}

/// All listeners and connections of a simulation.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections {
    listeners: BTreeMap<SourceId, Listener>,
    connections: BTreeMap<usize, Connection>,
    next_connection: usize,
    /// Which side of which connection a socket is.
    sides: BTreeMap<SourceId, (usize, usize)>,
    ports: Ports,
}

impl Connections {
    pub(super) fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        if let Some(listener) = self.listeners.get(&source) {
            return Ok(listener.address.clone());
        }
        let (number, me) = self.side(source)?;
        Ok(self.connections[&number].sides[me].address.clone())
    }

    fn side(&self, source: SourceId) -> io::Result<(usize, usize)> {
        let side = self.sides.get(&source).copied();
        side.ok_or_else(|| unsupported(source))
    }

    /// The connection of a socket, and which side of it the socket is.
    fn connection(&mut self, source: SourceId) -> io::Result<(&mut Connection, usize)> {
        let (number, me) = self.side(source)?;
        let connection = self.connections.get_mut(&number);
        Ok((connection.ok_or_else(|| unsupported(source))?, me))
    }

    pub(super) fn listen(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<usize> {
        let shares = options.reuse_port;
        let mut others = self.listeners.values();
        if others.any(|other| collide(&other.address, address) && !(shares && other.shares)) {
            return Err(ErrorKind::AddrInUse.into());
        }
        let listener = Listener {
            address: self.ports.take_for(address)?,
            backlog: options.backlog as usize,
            shares,
            queue: VecDeque::new(),
            outside: VecDeque::new(),
        };
        self.listeners.insert(source, listener);
        Ok(0)
    }

    pub(super) fn connect(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<Option<usize>> {
        if self.sides.contains_key(&source) {
            return self.go_on_connecting(links, now, source);
        }
        let server = destination(address);
        let client = match &server {
            Address::Inet(server) => {
                let ip = options.local_ip.unwrap_or_else(|| own_ip(server.ip()));
                self.ports.take_for(&SocketAddr::new(ip, 0).into())?
            }
            _ => Address::Unnamed,
        };
        let timeout = links.link(way(&client, &server)).connect_timeout;
        let gives_up = now + timeout;
        let mut connection = Connection::new(client, server, gives_up);
        connection.sides[CLIENT].socket = Some(source);
        let number = self.next_connection;
        self.next_connection += 1;
        self.connections.insert(number, connection);
        self.sides.insert(source, (number, CLIENT));
        links.agenda.announce(gives_up, source);
        self.ask(links, now, number);
        Ok(None)
    }

    fn go_on_connecting(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
    ) -> io::Result<Option<usize>> {
        let (connection, _) = self.connection(source)?;
        let gives_up = connection.gives_up;
        match connection.making {
            Making::Answered(time, error) if time <= now && time <= gives_up => {
                links.agenda.withdraw(gives_up, source);
                match error {
                    Some(error) => Err(error.into()),
                    None => Ok(Some(0)),
                }
            }
            _ if gives_up <= now => {
                links.faults.timeouts += 1;
                Err(ErrorKind::TimedOut.into())
            }
            _ => Ok(None),
        }
    }

    /// A question for a connection is sent.
    fn ask(&mut self, links: &mut Links, now: Time, number: usize) {
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        let arrives = links.arrival(now, connection.way(CLIENT), 0);
        connection.making = match arrives {
            HELD => {
                links.faults.held += 1;
                Making::Held
            }
            arrives => {
                links.agenda.plan(arrives, Happening::Asked(number));
                Making::Asked
            }
        };
    }

    /// A question for a connection has arrived.
    pub(super) fn asked(&mut self, links: &mut Links, now: Time, number: usize) {
        let Some(connection) = self.connections.get_mut(&number) else {
            return;
        };
        let link = links.link(connection.way(CLIENT));
        let (unreachable, refusals) = (link.unreachable, link.refusals);
        if links.falls(unreachable) {
            links.faults.unreachable += 1;
            connection.answer(links, now, Some(ErrorKind::HostUnreachable));
            return;
        }
        let server = &connection.sides[SERVER].address;
        let listeners = self.listeners.iter_mut();
        let mut listeners: Vec<_> = listeners
            .filter(|(_, listener)| is_at(&listener.address, server))
            .collect();
        // Those who share an address take turns.
        let turn = number % listeners.len().max(1);
        let Some((source, listener)) = listeners.get_mut(turn) else {
            let error = match server {
                Address::Unix(_) => ErrorKind::NotFound,
                _ => ErrorKind::ConnectionRefused,
            };
            connection.answer(links, now, Some(error));
            return;
        };
        if links.falls(refusals) {
            links.faults.refusals += 1;
            connection.answer(links, now, Some(ErrorKind::ConnectionRefused));
            return;
        }
        listener.outside.push_back(number);
        listener.admit(&mut self.connections, links, now, **source);
    }

    pub(super) fn accept(
        &mut self,
        links: &mut Links,
        now: Time,
        listener: SourceId,
        source: SourceId,
        peer: &mut Option<Address>,
    ) -> io::Result<Option<usize>> {
        let Some(listening) = self.listeners.get_mut(&listener) else {
            return Err(unsupported(listener));
        };
        let Some(number) = listening.queue.pop_front() else {
            return Ok(None);
        };
        listening.admit(&mut self.connections, links, now, listener);
        let at = listening.address.clone();
        let connection = self.connections.get_mut(&number);
        let connection = connection.expect("its server has not left it");
        let [client, server] = &mut connection.sides;
        server.socket = Some(source);
        server.wait_for_input(links);
        server.address = seen_at(&at, &server.address);
        *peer = Some(seen_at(&at, &client.address));
        self.sides.insert(source, (number, SERVER));
        Ok(Some(0))
    }

    pub(super) fn read(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<usize>> {
        let (connection, me) = self.connection(source)?;
        connection.read(links, now, me, buffer)
    }

    pub(super) fn write(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
        bytes: &[u8],
    ) -> io::Result<Option<usize>> {
        let (connection, me) = self.connection(source)?;
        connection.write(links, now, me, bytes)
    }

    pub(super) fn shutdown(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
        how: Shutdown,
    ) -> io::Result<usize> {
        let (connection, me) = self.connection(source)?;
        if connection.is_closed(now, me) {
            return Err(ErrorKind::NotConnected.into());
        }
        if how != Shutdown::Read {
            connection.end(links, now, me);
        }
        if how != Shutdown::Write {
            connection.stop_reading(links, now, me);
        }
        Ok(0)
    }

    /// Options change nothing that a program sees.
    pub(super) fn set(&mut self, source: SourceId) -> io::Result<usize> {
        self.side(source).map(|_| 0)
    }

    pub(super) fn close(&mut self, links: &mut Links, now: Time, source: SourceId) {
        if let Some(listener) = self.listeners.remove(&source) {
            self.ports.free(&listener.address);
            for number in listener.queue {
                self.leave(links, now, (number, SERVER), true);
            }
            for number in listener.outside {
                if let Some(connection) = self.connections.get_mut(&number) {
                    connection.answer(links, now, Some(ErrorKind::ConnectionRefused));
                }
            }
        } else if let Some(side) = self.sides.remove(&source) {
            if let Some(connection) = self.connections.get(&side.0) {
                links.agenda.withdraw(connection.gives_up, source);
            }
            self.leave(links, now, side, false);
        }
    }

    fn leave(&mut self, links: &mut Links, now: Time, side: (usize, usize), resets: bool) {
        let (number, me) = side;
        if let Some(connection) = self.connections.get_mut(&number) {
            connection.leave(links, now, me, resets);
            if connection.is_left() {
                self.ports.free(&connection.sides[CLIENT].address);
                self.connections.remove(&number);
            }
        }
    }

    /// A socket may be tried again.
    pub(super) fn look(&mut self, source: SourceId) {
        if let Ok((connection, me)) = self.connection(source) {
            connection.sides[me].look();
        }
    }

    /// The link between two addresses is repaired.
    pub(super) fn resume(&mut self, links: &mut Links, now: Time, a: IpAddr, b: IpAddr) {
        let mut held = Vec::new();
        for (number, connection) in &mut self.connections {
            if connection.is_over(a, b) {
                if let Making::Held = connection.making {
                    held.push(*number);
                }
                connection.resume(links, now);
            }
        }
        for number in held {
            self.ask(links, now, number);
        }
    }

    /// The network resets all connections between two addresses.
    pub(super) fn reset(&mut self, links: &mut Links, now: Time, a: IpAddr, b: IpAddr) {
        for connection in self.connections.values_mut() {
            if connection.is_over(a, b) && connection.is_made() {
                connection.reset_by_network(links, now);
            }
        }
    }
}

impl Listener {
    /// Lets those in who wait outside, as long as there is room: Linux has room for one more than it was told.
    fn admit(
        &mut self,
        connections: &mut BTreeMap<usize, Connection>,
        links: &mut Links,
        now: Time,
        source: SourceId,
    ) {
        while self.queue.len() <= self.backlog
            && let Some(number) = self.outside.pop_front()
        {
            // Some have left, or have given up.
            if let Some(connection) = connections.get_mut(&number)
                && now < connection.gives_up
            {
                self.queue.push_back(number);
                connection.sides[SERVER].has_left = false;
                links.agenda.announce(now, source);
                connection.answer(links, now, None);
            }
        }
    }
}
