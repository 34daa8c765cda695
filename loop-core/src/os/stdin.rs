//! Standard input, read without blocking and without changing the descriptor, which other processes share.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};

use rustix::event::PollFlags;
use rustix::fs::{FileType, OFlags, SeekFrom, fcntl_getfl, fstat, seek};
use rustix::io::{Errno, read};

use super::poll::{is_hung_up, is_ready};
use crate::world::READ_SIZE;

/// What loops of this process have read and nobody has asked for, where it cannot be put back.
static LEFT_OVER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Standard input.
#[derive(Debug)]
pub(super) struct Stdin {
    shared: BorrowedFd<'static>,
    /// Where a read puts what it finds, so that the loop's own buffer grows only by that. Made by the first read.
    landing: Vec<u8>,
}

impl Stdin {
    pub(super) fn new() -> Stdin {
        Stdin {
            shared: rustix::stdio::stdin(),
            landing: Vec::new(),
        }
    }

    /// What to poll.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.shared
    }

    /// Reads once, appending to `buffer`; `None` if it would block, and 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let left_over = take_left_over();
        if !left_over.is_empty() {
            buffer.extend_from_slice(&left_over);
            return Ok(Some(left_over.len()));
        }
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
            // Another process that shares the descriptor was faster: it is for the next `poll` to say when to try again.
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => self.failed(error).map(Some),
        }
    }

    /// Puts back what nobody has asked for. The offset of a file belongs to all who share it; of everything else, which has none,
    /// the rest is kept for the next loop of this process.
    pub(super) fn unread(&self, bytes: Vec<u8>) -> Vec<u8> {
        if self.is_file() {
            let back = SeekFrom::Current(-(bytes.len() as i64));
            return match seek(self.shared, back) {
                Ok(_) => Vec::new(),
                Err(_) => bytes,
            };
        }
        let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
        left_over.splice(..0, bytes);
        Vec::new()
    }

    fn is_file(&self) -> bool {
        fstat(self.shared)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
    }

    /// A pipe that is open for writing only never becomes readable, and no read ever says why.
    fn check(&self) -> io::Result<()> {
        match fcntl_getfl(self.shared) {
            Ok(flags) if flags & OFlags::RWMODE == OFlags::WRONLY => {
                let kind = io::Error::from(Errno::BADF).kind();
                Err(unreadable(kind, "it is open for writing only"))
            }
            _ => Ok(()),
        }
    }

    /// What a failed read means. A descriptor that is closed, or a terminal that has gone, is the end of input.
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

fn take_left_over() -> Vec<u8> {
    let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *left_over)
}

fn unreadable(kind: io::ErrorKind, reason: &str) -> io::Error {
    io::Error::new(kind, format!("standard input cannot be read: {reason}"))
}
