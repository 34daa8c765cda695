//! [`Detail`]: the part of an event beside its kind and its task.

use std::io;
use std::time::Duration;

use super::excerpt::{Excerpt, line};
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::request::{ObjectName, RequestKind};
use crate::time::Time;

/// The part of an event beside its kind and its task.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::trace::Detail;
///
/// #[loop_core::coroutine]
/// fn greet() -> std::io::Result<()> {
///     yield_!(Print("hello"))
/// }
///
/// let run = Sim::new().run(greet);
/// for event in run.trace().events() {
///     match event.detail() {
///         Detail::Text(text) => println!("text {text}"),
///         Detail::Value(value) => println!("value {value}"),
///         _ => {}
///     }
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Detail<'a> {
    /// Nothing.
    None,
    /// Text to print, a line or bytes of input, or the message of a panic.
    Text(&'a Excerpt),
    /// Input has ended.
    EndOfInput,
    /// A request failed.
    Error(io::ErrorKind),
    /// Another task: the one that was spawned, is joined or is cancelled.
    Task(TaskId),
    /// A task of another loop.
    Foreign,
    /// What other tasks change: a lock, an event, a channel.
    Object(ObjectName),
    /// The coroutine on top of the task's stack.
    Site(&'static Site),
    /// The coroutine on top of the task's stack, and the coroutines within it that run [in place](crate::YieldFrom), from the outermost
    /// to the one that is resumed.
    InPlace {
        /// The coroutine on the stack.
        site: &'static Site,
        /// The coroutines in place.
        way: &'a [&'static Site],
    },
    /// A coroutine that is called, spawned or chained.
    Call {
        /// The coroutine.
        site: &'static Site,
        /// Its arguments, separated by commas, if they are known.
        arguments: Option<&'a str>,
        /// For [`Called`](super::EventKind::Called): how many calls that have not returned are between the running body and this
        /// one.
        depth: u8,
    },
    /// The `Debug` text of a value, or `_` if its type has none.
    Value(&'a str),
    /// How long to sleep. Saturates at 584 years.
    Duration(Duration),
    /// An instant.
    Time(Time),
    /// How a task was made.
    Made(&'a Made),
    /// A choice of the policy. [`Event::task`](super::Event::task) is the task that was picked, or the task that keeps or loses
    /// its turn.
    Options(Options),
    /// Tasks that wait.
    Waits {
        /// The first of them, each with what it waits for.
        tasks: &'a [Wait],
        /// How many more there are.
        more: usize,
    },
}

impl Detail<'_> {
    /// Visits each task that the detail refers to.
    pub(super) fn for_each_task(&self, mut visit: impl FnMut(TaskId)) {
        match self {
            Detail::Task(task) => visit(*task),
            Detail::Made(made) => made.parent.into_iter().for_each(visit),
            Detail::Options(options) => visit(options.first),
            Detail::Waits { tasks, .. } => {
                for wait in *tasks {
                    visit(wait.task);
                    wait.holder.into_iter().for_each(&mut visit);
                }
            }
            _ => {}
        }
    }
}

/// How a task was made.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::trace::Detail;
///
/// #[loop_core::coroutine]
/// fn fib(n: u64) -> u64 {
///     n
/// }
///
/// let run = Sim::new().run(|| fib(3));
/// let Detail::Made(made) = run.trace().events()[0].detail() else { unreachable!() };
/// assert_eq!((made.site.name, made.arguments.as_deref()), ("fib", Some("3")));
/// assert_eq!(made.parent, None);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Made {
    /// The task that spawned it. `None` for a root.
    pub parent: Option<TaskId>,
    /// Its number among the children of its parent, or among the roots of its name, from 1.
    pub ordinal: u32,
    /// The name that it was given.
    pub name: Option<Box<str>>,
    /// The coroutine that it runs.
    pub site: &'static Site,
    /// The coroutine's arguments, if they are known.
    pub arguments: Option<Box<str>>,
}

impl Made {
    pub(crate) fn new(
        parent: Option<TaskId>,
        ordinal: u32,
        name: Option<Box<str>>,
        site: &'static Site,
        arguments: Option<Box<str>>,
    ) -> Made {
        Made {
            parent,
            ordinal,
            name,
            site,
            arguments,
        }
    }

    pub(super) fn on_one_line(self) -> Made {
        let arguments = self.arguments.map(|text| line(text.into_string()));
        Made { arguments, ..self }
    }
}

/// A choice of the policy: which of how many options.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::trace::Detail;
///
/// #[loop_core::coroutine]
/// fn idle() {
///     yield_!();
/// }
///
/// let mut event_loop = Sim::new().seed(7).event_loop();
/// event_loop.schedule(idle());
/// event_loop.schedule(idle());
/// event_loop.run()?;
/// for event in event_loop.trace().events() {
///     if let Detail::Options(options) = event.detail() {
///         assert!(options.picked < options.of);
///     }
/// }
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The option that was picked, from 0. 0 is what production does.
    pub picked: u32,
    /// The number of options.
    pub of: u32,
    /// The task that production would have run.
    pub first: TaskId,
}

impl Options {
    pub(crate) fn new(picked: u32, of: u32, first: TaskId) -> Options {
        Options { picked, of, first }
    }
}

/// A task that waits.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::{Input, Sim};
/// use loop_core::trace::{Detail, RequestKind};
///
/// #[loop_core::coroutine]
/// fn reader() {
///     let _ = yield_!(Stdin);
/// }
///
/// let run = Sim::new().stdin(Input::new().stays_open()).run(reader); // a deadlock
/// let last = run.trace().events().last().unwrap();
/// let Detail::Waits { tasks, .. } = last.detail() else { unreachable!() };
/// assert_eq!(tasks[0].request, RequestKind::Stdin);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Wait {
    /// The task.
    pub task: TaskId,
    /// Its request.
    pub request: RequestKind,
    /// The lock, event or channel that it waits for, if it waits for such an object.
    pub object: Option<ObjectName>,
    /// The task that it waits for, or that has the lock.
    pub holder: Option<TaskId>,
}

impl Wait {
    pub(crate) fn new(
        task: TaskId,
        request: RequestKind,
        holder: Option<TaskId>,
        object: Option<ObjectName>,
    ) -> Wait {
        Wait {
            task,
            request,
            object,
            holder,
        }
    }
}
