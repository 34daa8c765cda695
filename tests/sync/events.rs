//! Events: who is released, and when.

use insta::assert_snapshot;
use loop_core::Cancel;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Event;
use tests::{Notes, ms};

#[test]
fn an_event_wakes_all() {
    #[loop_core::coroutine]
    fn waits(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine]
    fn parent() {
        let event = Event::new();
        let a = yield_!(Spawn(waits(event.clone())));
        let b = yield_!(Spawn(waits(event.clone())));
        yield_!();
        event.set();
        event.clear();
        yield_!(a).unwrap();
        yield_!(b).unwrap();
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn waits(Event { is_set: false })
    parent  spawned parent/1  =>  spawn waits(Event { is_set: false })
    parent  spawned parent/2  =>  now
    parent/1  primed  =>  wait for event 1  park
    parent/2  primed  =>  wait for event 1  park
    parent  ok  =>  join parent/1  park  wakes parent/1, parent/2
    parent/1  woken by event 1  =>  finish  wakes parent
    parent/2  woken by event 1  =>  finish
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  finish
    ");
    run.into_result().unwrap();
}

#[loop_core::coroutine]
fn notes_when(event: Event, notes: Notes, name: &'static str) {
    yield_!(event.wait());
    notes.add(name);
}

/// Nobody waits for it, but others have their turns first.
#[test]
fn an_event_that_is_set_sends_a_task_to_the_back() {
    #[loop_core::coroutine]
    fn other(notes: Notes) {
        notes.add("other");
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let event = Event::new();
        event.set();
        let other = yield_!(Spawn(other(notes.clone())));
        yield_!(notes_when(event, notes, "waits"));
        yield_!(other).unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn other(_)
    parent/1  primed  =>  finish
    parent  spawned parent/1  =>  chain notes_when(Event { is_set: true }, _, "waits")
    parent:notes_when  primed  =>  wait for event 1  ready
    parent:notes_when  woken by event 1  =>  return
    parent  returned  =>  join parent/1  ready
    parent  joined parent/1  =>  finish
    "#);
    run.into_result().unwrap();
    assert_eq!(notes.text(), "other waits");
}

#[test]
fn an_event_can_be_used_again() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let event = Event::new();
        let early = yield_!(Spawn(notes_when(event.clone(), notes.clone(), "early")));
        yield_!(Sleep(ms(1)));
        event.set();
        event.clear();
        // The early one is released, and this one is not.
        let late = yield_!(Spawn(notes_when(event.clone(), notes.clone(), "late")));
        yield_!(early).unwrap();
        yield_!(Sleep(ms(1)));
        notes.add("set");
        event.set();
        yield_!(late).unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "early set late");
}

/// Those who were released and had not gone on are not owed anything.
#[test]
fn a_release_is_for_those_who_waited() {
    let (event, notes) = (Event::new(), Notes::default());
    let mut dropped = Sim::new().event_loop();
    dropped.schedule(notes_when(event.clone(), notes.clone(), "dropped"));
    dropped.run().unwrap_err();
    event.set();
    event.clear();
    drop(dropped);

    #[loop_core::coroutine]
    fn parent(event: Event, notes: Notes) {
        let waits = yield_!(Spawn(notes_when(event.clone(), notes.clone(), "waits")));
        let leaves = yield_!(Spawn(notes_when(event.clone(), notes.clone(), "leaves")));
        yield_!(Sleep(ms(1)));
        // The loop offers the event to those who still wait.
        yield_!(Cancel(leaves)).unwrap_err();
        yield_!(Sleep(ms(1)));
        notes.add("set");
        event.set();
        yield_!(waits).unwrap();
    }
    let run = Sim::new().run(parent(event, notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "set waits");
}
