//! An example of your own tests: run a coroutine in the simulation, and let insta keep the decisions of the event loop.
//!
//! When the decisions change, the test fails and shows the lines that differ. If the new lines are right, accept them with
//! `cargo insta review`, or with `INSTA_UPDATE=always cargo test` and `git diff`.

// In a crate of your own the test is in `mod tests` beside the coroutine, and this is `use super::*;`.
#[path = "../snapshot.rs"]
#[expect(dead_code, reason = "a test has no use for the program's `main`")]
mod program;

use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};

use program::stdin_line_handler;

/// In a file: `snapshots/snapshot__the_exercise.snap`.
#[test]
fn the_exercise() {
    let run = Sim::new().stdin("3\n").run(stdin_line_handler());
    assert_eq!(run.stdout(), "fib(3) = 2\n");
    insta::assert_snapshot!(run.trace());
}

/// A short snapshot is in the test itself. The clock is virtual: this does not take two hours.
#[test]
fn two_hours_of_typing() {
    let input = Input::new()
        .at(Duration::from_secs(3600), "0\n")
        .at(Duration::from_secs(7200), "1\n");
    let run = Sim::new().stdin(input).run(stdin_line_handler);
    insta::assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    stdin_line_handler  primed  =>  stdin  park

    ~ +3600s  stdin line "0"  wakes stdin_line_handler
    stdin_line_handler  line "0"  =>  chain fib(0)
    stdin_line_handler:fib  primed  =>  return 0
    stdin_line_handler  returned 0  =>  print "fib(0) = 0\n"
    stdin_line_handler  printed  =>  stdin  park

    ~ +3600s  stdin line "1"  wakes stdin_line_handler
    stdin_line_handler  line "1"  =>  chain fib(1)
    stdin_line_handler:fib  primed  =>  return 1
    stdin_line_handler  returned 1  =>  print "fib(1) = 1\n"
    stdin_line_handler  printed  =>  stdin  park

    ~ +0  stdin eof  wakes stdin_line_handler
    stdin_line_handler  eof  =>  finish Ok(())
    "#);
}

/// The outer result is the loop's, and the coroutine's value is inside. Here the value is an error that the coroutine returned.
#[test]
fn no_number() {
    let run = Sim::new().stdin("three\n").run(stdin_line_handler());
    let error = run.into_result().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "invalid digit found in string");
}

#[loop_core::coroutine]
fn stopwatch() -> Duration {
    let start = yield_!(Clock);
    yield_!(Sleep(Duration::from_secs(60)));
    yield_!(Clock) - start
}

/// Twenty schedules: first in, first out, and 19 others. Each is the same whenever it is run again.
#[test]
fn under_any_schedule() {
    for seed in 0..20 {
        let mut event_loop = Sim::new().seed(seed).event_loop();
        event_loop.schedule(stopwatch());
        let took = event_loop.run_until_complete(stopwatch()).unwrap();
        assert_eq!(took, Duration::from_secs(60), "{}", event_loop.trace());
    }
}

/// A test that is a coroutine itself. It runs in the simulation, and prints the trace when it fails.
#[loop_core::test]
fn yields_itself() {
    assert_eq!(yield_!(stopwatch()), Duration::from_secs(60));
}
