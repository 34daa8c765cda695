//! Reads one number per line from standard input and prints that Fibonacci number.
//!
//! ```text
//! $ printf '10\nabc\n100\n' | cargo run -q --example fib_stdin
//! line 2: "abc" is not an integer from 0 to 100000
//! fib(10) = 55
//! fib(100) = 354224848179261915075
//! ```
//!
//! The complaint goes to standard error. Blank lines are ignored. It ends at the end of input (^D in a terminal), or at
//! Ctrl-C, of which it dies: a shell shows status 130.
//!
//! With `-- --naive` it uses a plain recursion, which never yields. Type `35`: the whole loop stands still meanwhile, and reports
//! that on standard error: `slow step: task …`. With `-- --trace` it prints every decision of the loop to standard error at the
//! end.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, mem};

use loop_core::prelude::*;
use loop_core::trace::Recording;
use loop_core::{Error, LineError};
use num_bigint::BigUint;

const HELP: &str = "\
usage: fib_stdin [--naive] [--trace]

Reads one number per line from standard input and prints that Fibonacci number.

--naive   compute by a recursion that blocks the event loop, and report each step that does
--trace   print the decisions of the event loop to standard error at the end
--help    print this
";

/// fib(100000) has 20899 digits: a longer answer is of no use on a terminal, and other tasks would have to wait for it.
const LARGEST: u64 = 100_000;

/// The naive recursion for fib(n) makes more than fib(n) calls. This number takes about a second; fib(100) would take centuries.
const LARGEST_NAIVE: u64 = 40;

/// The computation lets other tasks run after this many additions, which take about a millisecond.
const ADDITIONS: u64 = 200;

/// The naive recursion's 35 is slow enough for this on every machine, in release builds too.
const SLOW: Duration = Duration::from_millis(5);

/// Yields fib(0), fib(1), fib(2) …, as Python's `a, b = b, a + b`.
#[loop_core::generator(yields = BigUint)]
fn fibonacci() {
    let (mut a, mut b) = (BigUint::ZERO, BigUint::from(1u8));
    loop {
        let next = &a + &b;
        yield_!(mem::replace(&mut a, mem::replace(&mut b, next)));
    }
}

#[loop_core::coroutine]
fn fib(n: u64) -> BigUint {
    let mut numbers = fibonacci();
    for _ in 0..n / ADDITIONS {
        numbers.nth(ADDITIONS as usize - 1);
        yield_!();
    }
    let left = n % ADDITIONS;
    numbers
        .nth(left as usize)
        .expect("a generator without an end")
}

/// The exercise's first version. It is a coroutine, so the loop can report that it blocks, but it yields nothing.
#[loop_core::coroutine(lazy)]
fn fib_naive(n: u64) -> BigUint {
    fn recurse(n: u64) -> u64 {
        if n < 2 {
            n
        } else {
            recurse(n - 1) + recurse(n - 2)
        }
    }
    BigUint::from(recurse(n))
}

#[loop_core::coroutine]
fn stdin_line_handler(naive: bool) -> io::Result<()> {
    let largest = if naive { LARGEST_NAIVE } else { LARGEST };
    for count in 1u64.. {
        let line = match yield_!(Stdin) {
            Ok(None) => break,
            Ok(Some(line)) => parse(&line, largest),
            Err(error) => Err(unreadable(error)?),
        };
        match line {
            Ok(None) => {}
            Ok(Some(n)) => {
                let value = yield_!(if naive { fib_naive(n) } else { fib(n) });
                yield_!(Println(format!("fib({n}) = {value}")))?;
            }
            Err(line) => yield_!(Eprintln(format!(
                "line {count}: {line} is not an integer from 0 to {largest}"
            )))?,
        }
    }
    Ok(())
}

/// The number on a line, `None` on a blank one, or the line quoted if it is something else.
fn parse(line: &str, largest: u64) -> Result<Option<u64>, String> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(None);
    }
    match line.parse() {
        Ok(n) if n <= largest => Ok(Some(n)),
        _ => Err(quoted(line.as_bytes())),
    }
}

/// A line that is not text or is too long, quoted. Other errors mean that there is nothing more to read.
fn unreadable(error: io::Error) -> io::Result<String> {
    let line = error.get_ref().and_then(|inner| inner.downcast_ref());
    match line {
        Some(LineError::NotUtf8 { bytes, .. }) => Ok(quoted(bytes)),
        Some(LineError::TooLong { prefix, limit, .. }) => {
            Ok(format!("{} (longer than {limit} bytes)", quoted(prefix)))
        }
        _ => Err(error),
    }
}

/// Enough of a line to find it again, on one line and without control characters.
fn quoted(line: &[u8]) -> String {
    let start = &line[..line.len().min(40)];
    let mut text = String::new();
    for chunk in start.utf8_chunks() {
        text.extend(chunk.valid().escape_debug());
        text.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    let more = if start.len() < line.len() { "…" } else { "" };
    format!("\"{text}{more}\"")
}

#[derive(Default)]
struct Options {
    naive: bool,
    trace: bool,
    help: bool,
}

impl Options {
    fn parse(words: impl Iterator<Item = OsString>) -> Result<Options, String> {
        let mut options = Options::default();
        for word in words {
            match word.to_str() {
                Some("--naive") => options.naive = true,
                Some("--trace") => options.trace = true,
                Some("--help" | "-h") => options.help = true,
                _ => return Err(format!("unknown argument {word:?}")),
            }
        }
        Ok(options)
    }
}

fn main() -> ExitCode {
    match Options::parse(env::args_os().skip(1)) {
        Ok(Options { help: true, .. }) => {
            say(&mut io::stdout(), HELP);
            ExitCode::SUCCESS
        }
        Ok(options) => run(&options),
        Err(mistake) => {
            say(
                &mut io::stderr(),
                &format!("fib_stdin: {mistake}\n\n{HELP}"),
            );
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> ExitCode {
    let mut builder = EventLoop::builder();
    if options.naive {
        builder = builder.slow_step(SLOW);
    }
    let program = stdin_line_handler(options.naive);
    let result = if options.trace {
        let mut event_loop = builder.recorder(Recording::default()).build();
        let result = event_loop.run_until_complete(program);
        say(
            &mut io::stderr(),
            &event_loop.trace().decisions().to_string(),
        );
        result
    } else {
        builder.build().run_until_complete(program)
    };
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => fail(&error, 1),
        // Quietly, and of the signal.
        Err(error @ (Error::Interrupted | Error::BrokenPipe)) => {
            loop_core::report::<()>(Err(error))
        }
        Err(error) => fail(&error, error.exit_status()),
    }
}

fn fail(error: &dyn std::error::Error, status: u8) -> ExitCode {
    say(&mut io::stderr(), &format!("fib_stdin: {error}\n"));
    ExitCode::from(status)
}

/// Writes outside the loop. If this fails, there is no other place for the message.
fn say(stream: &mut dyn Write, text: &str) {
    let _ = stream.write_all(text.as_bytes());
}
