#![doc = include_str!("../docs/macros.md")]

mod arguments;
mod borrows;
mod check;
mod coroutines;
mod depth;
mod describe;
mod elsewhere;
mod expand;
mod globs;
mod heads;
mod keyword;
mod level;
mod library;
mod mistakes;
mod parse;
mod recovery;
mod requests;
mod signature;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod yields;

use library::Library;
use parse::Macro;
use proc_macro::TokenStream;

/// Makes a function with `-> T` return a `Coroutine<T>`: Python's `def` with a `yield` in it, decorated to prime it.
///
/// [The guide](../loop_core/language/index.html) has all that may be yielded, and what is answered.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn greet() -> std::io::Result<()> {
///     while let Some(name) = yield_!(Stdin)? {
///         yield_!(Println(format!("Hello, {name}!")))?;
///     }
///     Ok(())
/// }
///
/// assert_eq!(Sim::new().stdin("Ada\n").run(greet()).stdout(), "Hello, Ada!\n");
/// ```
///
/// Calling the function *primes* the coroutine: its body runs to its first `yield_!`, whose request is kept for the loop.
/// A panic before that belongs to the coroutine, not to the caller.
///
/// So the call itself runs your code, even if the coroutine is dropped right after it. Priming nests at most 64 deep, and less
/// deep once it has used 512 KiB of the machine's stack. A body beyond that begins when the loop first resumes it, as with `lazy`.
///
/// ```
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// #[loop_core::coroutine]
/// fn opens(door: Rc<Cell<bool>>) {
///     door.set(true);
///     yield_!();
///     door.set(false);
/// }
///
/// let door = Rc::new(Cell::new(false));
/// let _never_run = opens(Rc::clone(&door));
/// assert!(door.get());
/// ```
///
/// The event loop keeps a coroutine longer than the call lasts. So a coroutine that the loop runs owns its arguments: type
/// parameters get the bound `'static`. A method takes `self`, or `self: Rc<Self>`.
///
/// If an argument is borrowed, the function returns a `BorrowingCoroutine<'_, T>`, which only another coroutine can run, with
/// `yield_from!`. Its value may borrow as well.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn ask(question: &str, asked: &mut u32) -> std::io::Result<Option<String>> {
///     *asked += 1;
///     yield_!(Print(format!("{question} ")))?;
///     yield_!(Stdin)
/// }
///
/// #[loop_core::coroutine]
/// fn interview() -> std::io::Result<u32> {
///     let mut asked = 0;
///     yield_from!(ask("name?", &mut asked))?;
///     yield_from!(ask("age?", &mut asked))?;
///     Ok(asked)
/// }
///
/// assert_eq!(Sim::new().stdin("Ada\n36\n").run(interview()).stdout(), "name? age? ");
/// ```
///
/// # Arguments
///
/// - `#[loop_core::coroutine(lazy)]`: the body does not begin before the loop first resumes the coroutine.
/// - `#[loop_core::coroutine(skip(password, key))]`: a trace shows these arguments as `_`. The names are those that the
///   function's patterns bind, or `self`.
/// - `#[loop_core::coroutine(skip_all)]`: a trace shows no argument and no value of this coroutine. It still shows whether the
///   coroutine ended with an `Err`.
/// - `#[loop_core::coroutine(crate = path)]`: [where the library is](crate#where-the-library-is).
/// - `#[loop_core::coroutine(receives = R)]`: the push-style receiver of a pipeline. The function returns no `Coroutine` but
///   a `Generator` that yields `()` and receives `R`, primed so that its caller can `send` at once. It may
///   borrow. With `boxed`, its type is `BoxGenerator<'_, (), R, T>`. A panic while it is primed goes to the caller.
///
/// ```
/// #[loop_core::coroutine(receives = u32)]
/// fn adding(total: &mut u32) {
///     loop {
///         *total += yield_!();
///     }
/// }
///
/// let mut total = 0;
/// let mut adder = adding(&mut total);
/// adder.send(3).unwrap();
/// adder.send(4).unwrap();
/// drop(adder);
/// assert_eq!(total, 7);
/// ```
///
/// # What a trace shows of it
///
/// While a loop records a trace, the arguments of each call and the value of each coroutine are written by their `Debug`. A
/// value that is not known to be `Debug` shows as `_`. The macro adds no bound to your types, so an argument of a type parameter
/// `T` shows only with `T: Debug`. Nothing is formatted while no trace is recorded. `skip` and `skip_all` hide secrets.
///
/// ```
/// struct Key(u64); // not `Debug`
///
/// #[loop_core::coroutine(skip(password))]
/// fn log_in(user: &'static str, password: String, key: Key) -> bool {
///     yield_!();
///     !user.is_empty() && password.len() as u64 == key.0
/// }
///
/// // A trace shows `log_in("ada", _, _)`.
/// let run = loop_core::sim::Sim::new().run(log_in("ada", "secret".to_owned(), Key(6)));
/// assert!(run.into_result().unwrap());
/// ```
///
/// # Errors
///
/// Write the path. A bare, imported `#[coroutine]` is ambiguous, because the compiler has an attribute of that name (E0659);
/// only inside [`coroutines!`] it works.
#[proc_macro_attribute]
pub fn coroutine(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Macro::Coroutine, arguments, item)
}

