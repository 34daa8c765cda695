//! Why a run of the loop can fail.

use std::fmt;
use std::io::{self, Write as _};
use std::process::{ExitCode, Termination};

use crate::deadlock::Deadlock;
use crate::os::{die_interrupted, die_of_broken_pipe};
use crate::request::TaskError;

/// Why a run of the loop failed.
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
/// let error = Sim::new().run(fails()).into_result().unwrap_err();
/// assert!(matches!(error, Error::Failed(_)));
/// assert!(error.to_string().contains("out of luck"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Tasks panicked, and no task joined them.
    Failed(Failures),
    /// Every task is parked and nothing outside can wake one.
    Deadlock(Deadlock),
    /// Ctrl-C. The text that was printed before is written.
    Interrupted,
    /// The reader of standard output has gone. By convention a program then ends quietly with status 141.
    BrokenPipe,
    /// A task [asked](crate::Exit) for the program to end with this status. What had been printed is written.
    Exit(i32),
    /// The loop was stopped before the awaited coroutine ended.
    Stopped,
    /// The run took more steps than the [limit](crate::sim::Sim::step_limit) of a simulation.
    StepLimit(StepLimit),
    /// A loop runs on this thread already. A coroutine must not run another loop, which would block the first one. (While it is
    /// primed before its loop runs, it could.)
    Nested,
    /// The operating system refused something that the loop itself needs.
    World(io::Error),
    /// Text that was printed could not be written, and no task was left to get the error.
    Output(io::Error),
}

impl Error {
    /// The conventional exit status of a program that ends this way: 130 for Ctrl-C, 141 for a closed output pipe, the lowest eight bits of
    /// what [`Exit`](crate::Exit) says, 1 else.
    ///
    /// ```
    /// assert_eq!(loop_core::Error::Interrupted.exit_status(), 130);
    /// ```
    pub fn exit_status(&self) -> u8 {
        match self {
            Error::Interrupted => 130,
            Error::BrokenPipe => 141,
            Error::Exit(status) => *status as u8,
            _ => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Failed(failures) => failures.fmt(f),
            Error::Deadlock(deadlock) => deadlock.fmt(f),
            Error::Interrupted => f.write_str("interrupted"),
            Error::BrokenPipe => f.write_str("the reader of standard output has gone"),
            Error::Exit(status) => write!(f, "the program is to end with status {status}"),
            Error::Stopped => f.write_str("the loop was stopped before the coroutine ended"),
            Error::Nested => f.write_str(
                "an event loop runs on this thread already: a coroutine cannot run another one; yield or Spawn \
                 the coroutine instead",
            ),
            Error::StepLimit(limit) => limit.fmt(f),
            Error::World(error) => write!(f, "the event loop cannot go on: {error}"),
            Error::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::World(error) | Error::Output(error) => Some(error),
            Error::Failed(failures) => failures.errors().first().map(|error| error as _),
            _ => None,
        }
    }
}

impl From<Error> for io::Error {
    /// For a `main` that returns `io::Result`. The error stays inside, as the [source](io::Error::get_ref).
    fn from(error: Error) -> io::Error {
        match error {
            Error::World(error) | Error::Output(error) => error,
            Error::Interrupted => io::Error::new(io::ErrorKind::Interrupted, error),
            Error::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, error),
            other => io::Error::other(other),
        }
    }
}

/// The failures of a run that no task has joined: a hundred at most, in the order in which they happened, and a count of the others.
/// They are the first ones, but the failure of the awaited coroutine is always among them.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine(lazy)]
/// fn fails(n: u32) {
///     panic!("number {n}");
/// }
///
/// let mut event_loop = Sim::new().event_loop();
/// event_loop.schedule(fails(1));
/// event_loop.schedule(fails(2));
/// let Err(Error::Failed(failures)) = event_loop.run() else { unreachable!() };
/// let messages: Vec<_> = failures.errors().iter().map(|error| error.message()).collect();
/// assert_eq!(messages, ["number 1", "number 2"]);
/// ```
#[derive(Debug)]
pub struct Failures {
    errors: Vec<TaskError>,
    more: u64,
}

impl Failures {
    pub(crate) fn new(errors: Vec<TaskError>, more: u64) -> Failures {
        debug_assert!(!errors.is_empty(), "a run without failures has not failed");
        Failures { errors, more }
    }

