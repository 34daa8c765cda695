//! Streams: coroutines that ask the event loop and give out values. Python's asynchronous generators.
//!
//! The attribute [`#[stream]`](macro@crate::stream) makes a function return a [`Stream`]. In its body `yield_!` asks the loop, as in a
//! coroutine, and [`emit!`](macro@crate::emit) gives out a value. Who wants the values asks for them: `yield_!(stream.next())`.
//!
//! The other direction is a [`Sink`]: a coroutine that asks the loop and takes in values. Its function has the attribute
//! [`#[sink]`](macro@crate::sink), its body says [`receive!()`](macro@crate::receive), and others give it values with
//! `yield_!(sink.send(value))`.
//!
//! ```
//! use std::io;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::stream(yields = String)]
//! fn follow() -> io::Result<()> {
//!     while let Some(line) = yield_!(Stdin)? {
//!         emit!(line);
//!     }
//!     Ok(())
//! }
//!
//! #[loop_core::sink(receives = String)]
//! fn printer() -> io::Result<()> {
//!     while let Some(line) = receive!() {
//!         yield_!(Println(line))?;
//!     }
//!     Ok(())
//! }
//!
//! #[loop_core::coroutine]
//! fn grep(pattern: &'static str) -> io::Result<()> {
//!     let mut lines = follow().filter(move |line| line.contains(pattern));
//!     let mut out = printer();
//!     while let Some(line) = yield_!(lines.next())? {
//!         yield_!(out.send(line))?;
//!     }
//!     yield_!(out.close())
//! }
//!
//! let run = Sim::new().stdin("a python\nno\npythons\n").run(grep("python"));
//! assert_eq!(run.stdout(), "a python\npythons\n");
//! ```
//!
//! # How they run
//!
//! A stream runs within the coroutine that asks it, as [`yield_from!`](macro@crate::yield_from) does: it is no task, and there is no
//! channel. It begins when it is first asked, and stands still until it is asked again. If it has a value without asking the loop, the
//! task keeps its turn. What it asks is a request of the coroutine that asks it, and a trace shows both
//! names: `grep>follow`.
//!
//! So a stream may borrow, and ends at the latest with its owner: dropping it drops its locals, the last one first. If it panics, so does
//! who asks it. If the coroutine that asks it is cancelled meanwhile, it is closed. Streams that ask each other use the machine's stack,
//! as calls do, also when they are dropped: a thousand of them, one within the other, fit into a thread's 2 MiB in a debug build.
//!
//! Asking a stream is not a task, so [`Timeout`](crate::Timeout) and [`Race`](crate::Race) do not take it. If a value must come in time, a task
//! sends the values to a [channel](crate::sync::channel), and the time limit is that of its `recv`:
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::channel::{self, Receiver, Sender};
//!
//! #[loop_core::stream(yields = u64)]
//! fn slower_and_slower() {
//!     for seconds in 1.. {
//!         yield_!(Sleep(Duration::from_secs(seconds)));
//!         emit!(seconds);
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn sends<T>(mut stream: Stream<'static, T>, to: Sender<T>) {
//!     while let Some(value) = yield_!(stream.next()) {
//!         if yield_!(to.send(value)).is_err() {
//!             return; // nobody wants them any more
//!         }
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn next<T>(values: Receiver<T>) -> Option<T> {
//!     yield_!(values.recv())
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> u64 {
//!     let (sender, values) = channel::bounded(1);
//!     let mut group = Group::new(); // when it is dropped, so is the stream
//!     yield_!(group.spawn(sends(slower_and_slower(), sender)));
//!     let mut last = 0;
//!     while let Ok(Some(value)) = yield_!(Timeout(Duration::from_millis(4500), next(values.clone()))) {
//!         last = value;
//!     }
//!     last
//! }
//!
//! assert_eq!(Sim::new().run(program).into_result().unwrap(), 4);
//! ```
//!
//! | Python | here |
//! |---|---|
//! | `async def f(): … yield x` | `#[loop_core::stream(yields = X)] fn f() { … emit!(x) }` |
//! | `async for x in f():` | `let mut f = f(); while let Some(x) = yield_!(f.next()) { … }` |
//! | `await anext(f)` | `yield_!(f.next())` |
//! | `await f.aclose()` | [`f.close()`](Stream::close), or drop it: what is to be awaited at the end is [deferred](crate::Defer) |
//! | `x = yield`, `await f.asend(x)` | a [`Sink`]: `receive!()`, `yield_!(f.send(x))` |
//! | `raise` in it | `?` in a stream that returns a `Result`, which `yield_!(f.next())?` hands on |

mod adapters;
mod body;
mod merge;
mod returned;
mod sink;
mod source;

pub use self::returned::StreamReturn;
pub use self::sink::Sink;
#[doc(hidden)]
pub use self::sink::sink;
pub use self::source::Stream;
#[doc(hidden)]
pub use self::source::stream;
