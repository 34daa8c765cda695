//! Limits of a loop: one task too many, or one coroutine too many on a task's stack.

use std::panic::{AssertUnwindSafe, catch_unwind};

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::{Lock, LockGuard};
use loop_core::{AsCompleted, Defer, Failure, Handle, LimitReached, TaskError};
use tests::{Noted, Notes, SteadyOs, without_lines};

use crate::{failed, ms};

#[loop_core::coroutine]
fn naps() -> u32 {
    yield_!(Sleep(ms(1)));
    1
}

#[loop_core::coroutine]
fn holds(_noted: Noted) -> u32 {
    yield_!(naps())
}

fn is_full<T>(result: &Result<T, TaskError>, max: usize) -> bool {
    let limit = result.as_ref().err().and_then(TaskError::limit);
    limit == Some(LimitReached::Tasks(max))
}

// Tasks.

#[test]
fn a_task_too_many_fails_at_once_and_the_others_go_on() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let one = yield_!(Spawn(naps()));
        let two = yield_!(Spawn(holds(notes.on_drop("closed"))));
        notes.add("spawned");
        let error = yield_!(two).unwrap_err();
        notes.add(error.to_string());
        assert_eq!(yield_!(one).unwrap(), 1);
        let three = yield_!(Spawn(naps()));
        assert_eq!(yield_!(three).unwrap(), 1);
    }
    let notes = Notes::default();
    let inner = notes.clone();
    let run = Sim::new().max_tasks(2).run(move || program(inner));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    program  primed  =>  spawn naps
    program  spawned program/1  =>  spawn holds(_)
    program/2  =>  panic "`max_tasks(2)`: the …nother limit"(129)
    program  spawned program/2  =>  join program/2  ready
    program/1  primed  =>  sleep 1ms  park
    program  joined program/2 panicked "`max_tasks(2)`: the …nother limit"(129)  =>  join program/1  park

    ~ +1ms  timer  wakes program/1
    program/1  slept  =>  finish 1  wakes program
    program  joined program/1 1  =>  spawn naps
    program  spawned program/3  =>  join program/3  park
    program/3  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes program/3
    program/3  slept  =>  finish 1  wakes program
    program  joined program/3 1  =>  finish
    "#);
    run.into_result().unwrap();
    assert_snapshot!(without_lines(&notes.text()), @r"closed spawned task `program/2` failed in `holds` (tests/traces/limits.rs): `max_tasks(2)`: the loop has no room for another task. Make fewer at a time, for example in a bounded group, or set another limit");
}

#[test]
fn the_limit_is_the_number_of_tasks_that_have_not_ended() {
    #[loop_core::coroutine]
    fn ended() {}
    #[loop_core::coroutine]
    fn program() {
        let mut handles = Vec::new();
        for _ in 0..3 {
            // It has ended when it is called, and so needs no room.
            handles.push(yield_!(Spawn(ended())));
        }
        let handle = yield_!(Spawn(naps()));
        handles.push(yield_!(Spawn(ended())));
        let too_many = yield_!(Spawn(naps()));
        assert!(too_many.is_finished() && !handle.is_finished());
        assert!(is_full(&yield_!(too_many), 2));
        yield_!(handle).unwrap();
        for handle in handles {
            yield_!(handle).unwrap();
        }
    }
    let run = Sim::new().max_tasks(2).run(program);
    run.into_result().unwrap();
}

#[test]
fn what_a_refused_coroutine_had_is_free_again() {
    #[loop_core::coroutine(lazy)]
    fn has(_guard: LockGuard<()>) {
        yield_!();
    }
    #[loop_core::coroutine]
    fn waits(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
    }
    #[loop_core::coroutine]
    fn program() {
        let lock = Lock::new(());
        let guard = yield_!(lock.acquire());
        let waits = yield_!(Spawn(waits(lock)));
        yield_!();
        let refused = yield_!(Spawn(has(guard)));
        yield_!(waits).unwrap();
        assert!(is_full(&yield_!(refused), 2));
    }
    let run = Sim::new().max_tasks(2).run(program);
    run.into_result().unwrap();
}

#[test]
fn requests_that_make_tasks_fail_as_by_a_panic() {
    #[loop_core::coroutine]
    fn within() -> u32 {
        yield_!(Timeout(ms(5), naps())).unwrap()
    }
    #[loop_core::coroutine]
    fn program() {
        assert_eq!(yield_!(All([naps(), naps()])).unwrap(), [1, 1]);
        assert!(is_full(&yield_!(All([naps(), naps(), naps()])), 3));
        assert!(is_full(&yield_!(Race([naps(), naps(), naps()])), 3));
        let mut all = AsCompleted::new([naps(), naps(), naps()]);
        let (number, first) = yield_!(all.next()).unwrap();
        assert_eq!((number, is_full(&first, 3)), (2, true));
        for _ in 0..2 {
            assert_eq!(yield_!(all.next()).unwrap().1.unwrap(), 1);
        }
        let mut group = Group::new();
        for _ in 0..3 {
            yield_!(group.spawn(naps()));
        }
        let error = yield_!(group.join()).unwrap_err();
        let Failure::Panicked(error) = error.first() else {
            panic!("another failure: {error}");
        };
        assert_eq!(error.limit(), Some(LimitReached::Tasks(3)));
        // The failure of the only task of a timeout is that of the task that waits.
        assert_eq!(yield_!(yield_!(Spawn(within()))).unwrap(), 1);
        let naps = yield_!(Spawn(naps()));
        assert!(is_full(&yield_!(yield_!(Spawn(within()))), 3));
        yield_!(naps).unwrap();
    }
    let run = Sim::new().max_tasks(3).run(program);
    run.into_result().unwrap();
}

