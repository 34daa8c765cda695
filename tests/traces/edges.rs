//! The kernel's edges: destructors that panic, panics within a batch, handles of other loops, failures beside failures.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use loop_core::Error;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::Event;
use tests::Notes;

use crate::ms;

type Slot<T> = Rc<Cell<Option<Handle<T>>>>;

#[loop_core::coroutine]
fn fails() -> u32 {
    yield_!();
    panic!("out of luck");
}

/// A failure whose handle is kept outside the loop is not the first run's error: it can be joined in the next.
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

/// Names of deep descendants.
#[test]
fn a_descendant_a_hundred_thousand_deep_has_a_name() {
    #[loop_core::coroutine(lazy)]
    fn begets(depth: u32) {
        match depth {
            0 => panic!("at the bottom"),
            _ => yield_!(Spawn(begets(depth - 1))).detach(),
        }
    }
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let run = thread.spawn(|| {
        Sim::new()
            .unrecorded()
            .run_until_complete(begets(0))
            .is_err()
    });
    assert!(run.unwrap().join().unwrap());
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let run = thread.spawn(|| {
        let mut event_loop = Sim::new().unrecorded();
        event_loop.schedule(begets(100_000));
        event_loop.run().is_err()
    });
    assert!(run.unwrap().join().unwrap());
}

#[loop_core::coroutine(lazy)]
fn yields(n: u32) {
    for _ in 0..n {
        yield_!();
    }
}

#[loop_core::coroutine(lazy)]
fn panics() {
    panic!("in the batch");
}

#[loop_core::coroutine]
fn waits() {
    yield_!(Stdin).unwrap();
}

fn steps_before_the_look(before: usize, after: usize) -> usize {
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
    let trace = event_loop.trace();
    let events = trace.events().iter();
    let before = events.take_while(|event| !matches!(event, Event::Looked { .. }));
    before
        .filter(|event| matches!(event, Event::Resumed { .. }))
        .count()
}

/// After a panic, the turn still runs the whole batch.
#[test]
fn a_panic_does_not_cut_a_batch() {
    assert_eq!(steps_before_the_look(10, 90), 102);
}

/// After a panic, steps are not counted twice.
#[test]
fn a_panic_does_not_shorten_a_turn() {
    // First batch: 1 + 1 + 1 + 38 = 41 steps; the second: 39. 41 < 64 <= 80.
    assert_eq!(steps_before_the_look(1, 38), 80);
}

/// A stop for a run that had nothing to do is used up by it.
#[test]
fn stop_is_used_up_by_the_next_run() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.stop();
    event_loop.run().unwrap();
    let notes = Notes::default();
    #[loop_core::coroutine]
    fn works(notes: Notes) {
        yield_!();
        yield_!();
        notes.add("done");
    }
    event_loop.schedule(works(notes.clone()));
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "done");
}

struct Bad;

impl Drop for Bad {
    fn drop(&mut self) {
        panic!("destructor");
    }
}

/// A destructor that panics while a failed task's stack is closed.
#[test]
fn a_destructor_that_panics_while_a_stack_is_closed() {
    #[loop_core::coroutine]
    fn outer() -> u32 {
        let _bad = Bad;
        yield_!(fails())
    }
    #[loop_core::coroutine]
    fn other(notes: Notes) {
        yield_!(Sleep(ms(1)));
        notes.add("other");
    }
    let notes = Notes::default();
    let run = catch_unwind(AssertUnwindSafe(|| {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(outer());
        event_loop.schedule(other(notes.clone()));
        let run = event_loop.run();
        (run.is_err(), event_loop)
    }));
    match run {
        Ok((failed, event_loop)) => {
            assert!(failed);
            drop(event_loop);
            assert_eq!(notes.text(), "other");
        }
        Err(_) => panic!("the panic went through the loop"),
    }
}

/// A destructor that panics when a value nobody wants is dropped by the loop.
#[test]
fn a_value_whose_destructor_panics() {
    #[loop_core::coroutine]
    fn gives() -> Bad {
        yield_!();
        Bad
    }
    let run = catch_unwind(AssertUnwindSafe(|| {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(gives());
        event_loop.run().is_err()
    }));
    assert!(matches!(run, Ok(true)), "{run:?}");
}

/// Failures are in the order of failing.
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
    let Err(Error::Failed(errors)) = Sim::new().run(parent()).result else {
        panic!("no failure")
    };
    let order: Vec<&str> = errors.iter().map(|error| error.message()).collect();
    assert_eq!(order, ["1", "2", "3"]);
}

/// Joining a handle of another loop is not told as joining one's own task.
#[test]
fn a_foreign_handle_in_the_trace() {
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
    let mut theirs = Sim::new().event_loop();
    theirs.run_until_complete(leaves(slot.clone())).unwrap();
    let mut ours = Sim::new().event_loop();
    ours.schedule(yields(1000));
    ours.schedule(joins(slot));
    ours.run().unwrap();
    let trace = ours.trace().to_string();
    assert!(trace.contains("join a task of another loop"), "{trace}");
}

/// The awaited task fails in the batch in which a ring closes: the stale failure must not hit a later task.
#[test]
fn a_ring_in_the_batch_in_which_the_awaited_task_fails() {
    #[loop_core::coroutine(lazy)]
    fn itself(slot: Slot<()>) {
        yield_!();
        let handle = slot.take().unwrap();
        yield_!(handle).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn parent(slot: Slot<()>) {
        let handle = yield_!(Spawn(itself(slot.clone())));
        slot.set(Some(handle));
        for _ in 0..1000 {
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn fails_in(n: u32) {
        for _ in 0..n {
            yield_!();
        }
        panic!("beside the ring");
    }
    for n in 0..12 {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(parent(Slot::default()));
        let error = event_loop.run_until_complete(fails_in(n)).unwrap_err();
        if let Error::Deadlock(_) = error {
            // The failure has not been told, or is yet to come. It must come up, once.
            let later = event_loop.run_until_complete(yields(20));
            assert!(
                matches!(&later, Err(Error::Failed(errors)) if errors.len() == 1),
                "{n}: {later:?}"
            );
        }
    }
}
