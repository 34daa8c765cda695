//! The language: how coroutines and generators are written, and what they can yield. A guide; there is no code here.
//!
//! It describes the macros [`coroutine`](macro@crate::coroutine), [`generator`](macro@crate::generator), [`coroutines!`](crate::coroutines),
//! [`main`](macro@crate::main) and [`test`](macro@crate::test), and what the body of such a function can do. The scheduling has its rules
//! at [`EventLoop`](crate::EventLoop#rules). Ready-made solutions are in [`recipes`](crate::recipes).
//!
//! | to | see |
//! |---|---|
//! | choose a form | [Forms](#forms) |
//! | pass arguments, borrow | [Arguments and lifetimes](#arguments-and-lifetimes) |
//! | know when a body begins | [Priming, and when to say `lazy`](#priming-and-when-to-say-lazy) |
//! | look up a request | [What may be yielded, and what comes back](#what-may-be-yielded-and-what-comes-back) |
//! | call another coroutine | [`yield` or `yield from`](#yield-or-yield-from), [Recursion](#recursion) |
//! | make an iterator | [Generators](#generators) |
//! | give out values that must be waited for | [Streams and sinks](#streams-and-sinks) |
//! | share state between tasks | [A `RefCell` across a yield](#a-refcell-across-a-yield) |
//! | let tasks wait for each other | [Tasks that wait for each other](#tasks-that-wait-for-each-other) |
//! | handle errors | [Errors and `?`](#errors-and-) |
//! | write a macro, or rename the crate | [The crate's name](#the-crates-name), [Macros inside macros](#macros-inside-macros) |
//!
//! # Forms
//!
//! A **coroutine function** is a `fn` with the attribute `#[loop_core::coroutine]`. Write the type of its value behind the arrow, `-> T`.
//! A call of it gives a [`Coroutine<T>`](crate::Coroutine).
//!
//! ```
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn ask(question: &'static str) -> String {
//!     yield_!(Println(question)).unwrap();
//!     yield_!(Stdin).unwrap().unwrap_or_default()
//! }
//!
//! let answer: Coroutine<String> = ask("name?");
//! let run = Sim::new().stdin("Ada\n").run(answer);
//! assert_eq!(run.stdout(), "name?\n");
//! assert_eq!(run.into_result().unwrap(), "Ada");
//! ```
//!
//! It is a `fn`, not an `async fn`: the macro turns away `async`, `const`, `unsafe` and `extern`. The body suspends at `yield_!(…)`, where
//! an `async fn` has `.await`. It cannot `.await`, because only the event loop can resume it. Its own inner `async` blocks can. A closure is
//! another function, so `yield_!` does not work in it. Use a loop: `for x in xs { yield_!(…); }`.
//!
//! The path is needed. A bare `#[coroutine]` that comes from a `use` is ambiguous, because the compiler has an attribute of that name.
//!
//! **In a block `coroutines! { … }`** the attributes need no path, and the keyword `yield` works:
//!
//! ```
//! use loop_core::prelude::*;
//!
//! loop_core::coroutines! {
//!     #[coroutine]
//!     fn shout() -> std::io::Result<()> {
//!         while let Some(line) = (yield Stdin)? {
//!             (yield Println(line.to_uppercase()))?;
//!         }
//!         Ok(())
//!     }
//!
//!     #[generator(yields = u32)]
//!     fn squares() {
//!         for n in 1.. {
//!             yield n * n;
//!         }
//!     }
//! }
//!
//! assert_eq!(loop_core::sim::Sim::new().stdin("hey\n").run(shout).stdout(), "HEY\n");
//! assert_eq!(squares().nth(2), Some(9));
//! ```
//!
//! `yield` takes all that follows it, as `return` does. So it needs parentheses where its answer is used: `(yield a) + b`. rustfmt does
//! not format such a block, except as `coroutines!({ … })`.
//!
//! **Methods** are coroutines like functions. `self` and `self: Rc<Self>` make a coroutine that the loop can keep; `&self` and `&mut self`
//! make one that [borrows](#arguments-and-lifetimes).
//!
//! **Traits** declare a method with the type that a call gives, and the attribute stands where the method has a body: in the `impl`, or at a
//! default.
//!
//! ```
//! use std::rc::Rc;
//! use loop_core::prelude::*;
//! use loop_core::{BorrowingCoroutine, BoxGenerator};
//!
//! trait Store {
//!     fn load(self: Rc<Self>) -> Coroutine<String>;                  // can be spawned
//!     fn length(&self) -> BorrowingCoroutine<'_, usize>;             // runs in place
//!     fn letters(&self) -> BoxGenerator<'_, char>;
//! }
//!
//! struct Text(String);
//!
//! impl Store for Text {
//!     #[loop_core::coroutine]
//!     fn load(self: Rc<Self>) -> String {
//!         yield_!();
//!         self.0.clone()
//!     }
//!
//!     #[loop_core::coroutine]
//!     fn length(&self) -> usize {
//!         yield_!();
//!         self.0.len()
//!     }
//!
//!     #[loop_core::generator(yields = char, boxed)]
//!     fn letters(&self) {
//!         for letter in self.0.chars() {
//!             yield_!(letter);
//!         }
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> (String, usize, usize) {
//!     let store: Rc<dyn Store> = Rc::new(Text("abc".to_owned()));
//!     let length = yield_from!(store.length());
//!     let letters = store.letters().count();
//!     (yield_!(store.load()), length, letters)
//! }
//!
//! let result = loop_core::sim::Sim::new().run(program).into_result().unwrap();
//! assert_eq!(result, ("abc".to_owned(), 3, 3));
//! ```
//!
//! **The program** is `#[loop_core::main] fn main()`, whose body is a coroutine. It may return what any `main` may return. **A test** is
//! `#[loop_core::test] fn …`, whose body is a coroutine in the [simulation](crate::sim). Their arguments are described at
//! [`main`](macro@crate::main) and [`test`](macro@crate::test).
//!
//! A function that never ends, `-> !`, gives a `Coroutine<Infallible>`.
//!
//! # Arguments and lifetimes
//!
//! The arguments move into the body, as those of an `async fn` do. They are dropped after the body's locals, the last one first.
//! Whether they borrow decides what the function returns:
//!
//! | arguments | a call gives | who can run it |
//! |---|---|---|
//! | all owned, or `&'static` | [`Coroutine<T>`](crate::Coroutine) | the loop, [`Spawn`](crate::Spawn), `yield_!`, `yield_from!` |
//! | one is borrowed, `&self` too | [`BorrowingCoroutine<'_, T>`](crate::BorrowingCoroutine) | `yield_from!` only |
//!
//! The loop keeps a coroutine longer than the call lasts. That is why it takes only owned ones. To share a value between tasks, pass an
//! [`Rc`](std::rc::Rc) of it. Type parameters of an owned coroutine get the bound `'static` from the macro: you need not write it.
//!
//! ```
//! use std::fmt::Display;
//! use std::rc::Rc;
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn show<T: Display>(value: Rc<T>, label: &'static str) -> String { // owned: `Rc` and `&'static`
//!     yield_!();
//!     format!("{label} {value}")
//! }
//!
//! #[loop_core::coroutine]
//! fn first_word(text: &str) -> &str { // borrows, and so does its value
//!     yield_!();
//!     text.split(' ').next().unwrap_or_default()
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> String {
//!     let title = String::from("Analytical Engine");
//!     let word = yield_from!(first_word(&title)); // in place: it may borrow a local
//!     let shared = Rc::new(word.to_owned());
//!     let task = yield_!(Spawn(show(Rc::clone(&shared), "the")));
//!     yield_!(task).unwrap()
//! }
//!
//! assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), "the Analytical");
//! ```
//!
//! If you spawn or run one that borrows, rustc says so and names the remedy:
//!
//! ```compile_fail,E0277
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn length(text: &str) -> usize {
//!     yield_!();
//!     text.len()
//! }
//!
//! let text = String::from("abc");
//! EventLoop::new().run_until_complete(length(&text)).unwrap(); // the event loop cannot keep it
//! ```
//!
//! # Priming, and when to say `lazy`
//!
//! The call of a coroutine function *primes* the coroutine: the body runs to its first yield. The coroutine keeps the request of that yield,
//! and the loop gets it when it first runs the coroutine. So **the code before the first yield runs at the call**:
//!
//! ```
//! use std::cell::RefCell;
//! use std::rc::Rc;
//! use loop_core::prelude::*;
//!
//! type Log = Rc<RefCell<Vec<&'static str>>>;
//!
//! #[loop_core::coroutine]
//! fn primed(log: Log) {
//!     log.borrow_mut().push("primed");
//!     yield_!();
//! }
//!
//! #[loop_core::coroutine(lazy)]
//! fn lazy(log: Log) {
//!     log.borrow_mut().push("lazy");
//!     yield_!();
//! }
//!
//! #[loop_core::coroutine]
//! fn program(log: Log) {
//!     let (a, b) = (lazy(Rc::clone(&log)), primed(Rc::clone(&log)));
//!     log.borrow_mut().push("both were called");
//!     yield_!(a);
//!     yield_!(b);
//! }
//!
//! let log = Log::default();
//! loop_core::sim::Sim::new().run(program(Rc::clone(&log))).into_result().unwrap();
//! assert_eq!(*log.borrow(), ["primed", "both were called", "lazy"]);
//! ```
//!
//! Four things follow:
//!
//! - What a body reads before its first yield, it reads at the call, not when its task runs.
//! - A coroutine that is called and dropped has run that code as well.
//! - A panic before the first yield belongs to the coroutine, not to its caller: it comes out where the coroutine is joined or yielded.
//! - A body without any yield runs as a whole at the call. Its task never enters the ready queue.
//!
//! Say `lazy` if the body begins with a long computation, if it takes something before its first yield that others need (a borrow, the guard
//! of a `try_acquire`), or if a test is to find [schedules](crate::recipes#search-for-a-schedule-that-fails) in which two tasks begin in
//! another order.
//!
//! # What may be yielded, and what comes back
//!
//! `yield_!(request)` is an expression. Its type is the answer of the request:
//!
//! | request | answer | waits |
//! |---|---|---|
//! | nothing, `()`, [`Now`](crate::Now) | `()` | until the other ready tasks had their turns |
//! | a [`Coroutine<T>`](crate::Coroutine) | `T` | until it has ended; it runs on the stack of this task |
//! | [`Stdin`](crate::Stdin) | [`io::Result<Option<String>>`](std::io::Result): a line, `None` at the end | until a line comes |
//! | [`StdinBytes`](crate::StdinBytes) | [`io::Result<Option<Vec<u8>>>`](std::io::Result): at least one byte, `None` at the end | until bytes come |
//! | [`Print(text)`](crate::Print), [`Println(text)`](crate::Println) | [`io::Result<()>`](std::io::Result) | only if the output is not read, and 64 KiB are unwritten |
//! | [`Eprint(text)`](crate::Eprint), [`Eprintln(text)`](crate::Eprintln) | [`io::Result<()>`](std::io::Result) | as `Print` |
//! | [`Sleep(duration)`](crate::Sleep), [`SleepUntil(time)`](crate::SleepUntil) | `()` | until then |
//! | [`interval.tick()`](crate::Interval::tick) | [`Time`](crate::Time): when the tick was due | until then |
//! | [`Clock`](crate::Clock) | [`Time`](crate::Time) | never |
//! | [`Spawn(coroutine)`](crate::Spawn), [`Spawn(…).named(name)`](crate::Spawn::named) | [`Handle<T>`](crate::Handle) | never |
//! | a [`Handle<T>`](crate::Handle): join | `Result<T,` [`TaskError`](crate::TaskError)`>` | until the task has ended |
//! | [`handle.flatten()`](crate::Handle::flatten), of a `Handle<Result<T, E>>` | `Result<T, E>` | until the task has ended |
//! | [`Cancel(handle)`](crate::Cancel), [`Cancel(…).because(reason)`](crate::Cancel::because) | `Result<T,` [`TaskError`](crate::TaskError)`>`: the value, if the task had ended | never |
//! | [`Ended(&handle)`](crate::Ended) | `()`; the value stays for whoever joins the task | until the task has ended |
//! | [`Tasks`](crate::Tasks) | [`TaskTree`](crate::TaskTree): what each task waits for, since when, and where | never |
//! | [`Me`](crate::Me), [`handle.name()`](crate::Handle::name) | [`TaskInfo`](crate::TaskInfo), `String` | never |
//! | [`local.get()`](crate::TaskLocal::get), [`local.set(value)`](crate::TaskLocal::set), [`local.reset(value)`](crate::TaskLocal::reset) | `Option<Rc<T>>`: the value that the task has, or had before | never |
//! | [`local.scope(value, coroutine)`](crate::TaskLocal::scope) | `T`: the coroutine's value | until it has ended |
//! | [`Defer(function)`](crate::Defer) | `()`; the function's coroutine runs when the task ends, however it ends | never |
//! | [`Shield(coroutine)`](crate::Shield) | `T`: the coroutine's value; a cancellation waits for it | until it has ended |
//! | [`Timeout(duration, coroutine)`](crate::Timeout), [`TimeoutAt(time, coroutine)`](crate::TimeoutAt) | `Result<T,` [`Elapsed`](crate::Elapsed)`>` | until it has ended, or the time is over |
//! | [`Race(coroutines)`](crate::Race) | `Result<…,` [`TaskError`](crate::TaskError)`>`: the value of the first | until one has ended |
//! | [`All(coroutines)`](crate::All) | `Result<…,` [`TaskError`](crate::TaskError)`>`: all values | until all have ended, or one has panicked |
//! | [`TryAll(coroutines)`](crate::TryAll), of those that give a `Result<T, E>` | `Result<…, E>`: all values | until all have ended, or one has failed |
//! | [`as_completed.next()`](crate::AsCompleted::next) | `Option<(usize, Result<T,` [`TaskError`](crate::TaskError)`>)>` | until a further one has ended |
//! | [`group.spawn(coroutine)`](crate::Group::spawn) | `()` | only if the group is bounded and full |
//! | [`group.next()`](crate::Group::next) | `Result<Option<T>,` [`GroupError`](crate::GroupError)`>` | until a further one of its tasks has ended |
//! | [`group.join()`](crate::Group::join) | `Result<Vec<T>,` [`GroupError`](crate::GroupError)`>` | until all of its tasks have ended |
//! | [`stream.next()`](crate::Stream::next) | `Option<Y>`, or `Result<Option<Y>, E>` | as long as the stream's body does |
//! | [`sink.send(value)`](crate::Sink::send), [`sink.close()`](crate::Sink::close) | whether it wants more; what its function returns | as long as the sink's body does |
//! | [`lock.acquire()`](crate::sync::Lock::acquire), [`event.wait()`](crate::sync::Event::wait), [`receiver.recv()`](crate::sync::channel::Receiver::recv) and others of [`sync`](crate::sync) | a guard, `()`, a value … | until it can be had |
//! | [`listener.accept()`](crate::net::TcpListener::accept), [`stream.read_line()`](crate::net::TcpStream::read_line), [`stream.write_all(bytes)`](crate::net::TcpStream::write_all) and others of [`net`](crate::net) | [`io::Result`](std::io::Result) | until there is a connection, until it has come, until it is written |
//! | [`Await(future)`](crate::Await) | the future's output | until the future is ready |
//! | `Blocking(closure)` (feature `blocking`) | the closure's value | until the closure has ended, on another thread |
//! | [`lookup_host(host)`](crate::net::lookup_host) | `io::Result<Vec<SocketAddr>>` | until the resolver has answered |
//! | [`Signal(kind)`](crate::Signal) | [`io::Result<()>`](std::io::Result) | until the signal comes |
//! | [`Stop`](crate::Stop) | `()` | never; the run ends when the tasks that are ready now have had their turns |
//! | [`Exit(status)`](crate::Exit) | `()`, if the loop is run again | the run ends at once |
//! | a [`Yield`](crate::Yield) | [`Resume`](crate::Resume) | as long as the request that it describes |
//! | your own [`Request`](crate::Request) | its [`Answer`](crate::Request::Answer) | as long as the request that its `into_yield` gives |
//!
//! A request that is made and not yielded, such as `Sleep(time);`, does nothing. The compiler warns of it.
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn one() -> u32 {
//!     1
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> std::io::Result<()> {
//!     let start = yield_!(Clock);
//!     yield_!(Println("name?"))?;
//!     if let Some(name) = yield_!(Stdin)? {
//!         yield_!(Println(format!("hello, {name}")))?;
//!     }
//!     yield_!(Sleep(Duration::from_secs(5)));
//!     assert_eq!(yield_!(Clock) - start, Duration::from_secs(5));
//!
//!     let here: u32 = yield_!(one()); // on this task
//!     let task = yield_!(Spawn(one())); // beside this task
//!     let there: u32 = yield_!(task)?;
//!     assert_eq!(here, there);
//!     Ok(())
//! }
//!
//! let run = loop_core::sim::Sim::new().stdin("Ada\n").run(program);
//! assert_eq!(run.stdout(), "name?\nhello, Ada\n");
//! assert!(run.into_result().unwrap().is_ok());
//! ```
//!
//! Temporary values in the operand are dropped before the coroutine waits, so none is kept over the yield. The text of a `Print` and its
//! like may borrow from one nevertheless: `yield_!(Print(line.to_uppercase().as_str()))`.
//!
//! # `yield` or `yield from`
//!
//! Both run another coroutine, and give its value:
//!
//! | | `yield_!(coroutine)` | `yield_from!(coroutine)` |
//! |---|---|---|
//! | who runs it | the loop, on the stack of the task | the body itself, in place |
//! | it may borrow | no | yes |
//! | a trace shows | its call, its steps and its value: `main:fib`, `chain fib(2)`, `return 1` | the call, and the way in: `main>fib`, `calls fib(2)` |
//! | it costs, if it yields once | about 45 ns | about 30 ns; deeper, each request goes through a call for each level |
//! | how deep | as memory lasts | as the stack of the thread lasts |
//! | its panic | ends the task | ends the task; it is a panic of the caller |
//!
//! Use `yield_!` in general, and for a recursion that may be deep. Use `yield_from!` for a helper that borrows, and for small helpers in
//! a loop that must be fast.
//!
//! ```
//! use loop_core::prelude::*;
//!
//! #[derive(Debug, Default)]
//! struct Parser {
//!     line: u32,
//! }
//!
//! impl Parser {
//!     #[loop_core::coroutine]
//!     fn number(&mut self) -> Option<u32> {
//!         let text = yield_!(Stdin).ok()??;
//!         self.line += 1;
//!         text.trim().parse().ok()
//!     }
//! }
//!
//! #[loop_core::coroutine]
//! fn sum() -> (u32, u32) {
//!     let mut parser = Parser::default();
//!     let mut sum = 0;
//!     while let Some(number) = yield_from!(parser.number()) {
//!         sum += number;
//!     }
//!     (sum, parser.line)
//! }
//!
//! let run = loop_core::sim::Sim::new().stdin("40\n2\n").run(sum);
//! assert_eq!(run.into_result().unwrap(), (42, 2));
//! ```
//!
//! # Recursion
//!
//! A coroutine may yield itself. It needs no `Box`, as its type, [`Coroutine<T>`](crate::Coroutine), is of a fixed size. Coroutines that wait for each
//! other are a list on the task, so a million levels do not overflow the stack:
//!
//! ```
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn depth(n: u64) -> u64 {
//!     if n == 0 { 0 } else { 1 + yield_!(depth(n - 1)) }
//! }
//!
//! assert_eq!(EventLoop::new().run_until_complete(depth(100_000))?, 100_000);
//! # Ok::<(), loop_core::Error>(())
//! ```
//!
//! A recursion without an end so takes all memory, unless the loop has a [`max_depth`](crate::Builder::max_depth).
//!
//! With `yield_from!` each level is a call, so the stack of the thread bounds the depth. A generator that delegates to itself must be
//! [`boxed`](macro@crate::generator), because its type would contain itself.
//!
//! # Generators
//!
//! A generator yields values of your choice to the code that iterates, not requests to a loop. It needs no event loop.
//!
//! - `yields = Y` is what `yield_!(value)` takes. The code that iterates gets it.
//! - `receives = R` is what `yield_!` gives back. The code that iterates [sends](crate::Generator::send) it.
//! - `-> T` is what it returns at its end: [`return_value`](crate::Generator::return_value), or the value of `yield_from!(generator)`.
//!
//! Without `receives`, a generator is an [`Iterator`]. With it, [`start`](crate::Generator::start) it first; then `send`.
//!
//! ```
//! #[loop_core::generator(yields = u32, receives = u32)]
//! fn running_sum(limit: u32) -> &'static str {
//!     let mut sum = 0;
//!     while sum < limit {
//!         sum += yield_!(sum);
//!     }
//!     "limit reached"
//! }
//!
//! let mut sums = running_sum(10);
//! assert_eq!(sums.start()?, Some(0)); // to the first yield
//! assert_eq!(sums.send(4)?, Some(4));
//! assert_eq!(sums.send(7)?, None); // it has returned
//! assert_eq!(sums.return_value(), Some(&"limit reached"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`close`](crate::Generator::close) drops its body where it waits, with all its locals; dropping the generator does the same.
//! `yield_from!(other)` yields all that another generator yields, sends it all that is sent, and gives what it returns:
//!
//! ```
//! #[loop_core::generator(yields = u32)]
//! fn up_to(end: u32) -> u32 {
//!     for n in 0..end {
//!         yield_!(n);
//!     }
//!     end
//! }
//!
//! #[loop_core::generator(yields = u32)]
//! fn zigzag() {
//!     let top = yield_from!(up_to(3));
//!     for n in (0..top).rev() {
//!         yield_!(n);
//!     }
//! }
//!
//! assert_eq!(zigzag().collect::<Vec<_>>(), [0, 1, 2, 2, 1, 0]);
//!
//! let mut numbers = up_to(3);
//! assert_eq!(numbers.next(), Some(0));
//! numbers.close();
//! assert_eq!(numbers.next(), None);
//! ```
//!
//! A generator may borrow its arguments. It starts with the first `next` or `start`, as in Python. The push-style receiver of a pipeline,
//! `#[loop_core::coroutine(receives = R)]`, is a generator that is primed: its caller can send at once. More is in
//! [`generator`](mod@crate::generator).
//!
//! # Streams and sinks
//!
//! A generator cannot ask the event loop. A [`Stream`](crate::Stream) can: its body says `yield_!(request)` to the loop, and `emit!(value)`
//! to whoever wants its values. A [`Sink`](crate::Sink) is the other direction: its body waits for a value with `receive!()`.
//!
//! ```
//! use std::io;
//! use std::time::Duration;
//! use loop_core::prelude::*;
//!
//! #[loop_core::stream(yields = u32)]
//! fn countdown(from: u32) {
//!     for n in (1..=from).rev() {
//!         emit!(n);
//!         yield_!(Sleep(Duration::from_secs(1)));
//!     }
//! }
//!
//! #[loop_core::sink(receives = String)]
//! fn speaker() -> io::Result<()> {
//!     while let Some(word) = receive!() {
//!         yield_!(Println(format!("{word}!")))?;
//!     }
//!     Ok(())
//! }
//!
//! #[loop_core::coroutine]
//! fn launch() -> io::Result<()> {
//!     let mut words = countdown(3).map(|n| n.to_string());
//!     let mut speaker = speaker();
//!     while let Some(word) = yield_!(words.next()) {
//!         yield_!(speaker.send(word))?;
//!     }
//!     yield_!(speaker.close())
//! }
//!
//! assert_eq!(loop_core::sim::Sim::new().run(launch).stdout(), "3!\n2!\n1!\n");
//! ```
//!
//! Which one to take:
//!
//! | | [`Generator`](crate::Generator) | [`Stream`](crate::Stream) | a task and a [channel](crate::sync::channel) |
//! |---|---|---|---|
//! | asks the event loop | no | yes | yes |
//! | runs | when it is asked | when it is asked | beside who asks |
//! | who asks | anyone, also outside of the loop | a coroutine | any number of tasks |
//! | may borrow | yes | yes | no |
//! | fails with | its return value | `Err`, once | the task's error, where it is joined |
//!
//! All about them is in [`stream`](mod@crate::stream).
//!
//! # A `RefCell` across a yield
//!
//! Tasks of one loop run one at a time, so they can share an `Rc<RefCell<T>>` without a lock. But a borrow that is alive at a yield stays
//! while other tasks run. If one of them borrows the same cell, it panics:
//!
//! ```
//! use std::cell::RefCell;
//! use std::rc::Rc;
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn add(list: Rc<RefCell<Vec<u32>>>) {
//!     let mut list = list.borrow_mut();
//!     yield_!(); // still borrowed
//!     list.push(1);
//! }
//!
//! #[loop_core::coroutine]
//! fn twice() -> String {
//!     let list = Rc::default();
//!     let first = yield_!(Spawn(add(Rc::clone(&list))));
//!     let second = yield_!(Spawn(add(Rc::clone(&list))));
//!     yield_!(first).unwrap();
//!     yield_!(second).unwrap_err().to_string()
//! }
//!
//! let error = loop_core::sim::Sim::new().run(twice).into_result().unwrap();
//! assert!(error.contains("`twice/2` panicked in `add`") && error.contains("already"));
//! ```
//!
//! Clippy finds it. It has no word for a yield, and says "await":
//!
//! ```text
//! warning: this `RefCell` reference is held across an await point
//!   |
//! 8 |     let mut list = list.borrow_mut();
//!   |         ^^^^^^^^
//!   = help: ensure the reference is dropped before calling `await`
//! note: these are all the await points this reference is held through
//! 9 |     yield_!(); // still borrowed
//!   |     ^^^^^^^^^
//!   = note: `#[warn(clippy::await_holding_refcell_ref)]` on by default
//! ```
//!
//! The remedy: borrow for one statement, or for a block that ends before the yield. In the head of a `for`, `match`, `while let` or `if let`
//! a borrow lasts as long as the body, so take what you need out of the cell first.
//!
//! ```
//! use std::cell::RefCell;
//! use std::rc::Rc;
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn add(list: Rc<RefCell<Vec<u32>>>) {
//!     yield_!();
//!     list.borrow_mut().push(1); // this statement only
//!     let length = list.borrow().len(); // so is this
//!     yield_!(Println(length)).unwrap();
//!     for number in list.take() { // and this
//!         yield_!(Println(number)).unwrap();
//!     }
//! }
//!
//! let run = loop_core::sim::Sim::new().run(|| add(Rc::default()));
//! assert_eq!(run.stdout(), "1\n1\n");
//! ```
//!
//! For the same reason do not hold the guard of a `std::sync::Mutex` across a yield: the next task that locks it may wait for ever, and
//! the loop with it. Clippy's lint for that is `await_holding_lock`. A value that a task needs across its yields is in a
//! [`Lock`](crate::sync::Lock), see below.
//!
//! # Tasks that wait for each other
//!
//! The objects in [`sync`](crate::sync) are for tasks that wait for each other: locks, semaphores, events, conditions, barriers and
//! channels. They belong to one loop, and a clone is the same object.
//!
//! **What may have to wait is a request, and all else is a plain call.** Only a request lets other tasks run. So you see at each
//! `yield_!` where the world may change, and nothing changes between two of them:
//!
//! | request: may wait | plain call: never waits |
//! |---|---|
//! | `lock.acquire()`, `semaphore.acquire()` | `try_acquire()`, dropping the guard |
//! | `event.wait()` | `event.set()`, `event.clear()`, `event.is_set()` |
//! | `condition.wait(guard)`, `wait_while` | `condition.notify_one()`, `notify_all()` |
//! | `sender.send(value)` of a bounded channel, `receiver.recv()` | `try_send`, `try_recv`, `close`, `send` of the other channels, dropping an end |
//! | `group.spawn(coroutine)`, `group.join()`, a handle | `group.cancel()`, dropping the group, `handle.is_finished()` |
//!
//! A destructor cannot yield, so all that gives back or closes is a plain call. The tasks that it wakes have their turns later; the caller
//! goes on until its own next yield. [`Condition::wait`](crate::sync::Condition::wait) and
//! [`Once::get_or_init`](crate::sync::Once::get_or_init) need more than one request, so they are coroutines. They are yielded in the same
//! way.
//!
//! **A guard across a yield is right here.** A task that wants a [`Lock`](crate::sync::Lock) that another one has waits, and the others
//! go on. Where a `RefCell` panics, this program waits:
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//! use loop_core::sync::Lock;
//!
//! #[loop_core::coroutine]
//! fn add(list: Lock<Vec<u32>>, number: u32) {
//!     let mut list = yield_!(list.acquire());
//!     yield_!(Sleep(Duration::from_secs(1))); // nobody else has the list meanwhile
//!     list.push(number);
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> Vec<u32> {
//!     let list = Lock::new(Vec::new());
//!     let last = add(list.clone(), 3); // has not asked for the lock yet
//!     yield_!(All([add(list.clone(), 1), add(list.clone(), 2)])).unwrap();
//!     yield_!(last);
//!     yield_!(list.acquire()).clone()
//! }
//!
//! let run = Sim::new().run(program);
//! assert_eq!(run.elapsed(), Duration::from_secs(3));
//! assert_eq!(run.into_result().unwrap(), [1, 2, 3]);
//! ```
//!
//! **Priming takes no lock.** The call `add(list.clone(), 3)` runs the body to its first yield and keeps the request, but makes it only when
//! the loop runs the coroutine. So a coroutine that begins with `yield_!(lock.acquire())` needs no `lazy`, and its place in the queue is
//! that of its task. A `try_acquire()` before the first yield is a plain call, and takes the lock at the call.
//!
//! How long a guard lives is decided by Rust's rules: `let guard = yield_!(lock.acquire());` keeps it for the block, `*yield_!(lock.acquire())
//! += 1;` for the statement, and `let _ = yield_!(lock.acquire());` does not keep it at all.
//!
//! **Tasks that belong together** are given to one request, and none outlives it: [`All`](crate::All), [`TryAll`](crate::TryAll),
//! [`Race`](crate::Race), [`Timeout`](crate::Timeout). If it is not known beforehand which tasks there are, they are in a
//! [`Group`](crate::Group) or a [`TryGroup`](crate::TryGroup). Dropping a group cancels its tasks. When the task that has started them is
//! cancelled, all of these are cancelled too. A task from [`Spawn`](crate::Spawn) is not: it goes on.
//!
//! Instead of a coroutine they take any request that borrows nothing, such as `receiver.recv()`, or a handle. A group takes coroutines only.
//!
//! **If tasks wait for each other in a cycle**, the run ends with a [`Deadlock`](crate::Deadlock), which says who has what:
//!
//! ```text
//! deadlock: every task is parked and nothing outside can wake one
//!   dinner waits for the end of Plato, in `dinner` (src/main.rs:12)
//!   Plato waits to acquire lock 2, which Socrates has, in `philosopher` (src/main.rs:5)
//!   Socrates waits to acquire lock 1, which Plato has, in `philosopher` (src/main.rs:5)
//!   cycle: Plato -> Socrates -> Plato
//! ```
//!
//! The names are those that [`named`](crate::Spawn::named) has given. Locks are numbered in the order in which the loop was first asked
//! for them.
//!
//! # Errors and `?`
//!
//! `?` works as in any function. It ends the coroutine with the error, which is a value like others: the caller gets it from `yield_!`.
//!
//! There are three ways to fail:
//!
//! - **An `Err` that is returned** reaches whoever yields the coroutine or joins its task.
//! - **A panic** ends the task. Who joins the task gets a [`TaskError`](crate::TaskError). A panic goes through coroutines that wait on the
//!   same task, as through calls.
//! - **A cancelled task** gives a [`TaskError`](crate::TaskError) whose [`is_cancelled`](crate::TaskError::is_cancelled) is true. It says
//!   [which task](crate::TaskError::cancelled_by) cancelled it and, if that was said, [why](crate::TaskError::reason). The task itself
//!   gets no error: it is closed where it waits, and only its destructors run.
//!
//! So a joined task that returns a `Result` has two of them, one in the other. [`flatten`](crate::Handle::flatten) makes one of them, if the error
//! can be made of a `TaskError`. `io::Error` and `Box<dyn Error>` can.
//!
//! ```
//! use std::io;
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn number() -> io::Result<u32> {
//!     let line = yield_!(Stdin)?.ok_or(io::ErrorKind::UnexpectedEof)?;
//!     line.parse().map_err(io::Error::other)
//! }
//!
//! #[loop_core::coroutine]
//! fn sum() -> io::Result<u32> {
//!     let first = yield_!(number())?; // on this task: one error
//!     let task = yield_!(Spawn(number()));
//!     let second = yield_!(task.flatten())?; // a task: the two in one
//!     Ok(first + second)
//! }
//!
//! let sum = |text| loop_core::sim::Sim::new().stdin(text).run(sum).into_result().unwrap();
//! assert_eq!(sum("40\n2\n").unwrap(), 42);
//! assert_eq!(sum("40\n").unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
//! ```
//!
//! What happens to the failure of a task that nobody joins is in [`recipes`](crate::recipes#a-server-whose-tasks-may-fail).
//!
//! # The crate's name
//!
//! The macros' expansions name this library `::loop_core`. If your crate knows it by another name, rustc cannot find `loop_core` in the crate
//! root. Then say where it is: every attribute takes `crate = path`, and a block may begin with `crate = path;`.
//!
//! ```
//! mod runtime {
//!     pub use loop_core as events; // as if `events` were a dependency that was renamed
//! }
//! use runtime::events;
//!
//! #[events::coroutine(crate = events)]
//! fn one() -> u8 {
//!     yield_!();
//!     1
//! }
//!
//! events::coroutines! {
//!     crate = events;
//!
//!     #[coroutine]
//!     fn two() -> u8 {
//!         (yield one()) + 1
//!     }
//! }
//!
//! assert_eq!(events::sim::Sim::new().run(two).into_result().unwrap(), 2);
//! ```
//!
//! # Macros inside macros
//!
//! `yield_!` and `yield_from!` are macros, and a call of one is an expression. So they work in the arguments of other
//! macros, in one another, and in a `macro_rules!` of yours, inside and outside of the body:
//!
//! ```
//! use loop_core::prelude::*;
//!
//! #[loop_core::coroutine]
//! fn give(n: u32) -> u32 {
//!     yield_!();
//!     n
//! }
//!
//! macro_rules! twice {
//!     ($n:expr) => {
//!         yield_!(give($n)) + yield_!(give($n))
//!     };
//! }
//!
//! #[loop_core::coroutine]
//! fn program() -> Vec<u32> {
//!     println!("{}", yield_!(give(yield_!(give(1)))));
//!     vec![yield_!(give(2)), twice!(3)]
//! }
//!
//! assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), [2, 6]);
//! ```
//!
//! A macro that *makes* coroutines, and that other crates call, names the library through its own crate: `#[$crate::loop_core::coroutine(crate =
//! $crate::loop_core)]`, with `pub use loop_core;` in its root.
//!
//! ```
//! macro_rules! constant {
//!     ($name:ident, $value:expr) => {
//!         #[loop_core::coroutine]
//!         fn $name() -> u32 {
//!             yield_!();
//!             $value
//!         }
//!     };
//! }
//!
//! constant!(seven, 7);
//!
//! assert_eq!(loop_core::sim::Sim::new().run(seven).into_result().unwrap(), 7);
//! ```
//!
//! # Errors of the compiler, and what they mean
//!
//! The macros report what they can see. What follows comes from rustc, which does not know that a yield is missing.
//!
//! | rustc says | it means |
//! |---|---|
//! | the `?` operator cannot be applied to type `Coroutine<Result<…>>`, or `Handle<…>` | `child()?` must be `yield_!(child())?`, and `handle?` is `yield_!(handle)?` |
//! | cannot add `Coroutine<u64>` …; expected `u64`, found `Coroutine<u64>` | a coroutine has a value when it is yielded: `yield_!(child()) + 1` |
//! | expected `u64`, found `Result<u64, TaskError>` | joining a task can fail: `yield_!(handle)?`, or `unwrap()` |
//! | type `impl Request<Answer = …>` cannot be dereferenced; no method or field of that name in it | the object is asked by a yield: `*yield_!(lock.acquire()) += 1` |
//! | expected opaque type `impl Request<…>`, found `Option<_>` | the same, in a `while let` or a `match`: `while let Some(value) = yield_!(stream.next())` |
//! | `Stream<'_, …>` is not an iterator | it is asked by a yield: `while let Some(value) = yield_!(stream.next())` |
//! | the event loop cannot keep `Handle<…>` or `impl Request<…>` | `Spawn` and a group take coroutines: put the request into one |
//! | `stream` does not live long enough; argument requires that it is borrowed for `'static` | a `Timeout`, a `Race` or an `All` has tasks, and a task owns what it uses. `stream.next()` borrows: let a task send the values to a channel |
//! | the event loop cannot keep, or cannot answer, an `async` block, or `impl Future<…>` | yield `Await(future)`; a coroutine that does so can be spawned |
//! | type mismatch resolving `<Coroutine<…> as Request>::Answer == Result<…>` | `TryAll` takes what gives a `Result`, with one type of error; the rest is for `All` |
//! | the trait `From<GroupError<…>>` is not implemented | `?` makes an `io::Error` of it if the tasks return an `io::Result`; of other errors `yield_!(group.join()).map_err(io::Error::other)?` does |
//! | nothing, and the task does not wait | `let _permit = semaphore.acquire();` keeps a request: write `let _permit = yield_!(semaphore.acquire());` |
//! | type annotations needed | the operand's type says what is asked: write `yield_!(Sleep::from(time))`, not `yield_!(time.into())` |
//! | the trait `From<TaskError>` is not implemented | a task can also panic or be cancelled: implement it for the error, or `unwrap()` what joining gives |
//! | `…` is not something that the event loop can answer | yield a request, a coroutine or a handle; call the function: `child()`; iterate over a generator |
//! | expected `u8`, or `Generator<u8, …>`, found `Coroutine<…>`, in a generator | no event loop resumes a generator, so it can't run a coroutine: make it a coroutine, or a stream |
//! | `Generator<…>` is not a coroutine, so it cannot run in place | iterate over it: `for value in generator { … }` |
//! | a method of iterators exists for `Generator<…>`, but its trait bounds were not satisfied | it receives values: resume it with `start` and `send` |
//! | `main` has invalid return type `Coroutine<()>` | the program's coroutine has its own attribute: `#[loop_core::main]` |
//! | unused `Coroutine<()>` that must be used | the coroutine does nothing until it is yielded or spawned |
//! | the parameter type `T` may not live long enough, in a stream or a sink | it may borrow, so `T` gets no bound by itself: write `fn values<T: 'static>(…)` |
//! | hidden lifetime parameters in types, and lifetime may not live long enough | an argument hides a lifetime: write `Parser<'_>` if the coroutine borrows, or `Parser<'static>` |
//! | `dyn …FrameOfThisThread`, `Rc<…OfThisThread>`, or what is in a generator, cannot be sent between threads | coroutines, handles and generators belong to the thread that made them; send the data, and make the coroutine there |
//! | `coroutine` is ambiguous (E0659) | the attribute needs its path: `#[loop_core::coroutine]` |
//! | yield syntax is experimental (E0658) | write `yield_!(…)`, or put the function into `coroutines! { … }` |
