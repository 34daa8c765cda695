//! A time limit, and a race: waits for a coroutine *or* something else, whichever comes first.
//!
//! ```text
//! $ echo Ada | cargo run -q --example timeout_race
//! What is your name?
//! hello, Ada
//! the near server has answered first, and the far one is cancelled
//! ```
//!
//! In a terminal, wait for ten seconds without typing. Then the second line says what was waited for:
//!
//! ```text
//! $ sleep 9 | cargo run -q --example timeout_race -- 1
//! What is your name?
//! timed out: main/1 waits for standard input, in `ask` (examples/timeout_race.rs:28)
//! the near server has answered first, and the far one is cancelled
//! ```
//!
//! The argument is the time limit in seconds.

use std::env;
use std::io;
use std::time::Duration;

use loop_core::prelude::*;

#[loop_core::coroutine]
fn ask(question: &'static str) -> io::Result<Option<String>> {
    yield_!(Println(question))?;
    yield_!(Stdin)
}

/// Answers after a while, as a server does.
#[loop_core::coroutine]
fn server(name: &'static str, milliseconds: u64) -> &'static str {
    yield_!(Sleep(Duration::from_millis(milliseconds)));
    name
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let limit = match env::args().nth(1) {
        Some(seconds) => seconds.parse().map_err(io::Error::other)?,
        None => 10,
    };
    // If the time is over, the coroutine is closed. The next line of input is for whoever asks next.
    match yield_!(Timeout(
        Duration::from_secs(limit),
        ask("What is your name?")
    )) {
        Ok(Ok(Some(name))) => yield_!(Println(format!("hello, {name}")))?,
        Ok(Ok(None)) => yield_!(Println("the input has ended"))?,
        Ok(Err(error)) => return Err(error),
        Err(elapsed) => yield_!(Println(elapsed))?,
    }

    // The first that ends decides. `?` is for a server that panics.
    let first = yield_!(Race([server("far", 10_000), server("near", 50)]))?;
    yield_!(Println(format!(
        "the {first} server has answered first, and the far one is cancelled"
    )))
}
