//! The exercise's program: integers come in on standard input, Fibonacci numbers go out.

use std::io;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Run, Sim};

#[loop_core::coroutine]
fn fib(n: u64) -> u64 {
    if n < 2 {
        n
    } else {
        yield_!(fib(n - 1)) + yield_!(fib(n - 2))
    }
}

#[loop_core::coroutine]
fn stdin_line_handler() -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        match line.trim().parse() {
            Ok(n) => {
                let value = yield_!(fib(n));
                yield_!(Print(format!("fib({n}) = {value}\n")))?;
            }
            Err(error) => yield_!(Eprint(format!("{line:?}: {error}\n")))?,
        }
    }
    Ok(())
}

fn run() -> Run<io::Result<()>> {
    Sim::new().stdin("3\nx\n").run(stdin_line_handler())
}

#[test]
fn the_exercise_prints_what_it_should() {
    let run = run();
    assert_eq!(run.stdout(), "fib(3) = 2\n");
    assert_eq!(run.stderr(), "\"x\": invalid digit found in string\n");
    run.into_result().unwrap().unwrap();
}

#[test]
fn the_exercise_step_by_step() {
    assert_snapshot!(run().trace().steps());
}

#[test]
fn the_exercise_decision_by_decision() {
    assert_snapshot!(run().trace().decisions());
}

#[test]
fn the_exercise_task_by_task() {
    assert_snapshot!(run().trace().per_task());
}

/// The exercise's second listing: a generator, resumed step by step, so that the others have their turns.
#[loop_core::generator(yields = u64)]
fn fibs() {
    let (mut a, mut b) = (0, 1);
    loop {
        yield_!(a);
        (a, b) = (b, a + b);
    }
}

#[loop_core::coroutine]
fn polite_handler() -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        let n: usize = line.parse().expect("a number");
        let mut value = 0;
        for next in fibs().take(n + 1) {
            value = next;
            yield_!();
        }
        yield_!(Print(format!("{value}\n")))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn ticker() {
    for _ in 0..3 {
        yield_!();
    }
}

#[test]
fn a_generator_lets_the_others_run() {
    let mut event_loop = Sim::new().stdin("2\n").event_loop();
    event_loop.schedule(polite_handler());
    event_loop.schedule(ticker());
    event_loop.run().unwrap();
    assert_eq!(event_loop.world().stdout(), b"1\n");
    assert_snapshot!(event_loop.trace().steps());
}
