//! `Cancel` closes a task at its yield, whatever the task waits for, and other tasks lose nothing.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::{Cancel, TaskError};
use tests::{Noted, Notes};

use crate::ms;

/// The answer to a cancellation, in words.
pub(crate) fn outcome<T: std::fmt::Display>(answer: &Result<T, TaskError>) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err(error) if error.is_cancelled() => {
            assert!(!error.is_panic());
            "cancelled".to_owned()
        }
        Err(error) => {
            assert!(error.is_panic());
            error.message().to_owned()
        }
    }
}

/// Spawns a task, lets it come to its yield, and cancels it.
#[loop_core::coroutine(lazy)]
fn cancels(victim: Coroutine<u32>, after: u64) -> String {
    let handle = yield_!(Spawn(victim));
    yield_!(Sleep(ms(after)));
    outcome(&yield_!(Cancel(handle)))
}

/// What became of the victim, in a run that ends well.
fn cancelled(victim: Coroutine<u32>, after: u64) -> String {
    let silent = Sim::new().stdin(Input::new().stays_open());
    let run = silent.run(cancels(victim, after));
    assert_eq!(run.stderr(), "", "a cancelled task is no failure");
    run.into_result().expect("a cancelled task is no failure")
}

#[loop_core::coroutine]
fn sleeps(notes: Notes, time: u64) -> u32 {
    let _local = notes.on_drop("dropped");
    yield_!(Sleep(ms(time)));
    notes.add("woke");
    7
}

#[test]
fn a_task_that_sleeps() {
    let notes = Notes::default();
    assert_eq!(cancelled(sleeps(notes.clone(), 100), 1), "cancelled");
    assert_eq!(notes.text(), "dropped");
}

#[test]
fn a_task_that_has_ended_gives_its_value() {
    let notes = Notes::default();
    assert_eq!(cancelled(sleeps(notes.clone(), 1), 100), "7");
    assert_eq!(notes.text(), "woke dropped");
}

#[test]
fn a_task_that_has_failed_gives_its_panic() {
    #[loop_core::coroutine]
    fn fails() -> u32 {
        yield_!();
        std::panic::panic_any(42_u8);
    }
    #[loop_core::coroutine]
    fn parent() -> Option<u8> {
        let handle = yield_!(Spawn(fails()));
        yield_!(Sleep(ms(1)));
        let error = yield_!(Cancel(handle)).unwrap_err();
        assert!(error.is_panic() && !error.is_cancelled());
        error.into_panic().downcast_ref().copied()
    }
    assert_eq!(Sim::new().run(parent()).into_result().unwrap(), Some(42));
}

#[test]
fn the_error_names_the_task() {
    #[loop_core::coroutine]
    fn parent() -> (String, String) {
        let handle = yield_!(Spawn(sleeps(Notes::default(), 9)));
        let error = yield_!(Cancel(handle)).unwrap_err();
        (error.task().to_owned(), error.to_string())
    }
    let (task, text) = Sim::new().run(parent()).into_result().unwrap();
    assert_eq!(task, "parent/1");
    assert!(
        text.contains("parent/1") && text.contains("cancelled"),
        "{text}"
    );
}

