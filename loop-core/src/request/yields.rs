//! [`Yield`] and [`Resume`]: a request and its answer as data, as they cross between a coroutine and the loop.

use std::io;
use std::time::Duration;

use super::any_coroutine::{AnyCoroutine, Value};
use super::any_handle::AnyHandle;
use super::task_error::TaskError;
use crate::time::Time;

/// A request as data: what the loop matches on.
///
/// Yielding one as it is works too; its answer is then the [`Resume`] as it is.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::{Resume, Yield};
///
/// #[loop_core::coroutine]
/// fn raw() -> bool {
///     let answer = yield_!(Yield::Stdin);
///     matches!(answer, Resume::Line(Ok(Some(line))) if line == "hello")
/// }
///
/// assert!(Sim::new().stdin("hello\n").run(raw()).into_result().unwrap());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Yield {
    /// Let the others run. Answered by [`Resume::Unit`].
    Now,
    /// A line of standard input. Answered by [`Resume::Line`].
    Stdin,
    /// The next bytes of standard input. Answered by [`Resume::Bytes`].
    StdinBytes,
    /// Text for standard output. Answered by [`Resume::Written`].
    Print(String),
    /// Text for standard error. Answered by [`Resume::Written`].
    Eprint(String),
    /// A new task. Answered by [`Resume::Spawned`].
    Spawn(AnyCoroutine),
    /// A new task with a name. Answered by [`Resume::Spawned`].
    SpawnNamed(Box<(AnyCoroutine, String)>),
    /// A coroutine to wait for on this task's own stack. Answered by [`Resume::Returned`].
    Chain(AnyCoroutine),
    /// A task to wait for. Answered by [`Resume::Joined`].
    Join(AnyHandle),
    /// A task to cancel. Answered by [`Resume::Joined`].
    Cancel(AnyHandle),
    /// A time to wait. Answered by [`Resume::Unit`].
    Sleep(Duration),
    /// An instant to wait for. Answered by [`Resume::Unit`].
    SleepUntil(Time),
    /// What time it is. Answered by [`Resume::Time`].
    Clock,
    /// Make the loop's `run` return. Answered by [`Resume::Unit`], if the loop is run again.
    Stop,
}

impl From<()> for Yield {
    fn from((): ()) -> Yield {
        Yield::Now
    }
}

/// An answer as data: what the loop sends back in.
#[derive(Debug)]
#[non_exhaustive]
pub enum Resume {
    /// Go on.
    Unit,
    /// A line of standard input without its end, or `None` at the end of input.
    Line(io::Result<Option<String>>),
    /// Bytes of standard input, or `None` at the end of input.
    Bytes(io::Result<Option<Vec<u8>>>),
    /// The text was taken over for output.
    Written(io::Result<()>),
    /// The task was made.
    Spawned(AnyHandle),
    /// The chained coroutine ended with this value.
    Returned(Value),
    /// The task ended with this value, or failed.
    Joined(Result<Value, TaskError>),
    /// The time on the loop's clock.
    Time(Time),
}
