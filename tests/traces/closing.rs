//! What is dropped when, and in which order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use insta::assert_snapshot;
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
    never().run(parent(notes.clone())).result.unwrap();
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
    Sim::new().run(parent(notes.clone())).result.unwrap();
    assert_eq!(notes.text(), "local joined value");
}

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
    Sim::new().run(parent(notes.clone())).result.unwrap();
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
    type Kept = std::rc::Rc<std::cell::Cell<Option<Handle<Noted>>>>;
    #[loop_core::coroutine]
    fn parent(notes: Notes, kept: Kept) {
        kept.set(Some(yield_!(Spawn(gives(notes.on_drop("value"))))));
        yield_!(Sleep(ms(1)));
    }
    let (notes, kept) = (Notes::default(), Kept::default());
    let mut event_loop = Sim::new().event_loop();
    event_loop
        .run_until_complete(parent(notes.clone(), kept.clone()))
        .unwrap();
    assert_eq!(notes.text(), "");
    drop(event_loop);
    assert_eq!(notes.text(), "value");
    drop(kept.take()); // The loop is gone; its handle does no harm.
}

/// `Stop` is asked while two answers are under way: a chained coroutine's value, and a task's.
#[test]
fn values_on_their_way_are_dropped_with_the_loop() {
    #[loop_core::coroutine]
    fn stops() {
        yield_!();
        yield_!();
        yield_!(Stop);
    }
    #[loop_core::coroutine]
    fn chains_it(notes: Notes) {
        yield_!(gives(notes.on_drop("returned")));
        unreachable!("the loop is not run again");
    }
    #[loop_core::coroutine]
    fn joins_it(notes: Notes) {
        let handle = yield_!(Spawn(gives(notes.on_drop("joined"))));
        yield_!(handle).unwrap();
        unreachable!("the loop is not run again");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(chains_it(notes.clone()));
    event_loop.schedule(joins_it(notes.clone()));
    event_loop.schedule(stops());
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    chains_it  primed  =>  chain gives
    joins_it  primed  =>  spawn gives  -> joins_it/1
    stops  primed  =>  now
    chains_it:gives  primed  =>  now
    joins_it/1  primed  =>  now
    joins_it  ok joins_it/1  =>  join joins_it/1  park
    stops  ok  =>  now
    chains_it:gives  ok  =>  return
    joins_it/1  ok  =>  finish  wakes joins_it
    stops  ok  =>  stop  ready
    ");
    assert_eq!(notes.text(), "");
    drop(event_loop);
    assert_eq!(notes.text(), "joined returned");
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
fn chains_it<T: 'static>(value: T) {
    drop(yield_!(gives_it(value)));
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
    event_loop.schedule(chains_it(notes.on_drop("returned")));
    event_loop.schedule(stops_in_between());
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "");
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "joined returned");
}

#[test]
fn a_value_on_its_way_whose_destructor_panics_takes_no_other_along() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("destructor");
        }
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(joins_it(Bad));
    event_loop.schedule(joins_it(notes.on_drop("joined")));
    event_loop.schedule(chains_it(notes.on_drop("returned")));
    event_loop.schedule(stops_in_between());
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "");
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(event_loop)));
    dropped.unwrap_err();
    assert_eq!(notes.text(), "joined returned");
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
    Sim::new().run(parent(notes.clone())).result.unwrap();
    assert_eq!(notes.text(), "ended value later");
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
    Sim::new().run(parent(notes.clone())).result.unwrap();
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
