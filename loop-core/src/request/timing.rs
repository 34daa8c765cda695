//! Requests about time and turns: [`Now`], [`Sleep`], [`SleepUntil`], [`Clock`].

use std::time::Duration;

use super::typed::{How, Request, mismatch};
use super::yields::{Resume, Yield};
use crate::time::Time;

/// Lets the others run: the task goes to the back of the ready queue. Python's bare `yield`.
///
/// `yield_!()` and `yield_!(())` are the same.
///
/// ```
/// use loop_core::prelude::*;
///
/// #[loop_core::coroutine]
/// fn polite() {
///     yield_!(Now);
///     yield_!();
/// }
/// # assert!(loop_core::sim::Sim::new().run(polite()).into_result().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Now;

impl Request for Now {
    type Answer = ();

    const HOW: How = How::NOW;

    #[inline]
    fn into_yield(self) -> Yield {
        Yield::Now
    }

    #[inline]
    fn answer(resume: Resume) {
        go_on(resume);
    }
}

/// Takes the answer "go on" without running its destructor, which would have to check the variant.
#[inline]
fn go_on(resume: Resume) {
    if matches!(resume, Resume::Unit) {
        std::mem::forget(resume);
    }
}

impl Request for () {
    type Answer = ();

    const HOW: How = How::NOW;

    #[inline]
    fn into_yield(self) -> Yield {
        Yield::Now
    }

    #[inline]
    fn answer(resume: Resume) {
        go_on(resume);
    }
}

/// Waits until so much time has passed. [`Duration::ZERO`] waits for the next poll of the clock, after the tasks that are ready now.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn nap() {
///     yield_!(Sleep(Duration::from_secs(3600)));
/// }
///
/// assert_eq!(Sim::new().run(nap()).elapsed(), Duration::from_secs(3600)); // virtual: at once
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Sleep(pub Duration);

impl Request for Sleep {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Sleep(self.0)
    }

    fn answer(_: Resume) {}
}

/// Waits until an instant of the loop's clock. If that has passed, it waits for the next poll of the clock.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
///
/// /// Ticks every 10 ms without drifting. `Interval` does the same, and knows what to do about missed ticks.
/// #[loop_core::coroutine]
/// fn ticks(n: u32) {
///     let start = yield_!(Clock);
///     for i in 1..=n {
///         yield_!(SleepUntil(start + i * Duration::from_millis(10)));
///     }
/// }
/// # assert_eq!(loop_core::sim::Sim::new().run(ticks(3)).elapsed(), Duration::from_millis(30));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct SleepUntil(pub Time);

impl Request for SleepUntil {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::SleepUntil(self.0)
    }

    fn answer(_: Resume) {}
}

/// What time it is on the loop's clock.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Time;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn when() -> Time {
///     yield_!(Clock)
/// }
///
/// assert_eq!(Sim::new().run(when()).into_result().unwrap(), Time::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Clock;

impl Request for Clock {
    type Answer = Time;

    fn into_yield(self) -> Yield {
        Yield::Clock
    }

    #[inline]
    fn answer(resume: Resume) -> Time {
        match resume {
            Resume::Time(time) => time,
            other => mismatch("Clock", other),
        }
    }
}
