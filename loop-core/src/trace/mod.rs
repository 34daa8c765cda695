//! The trace: every decision of the loop as data, and as text that a test can snapshot.
//!
//! The loop hands each [`Event`] to its [`Recorder`], a type parameter: [`Off`] compiles to nothing, [`Recording`] keeps
//! the events in memory. A [`Trace`] is such a log with three views of it, each of them [`Display`](std::fmt::Display):
//! [`steps`](Trace::steps), [`decisions`](Trace::decisions), [`per_task`](Trace::per_task).
//!
//! # The text
//!
//! Every line answers why: what woke a task, what it was told, what it asked, and what became of that.
//!
//! ```text
//! # steps  policy=fifo
//! main  primed  =>  spawn nap  -> main/1          main's first request is looked at: it spawns nap, which is main/1
//! main/1  primed  =>  sleep 5ms  park             nap asks to sleep, and has to wait
//! main  ok main/1  =>  chain greet                main is told its handle; it asks for greet on its own stack
//! main:greet  primed  =>  print "hi"  ready       greet acts for main; its request is answered at once
//! main:greet  ok  =>  return                      greet is told so, and ends; its value goes to main
//! main  ok  =>  join main/1  park                 main is told, and joins nap
//!                                                 nothing is ready: the loop looks at the world
//! ~ +5ms  timer  wakes main/1                     5 ms after the last such look, a deadline is due
//! main/1  ok  =>  finish  wakes main              nap is told to go on, and ends, which is what main waits for
//! main  ok  =>  finish
//! ```
//!
//! The grammar of **steps**; the parts of a line are two spaces apart:
//!
//! ```text
//! steps    = "# steps  policy=" policy { step | look | note } ;
//! step     = who told "=>" did [ "wakes" task ] ;           (* whom the end of a task wakes: who joins it *)
//! who      = task [ ":" coroutine ] ;                       (* the coroutine, if it is not the task's first one *)
//! told     = "start"                                        (* its body starts *)
//!          | "primed"                                       (* it ran when it was called: its first request is looked at, or its end *)
//!          | "ok" [ value ]                                 (* go on; your request is answered *)
//!          | "eof" | "err" kind | "join failed" ;           (* end of input; an error; the joined task panicked *)
//! did      = request ( "ready" | "-> " value )              (* answered at once: it is at the back of the queue *)
//!          | request "park"                                 (* not yet *)
//!          | "now"                                          (* a bare yield: it is at the back of the queue *)
//!          | "chain" coroutine                              (* that coroutine goes on in its place *)
//!          | "return"                                       (* a chained coroutine ended: its caller goes on *)
//!          | "finish" | [ request ] "panic" text ;          (* the task ended, one way or the other *)
//! request  = "stdin" | "stdin bytes" | "print" text | "eprint" text | "spawn" coroutine | "chain" coroutine
//!          | "join" task | "sleep" duration | "sleep until" time | "clock" | "stop" ;
//! value    = text | time | task | "eof" | "err" kind | "failed" ;   (* values of coroutines are not known to the loop *)
//! look     = blank "~ +" duration cause "wakes" task { ", " task }  (* since the last look that found something *)
//!                { "~" cause "wakes" task { ", " task } } ;         (* what else it found *)
//! cause    = "timer" | "stdin line" text | "stdin bytes" text | "stdin eof" | "stdin err" kind
//!          | "stdout writable" | "stderr writable" ;
//! note     = "! choice" number "of" number                  (* a seed let this one of so many ready tasks run next *)
//!          | "! deadlock:" task "waits" request { ", " task "waits" request } ;
//! task     = root { "/" ordinal } ;                         (* children are numbered by their parent, from 1 *)
//! root     = name [ "#" count ] ;                           (* main, and another one of that name: main#2 *)
//! policy   = "fifo" | "seed(" number ")" ;
//! ```
//!
//! **decisions** has one line per event: a verb, whom it is about, and the rest in the words above.
//!
//! ```text
//! decisions = "# decisions  policy=" policy { line } ;
//! line     = "schedule" task coroutine | "resume" who told | "ask" task request | "answer" task [ value ] | "park" task
//!          | "return" task coroutine | "finish" task | "panic" task text | "wake" task ( cause | "end of" task )
//!          | "choice" number "of" number | "deadlock:" … | blank "poll  +" duration ;
//! ```
//!
//! **per task** has each task's steps, and what woke it, without times and without the policy, so that it is unchanged when
//! independent tasks are run in another order:
//!
//! ```text
//! per task = "# per task" { blank task [ " (" coroutine ")" ] { line } } ;     (* the coroutine, if the name does not say it *)
//! line     = [ ":" coroutine ] told "=>" did [ "wakes" task ] | "~" cause ;     (* indented *)
//! ```
//!
//! No line has a number, no column depends on another line, and no wall clock, descriptor or address appears, so that
//! a change shows in the lines that changed. Text and bytes are quoted, and cut at 32 bytes with `…` and their length in
//! bytes. Time is relative to the previous look that found something.

mod event;
mod names;
mod reading;
mod recording;
mod short;
mod sites;
mod text;
mod views;

pub use event::{Asked, Cause, Event, Excerpt, Told};
pub use reading::Events;
pub use recording::Recording;
#[cfg(feature = "tracing")]
pub(crate) use text::In;
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

    /// One line per decision: schedule, resume, ask, answer, park, wake, return, finish.
    pub fn decisions(&self) -> Decisions<'_> {
        Decisions(self)
    }

    /// The steps of each task by itself: the roots in the order in which they were scheduled, each followed by its
    /// children. Unchanged when steps of tasks that have nothing to do with each other change places.
    pub fn per_task(&self) -> PerTask<'_> {
        PerTask(self)
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.steps().fmt(f)
    }
}
