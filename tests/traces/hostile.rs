//! Hooks, recorders, values and cancellations at bad moments: no failure is lost, and none is another task's.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::trace::{Event, Recorder};
use loop_core::{Coroutine, Error, Handle};
use tests::ManualClock;

const MS: Duration = Duration::from_millis(1);

#[loop_core::coroutine(lazy)]
fn number(n: u32) -> u32 {
    yield_!(Sleep(MS));
    n
}

/// In release builds, a place of the table is vacated twice: two tasks share it, and one of them is lost.
#[test]
fn a_listener_of_slow_steps_that_panics_breaks_no_task() {
    #[loop_core::coroutine(lazy)]
    fn victim() {
        yield_!(Sleep(3 * MS));
        yield_!();
    }
    #[loop_core::coroutine(lazy)]
    fn main() -> Vec<u32> {
        drop(yield_!(Spawn(victim()).named("victim")));
        yield_!(Sleep(30 * MS));
        let mut handles = Vec::new();
        for n in 0..3 {
            handles.push(yield_!(Spawn(number(n))));
        }
        let mut values = Vec::new();
        for handle in handles {
            values.push(yield_!(handle).unwrap());
        }
        values
    }
    let mut turns = 0;
    let mut event_loop = EventLoop::builder()
        .world(ManualClock::default())
        .slow_step(Duration::ZERO)
        .on_slow_step(move |step| {
            turns += u32::from(step.task == "victim");
            assert!(turns != 2 || step.task != "victim", "listener");
        })
        .build();
    let values = event_loop.run_until_complete(main());
    if let Err(Error::Failed(failures)) = &values {
        assert_eq!(failures.errors().len(), 1, "{failures:?}");
        assert!(failures.errors()[0].message().contains("listener"));
    } else {
        assert_eq!(values.unwrap(), [0, 1, 2]);
    }
}

#[loop_core::coroutine(lazy)]
fn joins<T: 'static>(handle: Handle<T>) {
    let _ = yield_!(handle);
}

#[loop_core::coroutine(lazy)]
fn panics() {
    yield_!();
    panic!("lost");
}

#[loop_core::coroutine(lazy)]
fn errs() -> Result<(), &'static str> {
    yield_!();
    Err("lost")
}

/// The answer lies in the ready queue when the joiner is cancelled.
#[loop_core::coroutine(lazy)]
fn cancels_the_joiner<T: 'static>(ends: Coroutine<T>) {
    let ends = yield_!(Spawn(ends));
    let joiner = yield_!(Spawn(joins(ends)));
    yield_!();
    yield_!();
    let _ = yield_!(Cancel(joiner));
}

#[test]
fn a_panic_told_to_a_joiner_that_is_cancelled_is_not_lost() {
    let run = Sim::new().run(cancels_the_joiner(panics()));
    assert!(
        matches!(run.result(), Err(Error::Failed(_))),
        "{}",
        run.trace()
    );
}

#[test]
fn an_error_told_to_a_joiner_that_is_cancelled_is_not_silent() {
    let run = Sim::new().run(cancels_the_joiner(errs()));
    assert!(run.stderr().contains("lost"), "{}", run.trace());
}

/// The deadlock is the consequence of the panic, and every further run says deadlock again.
#[test]
fn a_deadlock_does_not_hide_a_failure() {
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(Spawn(panics())).detach();
        let _ = yield_!(Stdin);
    }
    let mut event_loop = Sim::new().stdin(Input::new().stays_open()).event_loop();
    event_loop.schedule(main());
    let told = (0..3).any(|_| event_loop.run().unwrap_err().to_string().contains("lost"));
    assert!(told);
}

#[loop_core::coroutine]
fn leaf(_n: u32) {
    yield_!();
}

struct Broken;

impl Recorder for Broken {
    fn record(&mut self, _: Event) {}
    fn flight_record(&self) -> Option<String> {
        panic!("flight record")
    }
}

#[test]
fn a_flight_record_that_panics_stays_in_the_run() {
    let mut event_loop = Sim::new().builder().recorder(Broken).build();
    let run = catch_unwind(AssertUnwindSafe(|| event_loop.run_until_complete(panics())));
    assert!(run.is_ok());
}

/// The 101st failure that nobody joins is dropped, and with it the payload of its panic.
#[test]
fn a_payload_that_panics_when_it_is_dropped_does_not_end_the_run() {
    struct Payload;
    impl Drop for Payload {
        fn drop(&mut self) {
            assert!(thread::panicking(), "bomb");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn bombs() {
        std::panic::panic_any(Payload);
    }
    #[loop_core::coroutine(lazy)]
    fn last(done: Rc<Cell<bool>>) {
        yield_!(Sleep(MS));
        done.set(true);
    }
    let mut event_loop = Sim::new().unrecorded();
    let done = Rc::default();
    event_loop.schedule(last(Rc::clone(&done)));
    (0..101).for_each(|_| event_loop.schedule(bombs()));
    std::mem::forget(event_loop.run());
    assert!(done.get(), "the run goes on until every task has ended");
}