#[test]
fn a_bounded_group_keeps_to_its_own_limit_and_waits() {
    #[loop_core::coroutine]
    fn program() -> usize {
        let mut group = Group::bounded(2);
        for _ in 0..20 {
            yield_!(group.spawn(naps()));
        }
        yield_!(group.join()).unwrap().len()
    }
    let run = Sim::new().max_tasks(3).run(program);
    assert_eq!(run.elapsed(), ms(10));
    assert_eq!(run.into_result().unwrap(), 20);
}

#[test]
fn a_detached_task_too_many_is_reported() {
    #[loop_core::coroutine]
    fn program() {
        yield_!(Spawn(naps())).detach();
        yield_!(Sleep(ms(5)));
    }
    let run = Sim::new().max_tasks(1).run(program);
    assert_snapshot!(without_lines(&run.stderr()), @r"task `program/1` failed in `naps` (tests/traces/limits.rs): `max_tasks(1)`: the loop has no room for another task. Make fewer at a time, for example in a bounded group, or set another limit");
    let failures = failed(run.into_result());
    assert_eq!(failures.errors()[0].limit(), Some(LimitReached::Tasks(1)));
}

#[test]
fn roots_count_too() {
    let mut event_loop = Sim::new().max_tasks(1).event_loop();
    let notes = Notes::default();
    event_loop.schedule(naps());
    event_loop.schedule(holds(notes.on_drop("closed")));
    assert_eq!(notes.text(), "closed");
    // At once: the other tasks may never end.
    let failures = failed(event_loop.run_until_complete(naps()));
    let limits = failures.errors().iter().map(TaskError::limit);
    assert!(limits.eq([Some(LimitReached::Tasks(1)); 2]));
    event_loop.run().unwrap();
    assert_eq!(event_loop.run_until_complete(naps()).unwrap(), 1);
}

#[test]
fn what_other_threads_send_counts_too() {
    let world = SteadyOs::default();
    let builder = EventLoop::builder().world(world).no_slow_steps();
    let builder = builder.max_tasks(2).on_unjoined_error(|_, _| {});
    let mut event_loop = builder.build();
    let remote = event_loop.remote();
    let calls = [remote.call(naps), remote.call(naps)];
    remote.schedule(naps);
    // There is room for the tasks of both calls, and for no other.
    let failures = failed(event_loop.run());
    let limits = failures.errors().iter().map(TaskError::limit);
    assert!(limits.eq([Some(LimitReached::Tasks(2))]));
    assert!(calls.into_iter().all(|call| is_full(&call.wait(), 2)));
}

#[test]
fn a_loop_without_room_cannot_be_made() {
    let builder = || EventLoop::builder();
    let tasks = catch_unwind(AssertUnwindSafe(|| drop(builder().max_tasks(0)))).unwrap_err();
    assert_snapshot!(tasks.downcast::<&str>().unwrap(), @r"a loop has room for one task at least");
    let depth = catch_unwind(AssertUnwindSafe(|| drop(builder().max_depth(0)))).unwrap_err();
    assert_snapshot!(depth.downcast::<&str>().unwrap(), @r"a stack has room for one coroutine at least");
}

// Depth.

#[loop_core::coroutine]
fn primed(depth: u32) -> u32 {
    match depth {
        1 => {
            yield_!();
            1
        }
        _ => 1 + yield_!(primed(depth - 1)),
    }
}

#[loop_core::coroutine(lazy)]
fn lazy(depth: u32) -> u32 {
    match depth {
        1 => 1,
        _ => 1 + yield_!(lazy(depth - 1)),
    }
}

/// Runs a coroutine as a task, and gives its value or the limit for which it has failed.
#[loop_core::coroutine]
fn limit_of(coroutine: Coroutine<u32>) -> Result<u32, Option<LimitReached>> {
    let task: Handle<u32> = yield_!(Spawn(coroutine));
    yield_!(task).map_err(|error| error.limit())
}

#[test]
fn a_stack_has_as_many_coroutines_as_the_limit_and_no_more() {
    for max in [1, 2, 3, 63, 64, 65, 1000] {
        let too_deep = Err(Some(LimitReached::Depth(max as usize)));
        for (depth, expected) in [(max, Ok(max)), (max + 1, too_deep)] {
            for coroutine in [primed(depth), lazy(depth)] {
                let sim = Sim::new().max_depth(max as usize);
                let run = sim.run(limit_of(coroutine));
                // With one coroutine on a stack, who asks has no limit of its own to reach.
                assert_eq!(run.into_result().unwrap(), expected, "{depth} of {max}");
            }
        }
    }
}

