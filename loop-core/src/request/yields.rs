//! [`Yield`] and [`Resume`]: requests and answers as data, as coroutines and the loop exchange them.
//!
//! And [`RequestKind`]: which request it is, as one byte, with the words for it in the trace, the deadlock report and the log.

use std::fmt;
use std::io;
use std::time::Duration;

use super::any_coroutine::{AnyCoroutine, Value};
use super::any_handle::{AnyHandle, TaskRef};
use super::gather::Gather;
use super::object::AnyObject;
use super::task_error::TaskError;
use super::task_info::TaskInfo;
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
#[must_use = "a request does nothing unless you `yield_!` it"]
#[non_exhaustive]
pub enum Yield {
    /// Let other tasks run. Answered by [`Resume::Unit`].
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
    /// A new task that belongs to an object, with a name or without. Answered by [`Resume::Unit`].
    SpawnIn(Box<(AnyObject, AnyCoroutine, Option<String>)>),
    /// A coroutine to wait for on this task's own stack. Answered by [`Resume::Returned`].
    Chain(AnyCoroutine),
    /// A task to wait for. Answered by [`Resume::Joined`].
    Join(AnyHandle),
    /// A task to cancel. Answered by [`Resume::Joined`].
    Cancel(AnyHandle),
    /// A task to cancel, and why. Answered by [`Resume::Joined`].
    CancelBecause(Box<(AnyHandle, String)>),
    /// A task whose end to wait for, without its value. Answered by [`Resume::Unit`].
    Ended(TaskRef),
    /// The task itself. Answered by [`Resume::Task`].
    Me,
    /// The name of a task. Answered by [`Resume::Task`].
    NameOf(TaskRef),
    /// Wait for a time. Answered by [`Resume::Unit`].
    Sleep(Duration),
    /// Wait until an instant. Answered by [`Resume::Unit`].
    SleepUntil(Time),
    /// The time on the loop's clock. Answered by [`Resume::Time`].
    Clock,
    /// What only one task can have at a time, or so many: a lock, a permit. Answered by [`Resume::Unit`].
    Acquire(AnyObject),
    /// What several tasks can have at the same time: a lock, to read. Answered by [`Resume::Unit`].
    Share(AnyObject),
    /// Wait for what other tasks do: an event, a condition, a barrier. Answered by [`Resume::Unit`].
    Wait(AnyObject),
    /// New tasks, and to wait for them. Answered by [`Resume::Unit`].
    Gather(Box<Gather>),
    /// A value of a channel. Answered by [`Resume::Unit`], when the value is there.
    Receive(AnyObject),
    /// Room for a value in a channel. Answered by [`Resume::Unit`], when there is room.
    Send(AnyObject),
    /// Make the loop's `run` return. Answered by [`Resume::Unit`].
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
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::{Resume, Yield};
///
/// #[loop_core::coroutine]
/// fn raw() -> Option<String> {
///     match yield_!(Yield::Stdin) {
///         Resume::Line(line) => line.ok()?,
///         _ => None,
///     }
/// }
///
/// assert_eq!(Sim::new().stdin("hello\n").run(raw).into_result().unwrap().as_deref(), Some("hello"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Resume {
    /// Go on.
    Unit,
    /// A line of standard input without its end, or `None` at the end of input.
    Line(io::Result<Option<String>>),
    /// Bytes of standard input, or `None` at the end of input.
    Bytes(io::Result<Option<Vec<u8>>>),
    /// The loop keeps the text and writes it, or the error of an earlier write.
    Written(io::Result<()>),
    /// The task was made.
    Spawned(AnyHandle),
    /// The chained coroutine ended with this value.
    Returned(Value),
    /// The task ended with this value, or failed.
    Joined(Result<Value, TaskError>),
    /// The time on the loop's clock.
    Time(Time),
    /// The task that was asked for.
    Task(Box<TaskInfo>),
}

/// The words for the requests of one kind.
struct Words {
    /// The request itself.
    asks: &'static str,
    /// The answer.
    answer: &'static str,
    /// What a poll of clock and world finds when it answers such a request.
    source: &'static str,
    /// What a task waits for that has made such a request.
    object: &'static str,
}

