//! [`All`] and [`TryAll`].

use std::cell::RefCell;

use super::coroutines::{Coroutines, TryCoroutines, Values};
use super::members::{Gathering, Members, Outcome, Outcomes, gathers, owns};
use super::outcomes::UntilPanic;
use crate::request::{Deadline, Request, Resume, TaskError, Yield};

/// Runs coroutines at the same time, each as a task, and waits for all of them: asyncio's `gather`.
///
/// It takes a `Vec` or an array of coroutines with values of one type, or a tuple of up to eight with values of several types. The
/// answer is their values, in the order of the coroutines. If one panics, the others are cancelled, and the answer is its
/// [`TaskError`]. An `Err` that one returns is a value like any other; see [`TryAll`].
///
/// Where a coroutine is, any other request can be, and a handle; as in a [`Timeout`](crate::Timeout), a task is made of it. So
/// `All([handle, other])` waits for tasks that run already: how each has ended is a value, and a failure cancels nothing.
///
/// If the task that asks is cancelled, so are the coroutines: none outlives the request.
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
/// fn name() -> &'static str {
///     "three"
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     assert_eq!(yield_!(All([takes(3), takes(1)])).unwrap(), [3, 1]);
///     assert_eq!(yield_!(All((takes(3), name()))).unwrap(), (3, "three"));
///     let (line, ()) = yield_!(All((Stdin, Sleep(Duration::from_secs(3))))).unwrap();
///     assert_eq!(line.unwrap(), None); // the end of input
///     assert_eq!(yield_!(All((1..4).map(takes).collect::<Vec<_>>())).unwrap(), [1, 2, 3]);
/// }
///
/// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(12));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct All<C>(pub C);

owns!(All);

impl<C: Coroutines> All<C> {
    fn gathering(
        self,
    ) -> Gathering<UntilPanic, impl FnOnce(&Members<UntilPanic>) -> Result<C::Values, TaskError>>
    {
        let children = self.0.into_all();
        let outcomes = UntilPanic::default();
        Gathering::new(outcomes, children, Deadline::Never, |members| {
            let ended = members.outcomes.0.take().into_iter();
            let values = ended.map(|(number, how)| Ok((number, how?)));
            let values: Result<_, TaskError> = values.collect();
            Ok(C::values(Values(values?)))
        })
    }
}

impl<C: Coroutines> Request for All<C> {
    type Answer = Result<C::Values, TaskError>;
    gathers!();
}

/// Runs coroutines that return a `Result` at the same time, each as a task, and waits until all have returned `Ok` or one has failed.
///
/// It takes a `Vec` or an array of coroutines with values of one type, or a tuple of up to eight with values of several types, but of one type
/// of error. As with [`All`], there can be other requests, and handles: of these a failure of the task is the error.
///
/// The answer is their values, in the order of the coroutines, or the first error: if one returns an `Err` or panics, the others are
/// cancelled. A panic's [`TaskError`] becomes an error by `From`, so the type of the errors must have that: `io::Error` and
/// `Box<dyn Error>` do. If the task that asks is cancelled, so are the coroutines.
///
/// ```
/// use std::io;
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn works(seconds: u64) -> io::Result<u64> {
///     yield_!(Sleep(Duration::from_secs(seconds)));
///     if seconds == 2 { Err(io::Error::other("broken")) } else { Ok(seconds) }
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     assert_eq!(yield_!(TryAll([works(1), works(3)]))?, [1, 3]);
///     assert_eq!(yield_!(TryAll((works(1), Stdin)))?, (1, None));
///     assert_eq!(yield_!(TryAll(vec![works(9), works(2)])).unwrap_err().to_string(), "broken");
///     Ok(())
/// }
///
/// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(6));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct TryAll<C>(pub C);

owns!(TryAll);

/// Keeps the values; the first failure decides.
struct UntilError<C: TryCoroutines> {
    kept: RefCell<C::Kept>,
    error: RefCell<Option<C::Error>>,
}

impl<C: TryCoroutines<Error: From<TaskError>>> Outcomes for UntilError<C> {
    fn ended(&self, number: usize, how: Outcome) -> bool {
        let kept = match how {
            Ok(value) => C::keep(&mut self.kept.borrow_mut(), number, value),
            Err(error) => Err(error.into()),
        };
        let Err(error) = kept else { return false };
        self.error.borrow_mut().get_or_insert(error);
        true
    }
}

type Trying<C, A> = Gathering<UntilError<C>, fn(&Members<UntilError<C>>) -> A>;

impl<C: TryCoroutines<Error: From<TaskError>> + 'static> TryAll<C> {
    fn gathering(self) -> Trying<C, Result<C::Oks, C::Error>> {
        let children = self.0.into_all();
        let outcomes = UntilError::<C> {
            kept: RefCell::default(),
            error: RefCell::new(None),
        };
        Gathering::new(outcomes, children, Deadline::Never, |members| {
            let UntilError { kept, error } = &members.outcomes;
            match error.take() {
                Some(error) => Err(error),
                None => Ok(C::oks(kept.take())),
            }
        })
    }
}

impl<C: TryCoroutines<Error: From<TaskError>> + 'static> Request for TryAll<C> {
    type Answer = Result<C::Oks, C::Error>;
    gathers!();
}
