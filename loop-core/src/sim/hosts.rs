//! The hosts of a simulation.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The addresses of the hosts that have names.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts(BTreeMap<String, Vec<IpAddr>>);

impl Hosts {
    pub(super) fn add(&mut self, name: &str, address: IpAddr) {
        let addresses = self.0.entry(name.to_ascii_lowercase());
        addresses.or_default().push(address);
    }

    pub(super) fn look_up(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let name = name.to_ascii_lowercase();
        let addresses = match self.0.get(&name) {
            Some(addresses) => addresses,
            None if name == "localhost" => &vec![Ipv4Addr::LOCALHOST.into()],
            None => {
                let message = "the simulation has no such host";
                return Err(io::Error::new(io::ErrorKind::NotFound, message));
            }
        };
        let addresses = addresses.iter();
        Ok(addresses.map(|ip| SocketAddr::new(*ip, port)).collect())
    }
}
