//! Sockets for datagrams.

use std::io::{self, ErrorKind};

use super::queue::Datagrams;
use super::{Net, Socket};
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Address, SocketOptions, unsupported};

/// No datagram is longer.
const LONGEST: usize = 65_507;

impl Net {
    fn datagrams_at(&self, wanted: &Address) -> Option<SourceId> {
        self.find(wanted, |socket| match socket {
            Socket::Datagrams(datagrams) => Some(&datagrams.address),
            _ => None,
        })
    }

    fn datagrams(&mut self, source: SourceId) -> io::Result<&mut Datagrams> {
        match self.get_mut(source).map(|opened| &mut opened.socket) {
            Some(Socket::Datagrams(datagrams)) => Ok(datagrams),
            _ => Err(unsupported(source)),
        }
    }

    pub(super) fn bind(
        &mut self,
        source: SourceId,
        address: &Address,
        options: &SocketOptions,
    ) -> io::Result<usize> {
        let address = self.with_port(address);
        if let Some(other) = self.datagrams_at(&address)
            && !(options.reuse_port && self.datagrams(other)?.shares)
        {
            return Err(ErrorKind::AddrInUse.into());
        }
        let datagrams = Datagrams::new(address, options.reuse_port);
        self.put(source, Socket::Datagrams(datagrams));
        Ok(0)
    }

    pub(super) fn send_to(
        &mut self,
        now: Time,
        source: SourceId,
        bytes: &[u8],
        to: &Address,
    ) -> io::Result<Option<usize>> {
        if bytes.len() > LONGEST {
            return Err(io::Error::other("the datagram is too long"));
        }
        let sender = self.as_sender(source, to)?;
        let arrives = now + self.latency;
        let is_unix = matches!(to, Address::Unix(_));
        let Some(receiver) = self.datagrams_at(to) else {
            return match is_unix {
                true => Err(ErrorKind::NotFound.into()),
                // Nobody tells the sender.
                false => Ok(Some(bytes.len())),
            };
        };
        let queue = self.datagrams(receiver)?;
        if is_unix && queue.is_full(bytes.len()) {
            queue.blocked.push(source);
            return Ok(None);
        }
        if queue.has_room(bytes.len()) {
            queue.push(arrives, bytes, sender);
            self.due.insert((arrives, receiver));
        }
        Ok(Some(bytes.len()))
    }

    /// The address that a receiver sees.
    fn as_sender(&mut self, source: SourceId, to: &Address) -> io::Result<Address> {
        let own = self.datagrams(source)?.address.clone();
        Ok(match (own, to) {
            (Address::Inet(mut own), Address::Inet(to)) if own.ip().is_unspecified() => {
                own.set_ip(super::own_ip(to.ip()));
                Address::Inet(own)
            }
            (own, _) => own,
        })
    }

    pub(super) fn receive_from(
        &mut self,
        now: Time,
        source: SourceId,
        buffer: &mut Vec<u8>,
        sender: &mut Option<Address>,
    ) -> io::Result<Option<usize>> {
        let datagrams = self.datagrams(source)?;
        let Some((bytes, from)) = datagrams.pop(now) else {
            return Ok(None);
        };
        let blocked = std::mem::take(&mut datagrams.blocked);
        self.due
            .extend(blocked.into_iter().map(|source| (now, source)));
        let received = bytes.len().min(buffer.capacity() - buffer.len());
        buffer.extend_from_slice(&bytes[..received]);
        *sender = Some(from);
        Ok(Some(received))
    }
}
