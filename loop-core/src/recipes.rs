//! Recipes: short solutions for what many programs need. A guide; there is no code here.
//!
//! The guide to the language itself is [`language`](crate::language).
//!
//! | for | see |
//! |---|---|
//! | the end of a program | [A clean shutdown after Ctrl-C](#a-clean-shutdown-after-ctrl-c), [A clean shutdown of a group](#a-clean-shutdown-of-a-group) |
//! | a server | [A server whose tasks may fail](#a-server-whose-tasks-may-fail), [A supervisor](#a-supervisor), [A bounded number of connections](#a-bounded-number-of-connections), [A time limit](#a-time-limit), [A server that ends well](#a-server-that-ends-well) |
//! | work | [Tasks that find more work](#tasks-that-find-more-work), [Whichever comes first](#whichever-comes-first), [A bounded rate](#a-bounded-rate) |
//! | a program that hangs | [Who has waited too long](#who-has-waited-too-long) |
//! | a test | [Search for a schedule that fails](#search-for-a-schedule-that-fails), [A test that cancels everywhere](#a-test-that-cancels-everywhere) |
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
//! #[loop_core::main]
//! fn main() -> io::Result<()> {
//!     let server = yield_!(Spawn(serve()));
//!     yield_!(Race([Signal(SignalKind::interrupt()), Signal(SignalKind::terminate())]))??;
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
//! # A supervisor
//!
//! A supervisor starts a task again when the task fails, by an `Err` or by a panic. It waits longer each time, and gives up in the end.
//!
//! The worker is in a group of its own. So a panic does not reach the supervisor, and when the supervisor is cancelled, the worker is
//! too. **A task from [`Spawn`](crate::Spawn) is not**: it would run on without anybody who looks after it, also if the supervisor waits
//! for its handle.
//!
//! ```
//! use std::{cell::Cell, io, rc::Rc, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! /// Works only at the third time.
//! #[loop_core::coroutine]
//! fn work(times: Rc<Cell<u32>>) -> io::Result<()> {
//!     times.set(times.get() + 1);
//!     yield_!(Sleep(Duration::from_secs(1)));
//!     match times.get() {
//!         1 => Err(io::ErrorKind::ConnectionRefused.into()),
//!         2 => panic!("out of luck"),
//!         _ => Ok(()),
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn supervise(times: Rc<Cell<u32>>) -> io::Result<()> {
//!     let mut pause = Duration::from_secs(1);
//!     loop {
//!         let mut worker = TryGroup::new();
//!         yield_!(worker.spawn(work(Rc::clone(&times))));
//!         let Err(error) = yield_!(worker.join()) else {
//!             return Ok(());
//!         };
//!         if pause > Duration::from_secs(60) {
//!             return Err(io::Error::other(error)); // whoever supervises this supervisor may know what to do
//!         }
//!         yield_!(Eprintln(error))?;
//!         yield_!(Sleep(pause));
//!         pause *= 2;
//!     }
//! }
//!
//! let run = Sim::new().run(|| supervise(Rc::default()));
//! assert!(run.stderr().contains("connection refused") && run.stderr().contains("out of luck"));
//! assert_eq!(run.elapsed(), Duration::from_secs(1 + 1 + 1 + 2 + 1));
//! run.into_result().unwrap().unwrap();
//! ```
//!
//! Rust writes the message of each panic to standard error when it happens; [`std::panic::set_hook`] changes that. Several supervisors are
//! run by a [`TryAll`](crate::TryAll).
//!
//! # Tasks that find more work
//!
//! A crawler reads a page, and finds links to other pages. Each call reads one page and then waits for the calls for its links. So none
//! outlives the first call, and the first error ends all. A **semaphore** bounds how many pages are read at a time. The permit is given back before the
//! coroutine waits for the links, or they would wait for it.
//!
//! ```
//! use std::{cell::RefCell, collections::BTreeSet, io, rc::Rc, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::Semaphore;
//!
//! #[loop_core::coroutine]
//! fn links_of(page: u32) -> io::Result<Vec<u32>> {
//!     yield_!(Sleep(Duration::from_secs(1)));
//!     Ok((2 * page..=2 * page + 1).filter(|link| *link < 16).collect())
//! }
//!
//! #[loop_core::coroutine]
//! fn crawl(page: u32, seen: Rc<RefCell<BTreeSet<u32>>>, readers: Semaphore) -> io::Result<()> {
//!     if !seen.borrow_mut().insert(page) {
//!         return Ok(());
//!     }
//!     let permit = yield_!(readers.acquire());
//!     let links = yield_!(links_of(page))?;
//!     drop(permit);
//!     let crawl = |link| crawl(link, Rc::clone(&seen), readers.clone());
//!     yield_!(TryAll(links.into_iter().map(crawl).collect::<Vec<_>>()))?;
//!     Ok(())
//! }
//!
//! let seen = Rc::default();
//! let run = Sim::new().run(|| crawl(1, Rc::clone(&seen), Semaphore::new(4)));
//! assert_eq!(seen.borrow().len(), 15);
//! assert_eq!(run.elapsed(), Duration::from_secs(1 + 1 + 1 + 2)); // 1, 2, 4 and 8 pages
//! ```
//!
//! Do not let the tasks of a *bounded* group spawn into that group: when it is full, all of them wait for room, and the run ends with a
//! [`Deadlock`](crate::Deadlock).
//!
//! # Whichever comes first
//!
//! A loop that does one thing or another, as `select!` does in tokio, makes a [`Race`](crate::Race) each time. What the losers were to get
//! is not lost: the message goes to the next `recv`, and the tick is the next one once more.
//!
//! ```
//! use std::{io, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::sim::{Input, Sim};
//! use loop_core::sync::channel::{self, Receiver};
//!
//! #[loop_core::coroutine]
//! fn serve(messages: Receiver<String>) -> io::Result<()> {
//!     let mut ticks = Interval::new(Duration::from_secs(10));
//!     loop {
//!         match yield_!(Race((messages.recv(), ticks.tick())))? {
//!             (Some(Some(message)), _) => yield_!(Println(message))?,
//!             (Some(None), _) => return Ok(()), // no sender is left
//!             (None, _) => yield_!(Println("tick"))?,
//!         }
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> io::Result<()> {
//!     let (sender, messages) = channel::bounded(8);
//!     let server = yield_!(Spawn(serve(messages)));
//!     while let Some(line) = yield_!(Stdin)? {
//!         yield_!(sender.send(line)).map_err(io::Error::other)?;
//!     }
//!     drop(sender);
//!     yield_!(server.flatten())
//! }
//!
//! let input = Input::new().at(Duration::from_secs(5), "one\n").at(Duration::from_secs(25), "two\n");
//! assert_eq!(Sim::new().stdin(input).run(program).stdout(), "tick\none\ntick\ntick\ntwo\n");
//! ```
//!
//! `stream.next()` borrows the stream, so no race and no `Timeout` takes it. Let a task send the stream's values to a channel, and race
//! the channel's `recv`.
//!
//! What a loser has *done* stays done, and what it keeps in its locals is dropped. So give to a race coroutines that make one request, or
//! that lose nothing when they are dropped. If it matters, give each of them a task that goes on, and let the tasks send to one channel.
//!
//! # A bounded rate
//!
//! An [`Interval`](crate::Interval) with [`MissedTicks::Delay`](crate::MissedTicks::Delay) never ticks twice within its period.
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::MissedTicks;
//!
//! #[loop_core::coroutine]
//! fn asks_politely() {
//!     let period = Duration::from_millis(100);
//!     let mut ticks = Interval::new(period).missed_ticks(MissedTicks::Delay);
//!     for _ in 0..10 {
//!         yield_!(ticks.tick());
//!         // ask the server here
//!     }
//! }
//!
//! assert_eq!(Sim::new().run(asks_politely).elapsed(), Duration::from_millis(900));
//! ```
//!
//! Several tasks share it as a [`Lock`](crate::sync::Lock) of the interval.
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
//! [`Timeout`](crate::Timeout) runs a coroutine, or makes another request, and cancels it when the time is over:
//!
//! ```
//! use std::{io, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::sim::{Input, Sim};
//!
//! /// A line, if it comes in time.
//! #[loop_core::coroutine]
//! fn line_within(limit: Duration) -> io::Result<Option<String>> {
//!     yield_!(Timeout(limit, Stdin))? // the time is over: an `io::Error` of the kind `TimedOut`
//! }
//!
//! let within = |seconds| {
//!     let input = Input::new().at(Duration::from_secs(2), "hello\n");
//!     let run = Sim::new().stdin(input).run(move || line_within(Duration::from_secs(seconds)));
//!     run.into_result().unwrap()
//! };
//! assert_eq!(within(1).unwrap_err().kind(), io::ErrorKind::TimedOut);
//! assert_eq!(within(3600).unwrap().as_deref(), Some("hello"));
//! ```
//!
//! The line that comes too late is for the next task that asks. To give several steps one limit together, put them into one coroutine, or
//! use [`TimeoutAt`](crate::TimeoutAt).
//!
//! Instead of a coroutine there can be any request that borrows nothing, `Timeout(limit, Stdin)` above or `Timeout(limit, lock.acquire())`, and a
//! handle, whose task goes on when the time is over. The same is true of [`Race`](crate::Race) and [`All`](crate::All).
//!
//! # A bounded number of connections
//!
//! A server has a **semaphore** with a permit for each connection. It takes a permit before it starts a task, and so reads no further
//! request while there are enough. The task has the permit, and gives it back however it ends.
//!
//! ```
//! use std::{io, time::Duration};
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::{Permit, Semaphore};
//!
//! const CONNECTIONS: usize = 2;
//!
//! #[loop_core::coroutine]
//! fn answer(request: String, _connection: Permit) -> io::Result<()> {
//!     yield_!(Sleep(Duration::from_secs(1)));
//!     yield_!(Println(request))
//! }
//!
//! #[loop_core::coroutine]
//! fn serve() -> io::Result<()> {
//!     let connections = Semaphore::new(CONNECTIONS);
//!     while let Some(request) = yield_!(Stdin)? {
//!         let connection = yield_!(connections.acquire());
//!         yield_!(Spawn(answer(request, connection))).detach();
//!     }
//!     // Who has all permits knows that all connections have ended.
//!     for _ in 0..CONNECTIONS {
//!         yield_!(connections.acquire()).forget();
//!     }
//!     Ok(())
//! }
//!
//! let run = Sim::new().stdin("a\nb\nc\nd\ne\n").run(serve);
//! assert_eq!(run.stdout(), "a\nb\nc\nd\ne\n");
//! assert_eq!(run.elapsed(), Duration::from_secs(3)); // two at a time
//! ```
//!
//! What should not happen at all, such as a million tasks at once, is better an error than the end of the program: a task beyond
//! [`max_tasks`](crate::Builder::max_tasks) fails, and the others go on.
//!
//! For work that has an end, and of which one failure is to end all, there is a **bounded group**. Its [`spawn`](crate::TryGroup::spawn)
//! waits for room:
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::GroupError;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn download(file: u32) -> Result<u32, String> {
//!     yield_!(Sleep(Duration::from_secs(1)));
//!     if file == 13 { Err("no such file: 13".to_owned()) } else { Ok(file) }
//! }
//!
//! #[loop_core::coroutine]
//! fn downloads(first: u32, last: u32) -> Result<Vec<u32>, GroupError<String>> {
//!     let mut group = TryGroup::bounded(2);
//!     for file in first..=last {
//!         yield_!(group.spawn(download(file)));
//!     }
//!     yield_!(group.join())
//! }
//!
//! let run = Sim::new().run(downloads(1, 5));
//! assert_eq!(run.elapsed(), Duration::from_secs(3)); // two at a time
//! assert_eq!(run.into_result().unwrap().unwrap(), [1, 2, 3, 4, 5]);
//!
//! let error = Sim::new().run(downloads(11, 99)).into_result().unwrap().unwrap_err();
//! assert_eq!(error.to_string(), "a task of the group failed: no such file: 13");
//! ```
//!
//! After the failure `spawn` closes what it is given, and does not wait. So the loop goes through the files that are left, and `join` says
//! what has failed.
//!
//! # A server that ends well
//!
//! This one listens until Ctrl-C. Then it accepts nobody any more, and gives those that are connected five seconds to end. Who does not is closed
//! with the program. At most a hundred are connected at a time, and each may be silent for a minute.
//!
//! A task waits for the signal all the time, because Ctrl-C ends the run if it comes when nobody waits for it. So what races with the signal is
//! the whole loop that accepts, and not each `accept`. The race drops that loop, which closes the listener.
//!
//! ```
//! use std::{io, time::Duration};
//! use loop_core::net::{TcpListener, TcpStream};
//! use loop_core::prelude::*;
//! use loop_core::SignalKind;
//! use loop_core::sim::Sim;
//! use loop_core::sync::{Permit, Semaphore};
//!
//! const CONNECTIONS: usize = 100;
//! const SILENCE: Duration = Duration::from_secs(60);
//!
//! #[loop_core::coroutine]
//! fn session(stream: TcpStream, _connection: Permit) -> io::Result<()> {
//!     while let Some(line) = yield_!(Timeout(SILENCE, stream.read_line()))?? {
//!         yield_!(Sleep(Duration::from_secs(2))); // the work
//!         yield_!(stream.write_all(format!("done: {line}\n")))?;
//!     }
//!     Ok(())
//! }
//!
//! #[loop_core::coroutine]
//! fn accepts(listener: TcpListener, connections: Semaphore) -> io::Result<()> {
//!     loop {
//!         let connection = yield_!(connections.acquire());
//!         match yield_!(listener.accept()) {
//!             Ok((stream, _)) => yield_!(Spawn(session(stream, connection))).detach(),
//!             Err(error) => yield_!(Eprintln(error))?, // mostly too many descriptors: others are still served
//!         }
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn all_have_ended(connections: Semaphore) {
//!     for _ in 0..CONNECTIONS {
//!         yield_!(connections.acquire()).forget();
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn server() -> io::Result<()> {
//!     let listener = yield_!(TcpListener::bind("127.0.0.1:7000"))?;
//!     let connections = Semaphore::new(CONNECTIONS);
//!     let accepts = accepts(listener, connections.clone());
//!     match yield_!(Race((accepts, Signal(SignalKind::interrupt()))))? {
//!         (Some(failed), _) => return failed,
//!         (None, signal) => signal.transpose()?,
//!     };
//!     let ended = yield_!(Timeout(Duration::from_secs(5), all_have_ended(connections)));
//!     yield_!(Println(if ended.is_ok() { "all have ended" } else { "some did not end" }))
//! }
//!
//! /// Asks at the first second, so Ctrl-C comes while the server works.
//! #[loop_core::coroutine]
//! fn client() -> io::Result<Option<String>> {
//!     yield_!(Sleep(Duration::from_secs(1)));
//!     let stream = yield_!(TcpStream::connect("127.0.0.1:7000"))?;
//!     yield_!(stream.write_all("a question\n"))?;
//!     yield_!(stream.read_line())
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> io::Result<Option<String>> {
//!     let server = yield_!(Spawn(server()));
//!     let answer = yield_!(client())?;
//!     assert_eq!(yield_!(client()).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
//!     yield_!(server.flatten())?;
//!     Ok(answer)
//! }
//!
//! let run = Sim::new().signal(Duration::from_secs(2), SignalKind::interrupt()).run(program);
//! assert_eq!(run.stdout(), "all have ended\n");
//! assert_eq!(run.into_result().unwrap().unwrap().as_deref(), Some("done: a question"));
//! ```
//!
//! # A clean shutdown of a group
//!
//! Tell the tasks that no more work is to come, give them some time to finish, and cancel those that have not ended by then. Here the
//! dropped sender tells them. The coroutine that waits for them has the group, so when its time is over the group is dropped, and its
//! tasks are cancelled.
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::channel::{self, Receiver};
//!
//! #[loop_core::coroutine]
//! fn worker(jobs: Receiver<u64>) {
//!     while let Some(seconds) = yield_!(jobs.recv()) {
//!         yield_!(Sleep(Duration::from_secs(seconds)));
//!         let _ = yield_!(Println(format!("{seconds} s: done")));
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn ended(mut workers: Group<()>) {
//!     let _ = yield_!(workers.join());
//! }
//!
//! #[loop_core::coroutine]
//! fn program() {
//!     let (sender, jobs) = channel::unbounded();
//!     let mut workers = Group::new();
//!     for _ in 0..3 {
//!         yield_!(workers.spawn(worker(jobs.clone())));
//!     }
//!     for seconds in [1, 2, 3600] {
//!         sender.send(seconds).unwrap();
//!     }
//!     drop(sender);
//!     if yield_!(Timeout(Duration::from_secs(5), ended(workers))).is_err() {
//!         let _ = yield_!(Println("the last jobs were given up"));
//!     }
//! }
//!
//! let run = Sim::new().run(program);
//! assert_eq!(run.stdout(), "1 s: done\n2 s: done\nthe last jobs were given up\n");
//! assert_eq!(run.elapsed(), Duration::from_secs(5));
//! ```
//!
//! Tasks that wait for no channel can look at an [`Event`](crate::sync::Event), or [race](crate::Race) their work with its `wait`.
//!
//! # A test that cancels everywhere
//!
//! A task can be cancelled at each of its yields: by a time limit, by a group, by Ctrl-C. Whatever it has half done then stays so.
//! [`cancel_everywhere`](crate::sim::Sim::cancel_everywhere) runs a program as often as it has yields, and cancels a task at a further one
//! each time. The check says what must hold in any case:
//!
//! ```
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::Lock;
//!
//! #[loop_core::coroutine]
//! fn transfer(from: Lock<i32>, to: Lock<i32>) {
//!     let mut from = yield_!(from.acquire());
//!     let mut to = yield_!(to.acquire());
//!     *from -= 10; // in the line above, the 10 would be lost if the task was cancelled while it waits for `to`
//!     *to += 10;
//! }
//!
//! let (from, to) = (Lock::new(100), Lock::new(0));
//! let cancelled = Sim::new().cancel_everywhere(
//!     || transfer(from.clone(), to.clone()),
//!     |_run| assert_eq!(*from.try_acquire().unwrap() + *to.try_acquire().unwrap(), 100),
//! );
//! assert_eq!(cancelled, 2);
//! ```
//!
//! The function [`cancel_everywhere`](crate::sim::cancel_everywhere) checks only that the program ends: that nobody waits for ever for
//! what the cancelled task had.
//!
//! # Who has waited too long
//!
//! The request [`Tasks`](crate::Tasks) gives all tasks with what they wait for, since when, and within which coroutines. So a task can watch
//! the others. On the operating system, a loop made with [`Builder::track_waits`](crate::Builder::track_waits) keeps since when. This one
//! says who has waited for a minute to get a lock:
//!
//! ```
//! use std::io;
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::Lock;
//! use loop_core::trace::RequestKind;
//! use loop_core::{TaskState, Tasks};
//!
//! const MINUTE: Duration = Duration::from_secs(60);
//!
//! #[loop_core::coroutine]
//! fn watch() -> io::Result<()> {
//!     loop {
//!         yield_!(Sleep(MINUTE));
//!         let tree = yield_!(Tasks);
//!         for task in tree.tasks() {
//!             let TaskState::Waiting { request: RequestKind::Acquire, waited, .. } = task.state else { continue };
//!             if waited >= Some(MINUTE) {
//!                 yield_!(Eprintln(format!("{} {}", task.name, task.state)))?;
//!             }
//!         }
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn work(lock: Lock<u32>) {
//!     let mut guard = yield_!(lock.acquire());
//!     yield_!(Sleep(2 * MINUTE));
//!     *guard += 1;
//! }
//!
//! #[loop_core::coroutine]
//! fn program() {
//!     let watch = yield_!(Spawn(watch()));
//!     let lock = Lock::new(0);
//!     yield_!(All((work(lock.clone()), work(lock)))).unwrap();
//!     assert!(yield_!(Cancel(watch)).is_err());
//! }
//!
//! let run = Sim::new().run(program);
//! assert_eq!(run.stderr(), "program/3 waits to acquire lock 1, which program/2 has (for 60s)\n");
//! ```
//!
//! From outside, [`Builder::show_tasks_on`](crate::Builder::show_tasks_on) writes the tree when a signal comes, and
//! [`Builder::slow_step`](crate::Builder::slow_step) tells a program that computes from one that waits.