#[test]
fn a_task_that_is_ready_in_the_queue() {
    #[loop_core::coroutine(lazy)]
    fn yields(notes: Notes) -> u32 {
        let _local = notes.on_drop("dropped");
        for _ in 0..1000 {
            yield_!();
        }
        notes.add("went on");
        7
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let handle = yield_!(Spawn(yields(notes.clone())));
        yield_!();
        yield_!();
        notes.add("cancel");
        let answer = yield_!(Cancel(handle));
        notes.add("answered");
        outcome(&answer)
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert_eq!(run.into_result().unwrap(), "cancelled");
    assert_eq!(notes.text(), "cancel dropped answered");
}

#[test]
fn a_task_that_has_never_run() {
    #[loop_core::coroutine(lazy)]
    fn lazy(noted: Noted) -> u32 {
        drop(noted);
        unreachable!("it was cancelled before its first turn");
    }
    #[loop_core::coroutine]
    fn primed(_noted: Noted) -> u32 {
        yield_!(Print("asked in vain")).unwrap();
        7
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let lazy = yield_!(Spawn(lazy(notes.on_drop("lazy"))));
        let primed = yield_!(Spawn(primed(notes.on_drop("primed"))));
        let first = outcome(&yield_!(Cancel(lazy)));
        first + " " + &outcome(&yield_!(Cancel(primed)))
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert_eq!(run.stdout(), "");
    assert_eq!(run.into_result().unwrap(), "cancelled cancelled");
    assert_eq!(notes.text(), "lazy primed");
}

#[test]
fn a_task_that_joins_another_leaves_that_one_running() {
    #[loop_core::coroutine]
    fn works(notes: Notes) -> u32 {
        yield_!(Sleep(ms(5)));
        notes.add("worked");
        1
    }
    #[loop_core::coroutine]
    fn joins(notes: Notes) -> u32 {
        let handle = yield_!(Spawn(works(notes)));
        yield_!(handle).unwrap()
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> String {
        let answer = yield_!(cancels(joins(notes.clone()), 1));
        yield_!(Sleep(ms(10)));
        answer
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert_eq!(run.into_result().unwrap(), "cancelled");
    assert_eq!(notes.text(), "worked");
}

#[loop_core::coroutine]
fn reads(notes: Notes) {
    notes.add(yield_!(Stdin).unwrap().unwrap_or_default());
}

#[test]
fn a_stale_timer_wakes_no_later_tenant_of_the_tasks_place() {
    /// At 5 ms each waits for something other than a timer, in the place of a task that was asleep before.
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> Vec<u64> {
        let begin = yield_!(Clock);
        let sleeper = yield_!(Spawn(sleeps(notes.clone(), 5)));
        assert_eq!(outcome(&yield_!(Cancel(sleeper))), "cancelled");
        let reading = yield_!(Spawn(reads(notes.clone())));
        let sleeper = yield_!(Spawn(sleeps(notes.clone(), 5)));
        yield_!();
        assert_eq!(outcome(&yield_!(Cancel(sleeper))), "cancelled");
        let longer = yield_!(Spawn(sleeps(notes.clone(), 20)));
        let mut times = Vec::new();
        yield_!(reading).unwrap();
        times.push((yield_!(Clock) - begin).as_millis() as u64);
        yield_!(longer).unwrap();
        times.push((yield_!(Clock) - begin).as_millis() as u64);
        times
    }
    let notes = Notes::default();
    let input = Input::new().at(ms(10), "1\n").stays_open();
    let run = Sim::new().stdin(input).run(parent(notes.clone()));
    let trace = run.trace().to_string();
    assert!(
        !trace.contains("~ +5ms"),
        "nothing happens at 5 ms: {trace}"
    );
    assert_eq!(run.into_result().unwrap(), [10, 20]);
    assert_eq!(notes.text(), "dropped dropped 1 woke dropped");
}

#[test]
fn the_last_timer_that_is_cancelled_leaves_nothing_to_wait_for() {
    let notes = Notes::default();
    let run = Sim::new().run(cancels(sleeps(notes, 1_000_000), 1));
    assert_eq!(run.elapsed(), ms(1));
    assert_eq!(run.into_result().unwrap(), "cancelled");
}

#[test]
fn locals_are_dropped_from_the_innermost_coroutine_outwards() {
    #[loop_core::coroutine]
    fn inner(notes: Notes) -> u32 {
        let _local = notes.on_drop("inner");
        yield_!(Sleep(ms(100)));
        7
    }
    #[loop_core::coroutine]
    fn middle(notes: Notes) -> u32 {
        let _local = notes.on_drop("middle");
        yield_!(inner(notes.clone()))
    }
    #[loop_core::coroutine]
    fn outer(notes: Notes) -> u32 {
        let _first = notes.on_drop("outer/first");
        let _second = notes.on_drop("outer/second");
        yield_!(middle(notes.clone()))
    }
    let notes = Notes::default();
    assert_eq!(cancelled(outer(notes.clone()), 1), "cancelled");
    assert_eq!(notes.text(), "inner middle outer/second outer/first");
}

#[test]
fn a_cancellation_keeps_the_turn() {
    let turns = Rc::<Cell<u32>>::default();
    #[loop_core::coroutine(lazy)]
    fn ticks(turns: Rc<Cell<u32>>) {
        loop {
            turns.set(turns.get() + 1);
            yield_!();
        }
    }
    #[loop_core::coroutine]
    fn parent(turns: Rc<Cell<u32>>) -> bool {
        yield_!(Spawn(ticks(turns.clone()))).detach();
        let sleeper = yield_!(Spawn(sleeps(Notes::default(), 100)));
        yield_!();
        let before = turns.get();
        drop(yield_!(Cancel(sleeper)));
        before > 0 && turns.get() == before
    }
    assert!(Sim::new().run(parent(turns)).into_result().unwrap());
}

#[test]
fn a_task_that_is_cancelled_over_and_over_leaves_the_others_their_names() {
    #[loop_core::coroutine]
    fn parent() -> Vec<String> {
        let mut names = Vec::new();
        for _ in 0..3 {
            let handle = yield_!(Spawn(sleeps(Notes::default(), 100)));
            let error = yield_!(Cancel(handle)).unwrap_err();
            names.push(error.task().to_owned());
        }
        names
    }
    let names = Sim::new().run(parent()).into_result().unwrap();
    assert_eq!(names, ["parent/1", "parent/2", "parent/3"]);
}
