//! Standard input, read without blocking and without changing the descriptor, which other processes share.

use std::io;
#[cfg(target_os = "linux")]
use std::io::IoSliceMut;
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};

use rustix::event::PollFlags;
use rustix::fs::{FileType, OFlags, SeekFrom, fcntl_getfl, fstat, seek};
use rustix::io::{Errno, pread, read};
#[cfg(target_os = "linux")]
use rustix::io::{ReadWriteFlags, preadv2};

use super::poll::{is_hung_up, is_ready};
use crate::world::READ_SIZE;

/// What loops of this process have read and nobody has asked for, where it cannot be put back.
static LEFT_OVER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Standard input.
#[derive(Debug)]
pub(super) struct Stdin {
    shared: BorrowedFd<'static>,
    /// Each read can say by itself that it must not block. Not for files, which never do, and not on every system.
    can_refuse: bool,
    /// Where a read puts what it finds, so that the loop's own buffer grows only by that. Made by the first read.
    landing: Vec<u8>,
}

impl Stdin {
    pub(super) fn new() -> Stdin {
        Stdin {
            shared: rustix::stdio::stdin(),
            can_refuse: false,
            landing: Vec::new(),
        }
    }

    /// The descriptor to poll.
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
            self.can_refuse = !self.is_file();
            self.landing.resize(READ_SIZE, 0);
        }
        if !is_ready(self.shared, PollFlags::IN)? {
            return Ok(None);
        }
        match self.read_ready() {
            Ok(bytes) => {
                buffer.extend_from_slice(&self.landing[..bytes]);
                Ok(Some(bytes))
            }
            // Another process that shares the descriptor was faster. The next `poll` says when to try again.
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => self.failed(error).map(Some),
        }
    }

    /// Reads what `poll` has promised. If another process was faster, this refuses where it can, and blocks where it cannot.
    fn read_ready(&mut self) -> rustix::io::Result<usize> {
        if self.can_refuse {
            match read_or_refuse(self.shared, &mut self.landing) {
                Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => self.can_refuse = false,
                done => return done,
            }
        }
        read(self.shared, &mut self.landing[..])
    }

    /// Puts back what nobody has asked for. The offset of a file belongs to all who share it. What cannot be put back there is
    /// kept for the next loop of this process.
    pub(super) fn unread(&self, mut bytes: Vec<u8>) {
        if self.is_file() {
            let put_back = self.put_back(&bytes).unwrap_or(0);
            bytes.truncate(bytes.len() - put_back);
        }
        let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
        left_over.splice(..0, bytes);
    }

    /// Moves the offset of a file back, as far as the bytes are those in front of it, and says how far. They may begin with what a
    /// cancelled task has given back, and others may have got what came after that.
    fn put_back(&self, bytes: &[u8]) -> rustix::io::Result<usize> {
        let offset = seek(self.shared, SeekFrom::Current(0))?;
        let start = offset.saturating_sub(bytes.len() as u64);
        let mut before = vec![0; (offset - start) as usize];
        let read = pread(self.shared, &mut before[..], start)?;
        if read < before.len() {
            return Ok(0);
        }
        let pairs = bytes.iter().rev().zip(before.iter().rev());
        let same = pairs.take_while(|(ours, theirs)| ours == theirs).count();
        seek(self.shared, SeekFrom::Current(-(same as i64)))?;
        Ok(same)
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

/// Reads, and fails with [`Errno::AGAIN`] where that would block, whatever the flags of the descriptor are.
#[cfg(target_os = "linux")]
fn read_or_refuse(descriptor: BorrowedFd<'_>, buffer: &mut [u8]) -> rustix::io::Result<usize> {
    // From where the descriptor stands, as `read` does.
    const OFFSET: u64 = u64::MAX;
    let mut buffers = [IoSliceMut::new(buffer)];
    preadv2(descriptor, &mut buffers, OFFSET, ReadWriteFlags::NOWAIT)
}

#[cfg(not(target_os = "linux"))]
fn read_or_refuse(_: BorrowedFd<'_>, _: &mut [u8]) -> rustix::io::Result<usize> {
    Err(Errno::OPNOTSUPP)
}

fn take_left_over() -> Vec<u8> {
    let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *left_over)
}

fn unreadable(kind: io::ErrorKind, reason: &str) -> io::Error {
    io::Error::new(kind, format!("standard input cannot be read: {reason}"))
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use rustix::io::write;
    use rustix::pipe::pipe;

    use super::*;

    /// As when another process has taken what `poll` saw. On systems that cannot refuse it says so.
    #[test]
    fn a_read_of_an_empty_pipe_does_not_block() {
        let (reader, writer) = pipe().unwrap();
        let mut bytes = [0; 16];
        let empty = read_or_refuse(reader.as_fd(), &mut bytes).unwrap_err();
        if empty == Errno::OPNOTSUPP {
            return;
        }
        assert_eq!(empty, Errno::AGAIN);
        write(&writer, b"some").unwrap();
        assert_eq!(read_or_refuse(reader.as_fd(), &mut bytes), Ok(4));
        drop(writer);
        assert_eq!(read_or_refuse(reader.as_fd(), &mut bytes), Ok(0));
    }
}
