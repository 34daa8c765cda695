//! `#[coroutine]` runs the body to its first request when it is called; `lazy` does not.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::Notes;

#[loop_core::coroutine]
fn primed(notes: Notes) {
    notes.add("body");
    yield_!(Print("first")).unwrap();
    notes.add("second");
}

#[loop_core::coroutine(lazy)]
fn lazy(notes: Notes) {
    notes.add("body");
    yield_!(Print("first")).unwrap();
    notes.add("second");
}

#[loop_core::coroutine]
fn brief() -> u32 {
    7
}

#[test]
fn a_call_primes() {
    let notes = Notes::default();
    let coroutine = primed(notes.clone());
    assert_eq!(notes.text(), "body");
    let run = Sim::new().run(coroutine);
    assert_eq!(notes.text(), "body second");
    assert_eq!(run.stdout(), "first", "the first request is kept");
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    primed  primed  =>  print "first"
    primed  printed  =>  finish
    "#);
}

#[test]
fn a_call_of_a_lazy_one_does_not() {
    let notes = Notes::default();
    let coroutine = lazy(notes.clone());
    assert_eq!(notes.text(), "");
    let run = Sim::new().run(coroutine);
    assert_eq!(notes.text(), "body second");
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    lazy  start  =>  print "first"
    lazy  printed  =>  finish
    "#);
}

#[test]
fn one_that_never_runs_asks_nothing() {
    let notes = Notes::default();
    drop(primed(notes.clone()));
    assert_eq!(notes.text(), "body");
}

#[test]
fn one_that_has_ended_never_enters_the_queue() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let handle = yield_!(Spawn(brief()));
        yield_!(handle).unwrap()
    }
    let run = Sim::new().run(parent());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn brief
    parent/1  primed  =>  finish 7
    parent  spawned parent/1  =>  join parent/1  ready
    parent  joined parent/1 7  =>  finish 7
    ");
    assert_eq!(run.into_result().unwrap(), 7);
}

#[test]
fn one_that_has_ended_can_be_run() {
    let run = Sim::new().run(brief());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    brief  primed  =>  finish 7
    ");
    assert_eq!(run.into_result().unwrap(), 7);
}

#[test]
fn scheduled_ones_that_have_ended_are_in_the_trace() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(brief());
    event_loop.schedule(primed(Notes::default()));
    event_loop.schedule(brief());
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r#"
    # steps  policy=fifo
    brief  primed  =>  finish 7
    primed  primed  =>  print "first"
    primed  printed  =>  finish
    brief#2  primed  =>  finish 7
    "#);
}

#[test]
fn priming_nests() {
    #[loop_core::coroutine]
    fn nested(depth: u32) -> u32 {
        match depth {
            0 => 0,
            _ => 1 + yield_!(nested(depth - 1)),
        }
    }
    // Beyond 64 levels the bodies start when the loop resumes them; the value is the same.
    for depth in [1, 63, 64, 65, 200] {
        assert_eq!(Sim::new().run(nested(depth)).into_result().unwrap(), depth);
    }
}
