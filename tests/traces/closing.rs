//! When and in which order things are dropped.

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use tests::{Noted, Notes};

use crate::ms;

#[loop_core::coroutine]
fn holds(notes: Notes, name: &'static str) {
    let _first = notes.on_drop(format!("{name}/first"));
    let _second = notes.on_drop(format!("{name}/second"));
    yield_!(Stdin).unwrap();
}

#[loop_core::coroutine]
fn chains(notes: Notes) {
    let _held = notes.on_drop("outer");
    yield_!(holds(notes.clone(), "inner"));
}

fn never() -> Sim {
    Sim::new().stdin(Input::new().stays_open())
}

#[test]
fn a_coroutine_that_never_runs_drops_its_locals_last_one_first() {
    let notes = Notes::default();
    drop(holds(notes.clone(), "a"));
    assert_eq!(notes.text(), "a/second a/first");
}

#[test]
fn a_coroutine_that_never_runs_drops_what_it_asked() {
    let notes = Notes::default();
    drop(chains(notes.clone()));
    assert_eq!(notes.text(), "inner/second inner/first outer");
}

#[test]
fn a_lazy_one_that_never_runs_drops_its_arguments() {
    #[loop_core::coroutine(lazy)]
    fn lazy(_noted: Noted) {
        yield_!();
    }
    let notes = Notes::default();
    drop(lazy(notes.on_drop("argument")));
    assert_eq!(notes.text(), "argument");
}

#[test]
fn a_loop_closes_its_tasks_in_the_order_of_their_making() {
    let notes = Notes::default();
    let mut event_loop = never().event_loop();
    event_loop.schedule(holds(notes.clone(), "a"));
    event_loop.schedule(chains(notes.clone()));
    event_loop.schedule(holds(notes.clone(), "b"));
    event_loop.run().unwrap_err();
    assert_eq!(notes.text(), "");
    drop(event_loop);
    assert_eq!(
        notes.text(),
        "a/second a/first inner/second inner/first outer b/second b/first"
    );
}

#[test]
fn a_loop_that_was_never_run_closes_its_tasks() {
    let notes = Notes::default();
    let mut event_loop = never().event_loop();
    event_loop.schedule(holds(notes.clone(), "a"));
    event_loop.schedule(chains(notes.clone()));
    drop(event_loop);
    assert_eq!(notes.text().split(' ').count(), 5);
}

#[test]
fn tasks_that_are_left_behind_are_closed_with_the_loop() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        yield_!(Spawn(holds(notes.clone(), "left"))).detach();
        yield_!(Sleep(ms(1)));
        notes.add("done");
    }
    let notes = Notes::default();
    never().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "done left/second left/first");
}

#[test]
fn an_ended_body_drops_its_locals_before_the_joiner_goes_on() {
    #[loop_core::coroutine]
    fn child(notes: Notes) -> Noted {
        let value = notes.on_drop("value");
        let _local = notes.on_drop("local");
        yield_!();
        value
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let handle = yield_!(Spawn(child(notes.clone())));
        let value = yield_!(handle).unwrap();
        notes.add("joined");
        drop(value);
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "local joined value");
}

#[test]
fn a_finished_chained_coroutine_is_gone_before_its_caller_goes_on() {
    #[loop_core::coroutine]
    fn child(_noted: Noted) {
        yield_!();
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        yield_!(child(notes.on_drop("child")));
        notes.add("parent");
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "child parent");
}

/// Destructors may do what they like: make coroutines, run another loop, drop one.
#[test]
fn a_destructor_may_use_coroutines_and_loops() {
    struct Busy(Notes);
    impl Drop for Busy {
        fn drop(&mut self) {
            let notes = self.0.clone();
            drop(holds(notes.clone(), "x"));
            let mut inner = never().event_loop();
            inner.schedule(holds(notes.clone(), "y"));
            drop(inner);
            notes.add("busy");
        }
    }
    #[loop_core::coroutine]
    fn holder(_busy: Busy) {
        yield_!(Stdin).unwrap();
    }
    let notes = Notes::default();
    let mut event_loop = never().event_loop();
    event_loop.schedule(holder(Busy(notes.clone())));
    event_loop.run().unwrap_err();
    drop(event_loop);
    assert_eq!(notes.text(), "x/second x/first y/second y/first busy");
}
