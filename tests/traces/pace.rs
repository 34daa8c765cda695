//! Slow turns: timers are not late by many of them. The clock is the test's.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;
use tests::ManualClock;

/// How long a slow turn takes.
const WORK: Duration = Duration::from_millis(5);

#[loop_core::coroutine(lazy)]
fn work(turns: u32, clock: ManualClock, done: Rc<Cell<u32>>) {
    for _ in 0..turns {
        yield_!();
        clock.work(WORK);
        done.set(done.get() + 1);
    }
}

#[loop_core::coroutine(lazy)]
fn nap(time: Duration) {
    yield_!(Sleep(time));
}

/// How many turns these tasks have had when a timer of two turns has woken its task.
fn turns_until_woken(tasks: u32, turns: u32) -> u32 {
    let done = Rc::new(Cell::new(0));
    let clock = ManualClock::default();
    let mut event_loop = EventLoop::builder().world(clock.clone()).build();
    for _ in 0..tasks {
        event_loop.schedule(work(turns, clock.clone(), Rc::clone(&done)));
    }
    event_loop.run_until_complete(nap(2 * WORK)).unwrap();
    done.get()
}

/// Who is woken has its turn behind those that are ready.
#[test]
fn a_timer_beside_slow_turns_is_late_by_a_batch_at_most() {
    assert_eq!(turns_until_woken(4, 200), 8);
}

/// A run ends with its batch: nobody else has a turn once the awaited task has had its own.
#[test]
fn a_timer_beside_one_slow_task_is_late_by_a_turn() {
    assert_eq!(turns_until_woken(1, 200), 3);
}
