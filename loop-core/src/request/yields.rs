//! [`Yield`] and [`Resume`]: requests and answers as data, as coroutines and the loop exchange them.

use std::io;
use std::time::Duration;

use super::any_coroutine::{AnyCoroutine, Value};
use super::any_handle::{AnyHandle, TaskRef};
use super::any_local::{AnyLocal, LocalValue};
use super::gather::Gather;
use super::kind::RequestKind;
use super::object::AnyObject;
use super::task_error::TaskError;
use super::task_info::TaskInfo;
use super::task_tree::TaskTree;
use crate::time::Time;

/// Plumbing: a request as data, what the loop matches on.
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
    /// A coroutine to run when the task ends. Answered by [`Resume::Unit`].
    Defer(AnyCoroutine),
    /// From now on, cancelling the task waits. Answered by [`Resume::Unit`].
    Shield,
    /// Undoes one [`Yield::Shield`]. Answered by [`Resume::Unit`], if the task has not been cancelled meanwhile.
    Unshield,
    /// A task whose end to wait for, without its value. Answered by [`Resume::Unit`].
    Ended(TaskRef),
    /// The task itself. Answered by [`Resume::Task`].
    Me,
    /// The name of a task. Answered by [`Resume::Task`].
    NameOf(TaskRef),
    /// The task's value of a [`TaskLocal`](crate::TaskLocal). Answered by [`Resume::Local`].
    GetLocal(AnyLocal),
    /// Another value of a [`TaskLocal`](crate::TaskLocal) for the task, or none. Answered by [`Resume::Local`]: the value before.
    SetLocal(Box<(AnyLocal, Option<LocalValue>)>),
    /// The tasks of the loop. Answered by [`Resume::Tasks`].
    Tasks,
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
    /// Room for another task in a group. Answered by [`Resume::Unit`].
    Room(AnyObject),
    /// New tasks, and to wait for them. Answered by [`Resume::Unit`].
    Gather(Box<Gather>),
    /// A value of a channel. Answered by [`Resume::Unit`], when the value is there.
    Receive(AnyObject),
    /// Room for a value in a channel. Answered by [`Resume::Unit`], when there is room.
    Send(AnyObject),
    /// A future of another library. Answered by [`Resume::Unit`], when the future is ready.
    Await(AnyObject),
    /// A closure for another thread. Answered by [`Resume::Unit`], when the closure has ended.
    Blocking(AnyObject),
    /// The addresses of a host. Answered by [`Resume::Unit`], when they are known.
    LookUp(AnyObject),
    /// A signal of the operating system. Answered by [`Resume::Unit`], when it has come.
    Signal(AnyObject),
    /// To listen for connections. Answered by [`Resume::Unit`].
    Listen(AnyObject),
    /// To be a socket for datagrams. Answered by [`Resume::Unit`].
    Bind(AnyObject),
    /// A connection of those who connect. Answered by [`Resume::Unit`], when there is one, or an error.
    Accept(AnyObject),
    /// A connection to an address. Answered by [`Resume::Unit`], when it is made, or has failed.
    Connect(AnyObject),
    /// Bytes of a connection. Answered by [`Resume::Unit`], when they are there, or an error.
    Read(AnyObject),
    /// Bytes for a connection. Answered by [`Resume::Unit`], when they are written, or an error has come.
    Write(AnyObject),
    /// The end of a direction of a connection. Answered by [`Resume::Unit`].
    Shutdown(AnyObject),
    /// Another value of an option of a connection. Answered by [`Resume::Unit`].
    SetOption(AnyObject),
    /// A child process. Answered by [`Resume::Unit`].
    Start(AnyObject),
    /// The end of a child process. Answered by [`Resume::Unit`], when it has ended.
    WaitChild(AnyObject),
    /// Whether a child process has ended. Answered by [`Resume::Unit`].
    LookAt(AnyObject),
    /// A signal for a child process. Answered by [`Resume::Unit`].
    Kill(AnyObject),
    /// Make the loop's `run` return. Answered by [`Resume::Unit`].
    Stop,
    /// End the run, and the program with this status. Answered by [`Resume::Unit`], if the loop is run again.
    Exit(i32),
}

impl Yield {
    /// Which request it is.
    pub(crate) fn kind(&self) -> RequestKind {
        match self {
            Yield::Now => RequestKind::Now,
            Yield::Stdin => RequestKind::Stdin,
            Yield::StdinBytes => RequestKind::StdinBytes,
            Yield::Print { .. } => RequestKind::Print,
            Yield::Eprint { .. } => RequestKind::Eprint,
            Yield::Spawn { .. } => RequestKind::Spawn,
            Yield::Chain { .. } => RequestKind::Chain,
            Yield::Join { .. } => RequestKind::Join,
            Yield::Cancel { .. } => RequestKind::Cancel,
            Yield::Defer { .. } => RequestKind::Defer,
            Yield::Shield => RequestKind::Shield,
            Yield::Unshield => RequestKind::Unshield,
            Yield::Ended { .. } => RequestKind::Ended,
            Yield::Me => RequestKind::Me,
            Yield::NameOf { .. } => RequestKind::NameOf,
            Yield::GetLocal { .. } => RequestKind::GetLocal,
            Yield::SetLocal { .. } => RequestKind::SetLocal,
            Yield::Tasks => RequestKind::Tasks,
            Yield::Sleep { .. } => RequestKind::Sleep,
            Yield::SleepUntil { .. } => RequestKind::SleepUntil,
            Yield::Clock => RequestKind::Clock,
            Yield::Acquire { .. } => RequestKind::Acquire,
            Yield::Share { .. } => RequestKind::Share,
            Yield::Wait { .. } => RequestKind::Wait,
            Yield::Room { .. } => RequestKind::Room,
            Yield::Gather { .. } => RequestKind::Gather,
            Yield::Receive { .. } => RequestKind::Receive,
            Yield::Send { .. } => RequestKind::Send,
            Yield::Await { .. } => RequestKind::Await,
            Yield::Blocking { .. } => RequestKind::Blocking,
            Yield::LookUp { .. } => RequestKind::LookUp,
            Yield::Signal { .. } => RequestKind::Signal,
            Yield::Listen { .. } => RequestKind::Listen,
            Yield::Bind { .. } => RequestKind::Bind,
            Yield::Accept { .. } => RequestKind::Accept,
            Yield::Connect { .. } => RequestKind::Connect,
            Yield::Read { .. } => RequestKind::Read,
            Yield::Write { .. } => RequestKind::Write,
            Yield::Shutdown { .. } => RequestKind::Shutdown,
            Yield::SetOption { .. } => RequestKind::SetOption,
            Yield::Start { .. } => RequestKind::Start,
            Yield::WaitChild { .. } => RequestKind::WaitChild,
            Yield::LookAt { .. } => RequestKind::LookAt,
            Yield::Kill { .. } => RequestKind::Kill,
            Yield::Stop => RequestKind::Stop,
            Yield::Exit { .. } => RequestKind::Exit,
            Yield::SpawnNamed(_) | Yield::SpawnIn(_) => RequestKind::Spawn,
            Yield::CancelBecause(_) => RequestKind::Cancel,
        }
    }
}

impl From<()> for Yield {
    fn from((): ()) -> Yield {
        Yield::Now
    }
}

/// Plumbing: an answer as data, what the loop sends back in.
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
    /// The value of a [`TaskLocal`](crate::TaskLocal), if the task has one.
    Local(Option<LocalValue>),
    /// The tasks of the loop.
    Tasks(Box<TaskTree>),
}
