//! [`Ports`]: which ports are in use.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use crate::world::Address;

/// The first of the ports that are given to those who do not ask for one.
const EPHEMERAL: u16 = 49_152;

#[derive(Clone, Debug, Default)]
pub(super) struct Ports {
    /// The one that was given last.
    last: u16,
    /// How many use it.
    used: BTreeMap<u16, usize>,
}

impl Ports {
    /// Takes the port of an address, or one that is free if it has none. Gives the address with it.
    pub(super) fn take_for(&mut self, address: &Address) -> io::Result<Address> {
        let &Address::Inet(mut inet) = address else {
            return Ok(address.clone());
        };
        if inet.port() == 0 {
            inet = SocketAddr::new(inet.ip(), self.next_free()?);
        }
        *self.used.entry(inet.port()).or_default() += 1;
        Ok(inet.into())
    }

    fn next_free(&mut self) -> io::Result<u16> {
        for _ in EPHEMERAL..=u16::MAX {
            self.last = self
                .last
                .max(EPHEMERAL - 1)
                .checked_add(1)
                .unwrap_or(EPHEMERAL);
            if !self.used.contains_key(&self.last) {
                return Ok(self.last);
            }
        }
        Err(ErrorKind::AddrNotAvailable.into())
    }

    pub(super) fn free(&mut self, address: &Address) {
        if let Address::Inet(inet) = address
            && let Some(users) = self.used.get_mut(&inet.port())
        {
            *users -= 1;
            if *users == 0 {
                self.used.remove(&inet.port());
            }
        }
    }
}
