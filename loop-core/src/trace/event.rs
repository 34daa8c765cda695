//! [`Event`]: one decision of the loop.

use std::fmt;
use std::io;
use std::time::Duration;

use super::detail::{Detail, Made, Options, Wait};
use super::excerpt::{Excerpt, line};
use super::kind::EventKind;
use super::payload::Payload;
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::request::{ObjectKind, ObjectName};
use crate::time::Time;

/// One decision of the loop: what happened, to which task, and one detail. 16 bytes.
///
/// The loop emits events at fixed points. An event never depends on an address, a descriptor or a wall clock.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::trace::{Detail, EventKind, RequestKind};
///
/// #[loop_core::coroutine]
/// fn hello() {
///     yield_!(Print("hello".to_owned())).unwrap();
/// }
///
/// let run = Sim::new().run(hello());
/// let printed = run.trace().events().iter().find(|event| event.kind() == EventKind::Asked(RequestKind::Print));
/// let Some(Detail::Text(text)) = printed.map(|event| event.detail()) else { unreachable!() };
/// assert_eq!(text.to_string(), r#""hello""#);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Event(Repr);

/// One variant per type of payload, so that the tag, the kind, the task and eight bytes of payload fit into 16 bytes.
#[derive(Clone, PartialEq, Eq)]
#[rustfmt::skip]
enum Repr {
    Plain { kind: EventKind, task: TaskId },
    EndOfInput { kind: EventKind, task: TaskId },
    Foreign { kind: EventKind, task: TaskId },
    Object { kind: EventKind, task: TaskId, object: ObjectKind, number: u32 },
    Text { kind: EventKind, task: TaskId, text: Excerpt },
    Error { kind: EventKind, task: TaskId, error: io::ErrorKind },
    Task { kind: EventKind, task: TaskId, other: TaskId },
    Site { kind: EventKind, task: TaskId, site: &'static Site },
    /// A call whose arguments are not known.
    Call { kind: EventKind, task: TaskId, depth: u8, site: &'static Site },
    Nanos { kind: EventKind, task: TaskId, nanos: u64 },
    Time { kind: EventKind, task: TaskId, time: Time },
    /// The first option was picked, of this number of options.
    First { kind: EventKind, task: TaskId, of: u32 },
    Boxed { kind: EventKind, task: TaskId, boxed: Box<Boxed> },
}

/// Payloads that are too large for an event or have no fixed size.
#[derive(Clone, PartialEq, Eq)]
enum Boxed {
    InPlace(&'static Site, Box<[&'static Site]>),
    Call(&'static Site, Box<str>, u8),
    Value(Box<str>),
    Made(Made),
    Options(Options),
    Waits(Vec<Wait>, usize),
}

impl Event {
    /// An event about a task, or about [`TaskId::NONE`].
    // Inlined always: every caller knows the variant of the payload, so the match is resolved at compile time.
    #[inline(always)]
    pub(crate) fn new(kind: EventKind, task: TaskId, payload: Payload) -> Event {
        let boxed = |boxed| Repr::Boxed {
            kind,
            task,
            boxed: Box::new(boxed),
        };
        Event(match payload {
            Payload::None | Payload::Value(None) => Repr::Plain { kind, task },
            Payload::Text(text) => Repr::Text { kind, task, text },
            Payload::EndOfInput => Repr::EndOfInput { kind, task },
            Payload::Error(error) => Repr::Error { kind, task, error },
            Payload::Task(other) => Repr::Task { kind, task, other },
            Payload::Foreign => Repr::Foreign { kind, task },
            Payload::Object(name) => Repr::Object {
                kind,
                task,
                object: name.kind,
                number: name.number,
            },
            Payload::Site(site) => Repr::Site { kind, task, site },
            Payload::InPlace(site, way) => boxed(Boxed::InPlace(site, way)),
            Payload::Call {
                site,
                arguments,
                depth,
            } => match arguments {
                None => Repr::Call {
                    kind,
                    task,
                    depth,
                    site,
                },
                Some(arguments) => boxed(Boxed::Call(site, line(arguments), depth)),
            },
            Payload::Value(Some(value)) => boxed(Boxed::Value(line(value))),
            Payload::Duration(time) => {
                let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
                Repr::Nanos { kind, task, nanos }
            }
            Payload::Time(time) => Repr::Time { kind, task, time },
            Payload::Made(made) => boxed(Boxed::Made(made.on_one_line())),
            Payload::Options(Options { picked: 0, of, .. }) => Repr::First { kind, task, of },
            Payload::Options(options) => boxed(Boxed::Options(options)),
            Payload::Waits(waits, more) => boxed(Boxed::Waits(waits, more)),
        })
    }

    /// An event without a detail.
    #[inline(always)]
    pub(crate) fn plain(kind: EventKind, task: TaskId) -> Event {
        Event(Repr::Plain { kind, task })
    }

    /// What happened.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::trace::{EventKind, RequestKind};
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Print("hello"))
    /// }
    ///
    /// let run = Sim::new().run(greet);
    /// let printed = EventKind::Asked(RequestKind::Print);
    /// assert!(run.trace().events().iter().any(|event| event.kind() == printed));
    /// ```
    #[inline]
    pub fn kind(&self) -> EventKind {
        self.head().0
    }

    /// The task to which it happened. [`Polled`](EventKind::Polled), [`Closed`](EventKind::Closed),
    /// [`EndedWriting`](EventKind::EndedWriting) and [`Deadlocked`](EventKind::Deadlocked) happen to no task: the number that this gives for
    /// them belongs to no task.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Print("hello"))
    /// }
    ///
    /// let run = Sim::new().run(greet);
    /// let events = run.trace().events();
    /// assert!(events.iter().all(|event| event.task() == events[0].task())); // there is one task
    /// ```
    #[inline]
    pub fn task(&self) -> TaskId {
        self.head().1
    }

    #[inline]
    fn head(&self) -> (EventKind, TaskId) {
        match &self.0 {
            Repr::Plain { kind, task }
            | Repr::EndOfInput { kind, task }
            | Repr::Foreign { kind, task }
            | Repr::Object { kind, task, .. }
            | Repr::Text { kind, task, .. }
            | Repr::Error { kind, task, .. }
            | Repr::Task { kind, task, .. }
            | Repr::Site { kind, task, .. }
            | Repr::Call { kind, task, .. }
            | Repr::Nanos { kind, task, .. }
            | Repr::Time { kind, task, .. }
            | Repr::First { kind, task, .. }
            | Repr::Boxed { kind, task, .. } => (*kind, *task),
        }
    }

    /// The detail. Which one an event has depends on its kind: see [`EventKind`].
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
    /// let is_hello = |detail| matches!(detail, Detail::Text(text) if text.head() == b"hello");
    /// assert!(run.trace().events().iter().any(|event| is_hello(event.detail())));
    /// ```
    pub fn detail(&self) -> Detail<'_> {
        match &self.0 {
            Repr::Plain { .. } => Detail::None,
            Repr::EndOfInput { .. } => Detail::EndOfInput,
            Repr::Foreign { .. } => Detail::Foreign,
            Repr::Object { object, number, .. } => Detail::Object(ObjectName {
                kind: *object,
                number: *number,
            }),
            Repr::Text { text, .. } => Detail::Text(text),
            Repr::Error { error, .. } => Detail::Error(*error),
            Repr::Task { other, .. } => Detail::Task(*other),
            Repr::Site { site, .. } => Detail::Site(site),
            Repr::Call { site, depth, .. } => Detail::Call {
                site,
                arguments: None,
                depth: *depth,
            },
            Repr::Nanos { nanos, .. } => Detail::Duration(Duration::from_nanos(*nanos)),
            Repr::Time { time, .. } => Detail::Time(*time),
            Repr::First { task, of, .. } => Detail::Options(Options {
                picked: 0,
                of: *of,
                first: *task,
            }),
            Repr::Boxed { boxed, .. } => boxed.detail(),
        }
    }
}

impl Boxed {
    fn detail(&self) -> Detail<'_> {
        match self {
            Boxed::InPlace(site, way) => Detail::InPlace { site, way },
            Boxed::Call(site, arguments, depth) => Detail::Call {
                site,
                arguments: Some(arguments),
                depth: *depth,
            },
            Boxed::Value(value) => Detail::Value(value),
            Boxed::Made(made) => Detail::Made(made),
            Boxed::Options(options) => Detail::Options(*options),
            Boxed::Waits(tasks, more) => Detail::Waits { tasks, more: *more },
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind())
            .field("task", &self.task())
            .field("detail", &self.detail())
            .finish()
    }
}
