//! A coroutine for so long at most.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::world::World;
use loop_core::{Elapsed, Error, TimeoutAt};
use tests::{Notes, PanicsOnDrop, ms, without_lines};

use crate::takes;

#[test]
fn the_trace_says_that_the_time_was_over() {
    #[loop_core::coroutine]
    fn parent() -> String {
        let notes = Notes::default();
        let first = yield_!(Timeout(ms(2), takes(notes.clone(), "fast", 1)));
        let second = yield_!(Timeout(ms(2), takes(notes.clone(), "slow", 3)));
        notes.add(format!("{first:?} {}", second.is_err()));
        notes.text()
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    parent  primed  =>  spawn takes(_, "fast", 1)  timeout 2ms  wait for group 1  park
    parent/1  start  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish "fast"  wakes parent
    parent  woken by group 1  =>  spawn takes(_, "slow", 3)  timeout 2ms  wait for group 2  park
    parent/2  start  =>  sleep 3ms  park

    ~ +2ms  timer  wakes parent
    parent/2  =>  cancelled
    parent  timed out  =>  finish "fast -fast -slow Ok(\"fast\") true"
    "#);
    assert_eq!(run.elapsed(), ms(3));
    assert_eq!(
        run.into_result().unwrap(),
        r#"fast -fast -slow Ok("fast") true"#
    );
}

#[test]
fn a_coroutine_that_has_ended_already() {
    #[loop_core::coroutine]
    fn ready() -> u32 {
        7
    }
    #[loop_core::coroutine]
    fn parent() -> Result<u32, Elapsed> {
        yield_!(Timeout(ms(0), ready()))
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn ready  timeout 0  wait for group 1  ready
    parent/1  primed  =>  finish 7
    parent  woken by group 1  =>  finish Ok(7)
    ");
    assert_eq!(run.into_result().unwrap(), Ok(7));
}

#[test]
fn of_nested_ones_the_nearest_counts() {
    #[loop_core::coroutine]
    fn inner(notes: Notes, time: u64) -> Result<&'static str, Elapsed> {
        yield_!(Timeout(ms(time), takes(notes, "work", 10)))
    }
    #[loop_core::coroutine]
    fn outer(notes: Notes, inner_time: u64, outer_time: u64) -> String {
        let answer = yield_!(Timeout(ms(outer_time), inner(notes.clone(), inner_time)));
        notes.add(match answer {
            Ok(Ok(_)) => "in time",
            Ok(Err(_)) => "inner",
            Err(_) => "outer",
        });
        notes.text()
    }
    let outcome = |inner, outer_time| {
        let run = Sim::new().run(move || outer(Notes::default(), inner, outer_time));
        (run.elapsed(), run.into_result().unwrap())
    };
    assert_eq!(outcome(20, 30), (ms(10), "work -work in time".to_owned()));
    assert_eq!(outcome(3, 5), (ms(3), "-work inner".to_owned()));
    assert_eq!(outcome(5, 3), (ms(3), "-work outer".to_owned()));
}

#[test]
fn the_error_says_what_was_waited_for() {
    #[loop_core::coroutine]
    fn asks() -> u32 {
        let _ = yield_!(Stdin);
        1
    }
    #[loop_core::coroutine]
    fn both() -> u32 {
        yield_!(All([asks(), asks()])).map_or(0, |both| both[0])
    }
    #[loop_core::coroutine]
    fn parent() -> String {
        yield_!(Timeout(ms(5), both())).unwrap_err().to_string()
    }
    let run = Sim::new().stdin(Input::new().stays_open()).run(parent);
    let text = run.into_result().unwrap();
    assert_snapshot!(without_lines(&text), @r"timed out: parent/1/1 waits for standard input, in `asks` (tests/groups/timeouts.rs); parent/1/2 waits for standard input, in `asks` (tests/groups/timeouts.rs)");
}

#[test]
fn a_panic_goes_through() {
    #[loop_core::coroutine]
    fn fails() -> u32 {
        yield_!();
        std::panic::panic_any(42_u8)
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        yield_!(Timeout(ms(5), fails())).unwrap_or(0)
    }
    let Err(Error::Failed(failures)) = Sim::new().run(parent).into_result() else {
        panic!("it fails");
    };
    let [error] = failures.errors() else {
        panic!("one failure, the parent's: {failures}");
    };
    assert_eq!((error.task(), error.is_panic()), ("parent", true));
}

#[test]
fn what_was_read_for_it_is_not_lost() {
    #[loop_core::coroutine]
    fn line() -> Option<String> {
        yield_!(Stdin).unwrap()
    }
    // The line and the end of the time come in the same poll.
    #[loop_core::coroutine]
    fn parent() -> (bool, Option<String>) {
        let first = yield_!(TimeoutAt(loop_core::Time::ZERO + ms(5), line()));
        match first {
            Ok(line) => (true, line),
            Err(_) => (false, yield_!(line())),
        }
    }
    let input = Input::new().at(ms(5), "hello\n");
    for seed in 0..20 {
        let run = Sim::new().seed(seed).stdin(input.clone()).run(parent);
        let (_, line) = run.into_result().unwrap();
        assert_eq!(line.as_deref(), Some("hello"));
    }
}

#[test]
fn a_destructor_that_panics_is_reported_and_the_answer_comes() {
    #[loop_core::coroutine]
    fn hostile() {
        let _local = PanicsOnDrop;
        yield_!(Sleep(ms(10)));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let answer = yield_!(Timeout(ms(5), hostile()));
        notes.add(if answer.is_err() { "elapsed" } else { "ended" });
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert!(matches!(run.result(), Err(Error::Failed(_))));
    assert_eq!(notes.text(), "elapsed");
}

#[test]
fn a_million_of_them_leave_nothing_and_the_deadlines_that_were_not_reached_are_dead() {
    #[loop_core::coroutine]
    fn ready() {
        yield_!();
    }
    #[loop_core::coroutine]
    fn parent() {
        for _ in 0..10_000 {
            yield_!(Timeout(ms(60_000), ready())).unwrap();
        }
    }
    let mut event_loop = Sim::new().unrecorded();
    event_loop.run_until_complete(parent()).unwrap();
    assert_eq!(event_loop.world().now(), loop_core::Time::ZERO);
}