/// Makes the enum, the conversion from a [`Yield`] and the table of words, so that a new request is one line here.
macro_rules! request_kinds {
    ($($(#[$doc:meta])* $kind:ident: $asks:literal, $answer:literal, $source:literal, $object:literal;)+) => {
        /// Which request a task has made, or which of its requests is answered.
        ///
        /// Its text is what the trace says when the request is made.
        ///
        /// ```
        /// use loop_core::trace::RequestKind;
        ///
        /// assert_eq!(RequestKind::SleepUntil.to_string(), "sleep until");
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum RequestKind {
            $($(#[$doc])* $kind),+
        }

        impl RequestKind {
            /// Which request it is.
            pub(crate) fn of(request: &Yield) -> RequestKind {
                match request {
                    $(Yield::$kind { .. } => RequestKind::$kind,)+
                    Yield::SpawnNamed(_) | Yield::SpawnIn(_) => RequestKind::Spawn,
                    Yield::CancelBecause(_) => RequestKind::Cancel,
                }
            }
        }

        const WORDS: &[Words] = &[
            $(Words { asks: $asks, answer: $answer, source: $source, object: $object }),+
        ];
    };
}

request_kinds! {
    /// A bare `yield_!()`: let the others run.
    Now: "now", "ok", "", "its turn";
    /// A line of standard input.
    Stdin: "stdin", "line", "stdin", "standard input";
    /// Bytes of standard input.
    StdinBytes: "stdin bytes", "bytes", "stdin", "bytes of standard input";
    /// Text for standard output.
    Print: "print", "printed", "stdout writable", "room on standard output";
    /// Text for standard error.
    Eprint: "eprint", "printed", "stderr writable", "room on standard error";
    /// A new task.
    Spawn: "spawn", "spawned", "", "its turn";
    /// A coroutine that runs on the task's own stack.
    Chain: "chain", "returned", "", "its turn";
    /// The end of another task.
    Join: "join", "joined", "", "the end";
    /// The end of another task, now.
    Cancel: "cancel", "cancelled", "", "its turn";
    /// The end of another task, without its value.
    Ended: "wait for the end of", "has ended:", "", "the end";
    /// The task itself.
    Me: "me", "me", "", "its turn";
    /// The name of a task.
    NameOf: "name of", "name", "", "its turn";
    /// Some time.
    Sleep: "sleep", "slept", "timer", "its deadline";
    /// An instant.
    SleepUntil: "sleep until", "slept", "timer", "its deadline";
    /// The time on the loop's clock.
    Clock: "clock", "time", "", "its turn";
    /// A lock or a permit.
    Acquire: "acquire", "acquired", "", "its turn";
    /// A lock that readers share.
    Share: "share", "shares", "", "its turn";
    /// An event, a condition, a barrier.
    Wait: "wait for", "woken by", "", "its turn";
    /// The end of new tasks, or a deadline.
    Gather: "timeout", "timed out", "timer", "its deadline";
    /// A value of a channel.
    Receive: "receive from", "received from", "", "its turn";
    /// Room for a value in a channel.
    Send: "send to", "sent to", "", "its turn";
    /// That the loop's `run` returns.
    Stop: "stop", "ok", "", "its turn";
    /// That the program ends with a status.
    Exit: "exit", "ok", "", "its turn";
}

impl RequestKind {
    fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }

    /// The request: `stdin`, `join`, `sleep until`.
    pub(crate) fn asks(self) -> &'static str {
        self.words().asks
    }

    /// The answer: `line`, `joined`, `slept`.
    pub(crate) fn answer(self) -> &'static str {
        self.words().answer
    }

    /// What a poll of clock and world finds: `stdin`, `timer`. For a request without a source, the request itself.
    pub(crate) fn source(self) -> &'static str {
        match self.words().source {
            "" => self.asks(),
            source => source,
        }
    }

    /// What a task waits for that has made this request: `standard input`, `its deadline`; for another task `the end`.
    pub(crate) fn object(self) -> &'static str {
        self.words().object
    }
}

impl fmt::Display for RequestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asks())
    }
}
