//! The trace: every decision of the loop as data, and as text that a test can snapshot.
//!
//! The loop hands each [`Event`] to its [`Recorder`], a type parameter: [`Off`] compiles to nothing, [`Recording`] keeps
//! all events, [`Ring`] keeps the last ones for reports. A [`Trace`] is a log of events with three views, each of them
//! [`Display`](std::fmt::Display): [`steps`](Trace::steps), [`decisions`](Trace::decisions), [`per_task`](Trace::per_task).
//!
//! ```
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn echo() -> std::io::Result<()> {
//!     while let Some(line) = yield_!(Stdin)? {
//!         yield_!(Print(line))?;
//!     }
//!     Ok(())
//! }
//!
//! let run = Sim::new().stdin("hi\n").run(echo);
//! assert!(run.trace().to_string().contains(r#"echo  line "hi"  =>  print "hi""#)); // or insta::assert_snapshot!(run.trace())
//! assert!(run.trace().decisions().to_string().contains(r#"ask  echo  print "hi""#));
//! ```
//!
//! # The text
//!
//! A line of `steps` is one step: one poll of a coroutine's body. Left of `=>` is the answer that the step was given. Right of
//! it is what the step did, and the outcome.
//!
//! ```text
//! # steps  policy=fifo
//! main  start  =>  stdin  park                          the body starts; it asks for a line, and has to wait
//!                                                       nothing is ready: the loop polls clock and world
//! ~ +0  stdin line "2"  wakes main                      a line has come, in no time since the clock began
//! main  line "2"  =>  chain fib(2)                      main is given the line, and calls fib
//! main:fib  primed  =>  chain fib(1)                    fib runs on main's stack; its first request came when it was called
//! main:fib  primed  =>  return 1                        a second fib ended when it was called
//! main:fib  returned 1  =>  chain fib(0)  budget        the turn ends after 64 answers: main is at the back of the queue
//! main:fib  primed  =>  return 0
//! main:fib  returned 0  =>  return 1
//! main  returned 1  =>  spawn nap(5)
//! main  spawned main/1  =>  join main/1  park           main keeps its turn; then it waits for the task main/1
//! main/1  primed  =>  sleep 5ms  park
//!
//! ~ +5ms  timer  wakes main/1                           5 ms after the last such poll, a deadline has come
//! main/1  slept  =>  finish Err("boom")  wakes main
//! main  joined main/1 Err("boom")  =>  stdin  ready     the answer is there: main is at the back of the queue
//! main  eof  =>  finish
//! ```
//!
//! The grammar of **steps**; the parts of a line are two spaces apart. A bracket is optional, a brace is any number of times.
//!
//! ```text
//! steps    = "# steps  policy=" policy { step | poll | note } ;
//! step     = who [ given ] "=>" [ calls ] [ did ] [ "wakes" tasks ] [ "budget" | "preempted" ] ;
//! who      = task [ ":" name ] ;                    (* the running coroutine, if it is not the task's first one *)
//! given    = "start"                                (* nothing: the body starts *)
//!          | "primed"                               (* nothing: the body ran when it was called, and its first request, or
//!                                                      its end, is handled now *)
//!          | answer
//!          | "…" ;                                  (* in a flight record: an answer that is no longer kept *)
//! answer   = "ok"                                   (* go on, after a bare yield or a stop *)
//!          | "line" text | "bytes" text | "eof" | "err" kind | "printed" | "slept" | "time" time
//!          | "spawned" task | "returned" [ value ] | "joined" task [ end ] | "cancelled" task [ end ] ;
//! end      = value | "panicked" text | "cancelled" ;
//! calls    = "calls" call { "," call } ;            (* that primed a coroutine which the request does not hand over *)
//! did      = request                                (* answered; the task keeps its turn *)
//!          | request "ready"                        (* answered; the task is at the back of the queue *)
//!          | request "park"                         (* the task waits *)
//!          | "now"                                  (* a bare yield: the task is at the back of the queue *)
//!          | "return" [ value ]                     (* a chained coroutine ended: its caller goes on in the same turn *)
//!          | "finish" [ value ] | [ request ] "panic" text | "cancelled" ;             (* the task ended *)
//! request  = "stdin" | "stdin bytes" | "print" text | "eprint" text | "spawn" call | "chain" call | "join" task
//!          | "cancel" task | "sleep" duration | "sleep until" time | "clock" | "stop" | "exit" number ;
//! call     = name [ "(" arguments ")" ] ;
//! poll     = blank "~ +" duration [ found { "~" found } ] ;          (* since the last poll that found something *)
//! found    = cause "wakes" tasks ;
//! cause    = "timer" | "stdin" answer | ( "stdout writable" | "stderr writable" ) [ "err" kind ] ;
//! note     = "! choice" task ", fifo" task "(" number "of" number ")"   (* what runs next, and what would have in production *)
//!          | "! unjoined" task [ value ]            (* it ended with an Err, and no task can join it *)
//!          | "! deadlock:" wait { "," wait } [ ", …" "and" number "more" ] ;           (* at most 50 are named *)
//! wait     = task "waits" request ;
//! tasks    = task { "," task } ;
//! task     = root { "/" ordinal } ;                 (* children are numbered by their parent, from 1 *)
//! root     = name [ "#" count ] ;                   (* its coroutine's, or its own; the second one of that name is main#2 *)
//! policy   = "fifo" | "seed(" number ")" | name ;     (* the name of a policy of one's own *)
//! ```
//!
//! A `! choice` line is before the step that it leads to; other `!` lines are after the step that they come from. A bare yield
//! is the request `now`, and its answer is `ok`. The value `()` is not written. A value or an argument whose type is not
//! `Debug` is `_`. Of the calls of one step, eight are named and the others are counted. A task that is cancelled while it does
//! not run has a line without an answer: `main/1  =>  cancelled`.
//!
//! **decisions** has one line per event: a verb, the task, and the detail in the words above. Calls that a coroutine makes while
//! it is primed are in this view only. A choice for the task that production would run has no line.
//!
//! ```text
//! decisions = "# decisions  policy=" policy { line } ;
//! line      = "schedule" task call | ( "start" | "primed" | "resume" ) who | "call" task call | "ask" task request
//!           | ( "answer" | "ready" | "wake" ) task answer | ( "park" | "budget" | "preempt" | "cancelled" ) task
//!           | ( "return" | "finish" | "unjoined" ) task [ value ] | "panic" task text
//!           | "choice" task "fifo" task "(" number "of" number ")" | "deadlock" wait { "," wait } …
//!           | blank "poll  +" duration ;
//! ```
//!
//! **per_task** has each task's steps, and what woke it, without times, turns and the policy, so that it is unchanged when
//! independent tasks run in another order:
//!
//! ```text
//! per task = "# per task" { blank title { line } } ;
//! title    = task [ "(" arguments ")" | " (" call ")" ] ;         (* the latter if the task was spawned or has a name of its own *)
//! line     = [ ":" name ] [ given ] "=>" [ calls ] [ did ] [ "wakes" tasks ] | "~" cause ;     (* indented *)
//! ```
//!
//! No line is numbered, no column depends on another line, and no wall clock, descriptor or address is written. So a diff
//! shows only the lines that changed. Text and bytes are quoted; more than 32 bytes, or what
//! [`Sim::text_limit`](crate::sim::Sim::text_limit) says, are cut in the middle and followed by their length: see [`Excerpt`]. Values and lists of arguments are cut at 120 characters, names of tasks
//! at 100 bytes. Time is relative to the poll before that found something.

mod detail;
mod event;
mod excerpt;
mod kind;
mod lines;
mod payload;
mod reader;
mod recorder;
mod recording;
mod ring;
mod tasks;
#[cfg(test)]
mod tests;
mod text;
mod views;

pub use self::detail::{Detail, Made, Options, Wait};
pub use self::event::Event;
pub use self::excerpt::Excerpt;
pub(crate) use self::excerpt::TEXT_LIMIT;
pub use self::kind::EventKind;
pub(crate) use self::payload::Payload;
pub use self::recorder::{Off, Recorder};
pub use self::recording::Recording;
pub use self::ring::Ring;
#[cfg(feature = "tracing")]
pub(crate) use self::text::{Naming, is_told, rest};
pub use self::views::{Decisions, PerTask, Steps, Trace};
pub use crate::policy::Choice;
pub use crate::request::kind::RequestKind;
pub use crate::request::object_name::{ObjectKind, ObjectName};
