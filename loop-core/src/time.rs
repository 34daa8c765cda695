//! [`Time`]: an instant of the loop's own clock.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// An instant, in nanoseconds since the loop's clock began.
///
/// It is not a date. On the operating system it comes from the monotonic clock; in a simulation it is virtual. Its range is 584
/// years, and arithmetic saturates.
///
/// ```
/// use std::time::Duration;
/// use loop_core::Time;
///
/// let later = Time::ZERO + Duration::from_millis(5);
/// assert_eq!(later - Time::ZERO, Duration::from_millis(5));
/// assert_eq!(later.to_string(), "5ms");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u64);

impl Time {
    /// The instant at which the loop's clock began.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::Time;
    ///
    /// let two_hours = Time::ZERO + Duration::from_secs(7200);
    /// assert_eq!((two_hours - Time::ZERO).as_secs(), 7200);
    /// ```
    pub const ZERO: Time = Time(0);
    /// The last instant there is: a deadline that never comes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::Time;
    ///
    /// assert_eq!(Time::from_nanos(5) + Duration::MAX, Time::MAX);
    /// ```
    pub const MAX: Time = Time(u64::MAX);

    /// The instant `nanos` nanoseconds after the clock began.
    ///
    /// ```
    /// use loop_core::Time;
    ///
    /// assert_eq!(Time::from_nanos(1_500).as_nanos(), 1_500);
    /// ```
    pub const fn from_nanos(nanos: u64) -> Time {
        Time(nanos)
    }

    /// Nanoseconds since the clock began.
    ///
    /// ```
    /// use loop_core::Time;
    ///
    /// assert_eq!(Time::ZERO.as_nanos(), 0);
    /// ```
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
}

impl Add<Duration> for Time {
    type Output = Time;

    /// Saturates at [`Time::MAX`].
    fn add(self, wait: Duration) -> Time {
        let nanos = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        Time(self.0.saturating_add(nanos))
    }
}

impl Sub for Time {
    type Output = Duration;

    /// The time between two instants, zero if `earlier` is the later one.
    fn sub(self, earlier: Time) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Duration::from_nanos(self.0) {
            Duration::ZERO => f.write_str("0"),
            since => write!(f, "{since:?}"),
        }
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
