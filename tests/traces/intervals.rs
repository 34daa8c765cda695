//! Intervals: when ticks come, and what becomes of those that are missed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Sim, cancel_everywhere};
use loop_core::{Interval, MissedTicks, Time};
use tests::{ManualClock, Notes, SteadyOs};

use crate::ms;

/// Notes when ticks were due, and when they came.
#[loop_core::coroutine(lazy)]
fn notes_ticks(notes: Notes, mut ticks: Interval, times: u32) {
    for _ in 0..times {
        let due = yield_!(ticks.tick());
        let now = yield_!(Clock);
        match now == due {
            true => notes.add(due.to_string()),
            false => notes.add(format!("{due}@{now}")),
        }
    }
}

#[test]
fn ticks_come_at_once_and_then_at_the_period() {
    #[loop_core::coroutine]
    fn program() {
        let mut ticks = Interval::new(ms(10));
        for _ in 0..2 {
            yield_!(ticks.tick());
            yield_!(Sleep(ms(4)));
        }
    }
    assert_snapshot!(Sim::new().run(program).trace(), @r"
    # steps  policy=fifo
    program  primed  =>  chain tick(every 10ms)
    program:tick  start  =>  clock
    program:tick  time 0  =>  sleep until 0  park

    ~ +0  timer  wakes program
    program:tick  slept  =>  clock
    program:tick  time 0  =>  return 0
    program  returned 0  =>  sleep 4ms  park

    ~ +4ms  timer  wakes program
    program  slept  =>  chain tick(every 10ms)
    program:tick  start  =>  sleep until 10ms  park

    ~ +6ms  timer  wakes program
    program:tick  slept  =>  clock
    program:tick  time 10ms  =>  return 10ms
    program  returned 10ms  =>  sleep 4ms  park

    ~ +4ms  timer  wakes program
    program  slept  =>  finish
    ");
}

#[test]
fn ticks_may_start_at_any_time() {
    let notes = Notes::default();
    let ticks = |start, times| {
        let interval = Interval::starting_at(Time::ZERO + start, ms(10));
        let run = Sim::new().run(notes_ticks(notes.clone(), interval, times));
        run.into_result().unwrap();
    };
    ticks(ms(7), 3);
    assert_eq!(notes.text(), "7ms 17ms 27ms");
}

/// Waits for a first tick at 0, is busy until 125 ms, and then for so many ticks. The period is 50 ms.
fn late(missed: MissedTicks) -> String {
    #[loop_core::coroutine]
    fn program(notes: Notes, missed: MissedTicks) {
        let mut ticks = Interval::new(ms(50)).missed_ticks(missed);
        yield_!(ticks.tick());
        yield_!(Sleep(ms(125)));
        yield_!(notes_ticks(notes, ticks, 4));
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone(), missed));
    run.into_result().unwrap();
    notes.text()
}

#[test]
fn missed_ticks_are_left_out_or_made_up_for_or_delay_the_others() {
    assert_eq!(late(MissedTicks::Skip), "50ms@125ms 150ms 200ms 250ms");
    assert_eq!(
        late(MissedTicks::Burst),
        "50ms@125ms 100ms@125ms 150ms 200ms"
    );
    assert_eq!(late(MissedTicks::Delay), "50ms@125ms 175ms 225ms 275ms");
    assert_eq!(late(MissedTicks::default()), late(MissedTicks::Skip));
}

#[test]
fn a_tick_for_which_its_task_waits_is_late_if_another_task_is_slow() {
    #[loop_core::coroutine]
    fn slow(clock: ManualClock) {
        yield_!(Sleep(ms(40)));
        clock.work(ms(80)); // until 120
    }
    let ticks = |missed| {
        let (clock, notes) = (ManualClock::default(), Notes::default());
        let mut event_loop = EventLoop::builder().world(clock.clone()).build();
        event_loop.schedule(slow(clock));
        let interval = Interval::new(ms(50)).missed_ticks(missed);
        let ticks = notes_ticks(notes.clone(), interval, 4);
        event_loop.run_until_complete(ticks).unwrap();
        notes.text()
    };
    assert_eq!(ticks(MissedTicks::Skip), "0 50ms@120ms 150ms 200ms");
    assert_eq!(ticks(MissedTicks::Burst), "0 50ms@120ms 100ms@120ms 150ms");
    // A whole period after it came, and not after it was due or was asked for.
    assert_eq!(ticks(MissedTicks::Delay), "0 50ms@120ms 170ms 220ms");
}

