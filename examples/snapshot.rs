//! A trace: what the event loop decided, as text that a test can snapshot. `tests/snapshot.rs` is that test.
//!
//! ```text
//! $ cargo run -q --example snapshot
//! # steps  policy=fifo
//! stdin_line_handler  primed  =>  stdin  park
//!
//! ~ +0  stdin line "3"  wakes stdin_line_handler
//! stdin_line_handler  ok "3"  =>  chain fib
//! stdin_line_handler:fib  primed  =>  chain fib
//! stdin_line_handler:fib  primed  =>  chain fib  ready
//! stdin_line_handler:fib  ok  =>  chain fib  ready
//! stdin_line_handler:fib  ok  =>  return
//! stdin_line_handler:fib  ok  =>  chain fib  ready
//! stdin_line_handler:fib  ok  =>  return
//! stdin_line_handler  ok  =>  print "fib(3) = 2\n"  ready
//! stdin_line_handler  ok  =>  stdin  park
//!
//! ~ +0  stdin eof  wakes stdin_line_handler
//! stdin_line_handler  eof  =>  finish
//! ```

use std::io;

use loop_core::prelude::*;
use loop_core::sim::Sim;

#[loop_core::coroutine]
pub(crate) fn fib(n: u64) -> u64 {
    if n < 2 {
        n
    } else {
        yield_!(fib(n - 1)) + yield_!(fib(n - 2))
    }
}

#[loop_core::coroutine]
pub(crate) fn stdin_line_handler() -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        let n = line.trim().parse().map_err(io::Error::other)?;
        let value = yield_!(fib(n));
        yield_!(Print(format!("fib({n}) = {value}\n")))?;
    }
    Ok(())
}

fn main() {
    let run = Sim::new().stdin("3\n").run(stdin_line_handler());
    print!("{}", run.trace());
}
