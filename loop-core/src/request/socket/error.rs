//! What an operation says that has failed.

use std::fmt;
use std::io;

use super::operation::Wanted;
use crate::world::Address;

/// An error of the operating system, and at what it has come.
#[derive(Debug)]
struct SocketError {
    what: &'static str,
    address: Option<Address>,
    error: io::Error,
}

/// The error, with what was done and where.
pub(super) fn explained(
    wanted: &Wanted,
    error: io::Error,
    local: Option<Address>,
    peer: Option<Address>,
) -> io::Error {
    let (what, address) = match wanted {
        Wanted::Listen(how) => ("listen at", Some(how.0.clone())),
        Wanted::Bind(how) => ("bind to", Some(how.0.clone())),
        Wanted::Connect(how) => ("connect to", Some(how.0.clone())),
        Wanted::Accept => ("accept at", local),
        Wanted::Some(_) | Wanted::Exact(_) | Wanted::Until(..) => ("read from", peer),
        Wanted::WriteSome(_) | Wanted::Write(..) => ("write to", peer),
        Wanted::Receive(_) => ("receive at", local),
        Wanted::Send(_, address) => ("send to", Some((**address).clone())),
        Wanted::Shutdown(_) => ("shut down the connection with", peer),
        Wanted::Set(_) => ("set an option of the connection with", peer),
    };
    let kind = error.kind();
    let error = SocketError {
        what,
        address,
        error,
    };
    io::Error::new(kind, error)
}

/// The same for an end of a pipe, which has no address.
pub(super) fn explained_of_pipe(wanted: &Wanted, error: io::Error, pipe: &str) -> io::Error {
    let what = match wanted {
        Wanted::WriteSome(_) | Wanted::Write(..) => "write to",
        _ => "read from",
    };
    io::Error::new(error.kind(), format!("cannot {what} {pipe}: {error}"))
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}", self.what)?;
        if let Some(address) = &self.address {
            write!(f, " {address}")?;
        }
        write!(f, ": {}", self.error)
    }
}

impl std::error::Error for SocketError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
