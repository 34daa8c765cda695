//! Destructors that panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Noted, Notes, PanicsOnDrop};

use crate::ms;

#[loop_core::coroutine]
fn fails() -> u32 {
    yield_!();
    panic!("out of luck");
}

#[test]
fn a_destructor_that_panics_while_a_coroutine_is_dropped_is_its_droppers() {
    #[loop_core::coroutine]
    fn holds() {
        let _bad = PanicsOnDrop;
        yield_!();
    }
    let coroutine = holds();
    let panic = catch_unwind(AssertUnwindSafe(|| drop(coroutine))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"destructor"));
    // The next one is dropped as ever.
    let notes = Notes::default();
    #[loop_core::coroutine]
    fn good(_noted: Noted) {
        yield_!();
    }
    drop(good(notes.on_drop("dropped")));
    assert_eq!(notes.text(), "dropped");
}

#[test]
fn one_that_panics_while_a_failed_stack_is_closed_stays_in_the_task() {
    #[loop_core::coroutine]
    fn outer() -> u32 {
        let _bad = PanicsOnDrop;
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

#[test]
fn one_that_panics_when_the_loop_drops_an_unwanted_value_is_a_failure() {
    #[loop_core::coroutine]
    fn gives() -> PanicsOnDrop {
        yield_!();
        PanicsOnDrop
    }
    let run = catch_unwind(AssertUnwindSafe(|| {
        let mut event_loop = Sim::new().event_loop();
        event_loop.schedule(gives());
        event_loop.run().is_err()
    }));
    assert!(matches!(run, Ok(true)), "{run:?}");
}

/// Panics in its destructor, with a value that panics in its own.
struct PanicsTwice;

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        std::panic::panic_any(PanicsOnDrop);
    }
}

#[test]
fn a_loop_that_never_ran_is_dropped_as_one_that_did() {
    #[loop_core::coroutine]
    fn holds() {
        let _bad = PanicsTwice;
        yield_!();
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(holds());
    event_loop.schedule(holds());
    drop(event_loop);
}
