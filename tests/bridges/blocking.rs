//! Closures for other threads, which a simulation runs at once.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::Recording;
use loop_core::{Error, Request};
use tests::{Notes, ms};

use crate::others::Others;

#[loop_core::coroutine]
fn works(n: u32) -> u32 {
    yield_!(Blocking(move || n * n))
}

/// Without the panic hook, which would print.
#[loop_core::coroutine]
fn fails() {
    yield_!(Blocking(|| resume_unwind(Box::new("out of luck"))))
}

#[test]
fn the_trace_says_which_closure_wakes_whom() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let a = yield_!(Spawn(works(2)));
        let b = yield_!(Spawn(works(3)));
        yield_!(a).unwrap() + yield_!(b).unwrap()
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn works(2)
    parent  spawned parent/1  =>  spawn works(3)
    parent  spawned parent/2  =>  join parent/1  park
    parent/1  primed  =>  run blocking 1  park
    parent/2  primed  =>  run blocking 2  park

    ~ +0  blocking 1  wakes parent/1
    ~  blocking 2  wakes parent/2
    parent/1  ran blocking 1  =>  finish 4  wakes parent
    parent/2  ran blocking 2  =>  finish 9
    parent  joined parent/1 4  =>  join parent/2  ready
    parent  joined parent/2 9  =>  finish 13
    ");
    assert_eq!(run.into_result().unwrap(), 13);
}

#[test]
fn a_closure_takes_no_time_and_timers_come_first() {
    #[loop_core::coroutine]
    fn sleeps(time: u64) {
        yield_!(Sleep(ms(time)));
    }
    #[loop_core::coroutine]
    fn parent() {
        let works = yield_!(Spawn(works(2)));
        let soon = yield_!(Spawn(sleeps(0)));
        let late = yield_!(Spawn(sleeps(1)));
        yield_!(works).unwrap();
        yield_!(soon).unwrap();
        yield_!(late).unwrap();
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn works(2)
    parent  spawned parent/1  =>  spawn sleeps(0)
    parent  spawned parent/2  =>  spawn sleeps(1)
    parent  spawned parent/3  =>  join parent/1  park
    parent/1  primed  =>  run blocking 1  park
    parent/2  primed  =>  sleep 0  park
    parent/3  primed  =>  sleep 1ms  park

    ~ +0  timer  wakes parent/2
    ~  blocking 1  wakes parent/1
    parent/2  slept  =>  finish
    parent/1  ran blocking 1  =>  finish 4  wakes parent
    parent  joined parent/1 4  =>  join parent/2  ready
    parent  joined parent/2  =>  join parent/3  park

    ~ +1ms  timer  wakes parent/3
    parent/3  slept  =>  finish  wakes parent
    parent  joined parent/3  =>  finish
    ");
    run.into_result().unwrap();
}

#[test]
fn a_panic_of_the_closure_goes_on_in_the_task() {
    let Err(Error::Failed(failures)) = Sim::new().run(fails).into_result() else {
        panic!("the task fails");
    };
    let error = &failures.errors()[0];
    assert_eq!((error.task(), error.message()), ("fails", "out of luck"));
}

#[test]
fn a_panic_of_the_closure_can_be_joined() {
    #[loop_core::coroutine]
    fn parent() -> String {
        let handle = yield_!(Spawn(fails()));
        yield_!(handle).unwrap_err().message().to_owned()
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), "out of luck");
}

/// The task is cancelled while it waits, and when it has been woken and has not run: the value is dropped.
#[test]
fn a_value_that_nobody_waits_for_is_dropped() {
    #[loop_core::coroutine]
    fn works(value: Option<Box<dyn Send>>) -> bool {
        yield_!(Blocking(move || value)).is_some()
    }
    #[loop_core::coroutine]
    fn parent(sleep_before: bool) -> bool {
        let value: Arc<()> = Default::default();
        let count = Arc::downgrade(&value);
        let handle = yield_!(Spawn(works(Some(Box::new(value)))));
        yield_!();
        assert_eq!(count.strong_count(), 1);
        if sleep_before {
            // The look in which the closure wakes its task, before the task's turn.
            yield_!(Sleep(ms(0)));
        }
        assert!(yield_!(Cancel(handle)).unwrap_err().is_cancelled());
        count.strong_count() == 0
    }
    for sleep_before in [false, true] {
        assert!(Sim::new().run(parent(sleep_before)).into_result().unwrap());
    }
}

#[test]
fn a_destructor_that_panics_is_the_failure_of_its_task() {
    struct Bomb(bool);
    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 {
                resume_unwind(Box::new("destructor"));
            }
        }
    }
    #[loop_core::coroutine]
    fn works() {
        drop(yield_!(Blocking(|| Bomb(true))));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let handle = yield_!(Spawn(works()));
        yield_!();
        notes.add(
            yield_!(Cancel(handle))
                .unwrap_err()
                .is_cancelled()
                .to_string(),
        );
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert!(matches!(run.into_result(), Err(Error::Failed(_))));
    assert_eq!(notes.text(), "true");
}

/// As data, the request can be made by anybody; then the value goes nowhere.
#[test]
fn a_raw_request_is_answered_without_a_value() {
    #[loop_core::coroutine]
    fn raw(notes: Notes) {
        let value = Arc::new(());
        let count = Arc::downgrade(&value);
        yield_!(Blocking(move || value).into_yield());
        notes.add(count.strong_count().to_string());
    }
    let notes = Notes::default();
    Sim::new().run(raw(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "0");
}

fn reversed() -> EventLoop<Others, Recording> {
    EventLoop::builder()
        .world(Others::default())
        .recorder(Recording::default())
        .build()
}

/// Two closures end between two looks, the second one first.
#[test]
fn closures_that_have_ended_are_answered_in_the_order_of_asking() {
    #[loop_core::coroutine]
    fn parent() {
        let handles = [yield_!(Spawn(works(2))), yield_!(Spawn(works(3)))];
        for handle in handles {
            yield_!(handle).unwrap();
        }
    }
    let mut event_loop = reversed();
    event_loop.run_until_complete(parent()).unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn works
    parent  spawned parent/1  =>  spawn works(3)
    parent  spawned parent/2  =>  join parent/1  park
    parent/1  primed  =>  run blocking 1  park
    parent/2  primed  =>  run blocking 2  park

    ~ +0  blocking 1  wakes parent/1
    ~  blocking 2  wakes parent/2
    parent/1  ran blocking 1  =>  finish 4  wakes parent
    parent/2  ran blocking 2  =>  finish 9
    parent  joined parent/1 4  =>  join parent/2  ready
    parent  joined parent/2 9  =>  finish
    ");
}

#[test]
fn a_closure_that_has_not_begun_is_not_run_for_a_cancelled_task() {
    #[loop_core::coroutine]
    fn marks(ran: Arc<AtomicBool>) {
        yield_!(Blocking(move || ran.store(true, Ordering::Relaxed)));
    }
    #[loop_core::coroutine]
    fn parent(ran: Arc<AtomicBool>) {
        let handle = yield_!(Spawn(marks(ran)));
        yield_!();
        yield_!(Cancel(handle)).unwrap_err();
        // The cancelled one is run last.
        assert_eq!(yield_!(works(2)), 4);
    }
    let ran = Arc::new(AtomicBool::new(false));
    let mut event_loop = reversed();
    event_loop
        .run_until_complete(parent(Arc::clone(&ran)))
        .unwrap();
    assert_eq!(event_loop.world().jobs(), 0);
    assert!(!ran.load(Ordering::Relaxed));
    // The closure and what it had are gone.
    assert_eq!(Arc::strong_count(&ran), 1);
}
