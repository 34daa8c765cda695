//! Requests for standard output and error: [`Print`], [`Println`], [`Eprint`], [`Eprintln`].

use std::fmt::Display;
use std::io;

use castaway::cast;

use super::typed::{Request, cannot_be_tried, mismatch};
use super::yields::{Resume, Yield};

/// Writes a value to standard output, as its `Display` shows it; no newline is added. [`Println`] adds one.
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
/// fn greet(whom: &'static str, times: u32) -> io::Result<()> {
///     yield_!(Print("hello, "))?;
///     yield_!(Print(format!("{whom}: ")))?;
///     yield_!(Print(times))
/// }
///
/// assert_eq!(Sim::new().run(greet("world", 3)).stdout(), "hello, world: 3");
/// ```
///
/// A `String` is passed on as it is. `format_args!(…)` works too (with Rust 1.89 and later), and is no faster than `format!(…)`, because
/// the loop keeps the text as a `String`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Print<S>(pub S);

impl<S: Display> Print<S> {
    /// So that `yield_!(Print(line.trim().to_uppercase().as_str()))` works, as a call does. See [`Detached`](super::Detached).
    #[doc(hidden)]
    #[inline]
    pub fn loop_core_detached(self) -> Print<String> {
        Print(text(self.0))
    }

    cannot_be_tried!();
}

impl<S: Display> Request for Print<S> {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        Yield::Print(text(self.0))
    }

    #[inline]
    fn answer(resume: Resume) -> io::Result<()> {
        written("Print", resume)
    }
}

/// Writes a value and a newline to standard output: [`Print`] by the line.
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
/// fn count(to: u32) -> io::Result<()> {
///     for n in 1..=to {
///         yield_!(Println(n))?;
///     }
///     yield_!(Println(format!("that was {to}")))
/// }
///
/// assert_eq!(Sim::new().run(count(2)).stdout(), "1\n2\nthat was 2\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Println<S>(pub S);

impl<S: Display> Println<S> {
    /// So that `yield_!(Println(line.trim().to_uppercase().as_str()))` works, as a call does. See [`Detached`](super::Detached).
    #[doc(hidden)]
    #[inline]
    pub fn loop_core_detached(self) -> Print<String> {
        Print(line(self.0))
    }

    cannot_be_tried!();
}

impl<S: Display> Request for Println<S> {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        Yield::Print(line(self.0))
    }

    #[inline]
    fn answer(resume: Resume) -> io::Result<()> {
        written("Println", resume)
    }
}

/// Writes a value to standard error; no newline is added. The loop shows, keeps and writes it as it does for [`Print`].
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

impl<S: Display> Eprint<S> {
    /// So that `yield_!(Eprint(line.trim().to_uppercase().as_str()))` works, as a call does. See [`Detached`](super::Detached).
    #[doc(hidden)]
    #[inline]
    pub fn loop_core_detached(self) -> Eprint<String> {
        Eprint(text(self.0))
    }

    cannot_be_tried!();
}

impl<S: Display> Request for Eprint<S> {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        Yield::Eprint(text(self.0))
    }

    #[inline]
    fn answer(resume: Resume) -> io::Result<()> {
        written("Eprint", resume)
    }
}

/// Writes a value and a newline to standard error: [`Eprint`] by the line.
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
///     yield_!(Eprintln("no such number"))
/// }
///
/// assert_eq!(Sim::new().run(complain()).stderr(), "no such number\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Eprintln<S>(pub S);

impl<S: Display> Eprintln<S> {
    /// So that `yield_!(Eprintln(line.trim().to_uppercase().as_str()))` works, as a call does. See [`Detached`](super::Detached).
    #[doc(hidden)]
    #[inline]
    pub fn loop_core_detached(self) -> Eprint<String> {
        Eprint(line(self.0))
    }

    cannot_be_tried!();
}

impl<S: Display> Request for Eprintln<S> {
    type Answer = io::Result<()>;

    fn into_yield(self) -> Yield {
        Yield::Eprint(line(self.0))
    }

    #[inline]
    fn answer(resume: Resume) -> io::Result<()> {
        written("Eprintln", resume)
    }
}

/// A value as text. A `String` is passed on.
fn text(shown: impl Display) -> String {
    cast!(shown, String).unwrap_or_else(|shown| shown.to_string())
}

/// A value as a line of text.
fn line(shown: impl Display) -> String {
    match cast!(shown, String) {
        Ok(text) => text + "\n",
        Err(shown) => format!("{shown}\n"),
    }
}

fn written(request: &str, resume: Resume) -> io::Result<()> {
    match resume {
        Resume::Written(result) => result,
        other => mismatch(request, other),
    }
}
