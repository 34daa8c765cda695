//! Slow steps: who kept the loop from running the others, and for how long.

use std::fmt;
use std::time::Duration;

use crate::coroutine::Site;
use crate::stdio::Output;

/// A step that took longer than the threshold: the other tasks, timers and input had to wait for it.
///
/// Its text is what the loop reports on standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlowStep {
    /// The task's name.
    pub task: String,
    /// The coroutine that ran, and where it is written.
    pub site: &'static Site,
    /// How long the step took.
    pub took: Duration,
}

impl fmt::Display for SlowStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SlowStep { task, site, took } = self;
        let Site { name, file, line } = site;
        write!(
            f,
            "slow step: task `{task}` ran for {took:.1?} without a yield, in `{name}` ({file}:{line})"
        )
    }
}

/// Who hears of slow steps.
type Listener = Box<dyn FnMut(&SlowStep)>;

/// What counts as slow, and who hears of it.
pub(crate) struct SlowSteps {
    pub(crate) threshold: Option<Duration>,
    pub(crate) listener: Option<Listener>,
}

impl SlowSteps {
    /// As in asyncio's debug mode: reported in debug builds, from 100 ms.
    pub(crate) fn new() -> SlowSteps {
        SlowSteps {
            threshold: cfg!(debug_assertions).then_some(Duration::from_millis(100)),
            listener: None,
        }
    }

    pub(crate) fn threshold(&self) -> Option<Duration> {
        self.threshold
    }

    pub(crate) fn report(&mut self, slow: SlowStep, stderr: &mut Output) {
        match &mut self.listener {
            Some(listener) => listener(&slow),
            None => stderr.push(&format!("{slow}\n")),
        }
    }
}
