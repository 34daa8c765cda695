//! [`Address`].

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where a socket is: an IP address with a port, or a path.
///
/// ```
/// use loop_core::net::Address;
///
/// let address = Address::from("127.0.0.1:7000".parse::<std::net::SocketAddr>().unwrap());
/// assert_eq!(address.to_string(), "127.0.0.1:7000");
/// assert_eq!(Address::Unix("/run/echo".into()).to_string(), "/run/echo");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Address {
    /// Of TCP and UDP.
    Inet(SocketAddr),
    /// Of a Unix socket: a path in the file system.
    Unix(PathBuf),
    /// Of a Unix socket that has no path: mostly a client's.
    Unnamed,
}

impl Address {
    pub(crate) fn inet(&self) -> io::Result<SocketAddr> {
        match self {
            Address::Inet(address) => Ok(*address),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Address {
        Address::Inet(address)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Inet(address) => address.fmt(f),
            Address::Unix(path) => path.display().fmt(f),
            Address::Unnamed => f.write_str("a socket without a name"),
        }
    }
}
