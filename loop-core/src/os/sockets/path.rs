//! The files of Unix sockets: each is there as long as its socket.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf, absolute};

use rustix::io::Errno;
use rustix::net::{SocketType, bind, connect};

use super::native::{native, socket};
use crate::world::Address;

/// The file of a socket that is open. It is removed when the socket is closed, unless it has become another file.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl SocketFile {
    fn new(path: &Path) -> io::Result<SocketFile> {
        let path = absolute(path)?;
        let file = fs::symlink_metadata(&path)?;
        Ok(SocketFile {
            path,
            device: file.dev(),
            inode: file.ino(),
        })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = |file: fs::Metadata| file.dev() == self.device && file.ino() == self.inode;
        if fs::symlink_metadata(&self.path).is_ok_and(is_ours) {
            // If it cannot be removed, the next one who binds to it finds that nobody listens.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Gives a socket its address. A file that is left of a socket that is closed, mostly of a program that has crashed, is replaced.
pub(super) fn bind_to(
    socket: &OwnedFd,
    address: &Address,
    kind: SocketType,
) -> io::Result<Option<SocketFile>> {
    let native = native(address)?;
    let Address::Unix(path) = address else {
        bind(socket, &native)?;
        return Ok(None);
    };
    match bind(socket, &native) {
        Ok(()) => {}
        Err(Errno::ADDRINUSE) if is_left_over(path, address, kind) => {
            fs::remove_file(path)?;
            bind(socket, &native)?;
        }
        Err(error) => return Err(error.into()),
    }
    SocketFile::new(path).map(Some)
}

/// Whether a path is that of a socket which nobody has open.
fn is_left_over(path: &Path, address: &Address, kind: SocketType) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refused = || {
        let (Ok(probe), Ok(native)) = (socket(address, kind), native(address)) else {
            return false;
        };
        connect(&probe, &native) == Err(Errno::CONNREFUSED)
    };
    is_socket && refused()
}
