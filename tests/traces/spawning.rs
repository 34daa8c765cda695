//! Spawn, join, detach.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Resume, Yield};

use crate::ms;

#[loop_core::coroutine]
fn child(n: u32) -> u32 {
    yield_!();
    n
}

#[test]
fn a_joiner_waits_for_a_task_that_runs() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let handle = yield_!(Spawn(child(7)));
        yield_!(handle).unwrap()
    }
    let run = Sim::new().run(parent());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn child
    parent  spawned parent/1  =>  join parent/1  park
    parent/1  primed  =>  now
    parent/1  ok  =>  finish 7  wakes parent
    parent  joined parent/1 7  =>  finish 7
    ");
    assert_eq!(run.into_result().unwrap(), 7);
}

#[test]
fn spawning_and_joining_decision_by_decision() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let handle = yield_!(Spawn(child(7)));
        yield_!(handle).unwrap()
    }
    assert_snapshot!(Sim::new().run(parent()).trace().decisions());
}

#[test]
fn a_task_that_has_ended_is_joined_at_once() {
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let handle = yield_!(Spawn(child(7)));
        yield_!(Sleep(ms(1)));
        yield_!(handle).unwrap()
    }
    let run = Sim::new().run(parent());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn child
    parent  spawned parent/1  =>  sleep 1ms  park
    parent/1  primed  =>  now
    parent/1  ok  =>  finish 7

    ~ +1ms  timer  wakes parent
    parent  slept  =>  join parent/1  ready
    parent  joined parent/1 7  =>  finish 7
    ");
    assert_eq!(run.into_result().unwrap(), 7);
}

#[test]
fn a_detached_task_runs_on() {
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Spawn(child(7))).detach();
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(parent());
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn child
    parent  spawned parent/1  =>  finish
    parent/1  primed  =>  now
    parent/1  ok  =>  finish 7
    ");
}

#[test]
fn siblings_run_in_the_order_of_spawning() {
    #[loop_core::coroutine(lazy)]
    fn parent() -> Vec<u32> {
        let mut handles = Vec::new();
        for n in 1..=3 {
            handles.push(yield_!(Spawn(child(n))));
        }
        let mut values = Vec::new();
        for handle in handles.into_iter().rev() {
            values.push(yield_!(handle).unwrap());
        }
        values
    }
    let run = Sim::new().run(parent());
    assert_snapshot!(run.trace());
    assert_eq!(run.into_result().unwrap(), [3, 2, 1]);
}

#[test]
fn raw_requests_do_the_same() {
    #[loop_core::coroutine]
    fn parent() -> Option<u32> {
        let Resume::Spawned(handle) = yield_!(Yield::Spawn(child(7).into())) else {
            return None;
        };
        match yield_!(Yield::Join(handle)) {
            Resume::Joined(Ok(value)) => value.take().ok(),
            _ => None,
        }
    }
    #[loop_core::coroutine]
    fn typed() -> u32 {
        let handle = yield_!(Spawn(child(7)));
        yield_!(handle).unwrap()
    }
    let raw = Sim::new().run(parent());
    let typed = Sim::new().run(typed());
    let trace = raw
        .trace()
        .to_string()
        .replace("parent", "typed")
        .replace("Some(7)", "7");
    assert_eq!(trace, typed.trace().to_string());
    assert_eq!(raw.into_result().unwrap(), Some(7));
}

#[test]
fn each_of_many_tasks_joins_the_one_before() {
    #[loop_core::coroutine(lazy)]
    fn next(before: Option<Handle<u32>>) -> u32 {
        match before {
            Some(before) => yield_!(before).unwrap() + 1,
            None => {
                yield_!(Sleep(ms(1)));
                0
            }
        }
    }
    #[loop_core::coroutine]
    fn parent(n: u32) -> u32 {
        let mut last = yield_!(Spawn(next(None)));
        for _ in 0..n {
            last = yield_!(Spawn(next(Some(last))));
        }
        yield_!(last).unwrap()
    }
    let mut event_loop = Sim::new().unrecorded();
    assert_eq!(
        event_loop.run_until_complete(parent(20_000)).unwrap(),
        20_000
    );
}
