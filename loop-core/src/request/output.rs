//! Requests for standard output and error: [`Print`], [`Eprint`].

use std::io;

use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};

/// Writes text to standard output; no newline is added.
///
/// A terminal gets the text at once. Otherwise the loop keeps it and writes it before it next blocks, when enough has gathered, once it has
/// waited for about 10 ms, and at its end; a task that works for long before it prints again should not wait for an earlier
/// text to be seen. A reader that is slow never blocks the other tasks: past 64 KiB of unwritten text the printing task itself is parked.
///
/// # Errors
///
/// The error of an earlier write that no task has got yet; the text is not printed then. When the reader has gone
/// (`| head -1`), the run ends with [`Error::BrokenPipe`](crate::Error::BrokenPipe), as other programs do.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn greet(whom: &'static str) -> io::Result<()> {
///     yield_!(Print(format!("hello, {whom}\n")))
/// }
///
/// assert_eq!(Sim::new().run(greet("world")).stdout(), "hello, world\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Print<S>(pub S);

impl<S: Into<String>> Request for Print<S> {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        Yield::Print(self.0.into())
    }

    #[inline]
    fn answer(resume: Resume) -> io::Result<()> {
        written("Print", resume)
    }
}

/// Writes text to standard error; no newline is added. The loop keeps and writes it as it does for [`Print`].
///
/// # Errors
///
/// The error of an earlier write that no task has got yet; the text is not printed then.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn complain() -> io::Result<()> {
///     yield_!(Eprint("no such number\n"))
/// }
///
/// assert_eq!(Sim::new().run(complain()).stderr(), "no such number\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Eprint<S>(pub S);

impl<S: Into<String>> Request for Eprint<S> {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        Yield::Eprint(self.0.into())
    }

    #[inline]
    fn answer(resume: Resume) -> io::Result<()> {
        written("Eprint", resume)
    }
}

fn written(request: &str, resume: Resume) -> io::Result<()> {
    match resume {
        Resume::Written(result) => result,
        other => mismatch(request, other),
    }
}
