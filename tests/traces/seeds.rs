//! A seed lets another ready task run first, and always the same one.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::Trace;

use crate::ms;

#[loop_core::coroutine]
fn leaf(n: u32) -> u32 {
    yield_!(Sleep(ms(u64::from(n))));
    n
}

#[loop_core::coroutine(lazy)]
fn worker(n: u32) -> u32 {
    let mut sum = 0;
    let handles = [yield_!(Spawn(leaf(n))), yield_!(Spawn(leaf(n + 10)))];
    for handle in handles {
        yield_!();
        sum += yield_!(handle).unwrap();
    }
    sum
}

fn trace(seed: u64) -> Trace {
    let mut event_loop = Sim::new().seed(seed).event_loop();
    for n in 1..=3 {
        event_loop.schedule(worker(n));
    }
    event_loop.run().unwrap();
    event_loop.trace()
}

#[test]
fn a_choice_is_in_the_trace() {
    #[loop_core::coroutine]
    fn polite() {
        yield_!();
    }
    let mut event_loop = Sim::new().seed(3).event_loop();
    for _ in 0..3 {
        event_loop.schedule(polite());
    }
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=seed(3)
    ! choice polite#3, fifo polite (3 of 3)
    polite#3  primed  =>  now
    ! choice polite#2, fifo polite (2 of 3)
    polite#2  primed  =>  now
    polite  primed  =>  now
    polite#3  ok  =>  finish
    ! choice polite, fifo polite#2 (2 of 2)
    polite  ok  =>  finish
    polite#2  ok  =>  finish
    ");
}

#[test]
fn seed_0_is_first_in_first_out() {
    let steps = trace(0).steps().to_string();
    assert!(steps.starts_with("# steps  policy=fifo\n"));
    assert!(!steps.contains("! choice"));
}

#[test]
fn a_seed_means_one_schedule() {
    for seed in 0..50 {
        assert_eq!(trace(seed), trace(seed));
    }
}

#[test]
fn seeds_differ() {
    let mut traces: Vec<String> = (0..50).map(|seed| trace(seed).to_string()).collect();
    traces.sort();
    traces.dedup();
    assert!(traces.len() > 45, "{} different traces", traces.len());
}

#[test]
fn per_task_is_the_same_for_independent_tasks() {
    let expected = trace(0).per_task().to_string();
    for seed in 1..100 {
        assert_eq!(trace(seed).per_task().to_string(), expected, "seed {seed}");
    }
    assert_snapshot!(expected);
}
