//! [`Race`].

use super::coroutines::Racers;
use super::members::{Gathering, Members, gathers, owns};
use super::outcomes::First;
use crate::request::{Deadline, Request, Resume, TaskError, Yield};

/// Runs coroutines at the same time, each as a task, and waits for the first that ends. The others are cancelled before the answer is
/// there: asyncio's `wait` with `FIRST_COMPLETED`, except that it leaves no task behind.
///
/// It takes a `Vec` or an array of one type, or a tuple of up to eight. Where a coroutine is, any other request can be, and a handle; as in a
/// [`Timeout`](crate::Timeout), a task is made of it, and what a loser was to get is there for the next one.
///
/// The answer is the value of the first. Of a tuple it is a tuple in which only that one is `Some`. If the first one panics, the answer
/// is its [`TaskError`]. If the task that asks is cancelled, so are the coroutines. Chance decides nothing: if several could end at the same moment, the one wins whose turn comes first.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::{Input, Sim};
///
/// #[loop_core::coroutine]
/// fn line() -> Option<String> {
///     yield_!(Stdin).ok()?
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> &'static str {
///     match yield_!(Race((line(), Sleep(Duration::from_secs(5))))).unwrap() {
///         (Some(_line), _) => "a line",
///         _ => "too late",
///     }
/// }
///
/// assert_eq!(Sim::new().stdin("hello\n").run(program).into_result().unwrap(), "a line");
/// let silent = Sim::new().stdin(Input::new().stays_open());
/// assert_eq!(silent.run(program).into_result().unwrap(), "too late");
/// ```
///
/// # Panics
///
/// In the task that asks, if there is no coroutine.
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Race<C>(pub C);

owns!(Race);

impl<C: Racers> Race<C> {
    fn gathering(
        self,
    ) -> Gathering<First, impl FnOnce(&Members<First>) -> Result<C::First, TaskError>> {
        let children = self.0.into_all();
        assert!(!children.is_empty(), "a race needs a coroutine");
        Gathering::new(First::default(), children, Deadline::Never, |members| {
            let first = members.outcomes.0.take();
            let (number, how) = first.expect("the others are cancelled only if one has ended");
            Ok(C::first(number, how?))
        })
    }
}

impl<C: Racers> Request for Race<C> {
    type Answer = Result<C::First, TaskError>;
    gathers!();
}
