//! [`EventKind`]: the closed list of what the loop decides.

use crate::policy::Choice;
use crate::request::RequestKind;

/// What happened.
///
/// A *step* is one poll of a coroutine's body. A *turn* is the steps of one task, from when the task leaves the ready queue
/// until it goes to the back of it, parks or ends. A request that can never wait is answered in the same step, and the
/// task keeps its turn: [`Asked`](EventKind::Asked), then [`Answered`](EventKind::Answered). A request that could have
/// waited, but is answered at once, puts its task at the back: `Asked`, then [`Readied`](EventKind::Readied).
/// Otherwise the task waits: `Asked`, [`Parked`](EventKind::Parked), and later [`Woken`](EventKind::Woken).
///
/// The detail of an answer, whether `Answered`, `Readied` or `Woken`, is a text, [`EndOfInput`](super::Detail::EndOfInput), an
/// error, the task that was spawned, joined or cancelled, a time, or nothing.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::trace::{EventKind, RequestKind};
///
/// #[loop_core::coroutine]
/// fn nap() {
///     yield_!(Sleep(std::time::Duration::from_secs(1)));
/// }
///
/// let run = Sim::new().run(nap);
/// let kinds: Vec<EventKind> = run.trace().events().iter().map(|event| event.kind()).collect();
/// assert_eq!(
///     kinds,
///     [
///         EventKind::Scheduled,
///         EventKind::Primed,
///         EventKind::Asked(RequestKind::Sleep),
///         EventKind::Parked,
///         EventKind::Polled,
///         EventKind::Woken(RequestKind::Sleep),
///         EventKind::Resumed,
///         EventKind::Finished,
///     ]
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum EventKind {
    /// The task was made. Detail: [`Made`](super::Detail::Made).
    Scheduled,
    /// A step begins, the first one of a body that has not run before. Detail: the coroutine's site.
    Started,
    /// A primed coroutine becomes part of the task: the loop handles its first request, or its end. Its body has run before, when
    /// the coroutine was called. Detail: the coroutine's site.
    Primed,
    /// A step begins: the body gets the answer that the task was given last. Detail: the site of the coroutine on top of the
    /// stack.
    Resumed,
    /// The running body called a coroutine, which primed it. Detail: the call.
    Called,
    /// The step ended with a request. Detail: the argument of the request. After [`Now`](RequestKind::Now) the task is at the back
    /// of the ready queue.
    Asked(RequestKind),
    /// The request is answered, and the task keeps its turn. Detail: the answer.
    Answered(RequestKind),
    /// The request is answered, and the task goes to the back of the ready queue. Detail: the answer.
    Readied(RequestKind),
    /// The request cannot be answered yet. The task waits.
    Parked,
    /// The task waits no more: its request is answered, and it goes to the back of the ready queue. Detail: the answer.
    Woken(RequestKind),
    /// The turn ends after 64 answers, and the task goes to the back of the ready queue.
    Budget,
    /// The policy ends the turn, and the task goes to the back of the ready queue.
    Preempted,
    /// The chained coroutine on top of the stack ended. Its caller gets the value and goes on in the same turn. Detail: the value.
    Returned,
    /// The task ended. Detail: its value.
    Finished,
    /// The task panicked. Detail: the panic's message.
    Failed,
    /// The task was cancelled.
    Cancelled,
    /// The task ended with an `Err`, and no task can join it any more. Detail: the value, or nothing.
    Unjoined,
    /// A socket was closed, because it was dropped. Detail: its name.
    Closed,
    /// The direction of a connection in which it writes was ended, because the half that writes was dropped. Detail: its name.
    EndedWriting,
    /// The loop polled clock and world, and something had happened. Detail: the time.
    Polled,
    /// The policy was asked. Detail: the options.
    Chose(Choice),
    /// Tasks wait for each other, or for something that can never happen. Detail: [`Waits`](super::Detail::Waits).
    Deadlocked,
}

impl EventKind {
    /// The word with which the event's line begins in `decisions` and in the log.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            EventKind::Scheduled => "schedule",
            EventKind::Started => "start",
            EventKind::Primed => "primed",
            EventKind::Resumed => "resume",
            EventKind::Called => "call",
            EventKind::Asked(_) => "ask",
            EventKind::Answered(_) => "answer",
            EventKind::Readied(_) => "ready",
            EventKind::Parked => "park",
            EventKind::Woken(_) => "wake",
            EventKind::Budget => "budget",
            EventKind::Preempted => "preempt",
            EventKind::Returned => "return",
            EventKind::Finished => "finish",
            EventKind::Failed => "panic",
            EventKind::Cancelled => "cancelled",
            EventKind::Unjoined => "unjoined",
            EventKind::Closed => "closed",
            EventKind::EndedWriting => "ended writing to",
            EventKind::Polled => "poll",
            EventKind::Chose(_) => "choice",
            EventKind::Deadlocked => "deadlock",
        }
    }
}
