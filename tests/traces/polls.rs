//! When the loop polls clock and world: after at least 64 steps, or when no task is ready.

use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{is_step, steps_before_the_poll};

#[loop_core::coroutine]
fn yields(n: usize) {
    for _ in 0..n {
        yield_!();
    }
}

#[loop_core::coroutine]
fn waits() {
    yield_!(Stdin).unwrap();
}

/// One task waits for input that is there; `ready` others are always ready.
fn gathered(ready: usize) -> usize {
    let mut event_loop = Sim::new().stdin("x\n").event_loop();
    event_loop.schedule(waits());
    for _ in 0..ready {
        event_loop.schedule(yields(200));
    }
    event_loop.run().unwrap();
    steps_before_the_poll(&event_loop.trace())
}

#[test]
fn a_poll_comes_when_no_task_is_ready() {
    assert_eq!(gathered(0), 1);
}

#[test]
fn short_batches_are_gathered_to_64_steps() {
    assert_eq!(gathered(1), 64); // the first batch has two tasks, each further one has one
    assert_eq!(gathered(2), 65); // 3 + 2 + 2 …
    assert_eq!(gathered(63), 64); // the first batch is enough
}

#[test]
fn a_long_batch_is_run_to_its_end_and_no_further() {
    assert_eq!(gathered(64), 65);
    assert_eq!(gathered(500), 501);
}

#[test]
fn no_task_runs_twice_in_a_batch() {
    for tasks in [1, 2, 7, 64, 100] {
        let mut event_loop = Sim::new().event_loop();
        for _ in 0..tasks {
            event_loop.schedule(yields(3));
        }
        event_loop.run().unwrap();
        let trace = event_loop.trace();
        let steps = trace.events().iter().filter(|event| is_step(event));
        let resumed: Vec<_> = steps.map(|event| event.task()).collect();
        for batch in resumed.chunks(tasks) {
            let mut once = batch.to_vec();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), batch.len());
        }
    }
}

#[loop_core::coroutine(lazy)]
fn panics() {
    panic!("in the batch");
}

/// One task waits for input that is there; the others are always ready, but for one among them that panics.
fn steps_around_a_panic(before: usize, after: usize) -> usize {
    let mut event_loop = Sim::new().stdin("x\n").event_loop();
    event_loop.schedule(waits());
    for _ in 0..before {
        event_loop.schedule(yields(200));
    }
    event_loop.schedule(panics());
    for _ in 0..after {
        event_loop.schedule(yields(200));
    }
    event_loop.run().unwrap_err();
    steps_before_the_poll(&event_loop.trace())
}

#[test]
fn a_panic_does_not_cut_a_batch() {
    assert_eq!(steps_around_a_panic(10, 90), 102);
}

#[test]
fn a_panic_does_not_shorten_a_cycle() {
    // First batch: 1 + 1 + 1 + 38 = 41 steps; the second: 39. 41 < 64 <= 80.
    assert_eq!(steps_around_a_panic(1, 38), 80);
}
