//! Semaphores: so many at a time.

use insta::assert_snapshot;
use loop_core::Cancel;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Semaphore;
use tests::ms;

#[loop_core::coroutine]
fn uses(semaphore: Semaphore, time: u64) {
    let _permit = yield_!(semaphore.acquire());
    yield_!(Sleep(ms(time)));
}

#[test]
fn the_trace_says_who_has_a_permit() {
    #[loop_core::coroutine]
    fn parent() {
        let semaphore = Semaphore::new(2);
        let mut tasks = Vec::new();
        for time in [3, 1, 1] {
            tasks.push(yield_!(Spawn(uses(semaphore.clone(), time))));
        }
        for task in tasks {
            yield_!(task).unwrap();
        }
        assert_eq!(semaphore.available(), 2);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn uses(Semaphore { available: 2 }, 3)
    parent  spawned parent/1  =>  spawn uses(Semaphore { available: 2 }, 1)
    parent  spawned parent/2  =>  spawn uses(Semaphore { available: 2 }, 1)
    parent  spawned parent/3  =>  join parent/1  park
    parent/1  primed  =>  acquire semaphore 1  ready
    parent/2  primed  =>  acquire semaphore 1  ready
    parent/3  primed  =>  acquire semaphore 1  park
    parent/1  acquired semaphore 1  =>  sleep 3ms  park
    parent/2  acquired semaphore 1  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish  wakes parent/3
    parent/3  acquired semaphore 1  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/3
    parent/3  slept  =>  finish

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish  wakes parent
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  join parent/3  ready
    parent  joined parent/3  =>  finish
    ");
    run.into_result().unwrap();
}

#[test]
fn added_permits_wake_as_many() {
    #[loop_core::coroutine]
    fn parent() {
        let semaphore = Semaphore::new(0);
        let mut tasks = Vec::new();
        for _ in 0..3 {
            tasks.push(yield_!(Spawn(uses(semaphore.clone(), 1))));
        }
        yield_!(Sleep(ms(1)));
        semaphore.add_permits(2);
        assert_eq!(semaphore.available(), 2);
        assert!(
            semaphore.try_acquire().is_none(),
            "they are for those who wait"
        );
        yield_!();
        assert_eq!(semaphore.available(), 0);
        for task in tasks {
            yield_!(task).unwrap();
        }
        assert_eq!(semaphore.available(), 2);
    }
    let run = Sim::new().run(parent);
    assert_eq!(run.elapsed(), ms(3));
    run.into_result().unwrap();
}

#[test]
fn a_panic_gives_the_permit_back_and_a_forgotten_one_is_gone() {
    #[loop_core::coroutine]
    fn fails(semaphore: Semaphore) {
        let _permit = yield_!(semaphore.acquire());
        panic!("with a permit");
    }
    #[loop_core::coroutine]
    fn parent() {
        let semaphore = Semaphore::new(2);
        let failed = yield_!(Spawn(fails(semaphore.clone())));
        yield_!(failed).unwrap_err();
        assert_eq!(semaphore.available(), 2);
        yield_!(semaphore.acquire()).forget();
        assert_eq!(semaphore.available(), 1);
    }
    Sim::new().run(parent).into_result().unwrap();
}

/// Both are given back: that of the holder, and that of the task that had one and not its turn.
#[test]
fn cancelled_tasks_keep_no_permit() {
    #[loop_core::coroutine]
    fn parent() {
        let semaphore = Semaphore::new(1);
        let holder = yield_!(Spawn(uses(semaphore.clone(), 9)));
        let admitted = yield_!(Spawn(uses(semaphore.clone(), 9)));
        yield_!(Sleep(ms(1)));
        yield_!(Cancel(holder)).unwrap_err();
        assert_eq!(semaphore.available(), 0, "it is the next one's");
        yield_!(Cancel(admitted)).unwrap_err();
        assert_eq!(semaphore.available(), 1);
    }
    Sim::new().run(parent).into_result().unwrap();
}
