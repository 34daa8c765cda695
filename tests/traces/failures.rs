//! A panic is the outcome of its task: a task that joins gets it, or else the run returns it.

use std::panic::panic_any;

use insta::assert_snapshot;
use loop_core::Error;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Notes, without_lines};

use crate::{failed, goes_on, joins, ms};

#[loop_core::coroutine]
fn fails() -> u32 {
    yield_!();
    panic!("out of luck");
}

#[test]
fn a_panic_reaches_the_joiner() {
    let run = Sim::new().run(joins(fails()));
    assert_snapshot!(without_lines(run.trace()), @r#"
    # steps  policy=fifo
    joins  primed  =>  spawn fails
    joins  spawned joins/1  =>  join joins/1  park
    joins/1  primed  =>  now
    joins/1  ok  =>  panic "out of luck"  wakes joins
    joins  joined joins/1 panicked "out of luck"  =>  finish Err(TaskError { task: "joins/1", site: Some(Site { name: "fa…es/failures.rs", line }), message: "out of luck", .. })
    "#);
    let error = run.into_result().unwrap().unwrap_err();
    assert_snapshot!(without_lines(&error), @"task `joins/1` panicked in `fails` (tests/traces/failures.rs): out of luck");
    assert_eq!(
        (error.task(), error.message(), error.site().unwrap().name),
        ("joins/1", "out of luck", "fails")
    );
}

#[test]
fn a_panic_waits_for_the_joiner() {
    #[loop_core::coroutine]
    fn joins_late() -> String {
        let handle = yield_!(Spawn(fails()));
        yield_!(Sleep(ms(1)));
        yield_!(handle).unwrap_err().message().to_owned()
    }
    let run = Sim::new().run(joins_late());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    joins_late  primed  =>  spawn fails
    joins_late  spawned joins_late/1  =>  sleep 1ms  park
    joins_late/1  primed  =>  now
    joins_late/1  ok  =>  panic "out of luck"

    ~ +1ms  timer  wakes joins_late
    joins_late  slept  =>  join joins_late/1  ready
    joins_late  joined joins_late/1 panicked "out of luck"  =>  finish "out of luck"
    "#);
    assert_eq!(run.into_result().unwrap(), "out of luck");
}

#[test]
fn an_unjoined_panic_makes_run_return_an_error_when_the_others_have_ended() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(fails());
    event_loop.schedule(goes_on(notes.clone()));
    event_loop.schedule(fails());
    let error = event_loop.run().unwrap_err();
    assert_eq!(notes.text(), "went on");
    assert_snapshot!(without_lines(&error), @r"
    task `fails` panicked in `fails` (tests/traces/failures.rs): out of luck
    task `fails#2` panicked in `fails` (tests/traces/failures.rs): out of luck
    ");
    assert_snapshot!(event_loop.trace(), @r#"
    # steps  policy=fifo
    fails  primed  =>  now
    goes_on  primed  =>  now
    fails#2  primed  =>  now
    fails  ok  =>  panic "out of luck"
    goes_on  ok  =>  now
    fails#2  ok  =>  panic "out of luck"
    goes_on  ok  =>  now
    goes_on  ok  =>  now
    goes_on  ok  =>  now
    goes_on  ok  =>  finish
    "#);
    event_loop.run().expect("an error is returned once");
}

#[test]
fn the_failure_of_a_detached_task_is_an_error_of_the_run_even_if_the_awaited_one_ends_well() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        yield_!(Spawn(fails())).detach();
        yield_!(Sleep(ms(1)));
        7
    }
    assert_eq!(
        failed(Sim::new().run(parent()).into_result()).errors()[0].task(),
        "parent/1"
    );
}

#[test]
fn the_failure_of_a_task_whose_handle_is_dropped_later_is_an_error_of_the_run() {
    #[loop_core::coroutine]
    fn parent() {
        let handle = yield_!(Spawn(fails()));
        yield_!(Sleep(ms(1)));
        drop(handle);
        yield_!(Sleep(ms(1)));
    }
    assert_eq!(
        failed(Sim::new().run(parent()).into_result()).errors()[0].task(),
        "parent/1"
    );
}

#[test]
fn the_failure_of_a_task_whose_handle_is_dropped_at_the_very_end_is_an_error_of_the_run() {
    #[loop_core::coroutine]
    fn parent() {
        let _handle = yield_!(Spawn(fails()));
        yield_!(Sleep(ms(1)));
    }
    assert_eq!(
        failed(Sim::new().run(parent()).into_result()).errors()[0].task(),
        "parent/1"
    );
}

