//! [`Interval`]: ticks at equal distances.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use super::chain::Coroutine;
use super::timing::{Clock, SleepUntil};
use crate::time::Time;

/// What an [`Interval`] does about the ticks that it has missed, because its task was busy with something else. See
/// [`Interval::missed_ticks`].
///
/// In any case a tick that is late comes at once. The numbers below are the times at which the ticks come of an interval of 10 ms, whose task is
/// busy from 0 to 25 ms.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::MissedTicks;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn ticks(missed: MissedTicks) -> Vec<u64> {
///     let mut ticks = Interval::new(Duration::from_millis(10)).missed_ticks(missed);
///     yield_!(ticks.tick());
///     yield_!(Sleep(Duration::from_millis(25)));
///     let mut times = Vec::new();
///     for _ in 0..3 {
///         yield_!(ticks.tick());
///         times.push(yield_!(Clock).as_nanos() / 1_000_000);
///     }
///     times
/// }
///
/// let times = |missed| Sim::new().run(ticks(missed)).into_result().unwrap();
/// assert_eq!(times(MissedTicks::Skip), [25, 30, 40]);
/// assert_eq!(times(MissedTicks::Burst), [25, 25, 30]);
/// assert_eq!(times(MissedTicks::Delay), [25, 35, 45]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum MissedTicks {
    /// They are left out: after a late tick the next one comes at the next multiple of the period.
    #[default]
    Skip,
    /// They are made up for: all of them come at once, and then the others at their times. For what counts ticks.
    Burst,
    /// All further ticks are put off: the next one comes a whole period after the last one came. So ticks are never nearer to each other than
    /// a period, and they drift by what each is late. For what must not be asked too often.
    Delay,
}

/// Ticks at equal distances: tokio's `interval`. [`tick`](Interval::tick) waits for the next tick.
///
/// Ticks do not drift: each is due at the start plus a multiple of the period, however long the work between two of them takes. If the
/// work takes longer than the period, a tick comes late, and ticks may be missed. These are left out, unless
/// [`missed_ticks`](Interval::missed_ticks) says otherwise. This differs from tokio, which makes up for them: after an hour of sleep of
/// the machine, an interval of a second would have 3,600 ticks at once, which few programs want.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() {
///     let mut ticks = Interval::new(Duration::from_secs(10));
///     for _ in 0..3 {
///         let due = yield_!(ticks.tick());
///         yield_!(Println(format!("at {due}"))).unwrap();
///         yield_!(Sleep(Duration::from_secs(4)));
///     }
/// }
///
/// assert_eq!(Sim::new().run(program).stdout(), "at 0\nat 10s\nat 20s\n");
/// ```
#[must_use = "an interval does nothing until its `tick` is yielded"]
pub struct Interval(Rc<Ticks>);

/// What an interval and its ticks share.
struct Ticks {
    period: Duration,
    missed: Cell<MissedTicks>,
    /// When the next tick is due. `None` until the first one is asked for: only the loop knows the time.
    next: Cell<Option<Time>>,
}

impl Interval {
    /// An interval whose first tick comes at once, and the others a `period` after each other.
    ///
    /// The time counts from when the first tick is asked for.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn twice() {
    ///     let mut ticks = Interval::new(Duration::from_secs(1));
    ///     yield_!(ticks.tick()); // at once
    ///     yield_!(ticks.tick());
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(twice).elapsed(), Duration::from_secs(1));
    /// ```
    ///
    /// # Panics
    ///
    /// If the period is zero.
    pub fn new(period: Duration) -> Interval {
        Interval::with(period, None)
    }

    /// An interval whose first tick comes at this time, and the others a `period` after each other.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    ///
    /// /// The first tick comes after a period, and not at once.
    /// #[loop_core::coroutine]
    /// fn later() {
    ///     let period = Duration::from_secs(1);
    ///     let mut ticks = Interval::starting_at(yield_!(Clock) + period, period);
    ///     yield_!(ticks.tick());
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(later).elapsed(), Duration::from_secs(1));
    /// ```
    ///
    /// # Panics
    ///
    /// If the period is zero.
    pub fn starting_at(start: Time, period: Duration) -> Interval {
        Interval::with(period, Some(start))
    }

    fn with(period: Duration, start: Option<Time>) -> Interval {
        assert!(
            period > Duration::ZERO,
            "the period of an interval is zero: it must be longer; to let other tasks run as often as possible, use `yield_!()`"
        );
        Interval(Rc::new(Ticks {
            period,
            missed: Cell::default(),
            next: Cell::new(start),
        }))
    }

    /// Sets what becomes of missed ticks: see [`MissedTicks`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::{Interval, MissedTicks};
    ///
    /// let mut polite = Interval::new(Duration::from_secs(1)).missed_ticks(MissedTicks::Delay);
    /// ```
    pub fn missed_ticks(self, missed: MissedTicks) -> Interval {
        self.0.missed.set(missed);
        self
    }

    /// Waits for the next tick, and gives the time at which it was due. The tick comes later than that if nobody has waited for it then.
    ///
    /// It is a coroutine, so that it can be given to [`Timeout`](crate::Timeout) and [`Race`](crate::Race). If it is cancelled or dropped,
    /// the tick is not lost: it is the next one once more. Two tasks that wait for ticks of one interval get one each.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let second = Duration::from_secs(1);
    ///     let mut ticks = Interval::new(10 * second);
    ///     let start = yield_!(ticks.tick());
    ///     assert!(yield_!(Timeout(second, ticks.tick())).is_err());
    ///     assert_eq!(yield_!(ticks.tick()), start + 10 * second);
    /// }
    /// # loop_core::sim::Sim::new().run(program).into_result().unwrap();
    /// ```
    pub fn tick(&mut self) -> Coroutine<Time> {
        tick(Rc::clone(&self.0))
    }

    /// The time between two ticks.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let hourly = loop_core::Interval::new(Duration::from_secs(3600));
    /// assert_eq!(hourly.period().as_secs(), 3600);
    /// ```
    pub fn period(&self) -> Duration {
        self.0.period
    }
}

// Lazy, because the body must not read the time, and so fix the start, before the tick is asked for.
#[loop_macros::coroutine(lazy, crate = crate)]
fn tick(ticks: Rc<Ticks>) -> Time {
    if ticks.next.get().is_none() {
        let now = yield_!(Clock);
        ticks.next.set(Some(now));
    }
    loop {
        let due = ticks.next.get().expect("it is known from here on");
        yield_!(SleepUntil(due));
        // Only now it is known how late the tick is.
        let now = yield_!(Clock);
        // Otherwise another task had this tick.
        if ticks.next.get() == Some(due) {
            ticks.next.set(Some(ticks.after(due, now)));
            return due;
        }
    }
}

impl Ticks {
    /// When the next tick is due, after one that was due at a time and comes now.
    fn after(&self, due: Time, now: Time) -> Time {
        match self.missed.get() {
            MissedTicks::Burst => due + self.period,
            MissedTicks::Delay => now + self.period,
            MissedTicks::Skip => {
                // A period that does not fit is longer than any time.
                let period = u64::try_from(self.period.as_nanos()).unwrap_or(u64::MAX);
                let late = now.as_nanos().saturating_sub(due.as_nanos());
                let periods = (late / period).saturating_add(1);
                let since = periods.saturating_mul(period);
                Time::from_nanos(due.as_nanos().saturating_add(since))
            }
        }
    }
}

impl fmt::Debug for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "every {:?}", self.period)
    }
}

impl fmt::Debug for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("period", &self.0.period)
            .field("missed_ticks", &self.0.missed.get())
            .finish_non_exhaustive()
    }
}
