//! Generator-style coroutines, on an event loop that you can see.
//!
//! A coroutine never touches the outside world. It **yields a request**; the [event loop](EventLoop) **interprets** it and sends
//! the **answer** back in. Three things follow:
//!
//! - The code reads like Python's generator coroutines.
//! - The loop sees every scheduling decision. It can write each of them into a [`trace`], and a test can snapshot that.
//! - The outside can be replaced. The same coroutine runs on the operating system or, deterministically, in a
//!   [simulation](sim).
//!
//! ```
//! use std::io;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn fib(n: u64) -> u64 {
//!     if n < 2 { n } else { yield_!(fib(n - 1)) + yield_!(fib(n - 2)) } // yield a coroutine: chain it
//! }
//!
//! #[loop_core::coroutine]
//! fn stdin_line_handler() -> io::Result<()> {
//!     while let Some(line) = yield_!(Stdin)? { // park until a line arrives
//!         match line.trim().parse() {
//!             Ok(n) => {
//!                 let value = yield_!(fib(n));
//!                 yield_!(Println(format!("fib({n}) = {value}")))?;
//!             }
//!             Err(error) => yield_!(Eprintln(format!("{line:?}: {error}")))?,
//!         }
//!     }
//!     Ok(())
//! }
//!
//! let run = Sim::new().stdin("10\nx\n").run(stdin_line_handler);
//! assert_eq!(run.stdout(), "fib(10) = 55\n");
//! assert_eq!(run.stderr(), "\"x\": invalid digit found in string\n");
//! ```
//!
//! # Guides
//!
//! - [`language`]: forms of functions, arguments and lifetimes, all requests and their answers, generators, tasks that wait for each
//!   other, errors
//! - [`recipes`]: clean shutdowns, a server whose tasks may fail, time limits, tests that search for schedules that fail
//! - [`EventLoop`](EventLoop#rules): what happens in which order
//! - [`trace`](trace#the-text): how a trace is read
//!
//! # A program
//!
//! In `Cargo.toml` (the library is not on crates.io yet, so depend on its folder in a clone):
//!
//! ```toml
//! [dependencies]
//! loop-core = { path = "../loop-core/loop-core" }
//!
//! [dev-dependencies]
//! insta = "1" # for tests that compare traces with snapshots
//! ```
//!
//! In `src/main.rs`, where [`#[loop_core::main]`](macro@main) makes the event loop:
//!
//! ```
//! use std::{io, time::Duration};
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn tick(name: &'static str) -> io::Result<()> {
//!     for n in 1..=3 {
//!         yield_!(Println(format!("{name} {n}")))?;
//!         yield_!(Sleep(Duration::from_millis(1)));
//!     }
//!     Ok(())
//! }
//!
//! #[loop_core::main]
//! fn main() -> io::Result<()> {
//!     let beside = yield_!(Spawn(tick("beside"))); // a task of its own
//!     yield_!(tick("main"))?; // on this task
//!     yield_!(beside.flatten())
//! }
//! ```
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `blocking` | off | the request `Blocking`, and a pool of threads: 14 small crates |
//! | `futures-io` | off | `TcpStream::into_async_io` and `UnixStream::into_async_io`: streams for the futures of other libraries |
//! | `tracing` | off | the loop logs its decisions through the `tracing` crate, with the target `loop_core` and the level debug |
//!
//! It needs Rust 1.88 and a Unix system.
//!
//! # What is where
//!
//! All that the [`prelude`] does not have is imported by name.
//!
//! | purpose | items |
//! |---|---|
//! | write coroutines | [`#[coroutine]`](macro@coroutine), [`yield_!`], [`yield_from!`], [`coroutines!`]; they make a [`Coroutine`] or a [`BorrowingCoroutine`] |
//! | write programs and tests | [`#[main]`](macro@main), [`#[test]`](macro@test), [`report`] |
//! | start tasks, join and cancel them | [`Spawn`], [`Handle`], [`Ended`], [`Cancel`], [`TaskError`] |
//! | run several tasks and wait for them | [`All`], [`TryAll`], [`Race`], [`AsCompleted`], [`Group`], [`TryGroup`]; [`GroupError`], [`Failure`] |
//! | limit time | [`Timeout`], [`TimeoutAt`], [`Elapsed`] |
//! | clean up, finish what must be finished | [`Defer`], [`Shield`] |
//! | wait for time | [`Sleep`], [`SleepUntil`], [`Interval`], [`MissedTicks`], [`Clock`], [`Time`] |
//! | read and print | [`Stdin`], [`StdinBytes`], [`LineError`], [`Print`], [`Println`], [`Eprint`], [`Eprintln`] |
//! | share values, and wait for each other | [`sync`]: locks, semaphores, events, conditions, barriers, channels |
//! | hand values down to other tasks | [`TaskLocal`] |
//! | give out values and take them in | [`mod@stream`]: [`#[stream]`](macro@stream), [`emit!`], [`#[sink]`](macro@sink), [`receive!`]; they make a [`Stream`] or a [`Sink`] |
//! | iterate, without a loop | [`mod@generator`]: [`#[generator]`](macro@generator), [`Generator`], [`BoxGenerator`], [`SharedGenerator`], [`AnyGenerator`] |
//! | let others run, end the run or the program | [`Now`], [`Stop`], [`Stopper`], [`Exit`] |
//! | wait for signals, futures and threads | [`Signal`], [`SignalKind`], [`Await`], `Blocking` |
//! | reach a loop from other threads | [`Remote`], [`RemoteCall`] |
//! | make a loop and run it | [`EventLoop`], [`Builder`]; as a guest of [another loop](EventLoop::step), [`Step`], or of [tokio](EventLoop::run_as_guest) |
//! | learn why a run has failed | [`Error`], [`Failures`], [`Deadlock`], [`StepLimit`], [`SlowStep`] |
//! | see what tasks do | [`trace`]; [`Tasks`], [`TaskTree`], [`TaskNode`], [`TaskState`], [`Waiting`]; [`Me`], [`TaskInfo`], [`TaskId`], [`Site`] |
//! | start other programs | [`process`]: pipes to them, their ends |
//! | test | [`sim`], [`policy`] |
//!
//! Few programs name the following. They are public because signatures contain them, or for requests and worlds of your own:
//!
//! | plumbing | items |
//! |---|---|
//! | a request of your own | [`Request`]; as data, [`Yield`] and [`Resume`], and what is in them: [`AnyCoroutine`], [`AnyHandle`], [`AnyLocal`], [`AnyObject`], [`Gather`], [`LocalValue`], [`TaskRef`], [`Value`] |
//! | what methods of requests return | [`CancelBecause`], [`Flatten`], [`SpawnNamed`], [`YieldFrom`] |
//! | bounds of functions that take coroutines | [`IntoTask`], [`Coroutines`], [`TryCoroutines`], [`Racers`] |
//! | resuming generators | [`GeneratorState`], [`ResumeError`], [`SendError`] |
//! | the outside of a loop | [`world`], [`OsWorld`], [`SourceId`] |

// The macros' expansions name this crate by its name, also in its own unit tests.
#[cfg(test)]
extern crate self as loop_core;

pub mod generator;
pub mod language;
pub mod net;
pub mod policy;
pub mod prelude;
pub mod process;
pub mod recipes;
pub mod sim;
pub mod stream;
pub mod sync;
pub mod trace;
pub mod world;

mod coroutine;
mod deadlock;
mod error;
mod event_loop;
mod groups;
mod id;
mod inbox;
mod kernel;
#[cfg(feature = "tracing")]
mod log;
mod names;
mod os;
mod remote;
mod request;
mod runners;
mod settings;
mod signal;
mod slow;
mod stop;
mod switch;
mod time;

pub use coroutine::Site;
pub use deadlock::Deadlock;
pub use error::{Error, Failures, StepLimit, report};
pub use event_loop::{Builder, EventLoop, Step};
pub use generator::{
    AnyGenerator, BoxGenerator, Generator, GeneratorState, ResumeError, SendError, SharedGenerator,
};
pub use groups::{
    All, AsCompleted, Coroutines, Elapsed, Failure, Group, GroupError, Race, Racers, Timeout,
    TimeoutAt, TryAll, TryCoroutines, TryGroup,
};
pub use id::{SourceId, TaskId};
pub use loop_macros::{
    coroutine, coroutines, emit, generator, main, receive, sink, stream, test, yield_, yield_from,
};
pub use os::OsWorld;
pub use remote::{Remote, RemoteCall};
#[cfg(feature = "blocking")]
pub use request::Blocking;
pub use request::{
    AnyCoroutine, AnyHandle, AnyLocal, AnyObject, Await, BorrowingCoroutine, Cancel, CancelBecause,
    Clock, Coroutine, Defer, Ended, Eprint, Eprintln, Exit, Flatten, Gather, Handle, Interval,
    IntoTask, LimitReached, LineError, LocalValue, Me, MissedTicks, Now, Print, Println, Request,
    Resume, Shield, Signal, Sleep, SleepUntil, Spawn, SpawnNamed, Stdin, StdinBytes, Stop,
    TaskError, TaskInfo, TaskLocal, TaskNode, TaskRef, TaskState, TaskTree, Tasks, Value, Waiting,
    Yield, YieldFrom,
};
pub use signal::SignalKind;
pub use slow::SlowStep;
pub use stop::Stopper;
pub use stream::{Sink, Stream};
pub use time::Time;

/// What the macros' expansions call. Do not call it by hand: it may change at any time.
#[doc(hidden)]
pub mod __private {
    pub use crate::coroutine::{Origin, Shown, arguments, probe};
    pub use crate::generator::{generate, started};
    pub use crate::request::borrowing::{lazy_borrowing, prime_borrowing};
    pub use crate::request::co::{Co, lazy, prime};
    pub use crate::runners::{run_main, run_test, run_test_os};
    pub use crate::stream::{sink, stream};

    /// What the body of a coroutine imports.
    pub mod of_coroutines {
        pub use crate::request::{Detached, Unanswered};
        pub use loop_macros::{
            __yield_from_of_coroutine as yield_from, __yield_of_coroutine as yield_,
        };
    }

    /// What the body of a stream imports.
    pub mod of_streams {
        pub use super::of_coroutines::*;
        pub use loop_macros::__emit_of_stream as emit;
    }

    /// What the body of a sink imports.
    pub mod of_sinks {
        pub use super::of_coroutines::*;
        pub use loop_macros::__receive_of_sink as receive;
    }

    /// What the body of a generator imports.
    pub mod of_generators {
        pub use crate::generator::Yielder as __Yielder;
        pub use loop_macros::{
            __yield_from_of_generator as yield_from, __yield_of_generator as yield_,
        };

        /// What the body of a generator imports that yields nothing.
        pub mod silent {
            pub use crate::generator::nothing as __nothing;
            pub use loop_macros::__yield_of_silent_generator as yield_;
        }
    }
}
