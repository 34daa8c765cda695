//! Timers, on a clock that jumps.

use std::time::Duration;

use insta::assert_snapshot;
use loop_core::Time;
use loop_core::prelude::*;
use loop_core::sim::Sim;

use crate::ms;

#[loop_core::coroutine]
fn nap(time: Duration) {
    yield_!(Sleep(time));
}

fn naps(times: &[u64]) -> String {
    let mut event_loop = Sim::new().event_loop();
    for time in times {
        event_loop.schedule(nap(ms(*time)));
    }
    event_loop.run().unwrap();
    event_loop.trace().steps().to_string()
}

#[test]
fn who_sleeps_shorter_wakes_first() {
    assert_snapshot!(naps(&[30, 10, 20]), @r"
    # steps  policy=fifo
    nap  primed  =>  sleep 30ms  park
    nap#2  primed  =>  sleep 10ms  park
    nap#3  primed  =>  sleep 20ms  park

    ~ +10ms  timer  wakes nap#2
    nap#2  slept  =>  finish

    ~ +10ms  timer  wakes nap#3
    nap#3  slept  =>  finish

    ~ +10ms  timer  wakes nap
    nap  slept  =>  finish
    ");
}

#[test]
fn equal_deadlines_expire_in_the_order_of_setting() {
    assert_snapshot!(naps(&[5, 5, 5]), @r"
    # steps  policy=fifo
    nap  primed  =>  sleep 5ms  park
    nap#2  primed  =>  sleep 5ms  park
    nap#3  primed  =>  sleep 5ms  park

    ~ +5ms  timer  wakes nap, nap#2, nap#3
    nap  slept  =>  finish
    nap#2  slept  =>  finish
    nap#3  slept  =>  finish
    ");
}

#[loop_core::coroutine]
fn until(at: Time) {
    yield_!(SleepUntil(at));
}

#[test]
fn the_deadline_counts_and_not_the_way_it_was_set() {
    #[loop_core::coroutine]
    fn parent() {
        let at = yield_!(Clock) + ms(7);
        let first = yield_!(Spawn(until(at)));
        let second = yield_!(Spawn(nap(ms(7))));
        yield_!(first).unwrap();
        yield_!(second).unwrap();
    }
    assert_snapshot!(Sim::new().run(parent()).trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  clock
    parent  time 0  =>  spawn until(7ms)
    parent  spawned parent/1  =>  spawn nap(7ms)
    parent  spawned parent/2  =>  join parent/1  park
    parent/1  primed  =>  sleep until 7ms  park
    parent/2  primed  =>  sleep 7ms  park

    ~ +7ms  timer  wakes parent/1, parent/2
    parent/1  slept  =>  finish  wakes parent
    parent/2  slept  =>  finish
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  finish
    ");
}

#[test]
fn a_deadline_that_has_passed_and_a_sleep_of_zero_wait_for_the_next_poll() {
    #[loop_core::coroutine]
    fn parent() {
        yield_!(Sleep(ms(3)));
        yield_!(Spawn(ready())).detach();
        yield_!(SleepUntil(Time::ZERO));
        yield_!(Sleep(Duration::ZERO));
    }
    #[loop_core::coroutine]
    fn ready() {
        yield_!();
    }
    assert_snapshot!(Sim::new().run(parent()).trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  sleep 3ms  park

    ~ +3ms  timer  wakes parent
    parent  slept  =>  spawn ready
    parent  spawned parent/1  =>  sleep until 0  park
    parent/1  primed  =>  now
    parent/1  ok  =>  finish

    ~ +0  timer  wakes parent
    parent  slept  =>  sleep 0  park

    ~ +0  timer  wakes parent
    parent  slept  =>  finish
    ");
}

#[test]
fn the_clock_stands_still_while_somebody_is_ready() {
    #[loop_core::coroutine]
    fn busy() -> Duration {
        let began = yield_!(Clock);
        yield_!(Spawn(nap(ms(1)))).detach();
        for _ in 0..1000 {
            yield_!();
        }
        yield_!(Clock) - began
    }
    let run = Sim::new().run(busy());
    assert_eq!(run.into_result().unwrap(), Duration::ZERO);
}

#[test]
fn the_last_instant_never_comes() {
    let run = Sim::new().run(nap(Duration::MAX));
    assert_eq!(run.elapsed(), Duration::ZERO);
    let error = run.into_result().unwrap_err().to_string();
    assert!(error.contains("nap waits for its deadline"), "{error}");
}