#[test]
fn a_tick_that_comes_at_the_time_of_the_next_one_is_the_only_one_of_the_two() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut ticks = Interval::new(ms(10));
        yield_!(ticks.tick());
        yield_!(Sleep(ms(20)));
        yield_!(notes_ticks(notes, ticks, 2));
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "10ms@20ms 30ms");
}

#[test]
fn years_of_missed_ticks_are_skipped_in_one_step() {
    #[loop_core::coroutine]
    fn program() -> (Time, Time) {
        let mut ticks = Interval::new(Duration::from_nanos(3));
        yield_!(ticks.tick());
        yield_!(Sleep(Duration::from_secs(1_000_000_000)));
        (yield_!(ticks.tick()), yield_!(ticks.tick()))
    }
    let run = Sim::new().step_limit(100).run(program);
    let (late, next) = run.into_result().unwrap();
    assert_eq!(late.as_nanos(), 3);
    assert_eq!(next.as_nanos(), 1_000_000_000_000_000_002);
}

#[test]
fn a_tick_beyond_the_end_of_time_never_comes() {
    #[loop_core::coroutine]
    fn program() -> String {
        let mut ticks = Interval::new(Duration::MAX);
        yield_!(ticks.tick());
        yield_!(Sleep(ms(1)));
        match yield_!(Timeout(ms(1000), ticks.tick())) {
            Ok(time) => time.to_string(),
            Err(elapsed) => elapsed.to_string(),
        }
    }
    let text = Sim::new().run(program).into_result().unwrap();
    assert!(text.starts_with("timed out: program/1 waits"), "{text}");
}

#[test]
fn a_cancelled_tick_is_the_next_one_again() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut ticks = Interval::new(ms(10));
        yield_!(ticks.tick());
        assert!(yield_!(Timeout(ms(4), ticks.tick())).is_err());
        drop(ticks.tick());
        yield_!(notes_ticks(notes, ticks, 2));
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "10ms 20ms");
}

#[test]
fn two_that_wait_for_one_interval_get_a_tick_each() {
    #[loop_core::coroutine]
    fn program() -> [Time; 3] {
        let mut ticks = Interval::new(ms(10));
        yield_!(All([ticks.tick(), ticks.tick(), ticks.tick()])).unwrap()
    }
    let times = Sim::new().run(program).into_result().unwrap();
    assert_eq!(times.map(|time| time.to_string()), ["0", "10ms", "20ms"]);
}

#[test]
fn two_tickers_and_a_deadline_are_cancelled_everywhere() {
    #[loop_core::coroutine(lazy)]
    fn ticks_thrice(mut ticks: Interval) {
        for _ in 0..3 {
            yield_!(ticks.tick());
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let start = Time::ZERO + ms(5);
        let quick = yield_!(Spawn(ticks_thrice(Interval::new(ms(10)))));
        let slow = Interval::starting_at(start, ms(30)).missed_ticks(MissedTicks::Burst);
        let slow = yield_!(Spawn(ticks_thrice(slow)));
        let _ = yield_!(Timeout(ms(12), ticks_thrice(Interval::new(ms(7)))));
        let _ = yield_!(quick);
        let _ = yield_!(slow);
    }
    assert!(cancel_everywhere(program) > 30);
}

#[test]
fn the_operating_system_keeps_to_the_multiples_too() {
    #[loop_core::coroutine(lazy)]
    fn program() {
        let period = Duration::from_micros(300);
        let mut ticks = Interval::new(period).missed_ticks(MissedTicks::Burst);
        let start = yield_!(ticks.tick());
        for n in 1..10 {
            let due = yield_!(ticks.tick());
            assert_eq!(due, start + n * period);
            assert!(yield_!(Clock) >= due, "no tick comes before it is due");
        }
    }
    let builder = EventLoop::builder().world(SteadyOs::default());
    let mut event_loop = builder.no_slow_steps().build();
    event_loop.run_until_complete(program()).unwrap();
}

#[test]
fn a_period_of_zero_is_refused() {
    let refused = catch_unwind(AssertUnwindSafe(|| Interval::new(Duration::ZERO))).unwrap_err();
    assert_snapshot!(refused.downcast::<&str>().unwrap(), @"the period of an interval is zero: it must be longer; to let other tasks run as often as possible, use `yield_!()`");
}

#[test]
fn an_interval_says_what_it_is() {
    let interval = Interval::new(ms(5)).missed_ticks(MissedTicks::Burst);
    assert_eq!(interval.period(), ms(5));
    assert_snapshot!(format!("{interval:?}"), @"Interval { period: 5ms, missed_ticks: Burst, .. }");
}