    /// The first failures. At least one, at most a hundred.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn fails(n: u32) {
    ///     panic!("number {n}");
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.schedule(fails(1));
    /// event_loop.schedule(fails(2));
    /// let Err(Error::Failed(failures)) = event_loop.run() else { unreachable!() };
    /// assert_eq!(failures.errors()[0].message(), "number 1");
    /// ```
    pub fn errors(&self) -> &[TaskError] {
        &self.errors
    }

    /// How many failures there were after those.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn fails(n: u32) {
    ///     panic!("number {n}");
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.schedule(fails(1));
    /// event_loop.schedule(fails(2));
    /// let Err(Error::Failed(failures)) = event_loop.run() else { unreachable!() };
    /// assert_eq!(failures.more(), 0);
    /// ```
    pub fn more(&self) -> u64 {
        self.more
    }

    /// What was not reported at once: the failures with which the run ended. The others are counted.
    fn unreported(&self) -> String {
        let (before, now): (Vec<_>, Vec<_>) =
            self.errors.iter().partition(|error| error.is_reported());
        let mut lines: Vec<String> = now.into_iter().map(ToString::to_string).collect();
        match before.len() as u64 + self.more {
            0 => {}
            1 => lines.push("a task panicked, as reported before".to_owned()),
            count => lines.push(format!("{count} tasks panicked, as reported before")),
        }
        lines.join("\n")
    }

    /// The first failure.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn fails(n: u32) {
    ///     panic!("number {n}");
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.schedule(fails(1));
    /// event_loop.schedule(fails(2));
    /// let Err(Error::Failed(failures)) = event_loop.run() else { unreachable!() };
    /// assert_eq!(failures.into_first().message(), "number 1");
    /// ```
    pub fn into_first(mut self) -> TaskError {
        self.errors.swap_remove(0)
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<String> = self.errors.iter().map(ToString::to_string).collect();
        f.write_str(&each.join("\n"))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "\n… and {more} more tasks panicked"),
        }
    }
}

/// A run that did not end within its limit of steps.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn endless() {
///     loop {
///         yield_!();
///     }
/// }
///
/// let run = Sim::new().step_limit(100).run(endless);
/// let Err(Error::StepLimit(limit)) = run.into_result() else { unreachable!() };
/// assert_eq!((limit.limit, &*limit.task), (100, "endless"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepLimit {
    /// The limit.
    pub limit: u64,
    /// The task that had the last turn.
    pub task: String,
    /// The last events, if the loop's recorder keeps them.
    pub last: Option<String>,
}

impl fmt::Display for StepLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StepLimit { limit, task, last } = self;
        write!(
            f,
            "the run did not end within {limit} steps; the last turn was that of {task}. Set another limit with \
             `Sim::step_limit` if the program needs more"
        )?;
        match last {
            Some(last) => write!(f, "\n{last}"),
            None => Ok(()),
        }
    }
}

/// Makes an exit status of the result of a run, for a program's `main`: the conventional status, and a message on standard
/// error unless the convention is silence. `#[loop_core::main]` does this itself.
///
/// After Ctrl-C, and when the reader of standard output has gone, this does not return: it writes what the standard library still
/// keeps of standard output, and ends the process by the signal, as convention wants it. So a shell
/// knows how the program has ended: it shows the status 130 or 141, and after Ctrl-C it also ends a script or a loop of its own that runs
/// the program. Drop the event loop before, as below, if coroutines that have not
/// ended are to be closed.
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
///     let mut event_loop = EventLoop::builder().no_slow_steps().build();
///     let result = event_loop.run_until_complete(program());
///     drop(event_loop);
///     loop_core::report(result)
/// }
/// ```
pub fn report<T: Termination>(result: Result<T, Error>) -> ExitCode {
    match result {
        Ok(value) => value.report(),
        Err(error) => report_error(&error),
    }
}

fn report_error(error: &Error) -> ExitCode {
    // Nobody is left to be told when one of these writes fails.
    match error {
        Error::Interrupted => {
            let _ = io::stdout().flush();
            die_interrupted()
        }
        Error::BrokenPipe => {
            let _ = io::stdout().flush();
            die_of_broken_pipe()
        }
        Error::Exit(_) => {}
        Error::Failed(failures) => {
            let _ = writeln!(io::stderr(), "Error: {}", failures.unreported());
        }
        other => {
            let _ = writeln!(io::stderr(), "Error: {other}");
        }
    }
    ExitCode::from(error.exit_status())
}
