//! A trace: what the event loop decided, as text that a test can snapshot. `tests/snapshot.rs` is that test.
//!
//! ```text
//! $ cargo run -q --example snapshot
//! # steps  policy=fifo
//! stdin_line_handler  primed  =>  stdin  park
//!
//! ~ +0  stdin line "3"  wakes stdin_line_handler
//! stdin_line_handler  line "3"  =>  chain fib(3)
//! stdin_line_handler:fib  primed  =>  chain fib(2)
//! stdin_line_handler:fib  primed  =>  chain fib(1)
//! stdin_line_handler:fib  primed  =>  return 1
//! stdin_line_handler:fib  returned 1  =>  chain fib(0)
//! stdin_line_handler:fib  primed  =>  return 0
//! stdin_line_handler:fib  returned 0  =>  return 1
//! stdin_line_handler:fib  returned 1  =>  chain fib(1)
//! stdin_line_handler:fib  primed  =>  return 1
//! stdin_line_handler:fib  returned 1  =>  return 2
//! stdin_line_handler  returned 2  =>  print "fib(3) = 2\n"
//! stdin_line_handler  printed  =>  stdin  park
//!
//! ~ +0  stdin eof  wakes stdin_line_handler
//! stdin_line_handler  eof  =>  finish Ok(())
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
        yield_!(Println(format!("fib({n}) = {value}")))?;
    }
    Ok(())
}

fn main() {
    let run = Sim::new().stdin("3\n").run(stdin_line_handler());
    print!("{}", run.trace());
}
