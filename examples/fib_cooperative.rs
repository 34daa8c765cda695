//! A recursion that lets other tasks run: each call of `fib` is a coroutine, and waiting for a call is a yield.
//!
//! ```text
//! $ cargo run -q --example fib_cooperative
//! tick 1
//! tick 2
//! …
//! fib(28) = 317811, and the ticks went on
//! ```
//!
//! How many ticks there are depends on the machine. With a plain recursion instead there would be none.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;

#[loop_core::coroutine]
fn fib(n: u64) -> u64 {
    if n < 2 {
        n
    } else {
        yield_!(fib(n - 1)) + yield_!(fib(n - 2))
    }
}

#[loop_core::coroutine]
fn tick() -> io::Result<()> {
    for count in 1u64.. {
        yield_!(Sleep(Duration::from_millis(10)));
        yield_!(Println(format!("tick {count}")))?;
    }
    Ok(())
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let ticks = yield_!(Spawn(tick()));
    let value = yield_!(fib(28));
    // Without this the tick that is due could still come after the last line.
    let _ = yield_!(Cancel(ticks));
    yield_!(Println(format!("fib(28) = {value}, and the ticks went on")))
}
