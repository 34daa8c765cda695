//! Ctrl-C while a loop runs.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::SigId;
use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

/// Loops that run now, in all threads.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Whether Ctrl-C does what it does by default: end the process. There once a loop has run.
static BY_DEFAULT: Mutex<Option<Arc<AtomicBool>>> = Mutex::new(None);

/// Ctrl-C is this run's while this is there.
#[derive(Debug)]
pub(super) struct Interrupts {
    pending: Arc<AtomicBool>,
    /// Readable once Ctrl-C has come, so that `poll` returns.
    readable: UnixStream,
    actions: [SigId; 2],
}

impl Interrupts {
    pub(super) fn begin() -> io::Result<Interrupts> {
        let by_default = by_default()?;
        let (readable, writable) = UnixStream::pair()?;
        let pending = Arc::new(AtomicBool::new(false));
        let actions = [
            flag::register(SIGINT, Arc::clone(&pending))?,
            low_level::pipe::register(SIGINT, writable)?,
        ];
        RUNNING.fetch_add(1, Ordering::SeqCst);
        by_default.store(false, Ordering::SeqCst);
        Ok(Interrupts {
            pending,
            readable,
            actions,
        })
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending.load(Ordering::Relaxed)
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.readable.as_fd()
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        for action in self.actions {
            low_level::unregister(action);
        }
        if RUNNING.fetch_sub(1, Ordering::SeqCst) == 1 {
            if let Ok(by_default) = by_default() {
                by_default.store(true, Ordering::SeqCst);
            }
        }
    }
}

/// Makes Ctrl-C end the process whenever the flag is set, and every Ctrl-C set the flag: so the first one while a loop runs
/// is the loop's, and the second one ends the process even if a step never ends.
fn by_default() -> io::Result<Arc<AtomicBool>> {
    let mut by_default = BY_DEFAULT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = &*by_default {
        return Ok(Arc::clone(known));
    }
    let new = Arc::new(AtomicBool::new(true));
    // In this order: the action sees the flag as the Ctrl-C before it left it.
    flag::register_conditional_default(SIGINT, Arc::clone(&new))?;
    flag::register(SIGINT, Arc::clone(&new))?;
    Ok(Arc::clone(by_default.insert(new)))
}
