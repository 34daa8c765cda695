//! One core for what is measured, the others for the harness.
//!
//! A child inherits the affinity of the thread that starts it, so nothing has to be done in the child.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

pub(crate) struct Cores {
    harness: CpuSet,
    measured: CpuSet,
}

impl Cores {
    /// The last core that this process may use is set aside; `None` where affinity cannot be set.
    pub(crate) fn divide() -> Option<Cores> {
        let allowed = sched_getaffinity(None).ok()?;
        let last = (0..CpuSet::MAX_CPU)
            .rev()
            .find(|&core| allowed.is_set(core))?;
        let (mut measured, mut harness) = (CpuSet::new(), allowed);
        measured.set(last);
        if allowed.count() > 1 {
            harness.unset(last);
        }
        sched_setaffinity(None, &harness).ok()?;
        Some(Cores { harness, measured })
    }
}

/// Runs `start`, which starts a process, so that the process has the measured core.
pub(crate) fn on_measured<T>(cores: Option<&Cores>, start: impl FnOnce() -> T) -> T {
    let Some(cores) = cores else { return start() };
    let moved = sched_setaffinity(None, &cores.measured).is_ok();
    let started = start();
    if moved {
        sched_setaffinity(None, &cores.harness).expect("the way back is open");
    }
    started
}
