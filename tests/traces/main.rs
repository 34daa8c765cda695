//! Snapshots of what the loop decides, and the rules behind them.

mod calls;
mod cancel;
mod cancel_waiters;
mod chaining;
mod closing;
mod deadlocks;
mod destructors;
mod exercise;
mod exiting;
mod failures;
mod given_back;
mod handles;
mod helpers;
mod hostile;
mod in_place;
mod inside;
mod intervals;
mod lifecycle;
mod limits;
mod locals;
mod misuse;
mod names;
mod order;
mod pace;
mod panics;
mod polls;
mod primed_failures;
mod priming;
mod printing;
mod question_mark;
mod races;
mod recursion;
mod seeds;
mod sleeping;
mod slow;
mod spawning;
mod stdin;
mod turns;
mod unasked;
mod values;
mod worlds;

use loop_core::prelude::*;
use loop_core::{Error, Failures, TaskError};
use tests::{Notes, ms};

/// The failures that a run returned.
fn failed(result: Result<impl Sized, Error>) -> Failures {
    match result {
        Err(Error::Failed(failures)) => failures,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("no error"),
    }
}

/// Goes on while another task fails.
#[loop_core::coroutine]
fn goes_on(notes: Notes) {
    for _ in 0..5 {
        yield_!();
    }
    notes.add("went on");
}

/// Gives what joining a coroutine gives.
#[loop_core::coroutine]
fn joins(coroutine: Coroutine<u32>) -> Result<u32, TaskError> {
    let handle = yield_!(Spawn(coroutine));
    yield_!(handle)
}
