//! Standard output and error, written without blocking and without changing the descriptors, which other processes share.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::event::PollFlags;
use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl, fstat, open};
use rustix::io::{Errno, write};
use rustix::net::{SendFlags, send};
use rustix::pty::ptsname;

use super::poll::is_ready;

/// A pipe that has room takes at least this much without blocking.
const PIPE_BUF: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

/// How to write to a stream without blocking.
#[derive(Debug)]
enum Way {
    /// Through a descriptor of our own, which is opened again and non-blocking. The shared descriptor is not changed.
    Own(OwnedFd),
    /// A socket has a non-blocking flag per write.
    Socket,
    /// A regular file never blocks; a write that is impossible fails at once.
    Direct,
    /// Any other stream: not more bytes than a pipe with room takes. A terminal says only whether it has room, not how much, so
    /// a write to it may still wait for a reader that has stopped reading.
    Cautious,
}

/// Standard output or standard error.
#[derive(Debug)]
pub(super) struct Stdout {
    name: &'static str,
    shared: BorrowedFd<'static>,
    /// Found out by the first write.
    way: Option<Way>,
}

impl Stdout {
    pub(super) fn output() -> Stdout {
        Stdout {
            name: "standard output",
            shared: rustix::stdio::stdout(),
            way: None,
        }
    }

    pub(super) fn error() -> Stdout {
        Stdout {
            name: "standard error",
            shared: rustix::stdio::stderr(),
            way: None,
        }
    }

    /// The descriptor to poll.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        match &self.way {
            Some(Way::Own(own)) => own.as_fd(),
            _ => self.shared,
        }
    }

    /// Writes some of the bytes; `None` if it would block.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        loop {
            match self.try_to_write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => return Ok(Some(written)),
                Err(Errno::AGAIN) => return Ok(None),
                // A signal came and nothing was written.
                Err(Errno::INTR) => {}
                Err(error) => return Err(self.unwritable(error)),
            }
        }
    }

    fn try_to_write(&mut self, bytes: &[u8]) -> rustix::io::Result<usize> {
        let shared = self.shared;
        match self.way.get_or_insert_with(|| way(shared)) {
            Way::Own(own) => write(own, bytes),
            Way::Socket => send(shared, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL),
            Way::Direct => write(shared, bytes),
            Way::Cautious if !is_ready(shared, PollFlags::OUT)? => Err(Errno::AGAIN),
            Way::Cautious => write(shared, &bytes[..bytes.len().min(PIPE_BUF)]),
        }
    }

    fn unwritable(&self, error: Errno) -> io::Error {
        let reason = match error {
            Errno::BADF if fstat(self.shared).is_err() => "it is closed".to_owned(),
            Errno::BADF => "it is open for reading only".to_owned(),
            other => other.to_string(),
        };
        let kind = match error {
            // The error of a socket whose reader went away before it had read everything.
            Errno::CONNRESET => io::ErrorKind::BrokenPipe,
            other => io::Error::from(other).kind(),
        };
        io::Error::new(kind, format!("{} cannot be written: {reason}", self.name))
    }

    /// Closes the descriptor that was opened. While no loop runs the program may replace its streams, and the reader of a pipe
    /// waits until all writers of the pipe are closed.
    pub(super) fn release(&mut self) {
        self.way = None;
    }
}

fn way(shared: BorrowedFd<'_>) -> Way {
    let Ok(stat) = fstat(shared) else {
        return Way::Direct;
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Way::Direct,
        FileType::Socket => Way::Socket,
        // Opening it again could turn a descriptor for reading into one for writing.
        _ if is_read_only(shared) => Way::Direct,
        FileType::Fifo => reopened(shared),
        // Opening the controlling side of a pseudo-terminal again would make another terminal.
        FileType::CharacterDevice if ptsname(shared, Vec::new()).is_err() => reopened(shared),
        _ => Way::Cautious,
    }
}

fn is_read_only(shared: BorrowedFd<'_>) -> bool {
    fcntl_getfl(shared).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDONLY)
}

/// Opens the file of `shared` again, to get an open file description with flags of our own. If there is no such file, or no
/// permission, the stream is written carefully instead.
fn reopened(shared: BorrowedFd<'_>) -> Way {
    let path = format!("/proc/self/fd/{}", shared.as_raw_fd());
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    open(path, flags, Mode::empty()).map_or(Way::Cautious, Way::Own)
}