/// Makes a function with `-> T` return a `Generator`, which is an iterator if it receives nothing.
///
/// See also [the guide](../loop_core/language/index.html#generators).
///
/// ```
/// #[loop_core::generator(yields = &'a str)]
/// fn words<'a>(text: &'a str) -> usize {
///     let mut count = 0;
///     for word in text.split_whitespace() {
///         yield_!(word);
///         count += 1;
///     }
///     count
/// }
///
/// let mut g = words("to be or not");
/// assert_eq!(g.by_ref().last(), Some("not"));
/// assert_eq!(g.return_value(), Some(&4));
/// ```
///
/// It may borrow its arguments and `self`; it does nothing before it is resumed.
///
/// # Arguments
///
/// - `yields = Y`: what `yield_!` takes. Without it, `()`.
/// - `receives = R`: what `yield_!` gives, and `send` takes. Without it, `()`.
/// - `crate = path`: [where the library is](crate#where-the-library-is).
/// - `boxed`: return a `BoxGenerator<'_, Y, R, T>`, whose type has a name. A trait declares such a method as
///   `fn items(&self) -> BoxGenerator<'_, u32>`.
///
/// A generator may delegate to itself:
///
/// ```
/// #[loop_core::generator(yields = u32)]
/// fn ruler(size: u32) {
///     if size > 0 {
///         yield_from!(ruler(size - 1));
///         yield_!(size);
///         yield_from!(ruler(size - 1));
///     }
/// }
///
/// assert_eq!(ruler(3).collect::<Vec<_>>(), [1, 2, 1, 3, 1, 2, 1]);
/// ```
#[proc_macro_attribute]
pub fn generator(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Macro::Generator, arguments, item)
}

/// Makes a function return a [`Stream`](../loop_core/struct.Stream.html), which asks the event loop and gives out values: Python's
/// `async def` with a `yield` in it.
///
/// See [the module `stream`](../loop_core/stream/index.html).
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::stream(yields = u64)]
/// fn numbers() -> io::Result<()> {
///     while let Some(line) = yield_!(Stdin)? {
///         match line.parse() {
///             Ok(number) => emit!(number),
///             Err(_) => yield_!(Println(format!("not a number: {line}")))?,
///         }
///     }
///     Ok(())
/// }
///
/// #[loop_core::coroutine]
/// fn sum() -> io::Result<u64> {
///     let mut numbers = numbers();
///     let mut sum = 0;
///     while let Some(number) = yield_!(numbers.next())? {
///         sum += number;
///     }
///     Ok(sum)
/// }
///
/// let run = Sim::new().stdin("1\nx\n2\n").run(sum());
/// assert_eq!(run.stdout(), "not a number: x\n");
/// assert_eq!(run.into_result().unwrap().unwrap(), 3);
/// ```
///
/// Its body says `yield_!(…)` and `yield_from!(…)` as a coroutine's does, and [`emit!(value)`](macro@emit) to give out a value. It
/// returns `()`, or a `Result<(), E>`.
///
/// It may borrow its arguments and `self`, and does nothing before it is asked. So a type parameter gets no bound: write `T: 'static` if a
/// request needs it, such as that of a `Receiver<T>`.
///
/// A trait declares such a method as `fn items(&self) -> Stream<'_, u32>`, and one that takes `self` by value as
/// `fn items<'a>(self) -> Stream<'a, u32> where Self: 'a`.
///
/// # Arguments
///
/// - `yields = Y`: what `emit!` takes. Without it, `()`.
/// - `crate = path`: [where the library is](crate#where-the-library-is).
#[proc_macro_attribute]
pub fn stream(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Macro::Stream, arguments, item)
}

