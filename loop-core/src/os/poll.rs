//! Asks the operating system whether a descriptor is ready, without waiting for it.

use std::os::fd::BorrowedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// Whether the operation does not block: it can be done, or it fails, or the stream is at its end.
pub(super) fn is_ready(descriptor: BorrowedFd<'_>, flags: PollFlags) -> rustix::io::Result<bool> {
    Ok(!state(descriptor, flags)?.is_empty())
}

/// Whether the other end is closed.
pub(super) fn is_hung_up(descriptor: BorrowedFd<'_>) -> bool {
    state(descriptor, PollFlags::IN).is_ok_and(|state| state.contains(PollFlags::HUP))
}

fn state(descriptor: BorrowedFd<'_>, flags: PollFlags) -> rustix::io::Result<PollFlags> {
    let mut polled = [PollFd::from_borrowed_fd(descriptor, flags)];
    match poll(&mut polled, Some(&AT_ONCE)) {
        Ok(_) => Ok(polled[0].revents()),
        // A signal came: the next poll finds what there is.
        Err(Errno::INTR) => Ok(PollFlags::empty()),
        Err(error) => Err(error),
    }
}
