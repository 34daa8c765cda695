//! Standard input, read without blocking and without changing the descriptor, which other processes share.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::event::PollFlags;
use rustix::fs::{OFlags, fcntl_getfl, fstat};
use rustix::io::{Errno, read};

use super::poll::{is_hung_up, is_ready};
use crate::world::READ_SIZE;

/// Standard input.
#[derive(Debug)]
pub(super) struct Stdin {
    shared: BorrowedFd<'static>,
    /// The buffer that a read fills; only the bytes that were read go to the loop's own buffer. Made by the first read.
    landing: Vec<u8>,
}

impl Stdin {
    pub(super) fn new() -> Stdin {
        Stdin {
            shared: rustix::stdio::stdin(),
            landing: Vec::new(),
        }
    }

    /// The descriptor to poll.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.shared
    }

    /// Reads once, appending to `buffer`; `None` if it would block, and 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        if self.landing.is_empty() {
            self.check()?;
            self.landing.resize(READ_SIZE, 0);
        }
        if !is_ready(self.shared, PollFlags::IN)? {
            return Ok(None);
        }
        match read(self.shared, &mut self.landing[..]) {
            Ok(bytes) => {
                buffer.extend_from_slice(&self.landing[..bytes]);
                Ok(Some(bytes))
            }
            // Another process that shares the descriptor was faster. The next `poll` says when to try again.
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => self.failed(error).map(Some),
        }
    }

    /// Checks for a descriptor that is open for writing only: such a pipe never becomes readable, so no read could report it.
    fn check(&self) -> io::Result<()> {
        match fcntl_getfl(self.shared) {
            Ok(flags) if flags & OFlags::RWMODE == OFlags::WRONLY => {
                let kind = io::Error::from(Errno::BADF).kind();
                Err(unreadable(kind, "it is open for writing only"))
            }
            _ => Ok(()),
        }
    }

    /// The meaning of a failed read. A descriptor that is closed, or a terminal that has gone, is the end of input.
    fn failed(&self, error: Errno) -> io::Result<usize> {
        let kind = io::Error::from(error).kind();
        match error {
            Errno::BADF if fstat(self.shared).is_err() => Ok(0),
            Errno::IO if is_hung_up(self.shared) => Ok(0),
            Errno::ISDIR => Err(unreadable(kind, "it is a directory")),
            other => Err(unreadable(kind, &other.to_string())),
        }
    }
}

fn unreadable(kind: io::ErrorKind, reason: &str) -> io::Error {
    io::Error::new(kind, format!("standard input cannot be read: {reason}"))
}