/// Makes a function return a [`Sink`](../loop_core/struct.Sink.html), which asks the event loop and takes in values: the push side of a
/// pipeline.
///
/// See [the module `stream`](../loop_core/stream/index.html).
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::sink(receives = u32)]
/// fn printer() -> io::Result<()> {
///     while let Some(number) = receive!() {
///         yield_!(Println(number))?;
///     }
///     Ok(())
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let mut printer = printer();
///     for number in 1..=3 {
///         yield_!(printer.send(number))?;
///     }
///     yield_!(printer.close())
/// }
///
/// assert_eq!(Sim::new().run(program()).stdout(), "1\n2\n3\n");
/// ```
///
/// Its body says `yield_!(…)` and `yield_from!(…)` as a coroutine's does, and [`receive!()`](macro@receive) to wait for a value. It returns
/// `()`, or a `Result<(), E>`.
///
/// It may borrow its arguments and `self`, and does nothing before it is sent something. A type parameter gets no bound, as with
/// [`stream`](macro@stream).
///
/// # Arguments
///
/// - `receives = R`: what `receive!()` gives, and `send` takes. Without it, `()`.
/// - `crate = path`: [where the library is](crate#where-the-library-is).
#[proc_macro_attribute]
pub fn sink(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Macro::Sink, arguments, item)
}

/// A block of items in which `#[coroutine]`, `#[generator]`, `#[stream]` and `#[sink]` need no path and the keyword `yield` works.
///
/// See also [the guide](../loop_core/language/index.html#forms).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// loop_core::coroutines! {
///     #[coroutine]
///     fn echo() -> std::io::Result<()> {
///         while let Ok(Some(line)) = yield Stdin {
///             (yield Println(format!("{line}{line}")))?;
///         }
///         Ok(())
///     }
///
///     #[generator(yields = u32)]
///     fn squares() {
///         for n in 1.. {
///             yield n * n;
///         }
///     }
/// }
///
/// assert_eq!(Sim::new().stdin("ha\n").run(echo()).stdout(), "haha\n");
/// assert_eq!(squares().nth(2), Some(9));
/// ```
///
/// `yield` takes all that follows it, as `return` does: `yield a + b` yields the sum, and `(yield a) + b` adds to the
/// answer. It works in the arguments of a macro, too. Only functions with an attribute can yield.
///
/// In the head of an `if`, `while`, `match` or `for`, a `{` after the operand begins the body: `match yield Stdin { … }`. A struct
/// literal needs parentheses there, as without `yield`. In a condition with a `let`, `&&` ends the operand:
/// `if let Some(n) = yield next() && n > 0 { … }`.
///
/// An attribute may depend on a condition, as in `#[cfg_attr(test, coroutine)]`.
/// A block may begin with `crate = path;`, which says [where the library is](crate#where-the-library-is).
///
/// rustfmt leaves such a block alone; it formats `coroutines!({ … })`, with the same items inside.
#[proc_macro]
pub fn coroutines(items: TokenStream) -> TokenStream {
    coroutines::expand(items.into()).into()
}

/// Makes `fn main` the coroutine of a program: runs an event loop on the operating system until it returns.
///
/// [The guide](../loop_core/language/index.html) has all that its body may yield.
///
/// ```
/// use loop_core::prelude::*;
///
/// #[loop_core::main]
/// fn main() -> std::io::Result<()> {
///     yield_!(Print("Hello\n".to_owned()))
/// }
/// ```
///
/// It may return what any `main` may return.
///
/// # Arguments
///
/// - `#[loop_core::main(builder = …)]`: an expression that gives the settings of the event loop, a `Builder`. All that a builder can set, it can set.
/// - `#[loop_core::main(crate = path)]` says [where the library is](crate#where-the-library-is).
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
///
/// #[loop_core::main(builder = EventLoop::builder().slow_step(Duration::from_millis(10)))]
/// fn main() -> std::io::Result<()> {
///     yield_!(Println("Hello"))
/// }
/// ```
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Macro::Main, arguments, item)
}

