//! What a coroutine can ask, and what it is answered.
//!
//! [`Yield`] is the data that crosses to the loop and [`Resume`] the data that comes back. People write typed
//! requests instead ([`Stdin`], [`Sleep`], a [`Coroutine`], a [`Handle`] …): each is a [`Request`], which says into which
//! `Yield` it turns and how to read its answer out of the `Resume`. Nothing here knows the loop.

mod cancel;
mod chain;
mod co;
mod exit;
mod handle;
mod input;
mod kind;
mod output;
mod spawn;
mod stop;
mod task_error;
#[cfg(test)]
mod tests;
mod timing;

use std::io;
use std::time::Duration;

use crate::time::Time;

pub use cancel::Cancel;
pub use chain::{AnyCoroutine, Coroutine, Value};
pub use co::{Co, lazy, prime};
pub(crate) use co::{Entered, in_loop, make_root, with_airlock};
pub use exit::Exit;
pub(crate) use handle::DetachQueue;
pub use handle::{AnyHandle, Handle};
pub use input::{LineError, Stdin, StdinBytes};
pub use kind::RequestKind;
pub use output::{Eprint, Print};
pub use spawn::{Spawn, SpawnNamed};
pub use stop::Stop;
pub use task_error::TaskError;
pub(crate) use task_error::panic_message;
pub use timing::{Clock, Now, Sleep, SleepUntil};

/// Something that a coroutine can `yield_!` and that the loop answers.
///
/// `yield_!(request)` has the type `request`'s [`Answer`](Request::Answer). Implement it for a type of your own to
/// give a name to a request that you make often; `into_yield` says which of the loop's requests it stands for.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::{Request, Resume, Yield};
///
/// /// A tenth of a second.
/// struct Tick;
///
/// impl Request for Tick {
///     type Answer = ();
///     fn into_yield(self) -> Yield {
///         Yield::Sleep(Duration::from_millis(100))
///     }
///     fn answer(_: Resume) {}
/// }
///
/// #[loop_core::coroutine]
/// fn two_ticks() {
///     yield_!(Tick);
///     yield_!(Tick);
/// }
///
/// assert_eq!(Sim::new().run(two_ticks()).elapsed(), Duration::from_millis(200));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that the event loop can answer",
    label = "a coroutine cannot yield this",
    note = "yield a request such as `Stdin`, `Sleep(duration)`, `Print(text)` or `Spawn(coroutine())`, a coroutine (to chain \
            it), a handle (to join it), or nothing: `yield_!()`",
    note = "for a generator that yields values of its own, write `#[loop_core::generator(yields = {Self})]`"
)]
pub trait Request {
    /// What `yield_!` of this request evaluates to.
    type Answer;

    // This is what makes a bare `yield_!()` cheap. Only this crate can name the type.
    #[doc(hidden)]
    const IS_NOW: timing::IsNow = timing::IsNow(false);

    /// The request as the loop sees it.
    fn into_yield(self) -> Yield;

    /// Reads the loop's answer.
    ///
    /// # Panics
    ///
    /// May panic if `resume` answers another kind of request; the loop never does that.
    fn answer(resume: Resume) -> Self::Answer;
}

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
    /// End the run, and the program with this status. Answered by [`Resume::Unit`], if the loop is run again.
    Exit(i32),
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

impl Request for Yield {
    type Answer = Resume;

    fn into_yield(self) -> Yield {
        self
    }

    fn answer(resume: Resume) -> Resume {
        resume
    }
}

/// The answer does not fit the request: a defect of the loop, or of a hand-written [`Request`].
#[cold]
// By value: an answer whose address is taken has to lie in memory, and is copied there in the usual case as well.
fn mismatch(request: &str, answer: Resume) -> ! {
    panic!("{request} cannot be answered by {answer:?}")
}
