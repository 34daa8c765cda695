//! [`Stop`]: the end of a run.

use super::typed::Request;
use super::yields::{Resume, Yield};

/// Makes the loop's `run` return, after the [batch](crate::EventLoop#rules): the tasks that are ready now have their turns.
///
/// [`run`](crate::EventLoop::run) and [`run_forever`](crate::EventLoop::run_forever) then return `Ok`;
/// [`run_until_complete`](crate::EventLoop::run_until_complete) returns [`Error::Stopped`](crate::Error::Stopped), because its
/// coroutine has not ended. To end a program, return from `main` or use [`Exit`](crate::Exit).
///
/// The task that asks keeps its turn. All tasks stay where they are; when the loop runs again, they go on. Outside of a
/// coroutine use a [`Stopper`](crate::Stopper).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::EventLoop;
///
/// #[loop_core::coroutine]
/// fn parent() {
///     yield_!(Stop);
///     yield_!(); // the turn is over
///     unreachable!("the loop is not run again");
/// }
///
/// let mut event_loop = EventLoop::new();
/// event_loop.schedule(parent());
/// event_loop.run_forever()?;
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Stop;

impl Request for Stop {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Stop
    }

    fn answer(_: Resume) {}
}