#[test]
fn a_task_that_goes_too_deep_fails_and_the_others_go_on() {
    #[loop_core::coroutine(lazy)]
    fn noted(notes: Notes, depth: u32) -> u32 {
        let _noted = notes.on_drop(depth.to_string());
        match depth {
            0 => 0,
            _ => 1 + yield_!(noted(notes.clone(), depth - 1)),
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let deep = yield_!(Spawn(noted(notes.clone(), 4)));
        let other = yield_!(Spawn(naps()));
        let error = yield_!(deep).unwrap_err();
        notes.add(error.to_string());
        assert_eq!(yield_!(other).unwrap(), 1);
    }
    let notes = Notes::default();
    let inner = notes.clone();
    let run = Sim::new().max_depth(3).run(move || program(inner));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    program  primed  =>  spawn noted(_, 4)
    program  spawned program/1  =>  spawn naps
    program  spawned program/2  =>  join program/1  park
    program/1  start  =>  chain noted(_, 3)
    program/1  start  =>  chain noted(_, 2)
    program/1  start  =>  chain noted(_, 1)  panic "`max_depth(3)`: the …nother limit"(115)  wakes program
    program/2  primed  =>  sleep 1ms  park
    program  joined program/1 panicked "`max_depth(3)`: the …nother limit"(115)  =>  join program/2  park

    ~ +1ms  timer  wakes program/2
    program/2  slept  =>  finish 1  wakes program
    program  joined program/2 1  =>  finish
    "#);
    run.into_result().unwrap();
    assert_snapshot!(without_lines(&notes.text()), @r"2 3 4 task `program/1` failed in `noted` (tests/traces/limits.rs): `max_depth(3)`: the task's stack has no room for another coroutine. End the recursion earlier, or set another limit");
}

#[test]
fn a_coroutine_that_has_returned_does_not_count_nor_one_in_place() {
    #[loop_core::coroutine]
    fn in_place(n: &u32) -> u32 {
        yield_!();
        *n
    }
    #[loop_core::coroutine]
    fn leaf(n: u32) -> u32 {
        yield_from!(in_place(&n))
    }
    #[loop_core::coroutine]
    fn program() -> u32 {
        let mut sum = 0;
        for n in 0..10 {
            sum += yield_!(leaf(n)) + yield_!(lazy(1));
        }
        sum
    }
    let run = Sim::new().max_depth(2).run(program);
    assert_eq!(run.into_result().unwrap(), 55);
}

#[test]
fn what_was_deferred_runs_after_a_stack_that_was_too_deep() {
    #[loop_core::coroutine]
    fn notes_depth(notes: Notes) {
        notes.add(yield_!(lazy(2)).to_string());
    }
    #[loop_core::coroutine]
    fn too_deep(notes: Notes) -> u32 {
        yield_!(Defer(move || notes_depth(notes)));
        yield_!(lazy(100))
    }
    let notes = Notes::default();
    let run = Sim::new()
        .max_depth(10)
        .run(limit_of(too_deep(notes.clone())));
    let limit = run.into_result().unwrap().unwrap_err();
    assert_eq!(limit, Some(LimitReached::Depth(10)));
    assert_eq!(notes.text(), "2");
}

#[test]
fn limits_are_kept_on_the_operating_system_too() {
    #[loop_core::coroutine]
    fn program() {
        let deep = yield_!(limit_of(lazy(4)));
        assert_eq!(deep.unwrap_err(), Some(LimitReached::Depth(3)));
        let naps_on = yield_!(Spawn(naps()));
        let full = yield_!(limit_of(naps()));
        assert_eq!(full.unwrap_err(), Some(LimitReached::Tasks(2)));
        yield_!(naps_on).unwrap();
    }
    let builder = EventLoop::builder().world(SteadyOs::default());
    let builder = builder.no_slow_steps().max_tasks(2).max_depth(3);
    builder.build().run_until_complete(program()).unwrap();
}

#[test]
fn a_program_at_its_limits_is_cancelled_everywhere() {
    #[loop_core::coroutine]
    fn uses(lock: Lock<u32>, depth: u32) -> u32 {
        *yield_!(lock.acquire()) += 1;
        yield_!(lazy(depth))
    }
    #[loop_core::coroutine]
    fn program() {
        let lock = Lock::new(0);
        for _ in 0..2 {
            let few = [1, 2].map(|depth| uses(lock.clone(), depth));
            let _ = yield_!(All(few));
        }
        // Both limits are reached, or one. A failure is told to who waits, and to nobody if that is cancelled.
        let all = [1, 9, 1, 2].map(|depth| uses(lock.clone(), depth));
        let error = yield_!(All(all)).unwrap_err();
        assert!(error.is_cancelled() || error.limit().is_some(), "{error}");
        assert!(lock.try_acquire().is_some());
    }
    let sim = Sim::new().max_tasks(4).max_depth(3);
    assert!(sim.cancel_everywhere(|| program, |_| {}) > 10);
    let sim = Sim::new().max_tasks(5).max_depth(3);
    assert!(sim.cancel_everywhere(|| program, |_| {}) > 10);
}
