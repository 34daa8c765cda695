//! Handles that are kept from one run to the next, or brought to another loop.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::Slot;

use crate::ms;

#[loop_core::coroutine]
fn answer() -> u32 {
    yield_!();
    42
}

#[loop_core::coroutine]
fn fails() -> u32 {
    yield_!();
    panic!("out of luck");
}

#[loop_core::coroutine]
fn leaves_a_handle(slot: Slot<u32>) {
    slot.set(Some(yield_!(Spawn(answer()))));
}

#[loop_core::coroutine(lazy)]
fn joins_what_is_left(slot: Slot<u32>) -> Result<u32, String> {
    let handle = slot.take().unwrap();
    yield_!(handle).map_err(|error| error.message().to_owned())
}

#[test]
fn a_handle_can_be_joined_in_a_later_run() {
    let slot = Slot::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop
        .run_until_complete(leaves_a_handle(slot.clone()))
        .unwrap();
    assert_eq!(
        event_loop
            .run_until_complete(joins_what_is_left(slot))
            .unwrap(),
        Ok(42)
    );
}

#[test]
fn a_handle_of_another_loop_is_a_clear_failure() {
    let slot = Slot::default();
    let mut theirs = Sim::new().event_loop();
    theirs
        .run_until_complete(leaves_a_handle(slot.clone()))
        .unwrap();
    let refused = Sim::new()
        .run(joins_what_is_left(slot))
        .into_result()
        .unwrap()
        .unwrap_err();
    assert_snapshot!(refused, @"it belongs to another event loop: only its own loop can wait for it or cancel it");
    theirs.run().expect("the task runs on, detached");
}

#[test]
fn a_handle_that_is_dropped_between_runs_detaches() {
    let slot = Slot::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop
        .run_until_complete(leaves_a_handle(slot.clone()))
        .unwrap();
    drop(slot.take());
    event_loop.run().unwrap();
    let trace = event_loop.trace().to_string();
    assert!(
        trace.ends_with("leaves_a_handle/1  ok  =>  finish 42\n"),
        "{trace}"
    );
}

#[test]
fn a_failure_whose_handle_outlives_a_run_can_still_be_joined() {
    #[loop_core::coroutine]
    fn leaves(slot: Slot<u32>) {
        slot.set(Some(yield_!(Spawn(fails()))));
        yield_!(Sleep(ms(1)));
    }
    #[loop_core::coroutine(lazy)]
    fn joins(slot: Slot<u32>) -> String {
        let handle = slot.take().unwrap();
        yield_!(handle).unwrap_err().message().to_owned()
    }
    let slot = Slot::default();
    let mut event_loop = Sim::new().event_loop();
    let _ = event_loop.run_until_complete(leaves(slot.clone()));
    assert_eq!(
        event_loop.run_until_complete(joins(slot)).unwrap(),
        "out of luck"
    );
}

#[test]
fn a_handle_of_another_loop_is_called_so_in_the_trace() {
    let slot = Slot::default();
    #[loop_core::coroutine]
    fn leaves(slot: Slot<u32>) {
        slot.set(Some(yield_!(Spawn(fails()))));
    }
    #[loop_core::coroutine(lazy)]
    fn joins(slot: Slot<u32>) {
        let handle = slot.take().unwrap();
        yield_!(handle).unwrap_err();
    }
    #[loop_core::coroutine(lazy)]
    fn yields(n: u32) {
        for _ in 0..n {
            yield_!();
        }
    }
    let mut theirs = Sim::new().event_loop();
    theirs.run_until_complete(leaves(slot.clone())).unwrap();
    let mut ours = Sim::new().event_loop();
    ours.schedule(yields(1000));
    ours.schedule(joins(slot));
    ours.run().unwrap();
    let trace = ours.trace().to_string();
    assert!(trace.contains("join a task of another loop"), "{trace}");
}
