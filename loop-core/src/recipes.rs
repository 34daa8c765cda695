//! Recipes: short solutions for what many programs need. A guide; there is no code here.
//!
//! The guide to the language itself is [`language`](crate::language).
//!
//! # A clean shutdown after Ctrl-C
//!
//! Ctrl-C ends the run with [`Error::Interrupted`](crate::Error::Interrupted). The coroutines that have not ended are closed when the loop is
//! dropped: their locals are dropped, the innermost coroutine first. So **a destructor is enough** for most programs. This one removes its lock
//! file at its end, after a panic, and after Ctrl-C:
//!
//! ```no_run
//! use std::{fs, io};
//! use loop_core::prelude::*;
//!
//! struct Lock;
//!
//! impl Drop for Lock {
//!     fn drop(&mut self) {
//!         let _ = fs::remove_file("program.lock");
//!     }
//! }
//!
//! #[loop_core::main]
//! fn main() -> io::Result<()> {
//!     fs::write("program.lock", "")?;
//!     let _lock = Lock;
//!     while let Some(line) = yield_!(Stdin)? {
//!         yield_!(Println(line))?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Do not call [`std::process::exit`] in a coroutine: no destructor runs then. [`Exit`](crate::Exit) is for that.
//!
//! **If one task is to decide what happens**, it waits for the signal: [`Signal`](crate::Signal). So a program ends well after Ctrl-C and after
//! `kill`, which sends `SIGTERM`:
//!
//! ```no_run
//! use std::{io, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::SignalKind;
//!
//! #[loop_core::coroutine]
//! fn serve() -> io::Result<()> {
//!     loop {
//!         yield_!(Sleep(Duration::from_millis(100)));
//!         yield_!(Println("a piece of work"))?;
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn asked(signal: SignalKind) -> io::Result<()> {
//!     yield_!(Signal(signal))
//! }
//!
//! #[loop_core::main]
//! fn main() -> io::Result<()> {
//!     let server = yield_!(Spawn(serve()));
//!     yield_!(Race([asked(SignalKind::interrupt()), asked(SignalKind::terminate())]))??;
//!     let _ = yield_!(Cancel(server));
//!     yield_!(Println("all work is saved"))
//! }
//! ```
//!
//! **If tasks are to finish their work first**, write a `main` of your own, and run the loop again. The tasks go on from where they were. A flag
//! tells them that the end is near. Another Ctrl-C ends the second run as well.
//!
//! ```no_run
//! use std::{cell::Cell, io, process::ExitCode, rc::Rc, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::Error;
//!
//! #[loop_core::coroutine]
//! fn serve(closing: Rc<Cell<bool>>) -> io::Result<()> {
//!     while !closing.get() {
//!         yield_!(Sleep(Duration::from_millis(100)));
//!         yield_!(Println("a piece of work"))?;
//!     }
//!     yield_!(Println("all work is saved"))
//! }
//!
//! fn main() -> ExitCode {
//!     let closing = Rc::new(Cell::new(false));
//!     let mut event_loop = EventLoop::new();
//!     event_loop.schedule(serve(Rc::clone(&closing)));
//!     let mut result = event_loop.run();
//!     if let Err(Error::Interrupted) = result {
//!         closing.set(true);
//!         // Its own result counts only if it fails.
//!         result = event_loop.run().and(Err(Error::Interrupted));
//!     }
//!     drop(event_loop);
//!     loop_core::report(result) // dies by the signal, as a shell expects
//! }
//! ```
//!
//! # A server whose tasks may fail
//!
//! A server spawns a task for each request, and does not join it. If such a task **returns an `Err`**, that is reported on standard error, or to
//! [`Builder::on_unjoined_error`](crate::Builder::on_unjoined_error), and the run goes on as if nothing had happened. If it **panics**, that is reported
//! too, the other tasks go on, and the run returns [`Error::Failed`](crate::Error::Failed) *at its end*, so that no panic is lost.
//!
//! If a panic is not to fail the run, join the task in another task, and say there what a failure means:
//!
//! ```
//! use std::io;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn answer(request: String) -> io::Result<()> {
//!     let number: i32 = request.parse().map_err(io::Error::other)?; // may be an error
//!     yield_!(Println(100 / number)) // may panic
//! }
//!
//! /// One request, and what becomes of it.
//! #[loop_core::coroutine]
//! fn handle(request: String) {
//!     let task = yield_!(Spawn(answer(request.clone())));
//!     if let Err(error) = yield_!(task.flatten()) {
//!         let _ = yield_!(Eprintln(format!("request {request:?}: {error}")));
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn serve() -> io::Result<()> {
//!     while let Some(request) = yield_!(Stdin)? {
//!         yield_!(Spawn(handle(request))).detach();
//!     }
//!     Ok(())
//! }
//!
//! let mut event_loop = Sim::new().stdin("4\nx\n0\n5\n").event_loop();
//! event_loop.schedule(serve());
//! event_loop.run()?; // it has not failed
//! let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
//! assert_eq!(text(event_loop.world().stdout()), "25\n20\n");
//! let complaints = text(event_loop.world().stderr());
//! assert!(complaints.contains("request \"x\": invalid digit found in string\n"));
//! assert!(complaints.contains("attempt to divide by zero"));
//! # Ok::<(), loop_core::Error>(())
//! ```
//!
//! A panic is contained only by a task. In `yield_!(answer(…))` it would go through `handle`, as through a call.
//!
//! At the end of its input this server returns before the last requests are answered, and [`run`](crate::EventLoop::run) waits for them.
//! [`run_until_complete`](crate::EventLoop::run_until_complete) and `#[loop_core::main]` do not wait: the coroutine that they await has to join what it
//! wants to see the end of.
//!
//! # Search for a schedule that fails
//!
//! Production runs ready tasks first in, first out. In a [simulation](crate::sim) a [seed](crate::sim::Sim::seed) picks another schedule. One seed
//! always gives the same one. So a test tries many seeds, and a seed that fails is a reproduction.
//!
//! ```
//! use std::{cell::Cell, rc::Rc};
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! /// Takes 10 from an account that has enough. The check and the payment are not one step.
//! #[loop_core::coroutine(lazy)]
//! fn withdraw(account: Rc<Cell<i32>>) {
//!     if account.get() >= 10 {
//!         yield_!(Println("paying")).unwrap();
//!         account.set(account.get() - 10);
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn two_withdrawals() -> i32 {
//!     let account = Rc::new(Cell::new(10));
//!     let first = yield_!(Spawn(withdraw(Rc::clone(&account))));
//!     let second = yield_!(Spawn(withdraw(Rc::clone(&account))));
//!     yield_!(first).unwrap();
//!     yield_!(second).unwrap();
//!     account.get()
//! }
//!
//! // Nothing is recorded, so that many seeds are fast.
//! let left = |seed| Sim::new().seed(seed).unrecorded().run_until_complete(two_withdrawals());
//! let overdrawn = (0..1000).find(|seed| left(*seed).unwrap() < 0);
//!
//! // Once more with that seed, to see how it comes about.
//! let seed = overdrawn.expect("a schedule that shows the bug");
//! let run = Sim::new().seed(seed).run(two_withdrawals);
//! println!("{}", run.trace());
//! assert_eq!(run.into_result().unwrap(), -10);
//! # assert_eq!(left(0).unwrap(), 0, "production does not show it");
//! ```
//!
//! In a test assert that no seed fails, `assert_eq!(overdrawn, None)`. When you have found a seed, keep it as a test of its own:
//! `#[loop_core::test(seed = 7)]`, or `Sim::new().seed(7)`. Seeds mean the same schedules as long as the program makes the same requests and the
//! library does not change its rules; CHANGELOG.md says when it does.
//!
//! Two hints: make the coroutines `lazy`, because a [primed](crate::language#priming-and-when-to-say-lazy) body has run to its first yield before any
//! policy is asked. And a schedule of your own, such as "the youngest task first", is a [`Policy`](crate::policy::Policy).
//!
//! # A time limit
//!
//! A task cannot yet wait for another one *or* a deadline. It can sleep and then [cancel](crate::Cancel), which gives the value if the task has
//! ended by then. That takes the whole time in any case. Where a value is wanted as soon as it is there, look for it now and then:
//!
//! ```
//! use std::{cell::Cell, rc::Rc, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::sim::{Input, Sim};
//!
//! /// A line, if it comes in time.
//! #[loop_core::coroutine]
//! fn line_within(limit: Duration) -> Option<String> {
//!     #[loop_core::coroutine]
//!     fn read(into: Rc<Cell<Option<String>>>) {
//!         into.set(yield_!(Stdin).ok().flatten());
//!     }
//!     let line = Rc::new(Cell::new(None));
//!     let reader = yield_!(Spawn(read(Rc::clone(&line))));
//!     let deadline = yield_!(Clock) + limit;
//!     while yield_!(Clock) < deadline {
//!         if let Some(line) = line.take() {
//!             reader.detach();
//!             return Some(line);
//!         }
//!         yield_!(Sleep(Duration::from_millis(10)));
//!     }
//!     let _ = yield_!(Cancel(reader)); // the next line is for others
//!     line.take()
//! }
//!
//! let within = |seconds| {
//!     let input = Input::new().at(Duration::from_secs(2), "hello\n");
//!     Sim::new().stdin(input).run(move || line_within(Duration::from_secs(seconds)))
//! };
//! assert_eq!(within(1).into_result().unwrap(), None);
//! let run = within(3600);
//! assert!(run.elapsed() < Duration::from_secs(3));
//! assert_eq!(run.into_result().unwrap().as_deref(), Some("hello"));
//! ```
