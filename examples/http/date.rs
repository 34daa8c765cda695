//! The date in answers, made once a second.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use loop_core::Time;

/// The dates of a loop's times.
#[derive(Clone, Debug)]
pub(super) struct Dates {
    /// How long after the beginning of 1970 the loop's clock was at zero.
    zero: Duration,
    second: Option<u64>,
    text: String,
}

impl Dates {
    /// By the loop's clock alone, which a simulation has too. The clock was at `time` at the date `now`.
    pub(super) fn new(now: SystemTime, time: Time) -> Dates {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Dates {
            zero: now.saturating_sub(time - Time::ZERO),
            second: None,
            text: String::new(),
        }
    }

    /// The date at a time.
    pub(super) fn at(&mut self, time: Time) -> &str {
        let second = (self.zero + (time - Time::ZERO)).as_secs();
        if self.second.replace(second) != Some(second) {
            self.text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        }
        &self.text
    }
}
