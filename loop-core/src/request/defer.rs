//! [`Defer`] and [`Shield`]: what happens although a task is cancelled.

use super::any_coroutine::AnyCoroutine;
use super::chain::Coroutine;
use super::typed::Request;
use super::yields::{Resume, Yield};

/// Runs a coroutine when this task ends, however it ends: by a value, a panic or a cancellation. Python's `finally`, for what has to
/// yield; what has not is better done by a destructor.
///
/// It takes a function that makes the coroutine, because calling a coroutine's function begins it. Several are run one after the
/// other, the last one first, and before the task's value or failure is told. A panic in one is reported as that of a detached
/// task is, and the others run all the same. A task that is being cancelled cannot be cancelled once more: whoever
/// cancels it waits until they have run.
///
/// If the loop is dropped before the task has ended, they are closed and do not run.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn says_goodbye() {
///     yield_!(Sleep(Duration::from_secs(1)));
///     yield_!(Println("goodbye")).unwrap();
/// }
///
/// #[loop_core::coroutine]
/// fn session() {
///     yield_!(Defer(says_goodbye));
///     yield_!(Println("hello")).unwrap();
///     yield_!(Sleep(Duration::from_secs(3600)));
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let session = yield_!(Spawn(session()));
///     yield_!(Sleep(Duration::from_secs(5)));
///     assert!(yield_!(Cancel(session)).unwrap_err().is_cancelled());
///     yield_!(Println("the end")).unwrap();
/// }
///
/// let run = Sim::new().run(program);
/// assert_eq!(run.stdout(), "hello\ngoodbye\nthe end\n");
/// assert_eq!(run.elapsed(), Duration::from_secs(6));
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Defer<F>(pub F);

#[loop_macros::coroutine(lazy, crate = crate)]
fn deferred<T: 'static>(make: impl FnOnce() -> Coroutine<T> + 'static) -> T {
    yield_!(make())
}

impl<T: 'static, F: FnOnce() -> Coroutine<T> + 'static> Request for Defer<F> {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Defer(AnyCoroutine::from(deferred(self.0)))
    }

    fn answer(_: Resume) {}
}

/// Runs a coroutine that a cancellation of this task does not interrupt: whoever cancels the task waits until the coroutine has
/// ended, and then the task is cancelled.
///
/// The answer is the coroutine's value. The task does not go on after it if it has been cancelled meanwhile.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn writes() {
///     yield_!(Print("all ")).unwrap();
///     yield_!(Sleep(Duration::from_secs(10)));
///     yield_!(Print("or nothing")).unwrap();
/// }
///
/// #[loop_core::coroutine]
/// fn saves() {
///     yield_!(Shield(writes()));
///     yield_!(Sleep(Duration::from_secs(3600)));
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let saves = yield_!(Spawn(saves()));
///     yield_!(Sleep(Duration::from_secs(1)));
///     assert!(yield_!(Cancel(saves)).unwrap_err().is_cancelled());
/// }
///
/// let run = Sim::new().run(program);
/// assert_eq!((run.stdout(), run.elapsed()), ("all or nothing".to_owned(), Duration::from_secs(10)));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Shield<T>(pub Coroutine<T>);

/// Request: from now on, cancelling the task waits; or no longer.
struct SetShield(bool);

impl Request for SetShield {
    type Answer = ();

    fn into_yield(self) -> Yield {
        match self.0 {
            true => Yield::Shield,
            false => Yield::Unshield,
        }
    }

    fn answer(_: Resume) {}
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn shield<T: 'static>(coroutine: Coroutine<T>) -> T {
    yield_!(SetShield(true));
    let value = yield_!(coroutine);
    yield_!(SetShield(false));
    value
}

impl<T: 'static> Request for Shield<T> {
    type Answer = T;

    fn into_yield(self) -> Yield {
        shield(self.0).into_yield()
    }

    fn answer(resume: Resume) -> T {
        Coroutine::answer(resume)
    }
}
