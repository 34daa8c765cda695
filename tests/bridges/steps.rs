//! A loop that is driven step by step.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use loop_core::policy::Policy;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Event;
use loop_core::trace::Off;
use loop_core::world::World;
use loop_core::{Error, Step};
use tests::{ManualClock, ms};

#[loop_core::coroutine]
fn tick(times: u32) {
    for n in 0..times {
        yield_!(Sleep(ms(10)));
        yield_!(Print(n)).unwrap();
    }
}

#[loop_core::coroutine]
fn waits(event: Event) {
    yield_!(event.wait());
}

#[test]
fn a_step_says_when_the_next_one_is_due() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(tick(2));
    assert_eq!(event_loop.step(ms(4)).unwrap(), Step::Waiting(Some(ms(6))));
    assert_eq!(
        event_loop.step(Duration::ZERO).unwrap(),
        Step::Waiting(Some(ms(6)))
    );
    assert_eq!(event_loop.step(ms(100)).unwrap(), Step::Ready);
    assert_eq!(event_loop.world().stdout(), b"");
    assert_eq!(event_loop.step(ms(0)).unwrap(), Step::Waiting(Some(ms(10))));
    assert_eq!(event_loop.world().stdout(), b"0");
    assert_eq!(event_loop.step(ms(10)).unwrap(), Step::Ready);
    assert_eq!(event_loop.step(ms(10)).unwrap(), Step::Done);
    assert_eq!(event_loop.world().stdout(), b"01");
    assert_eq!(event_loop.step(ms(10)).unwrap(), Step::Done);
}

/// Steps decide as a run does. They look at the world after each batch, and a run less often while tasks are ready.
#[test]
fn steps_and_a_run_give_the_same_trace() {
    #[loop_core::coroutine]
    fn parent() {
        let ticks = [yield_!(Spawn(tick(3))), yield_!(Spawn(tick(2)))];
        for tick in ticks {
            yield_!(tick).unwrap();
        }
    }
    let mut stepped = Sim::new().event_loop();
    stepped.schedule(parent());
    while stepped.step(ms(1000)).unwrap() != Step::Done {}
    let mut run = Sim::new().event_loop();
    run.schedule(parent());
    run.run().unwrap();
    assert_eq!(stepped.trace().to_string(), run.trace().to_string());
}

#[test]
fn who_drives_the_loop_may_wake_a_task() {
    let event = Event::new();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(waits(event.clone()));
    assert_eq!(event_loop.step(ms(1)).unwrap(), Step::Waiting(None));
    event.set();
    while event_loop.step(ms(1)).unwrap() != Step::Done {}
}

/// One turn of each, also where the loop looks at clock and world between two turns because they are slow, or the first ones.
#[test]
fn in_a_step_each_task_that_is_ready_has_one_turn() {
    #[loop_core::coroutine(lazy)]
    fn counts(turns: Rc<Cell<u32>>) {
        for _ in 0..20 {
            turns.set(turns.get() + 1);
            yield_!();
        }
    }
    fn checked<W: World, P: Policy>(mut event_loop: EventLoop<W, Off, P>) {
        let turns: Vec<Rc<Cell<u32>>> = (0..100).map(|_| Rc::default()).collect();
        for turns in &turns {
            event_loop.schedule(counts(Rc::clone(turns)));
        }
        for step in 1..=20 {
            assert_eq!(event_loop.step(Duration::ZERO).unwrap(), Step::Ready);
            assert!(
                turns.iter().all(|turns| turns.get() == step),
                "{step} {turns:?}"
            );
        }
        assert_eq!(event_loop.step(Duration::ZERO).unwrap(), Step::Done);
    }
    checked(EventLoop::new());
    checked(EventLoop::builder().world(ManualClock::default()).build());
    checked(Sim::new().unrecorded());
}

#[test]
fn a_step_that_is_stopped_says_so() {
    #[loop_core::coroutine]
    fn stops() {
        yield_!(Stop);
        yield_!(Sleep(ms(1)));
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(stops());
    assert_eq!(event_loop.step(ms(1)).unwrap(), Step::Stopped);
    event_loop.stopper().stop();
    assert_eq!(event_loop.step(ms(1)).unwrap(), Step::Stopped);
    while event_loop.step(ms(1)).unwrap() != Step::Done {}
}

#[test]
fn failures_are_the_error_of_the_last_step() {
    #[loop_core::coroutine]
    fn fails() {
        yield_!();
        // Without the panic hook, which would print.
        std::panic::resume_unwind(Box::new("out of luck"))
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(fails());
    event_loop.schedule(tick(1));
    let error = loop {
        match event_loop.step(ms(10)) {
            Ok(Step::Done) => panic!("a task has failed"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Failed(_)));
    assert_eq!(event_loop.world().stdout(), b"0");
    assert_eq!(event_loop.step(ms(1)).unwrap(), Step::Done);
}
