//! The three standard streams, read and written without ever blocking and without changing the descriptors that
//! other processes share.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::io::Errno;
use rustix::net::{SendFlags, send};

use crate::world::READ_SIZE;

/// A pipe that has room takes at least this much without blocking.
const PIPE_BUF: usize = 4096;

const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// Whether a read would not block: there is something, or it is the end, or an error.
pub(super) fn stdin_is_ready() -> io::Result<bool> {
    is_ready(rustix::stdio::stdin(), PollFlags::IN)
}

fn is_ready(descriptor: BorrowedFd<'_>, flags: PollFlags) -> io::Result<bool> {
    let mut polled = [PollFd::from_borrowed_fd(descriptor, flags)];
    match poll(&mut polled, Some(&AT_ONCE)) {
        Ok(found) => Ok(found > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Reads once, appending to `buffer`; `None` if it would block.
pub(super) fn read_stdin(buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let stdin = rustix::stdio::stdin();
    buffer.reserve(READ_SIZE);
    loop {
        match rustix::io::read(stdin, spare_capacity(buffer)) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(Errno::INTR) => {}
            // Somebody else made the descriptor non-blocking, and was faster.
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return unreadable(error).map(Some),
        }
    }
}

/// What a descriptor that cannot be read means. A closed one is the end of input.
fn unreadable(error: Errno) -> io::Result<usize> {
    let stdin = rustix::stdio::stdin();
    let reason = match error {
        Errno::BADF if fstat(stdin).is_err() => return Ok(0),
        Errno::BADF => "it is open for writing only".to_owned(),
        Errno::ISDIR => "it is a directory".to_owned(),
        other => other.to_string(),
    };
    let kind = io::Error::from(error).kind();
    let message = format!("standard input cannot be read: {reason}");
    Err(io::Error::new(kind, message))
}

/// How a stream is written without blocking.
#[derive(Debug)]
enum Way {
    /// Not looked at yet.
    Unknown,
    /// Through a descriptor of our own, opened anew, that is non-blocking without the others noticing.
    Own(OwnedFd),
    /// A socket can be asked for each write.
    Socket,
    /// A regular file never blocks.
    File,
    /// Whatever it is: not more than a pipe with room takes.
    Cautious,
}

/// Standard output or standard error.
#[derive(Debug)]
pub(super) struct Stdout {
    shared: BorrowedFd<'static>,
    way: Way,
}

impl Stdout {
    pub(super) fn new(shared: BorrowedFd<'static>) -> Stdout {
        let way = Way::Unknown;
        Stdout { shared, way }
    }

    /// What to poll.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        match &self.way {
            Way::Own(own) => own.as_fd(),
            _ => self.shared,
        }
    }

    /// Writes some of the bytes; `None` if it would block.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        if matches!(self.way, Way::Unknown) {
            self.way = way(self.shared);
        }
        let written = match &self.way {
            Way::Own(own) => rustix::io::write(own, bytes),
            Way::Socket => send(self.shared, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL),
            Way::File => rustix::io::write(self.shared, bytes),
            Way::Unknown | Way::Cautious => match is_ready(self.shared, PollFlags::OUT)? {
                true => rustix::io::write(self.shared, &bytes[..bytes.len().min(PIPE_BUF)]),
                false => return Ok(None),
            },
        };
        match written {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Errno::AGAIN) => Ok(None),
            // Nothing was written: the loop comes back at once.
            Err(Errno::INTR) => Ok(Some(0)),
            Err(error) => Err(error.into()),
        }
    }
}

fn way(shared: BorrowedFd<'_>) -> Way {
    let Ok(stat) = fstat(shared) else {
        return Way::File; // closed: the write says so
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Way::File,
        FileType::Socket => Way::Socket,
        FileType::Fifo | FileType::CharacterDevice => match reopen(shared) {
            Ok(own) => Way::Own(own),
            Err(_) => Way::Cautious,
        },
        _ => Way::Cautious,
    }
}

/// Opens what `shared` refers to once more: a description of our own, with flags of our own.
fn reopen(shared: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    let number = std::os::fd::AsRawFd::as_raw_fd(&shared);
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    open(format!("/proc/self/fd/{number}"), flags, Mode::empty())
}
