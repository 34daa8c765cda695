//! [`Timeout`] and [`TimeoutAt`].

use std::panic::resume_unwind;
use std::time::Duration;

use super::error::Elapsed;
use super::members::{Gathering, Members, gathers, owns};
use super::outcomes::Only;
use crate::request::{Deadline, Request, Resume, Yield};
use crate::time::Time;

/// Runs a coroutine, or makes another request, with a time limit: asyncio's `wait_for`.
///
/// The answer is the coroutine's value, or [`Elapsed`] if the time is over before it has ended. Then the coroutine is cancelled: it is
/// closed at its yield, and its locals are dropped, before the answer is there. This is also so if it is ready to go on at that moment.
/// If it panics, so does the task that asks. In a function that returns an `io::Result`, `?` makes of `Elapsed` an error of the kind
/// [`TimedOut`](std::io::ErrorKind::TimedOut).
///
/// The coroutine is a task of its own meanwhile. If the task that asks is cancelled, the coroutine is cancelled first; if the coroutine is,
/// which only a [policy](crate::policy::Policy::cancels) does, so is the task that asks. Of nested timeouts
/// the one that is over first counts.
///
/// Of any other request a task is made that does nothing else, in traces and reports a coroutine called `request`. When the time is over, the
/// request is cancelled, and what it was to get is there for the next one: a `receiver.recv()` loses no value. A [`Handle`](crate::Handle) is
/// dropped then, and its task goes on. An answer that is there is dropped if the task that asks is cancelled before its turn. A request
/// that borrows, or that runs in place, as `stream.next()` does, cannot have a time limit.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn takes(seconds: u64) -> u64 {
///     yield_!(Sleep(Duration::from_secs(seconds)));
///     seconds
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     assert_eq!(yield_!(Timeout(Duration::from_secs(2), takes(1))), Ok(1));
///     assert!(yield_!(Timeout(Duration::from_secs(2), takes(3))).is_err());
///     assert!(yield_!(Timeout(Duration::from_secs(2), Stdin)).is_ok());
/// }
///
/// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(3));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Timeout<R>(pub Duration, pub R);

owns!(Timeout);

/// Runs a coroutine, or makes another request, until an instant at most: a [`Timeout`] with the time at which it is over.
///
/// So several of them, one after the other, can have one limit together.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::TimeoutAt;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn endless() {
///     loop {
///         yield_!(Sleep(Duration::from_secs(2)));
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let deadline = yield_!(Clock) + Duration::from_secs(5);
///     assert!(yield_!(TimeoutAt(deadline, endless())).is_err());
/// }
///
/// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(5));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct TimeoutAt<R>(pub Time, pub R);

owns!(TimeoutAt);

fn within<R: Request + 'static>(
    deadline: Deadline,
    request: R,
) -> Gathering<Only, impl FnOnce(&Members<Only>) -> Result<R::Answer, Elapsed>> {
    let children = vec![request.loop_core_coroutine()];
    Gathering::new(Only::default(), children, deadline, value_of)
}

fn value_of<T: 'static>(members: &Members<Only>) -> Result<T, Elapsed> {
    match members.outcomes.0.take() {
        Some(Ok(value)) => Ok(value.expect("a coroutine's value")),
        Some(Err(error)) => match error.try_into_panic() {
            Ok(payload) => resume_unwind(payload),
            // The task that asks is cancelled too, and does not come here unless it is shielded.
            Err(error) => panic!("{error}"),
        },
        None => Err(Elapsed::new(members.take_elapsed().unwrap_or_default())),
    }
}

impl<R: Request + 'static> Timeout<R> {
    fn gathering(
        self,
    ) -> Gathering<Only, impl FnOnce(&Members<Only>) -> Result<R::Answer, Elapsed>> {
        within(Deadline::After(self.0), self.1)
    }
}

impl<R: Request + 'static> TimeoutAt<R> {
    fn gathering(
        self,
    ) -> Gathering<Only, impl FnOnce(&Members<Only>) -> Result<R::Answer, Elapsed>> {
        within(Deadline::At(self.0), self.1)
    }
}

impl<R: Request + 'static> Request for Timeout<R> {
    type Answer = Result<R::Answer, Elapsed>;
    gathers!();
}

impl<R: Request + 'static> Request for TimeoutAt<R> {
    type Answer = Result<R::Answer, Elapsed>;
    gathers!();
}
