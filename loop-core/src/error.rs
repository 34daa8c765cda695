//! How a run can end otherwise than well.

use std::fmt;
use std::io::{self, Write as _};
use std::process::{ExitCode, Termination};

use crate::deadlock::Deadlock;
use crate::request::TaskError;

/// Why a run of the loop did not end well.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn fails() {
///     panic!("out of luck");
/// }
///
/// let error = Sim::new().run(fails()).result.unwrap_err();
/// assert!(matches!(error, Error::Failed(_)));
/// assert!(error.to_string().contains("out of luck"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Tasks panicked and nobody joined them. At least one error, in the order of failing.
    Failed(Vec<TaskError>),
    /// Every task is parked and nothing outside can wake one.
    Deadlock(Deadlock),
    /// Ctrl-C. What had been printed is written.
    Interrupted,
    /// The reader of standard output has gone. The conventional thing to do is to end quietly with status 141.
    BrokenPipe,
    /// The loop was stopped before the awaited coroutine ended.
    Stopped,
    /// A loop runs already on this thread: a coroutine must not run another one, it would block the first.
    Nested,
    /// The operating system refused something that the loop itself needs.
    World(io::Error),
    /// Text that was printed could not be written at the end, when no task was left to be told.
    Output(io::Error),
}

impl Error {
    /// The conventional exit status of a program that ends this way: 130 for Ctrl-C, 141 for a closed output pipe, 1 else.
    ///
    /// ```
    /// assert_eq!(loop_core::Error::Interrupted.exit_status(), 130);
    /// ```
    pub fn exit_status(&self) -> u8 {
        match self {
            Error::Interrupted => 130,
            Error::BrokenPipe => 141,
            _ => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Failed(errors) => {
                let each: Vec<String> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&each.join("\n"))
            }
            Error::Deadlock(deadlock) => deadlock.fmt(f),
            Error::Interrupted => f.write_str("interrupted"),
            Error::BrokenPipe => f.write_str("the reader of standard output has gone"),
            Error::Stopped => f.write_str("the loop was stopped before the coroutine ended"),
            Error::Nested => f.write_str(
                "an event loop runs on this thread already: a coroutine cannot run another one; yield or Spawn \
                 the coroutine instead",
            ),
            Error::World(error) => write!(f, "the event loop cannot go on: {error}"),
            Error::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::World(error) | Error::Output(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for io::Error {
    /// For a `main` that returns `io::Result`.
    fn from(error: Error) -> io::Error {
        match error {
            Error::World(error) | Error::Output(error) => error,
            Error::Interrupted => io::Error::new(io::ErrorKind::Interrupted, error),
            Error::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, error),
            other => io::Error::other(other.to_string()),
        }
    }
}

/// What a program's `main` does with the result of its run: the exit status that convention wants, and a message on
/// standard error unless convention wants silence. `#[loop_core::main]` does it by itself.
///
/// ```
/// use std::process::ExitCode;
/// use loop_core::prelude::*;
///
/// #[loop_core::coroutine]
/// fn program() -> std::io::Result<()> {
///     yield_!(Print("hello\n"))
/// }
///
/// fn main() -> ExitCode {
///     let event_loop = EventLoop::builder().no_slow_steps().build();
///     loop_core::report(event_loop.and_then(|mut event_loop| event_loop.run_until_complete(program())))
/// }
/// ```
pub fn report<T: Termination>(result: Result<T, Error>) -> ExitCode {
    match result {
        Ok(value) => value.report(),
        Err(error) => {
            if !matches!(error, Error::Interrupted | Error::BrokenPipe) {
                // Nobody is left to be told when that fails.
                let _ = writeln!(io::stderr(), "Error: {error}");
            }
            ExitCode::from(error.exit_status())
        }
    }
}
