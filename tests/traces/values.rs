//! What happens to a task's value that no task takes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Noted, Notes, PanicsOnDrop, Slot};

use crate::ms;

#[loop_core::coroutine]
fn gives(noted: Noted) -> Noted {
    yield_!();
    noted
}

#[test]
fn a_value_that_nobody_joins_is_dropped_when_the_handle_is() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let handle = yield_!(Spawn(gives(notes.on_drop("value"))));
        yield_!(Sleep(ms(1)));
        notes.add("ended");
        drop(handle);
        yield_!(Sleep(ms(1)));
        notes.add("later");
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "ended value later");
}

#[test]
fn the_value_of_a_detached_task_is_dropped_at_its_end() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(gives(notes.on_drop("value")));
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "value");
}

#[test]
fn a_value_that_was_never_fetched_is_dropped_with_the_loop() {
    #[loop_core::coroutine]
    fn parent(notes: Notes, kept: Slot<Noted>) {
        kept.set(Some(yield_!(Spawn(gives(notes.on_drop("value"))))));
        yield_!(Sleep(ms(1)));
    }
    let (notes, kept) = (Notes::default(), Slot::default());
    let mut event_loop = Sim::new().event_loop();
    event_loop
        .run_until_complete(parent(notes.clone(), kept.clone()))
        .unwrap();
    assert_eq!(notes.text(), "");
    drop(event_loop);
    assert_eq!(notes.text(), "value");
    drop(kept.take()); // The loop is gone; its handle does no harm.
}

/// `Stop` is asked in the batch in which a task ends whose joiner has its turn in the next one.
#[test]
fn a_value_on_its_way_is_dropped_with_the_loop() {
    #[loop_core::coroutine]
    fn joins_it(notes: Notes) {
        let handle = yield_!(Spawn(gives(notes.on_drop("joined"))));
        yield_!(handle).unwrap();
        unreachable!("the loop is not run again");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(joins_it(notes.clone()));
    event_loop.schedule(stops_in_between());
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "");
    drop(event_loop);
    assert_eq!(notes.text(), "joined");
}

#[loop_core::coroutine]
fn gives_it<T: 'static>(value: T) -> T {
    yield_!();
    value
}

#[loop_core::coroutine]
fn joins_it<T: 'static>(value: T) {
    let handle = yield_!(Spawn(gives_it(value)));
    drop(yield_!(handle).unwrap());
}

#[loop_core::coroutine]
fn stops_in_between() {
    yield_!();
    yield_!();
    yield_!(Stop);
}

#[test]
fn values_on_their_way_arrive_when_the_loop_is_run_again() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(joins_it(notes.on_drop("joined")));
    event_loop.schedule(joins_it(notes.on_drop("other")));
    event_loop.schedule(stops_in_between());
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "");
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "joined other");
}

#[test]
fn a_join_that_is_never_run_lets_its_task_go() {
    #[loop_core::coroutine]
    fn joins(handle: Handle<Noted>) {
        drop(yield_!(handle));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let handle = yield_!(Spawn(gives(notes.on_drop("value"))));
        let never_run = joins(handle);
        yield_!(Sleep(ms(1)));
        notes.add("ended");
        drop(never_run);
        yield_!(Sleep(ms(1)));
        notes.add("later");
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "ended value later");
}

#[test]
fn a_value_on_its_way_whose_destructor_panics_takes_no_other_along() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(joins_it(PanicsOnDrop));
    event_loop.schedule(joins_it(notes.on_drop("joined")));
    event_loop.schedule(joins_it(notes.on_drop("other")));
    event_loop.schedule(stops_in_between());
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "");
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(event_loop)));
    dropped.expect("the panic is contained, as in a run");
    assert_eq!(notes.text(), "joined other");
}