/// Makes a function a test whose body is a coroutine. It runs in the simulated world, where sleeping takes no time.
///
/// [The guide](../loop_core/language/index.html) has all that its body may yield.
///
/// ```
/// use loop_core::prelude::*;
/// use std::time::Duration;
///
/// #[loop_core::test]
/// fn an_hour_is_an_hour() {
///     let before = yield_!(Clock);
///     yield_!(Sleep(Duration::from_secs(3600)));
///     assert_eq!(yield_!(Clock) - before, Duration::from_secs(3600));
/// }
/// ```
///
/// If the run fails, the test does, and shows the trace. Other attributes, such as `#[should_panic]`, are kept.
///
/// A test may take one argument, its `RunSoFar`, with what has been printed and decided until now:
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::RunSoFar;
///
/// #[loop_core::coroutine]
/// fn doubles() -> std::io::Result<()> {
///     while let Some(line) = yield_!(Stdin)? {
///         yield_!(Println(format!("{line}{line}")))?;
///     }
///     Ok(())
/// }
///
/// #[loop_core::test(stdin = "ha\n")]
/// fn a_line_is_doubled(run: RunSoFar) -> std::io::Result<()> {
///     yield_!(doubles())?;
///     assert_eq!(run.stdout(), "haha\n");
///     assert!(run.trace().to_string().contains(r#"print "haha\n""#)); // or insta::assert_snapshot!(run.trace())
///     Ok(())
/// }
/// ```
///
/// # Arguments
///
/// - `#[loop_core::test(stdin = …)]`: the standard input, as `Sim::stdin` takes it. Without it, the input is empty.
/// - `#[loop_core::test(seed = 7)]`: the seed that decides which of the ready tasks runs next.
/// - `#[loop_core::test(sim = …)]`: an expression that gives the whole simulation, a `Sim`; `stdin` and `seed` are set after it.
/// - `#[loop_core::test(os)]`: it runs on the operating system. The other arguments, and a `RunSoFar`, are for the simulation only.
/// - `#[loop_core::test(crate = path)]` says [where the library is](crate#where-the-library-is).
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute(Macro::Test, arguments, item)
}

fn attribute(which: Macro, arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(which, &Library::default(), arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/yield.md")]
#[proc_macro]
pub fn yield_(value: TokenStream) -> TokenStream {
    yields::outside("yield_!", value.into()).into()
}

#[doc = include_str!("../docs/yield_from.md")]
#[proc_macro]
pub fn yield_from(value: TokenStream) -> TokenStream {
    yields::outside("yield_from!", value.into()).into()
}

#[doc = include_str!("../docs/emit.md")]
#[proc_macro]
pub fn emit(value: TokenStream) -> TokenStream {
    yields::outside_stream(value.into()).into()
}

#[doc = include_str!("../docs/receive.md")]
#[proc_macro]
pub fn receive(nothing: TokenStream) -> TokenStream {
    yields::outside_sink(nothing.into()).into()
}

/// The `emit!` of a stream's body.
#[doc(hidden)]
#[proc_macro]
pub fn __emit_of_stream(value: TokenStream) -> TokenStream {
    yields::emit(value.into()).into()
}

/// The `receive!` of a sink's body.
#[doc(hidden)]
#[proc_macro]
pub fn __receive_of_sink(nothing: TokenStream) -> TokenStream {
    yields::receive(nothing.into()).into()
}

/// The `yield_!` of a coroutine's body.
#[doc(hidden)]
#[proc_macro]
pub fn __yield_of_coroutine(value: TokenStream) -> TokenStream {
    yields::of_coroutine(value.into()).into()
}

/// The `yield_from!` of a coroutine's body.
#[doc(hidden)]
#[proc_macro]
pub fn __yield_from_of_coroutine(value: TokenStream) -> TokenStream {
    yields::from_of_coroutine(value.into()).into()
}

/// The `yield_!` of a generator's body.
#[doc(hidden)]
#[proc_macro]
pub fn __yield_of_generator(value: TokenStream) -> TokenStream {
    yields::of_generator(value.into()).into()
}

/// The `yield_!` of the body of a generator that yields nothing.
#[doc(hidden)]
#[proc_macro]
pub fn __yield_of_silent_generator(value: TokenStream) -> TokenStream {
    yields::of_silent_generator(value.into()).into()
}

/// The `yield_from!` of a generator's body.
#[doc(hidden)]
#[proc_macro]
pub fn __yield_from_of_generator(value: TokenStream) -> TokenStream {
    yields::from_of_generator(value.into()).into()
}
