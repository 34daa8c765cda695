//! Signals other than Ctrl-C, for which tasks have asked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::consts::FORBIDDEN;
use signal_hook::{SigId, flag, low_level};

use super::interrupt::{Before, before};
use crate::signal::SignalKind;

/// What the process does with each signal that a loop has ever listened to.
static PROCESS: Mutex<BTreeMap<SignalKind, Process>> = Mutex::new(BTreeMap::new());

struct Process {
    before: Before,
    /// Whether the signal does what it does by default.
    is_default: Arc<AtomicBool>,
    /// How many loops listen to it.
    loops: usize,
}

/// The signals to which one loop listens.
#[derive(Debug, Default)]
pub(super) struct Signals(Vec<Listening>);

#[derive(Debug)]
struct Listening {
    signal: SignalKind,
    has_come: Arc<AtomicBool>,
    actions: [SigId; 2],
}

impl Signals {
    pub(super) fn has(&self, signal: SignalKind) -> bool {
        self.0.iter().any(|listening| listening.signal == signal)
    }

    /// From now on the signal writes to `ringer`, and does nothing else.
    pub(super) fn listen(&mut self, signal: SignalKind, ringer: UnixStream) -> io::Result<()> {
        let number = signal.as_raw();
        if FORBIDDEN.contains(&number) || !(1..=64).contains(&number) {
            let message = format!("nobody can wait for {signal}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut process = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        let process = match process.entry(signal) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(Process::new(number)?),
        };
        if process.before == Before::Ignored {
            return Ok(());
        }
        let has_come = Arc::new(AtomicBool::new(false));
        // In this order: whoever finds the stream readable finds the flag set.
        let actions = [
            flag::register(number, Arc::clone(&has_come))?,
            low_level::pipe::register(number, ringer)?,
        ];
        process.loops += 1;
        process.is_default.store(false, Ordering::SeqCst);
        self.0.push(Listening {
            signal,
            has_come,
            actions,
        });
        Ok(())
    }

    /// Whether the signal has come since the last call.
    pub(super) fn take(&self, signal: SignalKind) -> bool {
        let mut listening = self.0.iter();
        let listening = listening.find(|listening| listening.signal == signal);
        listening.is_some_and(|listening| listening.has_come.swap(false, Ordering::SeqCst))
    }
}

impl Process {
    fn new(number: i32) -> io::Result<Process> {
        let before = before(number);
        let is_default = Arc::new(AtomicBool::new(before == Before::Default));
        if before == Before::Default {
            // Once a signal has a handler, the process has to do by itself what the signal does without one.
            flag::register_conditional_default(number, Arc::clone(&is_default))?;
        }
        Ok(Process {
            before,
            is_default,
            loops: 0,
        })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut process = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = process.get_mut(&self.signal) {
            process.loops -= 1;
            // First what happens without a loop, then the end of what happens with one: no signal falls between the two.
            if process.loops == 0 && process.before == Before::Default {
                process.is_default.store(true, Ordering::SeqCst);
            }
        }
        for action in self.actions {
            low_level::unregister(action);
        }
    }
}
