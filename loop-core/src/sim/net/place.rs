//! Who is at which address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::world::Address;

/// From where to where something goes. Unix sockets have no link.
pub(super) type Way = Option<(IpAddr, IpAddr)>;

/// Whether a socket at one address gets what goes to another one. All addresses of IPv6 are those of IPv4, too.
pub(super) fn is_at(address: &Address, wanted: &Address) -> bool {
    match (address, wanted) {
        (Address::Inet(address), Address::Inet(wanted)) => {
            let is_all = match address.ip() {
                IpAddr::V4(ip) => ip.is_unspecified() && wanted.is_ipv4(),
                IpAddr::V6(ip) => ip.is_unspecified(),
            };
            address.port() == wanted.port() && (is_all || address.ip() == wanted.ip())
        }
        (Address::Unix(address), Address::Unix(wanted)) => address == wanted,
        _ => false,
    }
}

/// Whether one of two sockets would get what is for the other one.
pub(super) fn collide(a: &Address, b: &Address) -> bool {
    is_at(a, b) || is_at(b, a)
}

/// How a socket at one address sees another one.
pub(super) fn seen_at(own: &Address, other: &Address) -> Address {
    match (own, other) {
        (Address::Inet(SocketAddr::V6(_)), Address::Inet(SocketAddr::V4(other))) => {
            let ip = other.ip().to_ipv6_mapped();
            SocketAddr::new(ip.into(), other.port()).into()
        }
        (_, other) => other.clone(),
    }
}

/// What goes to all addresses goes to that of the loopback.
pub(super) fn destination(address: &Address) -> Address {
    match address {
        Address::Inet(address) => SocketAddr::new(not_any(address.ip()), address.port()).into(),
        address => address.clone(),
    }
}

fn not_any(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

/// From which address something comes that goes to another one. All addresses are this host's, so it is as on Linux: the same, but
/// one of the loopback.
pub(super) fn own_ip(to: IpAddr) -> IpAddr {
    match to {
        IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    }
}

pub(super) fn way(from: &Address, to: &Address) -> Way {
    match (from, to) {
        (Address::Inet(from), Address::Inet(to)) => Some((from.ip(), to.ip())),
        _ => None,
    }
}
