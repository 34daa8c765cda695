//! A panic while a coroutine is primed belongs to the new coroutine, not to its caller.

use std::mem;
use std::pin::pin;
use std::task::{Context, Waker};

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Notes, ask, without_lines};

use crate::{failed, goes_on, joins};

#[loop_core::coroutine]
fn fails_at_once() -> u32 {
    panic!("too early");
}

#[test]
fn a_panic_while_priming_belongs_to_the_spawned_task() {
    let run = Sim::new().run(joins(fails_at_once()));
    assert_snapshot!(without_lines(run.trace()), @r#"
    # steps  policy=fifo
    joins  primed  =>  spawn fails_at_once
    joins/1  primed  =>  panic "too early"
    joins  spawned joins/1  =>  join joins/1  ready
    joins  joined joins/1 panicked "too early"  =>  finish Err(TaskError { task: "joins/1", site: Some(Site { name: "fa…imed_failures.rs", line }), message: "too early", .. })
    "#);
    assert_eq!(run.into_result().unwrap().unwrap_err().task(), "joins/1");
}

#[test]
fn a_panic_while_priming_belongs_to_the_scheduled_task() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(fails_at_once());
    event_loop.schedule(goes_on(notes.clone()));
    let failures = failed(event_loop.run());
    assert_eq!(
        (failures.errors()[0].task(), failures.errors()[0].message()),
        ("fails_at_once", "too early")
    );
    assert_eq!(notes.text(), "went on");
}

#[test]
fn a_panic_while_priming_belongs_to_the_task_that_is_run() {
    let failures = failed(Sim::new().run(fails_at_once()).into_result());
    assert_eq!(failures.errors()[0].task(), "fails_at_once");
}

#[test]
fn a_panic_while_priming_belongs_to_the_chained_coroutine() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> u32 {
        let child = fails_at_once();
        notes.add("called");
        yield_!(child)
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert_eq!(notes.text(), "called", "the panic is not the caller's");
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  chain fails_at_once
    parent:fails_at_once  primed  =>  panic "too early"
    "#);
    let failures = failed(run.into_result());
    assert_eq!(
        (
            failures.errors()[0].task(),
            failures.errors()[0].site().unwrap().name
        ),
        ("parent", "fails_at_once")
    );
}

#[test]
fn a_panic_while_priming_is_lost_if_the_coroutine_never_runs() {
    drop(fails_at_once());
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in a destructor");
    }
}

/// Asks, and ends without waiting for the answer.
#[loop_core::coroutine]
fn ends_too_early() -> Bomb {
    let mut asks = pin!(async { ask!(Clock) });
    let mut cx = Context::from_waker(Waker::noop());
    assert!(asks.as_mut().poll(&mut cx).is_pending());
    Bomb
}

#[test]
fn a_value_that_panics_when_it_is_dropped_with_a_primed_body_is_not_the_callers_panic() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let child = ends_too_early();
        notes.add("called");
        mem::forget(yield_!(child));
    }
    let notes = Notes::default();
    let failures = failed(Sim::new().run(parent(notes.clone())).into_result());
    assert_eq!(notes.text(), "called");
    let error = &failures.errors()[0];
    assert_eq!(error.site().unwrap().name, "ends_too_early");
    assert!(error.message().contains("without waiting"), "{error}");
}
