//! Waking a loop that waits, from another thread.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::task::Wake;

/// A pair of sockets: a byte that is written into one of them makes `poll` return.
#[derive(Debug)]
pub(super) struct Notify {
    readable: UnixStream,
    writable: UnixStream,
}

impl Notify {
    pub(super) fn new() -> io::Result<Notify> {
        let (readable, writable) = UnixStream::pair()?;
        readable.set_nonblocking(true)?;
        writable.set_nonblocking(true)?;
        Ok(Notify { readable, writable })
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.readable.as_fd()
    }

    /// A descriptor that wakes the loop when a byte is written to it.
    pub(super) fn ringer(&self) -> io::Result<UnixStream> {
        self.writable.try_clone()
    }

    /// Reads the descriptor empty, so that it is not readable until the next wake-up.
    pub(super) fn calm(&self) {
        let mut bytes = [0; 16];
        while (&self.readable).read(&mut bytes).is_ok_and(|read| read > 0) {}
    }
}

impl Wake for Notify {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // If the socket is full, the loop has been woken already.
        let _ = (&self.writable).write(&[0]);
    }
}