#[test]
fn a_failure_in_a_chain_fails_the_task_and_closes_its_stack_from_the_inside() {
    #[loop_core::coroutine]
    fn inner(notes: Notes) {
        let _held = notes.on_drop("inner");
        yield_!();
        panic!("deep");
    }
    #[loop_core::coroutine]
    fn middle(notes: Notes) {
        let _held = notes.on_drop("middle");
        yield_!(inner(notes.clone()));
    }
    #[loop_core::coroutine]
    fn outer(notes: Notes) {
        let _first = notes.on_drop("outer/first");
        let _second = notes.on_drop("outer/second");
        yield_!(middle(notes.clone()));
    }
    let notes = Notes::default();
    let run = Sim::new().run(outer(notes.clone()));
    assert_eq!(notes.text(), "inner middle outer/second outer/first");
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    outer  primed  =>  chain middle
    outer:middle  primed  =>  chain inner
    outer:inner  primed  =>  now
    outer:inner  ok  =>  panic "deep"
    "#);
    let failures = failed(run.into_result());
    assert_eq!(
        (
            failures.errors()[0].task(),
            failures.errors()[0].site().unwrap().name
        ),
        ("outer", "inner")
    );
}

#[test]
fn a_payload_is_kept_as_it_is() {
    #[loop_core::coroutine]
    fn throws() {
        yield_!();
        panic_any(42_u8);
    }
    let failures = failed(Sim::new().run(throws()).into_result());
    assert_eq!(
        failures.errors()[0].message(),
        "(a panic without a message)"
    );
    assert_eq!(
        failures.into_first().into_panic().downcast_ref(),
        Some(&42_u8)
    );
}

#[test]
fn a_panic_with_a_formatted_message_is_told_in_full() {
    #[loop_core::coroutine]
    fn fails(n: u32) {
        yield_!();
        assert!(n > 7, "{n} is too small");
    }
    assert_eq!(
        failed(Sim::new().run(fails(3)).into_result()).errors()[0].message(),
        "3 is too small"
    );
}

#[test]
fn a_failed_task_takes_its_children_not_along() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        yield_!(Spawn(goes_on(notes))).detach();
        panic!("parent");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(parent(notes.clone()));
    assert_eq!(failed(event_loop.run()).errors()[0].task(), "parent");
    assert_eq!(notes.text(), "went on");
}

#[test]
fn half_a_batch_that_panics_leaves_the_other_half() {
    let mut event_loop = Sim::new().event_loop();
    let notes = Notes::default();
    for n in 0..100 {
        if n % 2 == 0 {
            event_loop.schedule(fails());
        } else {
            event_loop.schedule(goes_on(notes.clone()));
        }
    }
    assert_eq!(failed(event_loop.run()).errors().len(), 50);
    assert_eq!(notes.text().matches("went on").count(), 50);
}

#[test]
fn a_failing_task_can_be_joined_by_one_that_fails_of_it() {
    #[loop_core::coroutine]
    fn relay(coroutine: Coroutine<u32>) -> u32 {
        let handle = yield_!(Spawn(coroutine));
        yield_!(handle).unwrap()
    }
    let failures = failed(Sim::new().run(relay(relay(fails()))).into_result());
    assert_eq!(
        failures.errors().len(),
        1,
        "a joined failure is the joiner's"
    );
    assert_eq!(failures.errors()[0].task(), "relay");
    assert!(failures.errors()[0].message().contains("out of luck"));
}

#[test]
fn the_loop_can_be_used_after_failures() {
    let mut event_loop = Sim::new().event_loop();
    assert_eq!(
        failed(event_loop.run_until_complete(fails()))
            .errors()
            .len(),
        1
    );
    assert!(
        event_loop
            .run_until_complete(joins(fails()))
            .unwrap()
            .is_err()
    );
    let notes = Notes::default();
    event_loop
        .run_until_complete(goes_on(notes.clone()))
        .unwrap();
    assert_eq!(notes.text(), "went on");
}

#[test]
fn failures_are_in_the_order_of_failing() {
    #[loop_core::coroutine]
    fn fails_after(n: u64) {
        yield_!(Sleep(ms(n)));
        panic!("{n}");
    }
    #[loop_core::coroutine]
    fn parent() {
        let handles = [
            yield_!(Spawn(fails_after(2))),
            yield_!(Spawn(fails_after(1))),
            yield_!(Spawn(fails_after(3))),
        ];
        yield_!(Sleep(ms(10)));
        drop(handles);
    }
    let Err(Error::Failed(failures)) = Sim::new().run(parent()).into_result() else {
        panic!("no failure")
    };
    let order: Vec<&str> = failures
        .errors()
        .iter()
        .map(|error| error.message())
        .collect();
    assert_eq!(order, ["1", "2", "3"]);
}
