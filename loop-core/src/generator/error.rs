//! Why a generator was not resumed.

use std::error::Error;
use std::fmt;

/// Why a generator could not be resumed. Where Python raises `TypeError`, `StopIteration` or `ValueError`.
///
/// ```
/// use loop_core::ResumeError;
///
/// #[loop_core::generator(yields = u32)]
/// fn one() {
///     yield_!(1);
/// }
///
/// let mut ones = one();
/// assert_eq!(ones.start(), Ok(Some(1)));
/// assert_eq!(ones.start(), Err(ResumeError::AlreadyStarted));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResumeError {
    /// It has not reached its first yield, so nothing in it waits for a value. Call `start` first.
    NotStarted,
    /// It was started before. Call `send`.
    AlreadyStarted,
    /// Its body has returned or panicked, or it was closed.
    Finished,
    /// It is running: a caller further up the call stack has resumed it. Only a [`SharedGenerator`](crate::SharedGenerator) can
    /// be in this state when it is resumed.
    Running,
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResumeError::NotStarted => {
                "the generator has not been started: call `start` before `send`"
            }
            ResumeError::AlreadyStarted => "the generator was started before: call `send`",
            ResumeError::Finished => "the generator has finished",
            ResumeError::Running => {
                "the generator is running: its own body, or what the body calls, resumed it again"
            }
        })
    }
}

impl Error for ResumeError {}

/// A value that could not be sent, and why.
///
/// ```
/// use loop_core::ResumeError;
///
/// #[loop_core::generator(receives = String)]
/// fn printer() {
///     loop {
///         println!("{}", yield_!());
///     }
/// }
///
/// let error = printer().send("too early".to_owned()).unwrap_err();
/// assert_eq!(error.reason, ResumeError::NotStarted);
/// assert_eq!(error.value, "too early");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SendError<R> {
    /// What was to be sent.
    pub value: R,
    /// Why it was not.
    pub reason: ResumeError,
}

// By hand, so that `unwrap` works when the value has no `Debug`.
impl<R> fmt::Debug for SendError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Display for SendError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was sent: {}", self.reason)
    }
}

impl<R> Error for SendError<R> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.reason)
    }
}
