//! The system calls of sockets, with descriptors that do not block and are not inherited.

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::addr::SocketAddrArg;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrAny, SocketAddrUnix, SocketType, recvfrom,
    sendto, sockopt,
};

use crate::world::{Address, SocketOption, SocketOptions};

/// Makes a socket for an address.
pub(super) fn socket(address: &Address, kind: SocketType) -> io::Result<OwnedFd> {
    let family = match address {
        Address::Inet(SocketAddr::V4(_)) => AddressFamily::INET,
        Address::Inet(SocketAddr::V6(_)) => AddressFamily::INET6,
        Address::Unix(_) | Address::Unnamed => AddressFamily::UNIX,
    };
    new_socket(family, kind)
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
mod flags {
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};

    use rustix::net::{
        AddressFamily, SocketAddrAny, SocketFlags, SocketType, acceptfrom_with, socket_with,
    };

    const FLAGS: SocketFlags = SocketFlags::NONBLOCK.union(SocketFlags::CLOEXEC);

    pub(super) fn new_socket(family: AddressFamily, kind: SocketType) -> io::Result<OwnedFd> {
        Ok(socket_with(family, kind, FLAGS, None)?)
    }

    pub(in super::super) fn accept(
        listener: impl AsFd,
    ) -> rustix::io::Result<(OwnedFd, Option<SocketAddrAny>)> {
        acceptfrom_with(listener, FLAGS)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
mod flags {
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};

    use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio};
    use rustix::net::{AddressFamily, SocketAddrAny, SocketType, acceptfrom};

    fn prepared(descriptor: OwnedFd) -> rustix::io::Result<OwnedFd> {
        fcntl_setfd(&descriptor, FdFlags::CLOEXEC)?;
        ioctl_fionbio(&descriptor, true)?;
        Ok(descriptor)
    }

    pub(super) fn new_socket(family: AddressFamily, kind: SocketType) -> io::Result<OwnedFd> {
        Ok(prepared(rustix::net::socket(family, kind, None)?)?)
    }

    pub(in super::super) fn accept(
        listener: impl AsFd,
    ) -> rustix::io::Result<(OwnedFd, Option<SocketAddrAny>)> {
        let (descriptor, peer) = acceptfrom(listener)?;
        Ok((prepared(descriptor)?, peer))
    }
}

pub(super) use self::flags::accept;
use self::flags::new_socket;

/// A path has fewer bytes, so that a zero comes after it. Linux takes one more and gives it back without the zero, which `rustix` does not
/// read.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") {
    108
} else {
    usize::MAX
};

/// An address as system calls take it.
pub(super) fn native(address: &Address) -> io::Result<SocketAddrAny> {
    Ok(match address {
        Address::Inet(address) => SocketAddrAny::from(*address),
        Address::Unix(path) => {
            let native = SocketAddrUnix::new(path)?;
            match path.as_os_str().len() < LONGEST_PATH {
                true => native.as_any(),
                false => return Err(Errno::NAMETOOLONG.into()),
            }
        }
        Address::Unnamed => return Err(io::ErrorKind::InvalidInput.into()),
    })
}

/// An address as system calls give it. There is none where a system gives none for a client of a Unix socket.
pub(super) fn address(native: Option<SocketAddrAny>) -> Address {
    let Some(native) = native else {
        return Address::Unnamed;
    };
    if let Ok(address) = SocketAddr::try_from(native.clone()) {
        return Address::Inet(address);
    }
    let path_len = (native.addr_len() as usize).saturating_sub(size_of::<u16>() + 1);
    if native.address_family() == AddressFamily::UNIX && path_len >= LONGEST_PATH {
        // A peer may have such a path.
        return Address::Unnamed;
    }
    let path = SocketAddrUnix::try_from(native);
    match path.ok().as_ref().and_then(SocketAddrUnix::path_bytes) {
        Some(bytes) => Address::Unix(PathBuf::from(OsStr::from_bytes(bytes))),
        None => Address::Unnamed,
    }
}

/// Sets what belongs to connections. Those that a listener accepts have it from the listener.
pub(super) fn prepare(socket: &OwnedFd, options: &SocketOptions) -> io::Result<()> {
    if options.reuse_port {
        sockopt::set_socket_reuseport(socket, true)?;
    }
    if options.nodelay {
        set(socket, SocketOption::Nodelay(true))?;
    }
    if options.keepalive.is_some() {
        set(socket, SocketOption::Keepalive(options.keepalive))?;
    }
    Ok(())
}

pub(super) fn set(socket: &OwnedFd, option: SocketOption) -> io::Result<()> {
    match option {
        SocketOption::Nodelay(yes) => sockopt::set_tcp_nodelay(socket, yes)?,
        SocketOption::Keepalive(None) => sockopt::set_socket_keepalive(socket, false)?,
        SocketOption::Keepalive(Some(after)) => {
            sockopt::set_tcp_keepidle(socket, after.max(Duration::from_secs(1)))?;
            sockopt::set_socket_keepalive(socket, true)?;
        }
    }
    Ok(())
}

pub(super) fn receive(
    socket: impl AsFd,
    buffer: &mut Vec<u8>,
) -> rustix::io::Result<(usize, Address)> {
    let before = buffer.len();
    let (_, _, sender) = recvfrom(socket, spare_capacity(buffer), RecvFlags::empty())?;
    Ok((buffer.len() - before, address(sender)))
}

pub(super) fn send(
    socket: impl AsFd,
    bytes: &[u8],
    to: &SocketAddrAny,
) -> rustix::io::Result<usize> {
    sendto(socket, bytes, SendFlags::NOSIGNAL, to)
}
