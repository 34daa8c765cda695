//! Slow turns: which task kept the loop from running the others, and for how long.

use std::fmt;
use std::time::Duration;

use crate::coroutine::Site;

/// A turn of a task that took longer than the threshold. The other tasks, timers and input had to wait for it.
///
/// A turn is what a task does before another task runs. It is several steps if the task's requests are answered at once.
///
/// Its text is what the loop reports on standard error.
///
/// ```
/// use std::{thread, time::Duration};
/// use loop_core::prelude::*;
///
/// #[loop_core::coroutine(lazy)]
/// fn sluggish() {
///     thread::sleep(Duration::from_millis(5));
/// }
///
/// EventLoop::builder()
///     .slow_step(Duration::from_millis(5))
///     .on_slow_step(|step| println!("{} took {:?}", step.site.name, step.took))
///     .build()
///     .run_until_complete(sluggish())?;
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlowStep {
    /// The task's name.
    pub task: String,
    /// The coroutine with which the turn began, and where it is written.
    pub site: &'static Site,
    /// How long the turn took.
    pub took: Duration,
    /// The last events before the end of the turn, if the loop's recorder [keeps them](crate::trace::Ring).
    pub flight_record: Option<String>,
}

impl fmt::Display for SlowStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SlowStep {
            task, site, took, ..
        } = self;
        write!(
            f,
            "slow step: task `{task}` ran for {took:.1?} without letting others run, in {site}"
        )?;
        match &self.flight_record {
            Some(record) => write!(f, "\n{record}"),
            None => Ok(()),
        }
    }
}

/// Gets the slow steps.
pub(crate) type Hook = Box<dyn FnMut(&SlowStep)>;

/// Which turns are slow, and which hook gets them.
pub(crate) struct SlowSteps {
    pub(crate) threshold: Option<Duration>,
    pub(crate) hook: Option<Hook>,
}

impl SlowSteps {
    /// As in asyncio's debug mode: reported in debug builds, from 100 ms.
    pub(crate) fn new() -> SlowSteps {
        SlowSteps {
            threshold: cfg!(debug_assertions).then_some(Duration::from_millis(100)),
            hook: None,
        }
    }

    pub(crate) fn threshold(&self) -> Option<Duration> {
        self.threshold
    }

    pub(crate) fn hook(&mut self) -> Option<&mut Hook> {
        self.hook.as_mut()
    }
}
