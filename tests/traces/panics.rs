//! A panic is contained in the step in which it happens, whatever code panics: it is the failure of that task alone.

use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;

use loop_core::Failures;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::{Event, Recorder};
use tests::{Noted, Notes, PanicsOnDrop, ask, wait_for};

use crate::{failed, ms};

/// Prints before and after the others panic.
#[loop_core::coroutine(lazy)]
fn prints() {
    yield_!(Print("before ")).unwrap();
    yield_!(Sleep(ms(1)));
    yield_!(Print("after")).unwrap();
}

/// The failures of a run of this coroutine beside one that prints. The panic must not leave the run.
fn contained(coroutine: Coroutine<()>) -> Failures {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(prints());
    event_loop.schedule(coroutine);
    let run = catch_unwind(AssertUnwindSafe(|| event_loop.run()));
    let failures = failed(run.expect("the run contains the panic"));
    assert_eq!(event_loop.world().stdout(), b"before after");
    event_loop.run().expect("the failure is returned once");
    failures
}

/// The task that failed and its first failure. A destructor may add another one, of the same task.
fn contained_message(coroutine: Coroutine<()>) -> String {
    let failures = contained(coroutine);
    let first = &failures.errors()[0];
    assert!(
        failures
            .errors()
            .iter()
            .all(|error| error.task() == first.task()),
        "{failures:?}"
    );
    format!("{}: {}", first.task(), first.message())
}

#[loop_core::coroutine(lazy)]
fn holds(_noted: Noted) {
    yield_!();
}

/// Asks for something and panics before the loop can answer.
#[loop_core::coroutine]
fn asks_and_panics(notes: Notes, later: bool) {
    if later {
        yield_!();
    }
    let mut asked = Box::pin(async { ask!(Spawn(holds(notes.on_drop("asked")))).detach() });
    wait_for!(poll_fn(|cx| -> Poll<()> {
        assert!(asked.as_mut().poll(cx).is_pending());
        panic!("after asking");
    }));
}

#[test]
fn of_a_body_that_has_asked_in_the_same_poll() {
    for later in [false, true] {
        let notes = Notes::default();
        let message = contained_message(asks_and_panics(notes.clone(), later));
        assert_eq!(message, "asks_and_panics: after asking");
        assert_eq!(notes.text(), "asked", "what was asked is dropped");
    }
}

#[test]
fn of_a_chained_coroutine_that_has_asked_in_the_same_poll() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let _local = notes.on_drop("parent");
        yield_!(asks_and_panics(notes.clone(), true));
    }
    let notes = Notes::default();
    let failures = contained(parent(notes.clone()));
    assert_eq!(
        failures.errors()[0].site().map(|site| site.name),
        Some("asks_and_panics")
    );
    assert_eq!(notes.text(), "asked parent");
}

#[loop_core::coroutine]
fn fails() {
    yield_!();
    panic!("out of luck");
}

#[test]
fn of_a_destructor_while_a_failed_stack_is_closed() {
    #[loop_core::coroutine]
    fn middle() {
        let _bad = PanicsOnDrop;
        yield_!(fails());
    }
    #[loop_core::coroutine]
    fn outer(notes: Notes) {
        let _local = notes.on_drop("outer");
        yield_!(middle());
    }
    let notes = Notes::default();
    assert_eq!(
        contained_message(outer(notes.clone())),
        "outer: out of luck"
    );
    assert_eq!(notes.text(), "outer", "the others on the stack are closed");
}

#[test]
fn of_a_destructor_at_the_end_of_a_body() {
    #[loop_core::coroutine]
    fn ends() {
        let _bad = PanicsOnDrop;
        yield_!();
    }
    assert_eq!(contained_message(ends()), "ends: destructor");
}

#[test]
fn of_a_value_that_is_not_fetched() {
    #[loop_core::coroutine]
    fn gives() -> PanicsOnDrop {
        yield_!();
        PanicsOnDrop
    }
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Spawn(gives())).detach();
    }
    assert_eq!(contained_message(parent()), "parent/1: destructor");
}

/// A value arrives for a future that is not polled again.
#[test]
fn of_an_answer_that_is_dropped() {
    #[loop_core::coroutine(lazy)]
    fn gives() -> PanicsOnDrop {
        yield_!();
        PanicsOnDrop
    }
    #[loop_core::coroutine]
    fn leaves_its_answer() {
        yield_!();
        {
            let child = async { ask!(Spawn(gives())) };
            let mut child = Box::pin(async { std::mem::forget(ask!(child.await)) });
            let mut polls = 0;
            wait_for!(poll_fn(|cx| {
                polls += 1;
                match polls {
                    // Asks for the task, then for its value.
                    1 | 2 => child.as_mut().poll(cx),
                    // Its value is there; it is not fetched.
                    _ => Poll::Ready(()),
                }
            }));
        }
        yield_!();
    }
    let message = contained_message(leaves_its_answer());
    assert_eq!(message, "leaves_its_answer: destructor");
}

#[test]
fn of_a_destructor_of_what_was_asked() {
    /// Is spawned and never runs.
    #[loop_core::coroutine(lazy)]
    fn held(_bad: PanicsOnDrop) {}
    #[loop_core::coroutine]
    fn asks() {
        yield_!();
        let mut asked = Box::pin(async { ask!(Spawn(held(PanicsOnDrop))).detach() });
        wait_for!(poll_fn(|cx| -> Poll<()> {
            assert!(asked.as_mut().poll(cx).is_pending());
            panic!("first");
        }));
    }
    assert_eq!(contained_message(asks()), "asks: first");
}

/// Panics at the event at which the countdown is over.
#[derive(Default)]
struct Fragile(Rc<Cell<u32>>);

impl Recorder for Fragile {
    fn record(&mut self, _: Event) {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        assert!(left != 1, "the recorder");
    }
}

#[test]
fn of_a_recorder() {
    #[loop_core::coroutine]
    fn works() {
        yield_!();
        yield_!(Spawn(fails())).detach();
        yield_!(Sleep(ms(1)));
    }
    let mut fired = 0;
    for event in 1..40 {
        let countdown = Rc::<Cell<u32>>::default();
        let mut event_loop = Sim::new()
            .builder()
            .recorder(Fragile(Rc::clone(&countdown)))
            .build();
        event_loop.schedule(prints());
        event_loop.schedule(works());
        countdown.set(event);
        let run = catch_unwind(AssertUnwindSafe(|| event_loop.run()));
        let run = run.unwrap_or_else(|_| panic!("event {event}: the run contains the panic"));
        let failures = failed(run);
        // The other tasks go on, in this run or in the next.
        let _ = event_loop.run();
        if failures
            .errors()
            .iter()
            .all(|error| error.task() != "prints")
        {
            let stdout = String::from_utf8_lossy(event_loop.world().stdout());
            assert_eq!(stdout, "before after", "event {event}");
        }
        fired += u32::from(countdown.get() == 0);
    }
    assert!(fired > 10, "{fired} events");
}

#[test]
fn and_the_loop_can_be_used_afterwards() {
    #[loop_core::coroutine]
    fn answer() -> u32 {
        yield_!();
        42
    }
    let mut event_loop = Sim::new().event_loop();
    for _ in 0..3 {
        event_loop.schedule(asks_and_panics(Notes::default(), true));
        event_loop.run().unwrap_err();
        assert_eq!(event_loop.run_until_complete(answer()).unwrap(), 42);
    }
}
