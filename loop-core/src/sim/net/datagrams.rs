//! [`DatagramSockets`].

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};

use super::agenda::HELD;
use super::links::Links;
use super::place::{collide, destination, is_at, own_ip, seen_at, way};
use super::ports::Ports;
use super::queue::Queue;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Address, SocketOptions, unsupported};

/// No datagram is longer.
const LONGEST: usize = 65_507;

#[derive(Clone, Debug)]
struct DatagramSocket {
    address: Address,
    /// Whether others may have the same address.
    shares: bool,
    queue: Queue,
    /// Those who wait for room in it.
    blocked: Vec<SourceId>,
}

/// All sockets for datagrams of a simulation.
#[derive(Clone, Debug, Default)]
pub(super) struct DatagramSockets {
    sockets: BTreeMap<SourceId, DatagramSocket>,
    ports: Ports,
}

impl DatagramSockets {
    pub(super) fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        self.get(source).map(|socket| socket.address.clone())
    }

    fn get(&self, source: SourceId) -> io::Result<&DatagramSocket> {
        self.sockets.get(&source).ok_or_else(|| unsupported(source))
    }

    fn get_mut(&mut self, source: SourceId) -> io::Result<&mut DatagramSocket> {
        let socket = self.sockets.get_mut(&source);
        socket.ok_or_else(|| unsupported(source))
    }

    pub(super) fn bind(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<usize> {
        let shares = options.reuse_port;
        let mut others = self.sockets.values();
        if others.any(|other| collide(&other.address, address) && !(shares && other.shares)) {
            return Err(ErrorKind::AddrInUse.into());
        }
        let socket = DatagramSocket {
            address: self.ports.take_for(address)?,
            shares,
            queue: Queue::default(),
            blocked: Vec::new(),
        };
        self.sockets.insert(source, socket);
        Ok(0)
    }

    /// Who receives what a socket sends to an address. Those who share the address take turns, by the numbers of the senders.
    fn receiver(&self, sender: SourceId, to: &Address) -> Option<SourceId> {
        let sockets = self.sockets.iter();
        let there: Vec<SourceId> = sockets
            .filter(|(_, socket)| is_at(&socket.address, to))
            .map(|(source, _)| *source)
            .collect();
        there.get(sender.number() % there.len().max(1)).copied()
    }

    pub(super) fn send_to(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
        bytes: &[u8],
        to: &Address,
    ) -> io::Result<Option<usize>> {
        if bytes.len() > LONGEST {
            return Err(io::Error::other("the datagram is too long"));
        }
        let to = destination(to);
        let from = sender(&self.get(source)?.address, &to);
        let is_unix = matches!(to, Address::Unix(_));
        let Some(receiver) = self.receiver(source, &to) else {
            return match is_unix {
                true => Err(ErrorKind::NotFound.into()),
                // Nobody tells the sender.
                false => Ok(Some(bytes.len())),
            };
        };
        let socket = self.get_mut(receiver)?;
        if is_unix && socket.queue.is_full(bytes.len()) {
            socket.blocked.push(source);
            return Ok(None);
        }
        let seen = seen_at(&socket.address, &from);
        let way = way(&from, &to);
        let link = links.link(way);
        let (losses, duplicates) = (link.losses, link.duplicates);
        let arrives = links.arrival(now, way, bytes.len());
        if arrives == HELD || links.falls(losses) {
            links.faults.losses += 1;
            return Ok(Some(bytes.len()));
        }
        let mut copies = vec![arrives];
        if links.falls(duplicates) {
            links.faults.duplicates += 1;
            copies.push(links.arrival(now, way, bytes.len()));
        }
        for arrives in copies {
            if socket.queue.has_room(bytes.len()) {
                socket.queue.push(arrives, bytes, seen.clone());
                links.agenda.announce(arrives, receiver);
            }
        }
        Ok(Some(bytes.len()))
    }

    pub(super) fn receive_from(
        &mut self,
        links: &mut Links,
        now: Time,
        source: SourceId,
        buffer: &mut Vec<u8>,
        sender: &mut Option<Address>,
    ) -> io::Result<Option<usize>> {
        let socket = self.get_mut(source)?;
        let Some((bytes, from)) = socket.queue.pop(now) else {
            return Ok(None);
        };
        for blocked in socket.blocked.drain(..) {
            links.agenda.announce(now, blocked);
        }
        let received = bytes.len().min(buffer.capacity() - buffer.len());
        buffer.extend_from_slice(&bytes[..received]);
        *sender = Some(from);
        Ok(Some(received))
    }

    pub(super) fn close(&mut self, links: &mut Links, now: Time, source: SourceId) {
        if let Some(socket) = self.sockets.remove(&source) {
            self.ports.free(&socket.address);
            // They learn that it is gone.
            for blocked in socket.blocked {
                links.agenda.announce(now, blocked);
            }
        }
    }
}

/// The address from which a datagram comes.
fn sender(own: &Address, to: &Address) -> Address {
    match (own, to) {
        (Address::Inet(own), Address::Inet(to)) if own.ip().is_unspecified() => {
            let mut own = *own;
            own.set_ip(own_ip(to.ip()));
            Address::Inet(own)
        }
        (own, _) => own.clone(),
    }
}
