//! The trace: every decision of the loop as data, and as text that a test can snapshot.
//!
//! The loop hands each [`Event`] to its [`Recorder`], a type parameter: [`Off`] compiles to nothing, [`Recording`] keeps
//! the events in memory. A [`Trace`] is such a log with three views of it, each of them [`Display`](std::fmt::Display):
//! [`steps`](Trace::steps), [`decisions`](Trace::decisions), [`per_task`](Trace::per_task).
//!
//! # The text
//!
//! ```text
//! steps   = "# steps  policy=" policy { line } ;
//! line    = step | look | note ;
//! step    = who "  " told "  =>  " ( request "  " fate | "finish" | "return" | "panic " text ) [ "  wakes " task ] ;
//! who     = task [ ":" coroutine ] ;                       (* the coroutine, if it is not the task's first *)
//! told    = "start" | "primed" | "ok" [ " " value ] | "eof" | "err " kind | "join failed" ;
//! fate    = "-> " value | "ready" | "park" ;               (* answered at once, or not yet *)
//! look    = "~ +" duration "  " cause "  wakes " task { ", " task } ;        (* a blank line before *)
//! note    = "! choice " picked "/" options | "! deadlock: " task " waits " what { ", " task " waits " what } ;
//! task    = root { "/" ordinal } ;  root = name [ "#" count ] ;
//! ```
//!
//! No line has a number, no column depends on another line, and no wall clock, descriptor or address appears, so that
//! a change shows in the lines that changed. Text and bytes are quoted, and cut at 32 bytes with `…` and their length. Time is
//! relative to the previous look.

mod event;
mod names;
mod text;
mod views;

pub use event::{Asked, Cause, Event, Excerpt, Told};
pub use views::{Decisions, PerTask, Steps};

/// Takes down what the loop decides.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::{Event, Recorder};
///
/// /// Counts steps.
/// #[derive(Default)]
/// struct Steps(usize);
///
/// impl Recorder for Steps {
///     fn record(&mut self, event: Event) {
///         self.0 += usize::from(matches!(event, Event::Resumed { .. }));
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn twice() {
///     yield_!();
///     yield_!();
/// }
///
/// let mut event_loop = EventLoop::builder().recorder(Steps::default()).build()?;
/// event_loop.run_until_complete(twice())?;
/// assert_eq!(event_loop.recorder().0, 3);
/// # Ok::<(), loop_core::Error>(())
/// ```
pub trait Recorder {
    /// Whether events are wanted at all. If not, making them is compiled out.
    const ON: bool = true;

    /// Takes down one event.
    fn record(&mut self, event: Event);
}

/// Records nothing, and costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Off;

impl Recorder for Off {
    const ON: bool = false;

    fn record(&mut self, _: Event) {}
}

/// Keeps every event in memory.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::trace::Recording;
///
/// #[loop_core::coroutine]
/// fn brief() {}
///
/// let mut event_loop = EventLoop::builder().recorder(Recording::default()).build()?;
/// event_loop.run_until_complete(brief())?;
/// assert_eq!(event_loop.trace().steps().to_string(), "# steps  policy=fifo\nbrief  primed  =>  finish\n");
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recording {
    events: Vec<Event>,
}

impl Recording {
    /// The events so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

impl Recorder for Recording {
    #[inline]
    fn record(&mut self, event: Event) {
        self.events.push(event);
    }
}

/// A log of decisions. Its own text is the view [`steps`](Trace::steps).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn echo() -> std::io::Result<()> {
///     while let Some(line) = yield_!(Stdin)? {
///         yield_!(Print(line))?;
///     }
///     Ok(())
/// }
///
/// let run = Sim::new().stdin("hi\n").run(echo());
/// assert_eq!(
///     run.trace().to_string(),
///     r#"# steps  policy=fifo
/// echo  primed  =>  stdin  park
///
/// ~ +0  stdin line "hi"  wakes echo
/// echo  ok "hi"  =>  print "hi"  ready
/// echo  ok  =>  stdin  park
///
/// ~ +0  stdin eof  wakes echo
/// echo  eof  =>  finish
/// "#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    policy: String,
    events: Vec<Event>,
}

impl Trace {
    pub(crate) fn new(policy: String, events: Vec<Event>) -> Trace {
        Trace { policy, events }
    }

    /// The events themselves.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// One line per step: who ran, what it was told, what it asked, and what became of that.
    pub fn steps(&self) -> Steps<'_> {
        Steps(self)
    }

    /// One line per decision: schedule, resume, ask, park, wake, return, finish.
    pub fn decisions(&self) -> Decisions<'_> {
        Decisions(self)
    }

    /// The steps of each task by itself, in the order in which the tasks were made. Unchanged when steps of
    /// different tasks that have nothing to do with each other change places.
    pub fn per_task(&self) -> PerTask<'_> {
        PerTask(self)
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.steps().fmt(f)
    }
}
