//! A recursion that does not let go, on another thread: the loop goes on meanwhile.
//!
//! ```text
//! $ cargo run -q --example blocking_fib
//! tick 1
//! tick 2
//! …
//! fib(35) = 9227465, and the ticks went on
//! ```
//!
//! How many ticks there are depends on the machine. `Blocking` needs the feature `blocking` of `loop-core`.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;

fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
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
    let value = yield_!(Blocking(|| fib(35)));
    // Without this the tick that is due could still come after the last line.
    let _ = yield_!(Cancel(ticks));
    yield_!(Println(format!("fib(35) = {value}, and the ticks went on")))
}
