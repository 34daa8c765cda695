//! Slow steps: a step that keeps the loop from everything else is told to a listener. The clock is the test's.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::{Builder, Error, SlowStep};
use tests::{ManualClock, ms};

const LONG: Duration = Duration::from_millis(30);

#[loop_core::coroutine(lazy)]
fn sluggish(clock: ManualClock) {
    yield_!();
    clock.work(LONG);
    yield_!();
}

/// Slow where another coroutine called it.
#[loop_core::coroutine(lazy)]
fn caller(clock: ManualClock) {
    yield_!(sluggish(clock.clone()));
    let child = yield_!(Spawn(sluggish(clock)));
    yield_!(child).expect("no panic");
}

/// Waiting is not being slow.
#[loop_core::coroutine(lazy)]
fn patient(_clock: ManualClock) {
    yield_!(Sleep(2 * LONG));
}

#[loop_core::coroutine(lazy)]
fn slow_and_fails(clock: ManualClock) {
    yield_!();
    clock.work(LONG);
    panic!("out of luck");
}

#[loop_core::coroutine(lazy)]
fn slow_at_its_end(clock: ManualClock) {
    yield_!(Sleep(ms(1)));
    clock.work(LONG);
}

type Main = fn(ManualClock) -> Coroutine<()>;

/// What a listener hears of a run, and how the run ends.
fn run(builder: Builder, main: Main) -> (Vec<SlowStep>, Result<(), Error>) {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hook = Rc::clone(&heard);
    let clock = ManualClock::default();
    let builder = builder.on_slow_step(move |step| hook.borrow_mut().push(step.clone()));
    let mut event_loop = builder.world(clock.clone()).build();
    let end = event_loop.run_until_complete(main(clock));
    (heard.take(), end)
}

fn heard(builder: Builder, main: Main) -> Vec<SlowStep> {
    let (heard, end) = run(builder, main);
    end.unwrap();
    heard
}

fn reports_from(threshold: Duration) -> Builder {
    EventLoop::builder().slow_step(threshold)
}

#[test]
fn a_step_over_the_threshold_is_told_to_the_listener() {
    let slow = heard(reports_from(LONG), sluggish);
    assert_eq!(slow.len(), 1, "{slow:?}");
    assert_eq!(slow[0].task, "sluggish");
    assert_eq!(slow[0].site.name, "sluggish");
    assert_eq!(slow[0].site.file, file!());
    let source = include_str!("slow.rs");
    let line = source.lines().nth(slow[0].site.line as usize - 1).unwrap();
    assert!(
        line.contains("fn sluggish(") || line.contains("#[loop_core::coroutine"),
        "{line}"
    );
    assert_eq!(slow[0].took, LONG);
}

#[test]
fn the_task_is_named_and_the_coroutine_that_ran() {
    let slow = heard(reports_from(LONG), caller);
    let who: Vec<_> = slow
        .iter()
        .map(|slow| (slow.task.as_str(), slow.site.name))
        .collect();
    assert_eq!(who, [("caller", "sluggish"), ("caller/1", "sluggish")]);
}

#[test]
fn a_step_under_the_threshold_is_not() {
    let threshold = LONG + Duration::from_nanos(1);
    assert_eq!(heard(reports_from(threshold), sluggish), []);
}

#[test]
fn who_waits_is_not_slow() {
    assert_eq!(heard(reports_from(LONG), patient), []);
}

#[test]
fn it_can_be_switched_off() {
    let builder = reports_from(LONG).no_slow_steps();
    assert_eq!(heard(builder, sluggish), []);
}

#[test]
fn a_slow_turn_that_panics_is_reported_too() {
    let (slow, end) = run(reports_from(LONG), slow_and_fails);
    end.unwrap_err();
    let tasks: Vec<_> = slow.into_iter().map(|step| step.task).collect();
    assert_eq!(tasks, ["slow_and_fails"]);
}

/// The task is gone when its slow last turn is reported, and the record of its name with it.
#[test]
fn a_root_whose_last_turn_is_slow_is_reported_and_nothing_else() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hook = Rc::clone(&heard);
    let clock = ManualClock::default();
    let builder = reports_from(LONG).world(clock.clone());
    let mut event_loop = builder
        .on_slow_step(move |step| hook.borrow_mut().push(step.task.clone()))
        .build();
    event_loop.schedule(slow_at_its_end(clock));
    let result = event_loop.run().map_err(|error| error.to_string());
    assert_eq!(result, Ok(()));
    assert_eq!(*heard.borrow(), ["slow_at_its_end"]);
}
