//! Ctrl-C while a loop runs.

use std::fs;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::SigId;
use signal_hook::consts::{SIGINT, SIGPIPE};
use signal_hook::{flag, low_level};

/// How many loops run at this moment, in all threads.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// A Ctrl-C came during a run that ended for another reason. The next run, of whichever loop, is the one it ends.
static LATE: AtomicBool = AtomicBool::new(false);

/// What Ctrl-C does to this process. There once a loop has run.
static PROCESS: Mutex<Option<Process>> = Mutex::new(None);

#[derive(Clone)]
struct Process {
    before: Before,
    /// Whether the next Ctrl-C ends the process.
    kills: Arc<AtomicBool>,
}

/// What a signal did before a loop handled it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    Default,
    /// Nothing: the process was started with Ctrl-C ignored, for example by a script that runs it in the background.
    Ignored,
    /// The program has a handler of its own.
    Handled,
}

/// While it lives, Ctrl-C interrupts this run.
#[derive(Debug)]
pub(super) struct Interrupts {
    pending: Arc<AtomicBool>,
    /// Readable after Ctrl-C, so that `poll` returns.
    readable: UnixStream,
    actions: [SigId; 3],
}

impl Interrupts {
    /// From now on Ctrl-C sets `pending`. `None` if this process is not to be interrupted.
    pub(super) fn begin(pending: &Arc<AtomicBool>) -> io::Result<Option<Interrupts>> {
        let process = process()?;
        if process.before == Before::Ignored {
            return Ok(None);
        }
        let (readable, writable) = UnixStream::pair()?;
        readable.set_nonblocking(true)?;
        let late = take_late();
        pending.store(late, Ordering::SeqCst);
        // In this order: whoever finds the stream readable finds the flag set.
        let actions = [
            flag::register(SIGINT, Arc::clone(pending))?,
            flag::register(SIGINT, Arc::clone(&process.kills))?,
            low_level::pipe::register(SIGINT, writable)?,
        ];
        RUNNING.fetch_add(1, Ordering::SeqCst);
        process.kills.store(late, Ordering::SeqCst);
        Ok(Some(Interrupts {
            pending: Arc::clone(pending),
            readable,
            actions,
        }))
    }

    /// Whether Ctrl-C has come since the last call.
    pub(super) fn take(&self) -> bool {
        self.pending.swap(false, Ordering::SeqCst)
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.readable.as_fd()
    }

    /// Reads the descriptor empty, so that it is not readable until the next Ctrl-C.
    pub(super) fn calm(&self) {
        let mut bytes = [0; 16];
        while (&self.readable).read(&mut bytes).is_ok_and(|read| read > 0) {}
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        // First what happens without a loop, then the end of what happens with one: no Ctrl-C falls between the two.
        if RUNNING.fetch_sub(1, Ordering::SeqCst) == 1
            && let Ok(Process { before, kills }) = process()
        {
            kills.store(before == Before::Default, Ordering::SeqCst);
        }
        for action in self.actions {
            low_level::unregister(action);
        }
        if self.take() {
            LATE.store(true, Ordering::SeqCst);
        }
    }
}

/// Ends the process as Ctrl-C does where nobody handles it, so that whoever started it sees that: a shell ends its loop.
pub(crate) fn die_interrupted() -> ! {
    die_by(SIGINT)
}

/// Ends the process as a write does whose reader has gone, where nobody handles that.
pub(crate) fn die_of_broken_pipe() -> ! {
    die_by(SIGPIPE)
}

fn die_by(signal: i32) -> ! {
    let died = low_level::emulate_default_handler(signal);
    unreachable!("the signal {signal} ends a process: {died:?}")
}

/// Whether Ctrl-C has come during a run that is over and did not end because of it. Asking uses it up.
pub(super) fn take_late() -> bool {
    LATE.swap(false, Ordering::SeqCst)
}

/// Makes Ctrl-C end the process whenever the flag is set. Each one that comes while a loop runs sets it: the first is the
/// loop's, and the second ends the process even if a step never ends.
fn process() -> io::Result<Process> {
    let mut process = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = &*process {
        return Ok(known.clone());
    }
    let before = before(SIGINT);
    let kills = Arc::new(AtomicBool::new(before == Before::Default));
    if before != Before::Ignored {
        // Registered before the handlers of any run, so it sees the flag as the previous Ctrl-C has left it.
        flag::register_conditional_default(SIGINT, Arc::clone(&kills))?;
    }
    Ok(process.insert(Process { before, kills }).clone())
}

/// A task waits for Ctrl-C: the next one is the task's, also if it is not the first one.
pub(super) fn asked_for() {
    if let Ok(Process { before, kills }) = process()
        && before == Before::Default
    {
        kills.store(false, Ordering::SeqCst);
    }
}

/// Asks the operating system what a signal does. Where that is not known, the default is assumed.
pub(super) fn before(signal: i32) -> Before {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let has = |field: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix(field));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
    };
    match (has("SigIgn:"), has("SigCgt:")) {
        (true, _) => Before::Ignored,
        (_, true) => Before::Handled,
        _ => Before::Default,
    }
}
