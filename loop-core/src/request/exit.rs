//! [`Exit`]: the end of the program.

use super::typed::Request;
use super::yields::{Resume, Yield};

/// Ends the run at once, so that the program can end with this status: what was printed is written, and the loop's `run` returns
/// [`Error::Exit`](crate::Error::Exit). No other task has a turn.
///
/// The answer is `()`, because a loop that is run again goes on behind the request. Where the type wants a value, write
/// `unreachable!()` behind it.
///
/// `#[loop_core::main]` and [`report`](crate::report) make it the program's exit status, of which systems keep the lowest eight bits. The
/// tasks are closed when the loop is dropped, each from its innermost coroutine outwards. A loop that is run again goes on with them,
/// and with the one that asked.
///
/// [`std::process::exit`] inside a coroutine loses what the loop has not written yet, and no destructor runs; what other threads
/// do is cut off there.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn refuse() {
///     yield_!(Eprint("usage: copy FROM TO\n")).unwrap();
///     yield_!(Exit(2));
///     unreachable!("the loop is not run again");
/// }
///
/// let run = Sim::new().run(refuse);
/// assert!(matches!(run.result(), Err(Error::Exit(2))));
/// assert_eq!(run.stderr(), "usage: copy FROM TO\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Exit(pub i32);

impl Request for Exit {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Exit(self.0)
    }

    fn answer(_: Resume) {}
}
