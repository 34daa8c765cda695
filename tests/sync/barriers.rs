//! Barriers: rounds, and one leader in each.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Barrier;
use loop_core::{Cancel, Error, Handle, Stop};
use tests::{Notes, ms};

#[loop_core::coroutine]
fn comes(barrier: Barrier, time: u64) -> bool {
    yield_!(Sleep(ms(time)));
    yield_!(barrier.wait())
}

#[test]
fn the_last_one_wakes_the_others() {
    #[loop_core::coroutine]
    fn parent() {
        let barrier = Barrier::new(3);
        let mut tasks = Vec::new();
        for time in [2, 1] {
            tasks.push(yield_!(Spawn(comes(barrier.clone(), time))));
        }
        let mut leaders = u32::from(yield_!(comes(barrier, 3)));
        for task in tasks {
            leaders += u32::from(yield_!(task).unwrap());
        }
        assert_eq!(leaders, 1);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn comes(Barrier { parties: 3, waiting: 0 }, 2)
    parent  spawned parent/1  =>  spawn comes(Barrier { parties: 3, waiting: 0 }, 1)
    parent  spawned parent/2  =>  chain comes(Barrier { parties: 3, waiting: 0 }, 3)
    parent:comes  primed  =>  sleep 3ms  park
    parent/1  primed  =>  sleep 2ms  park
    parent/2  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  wait for barrier 1  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  wait for barrier 1  park

    ~ +1ms  timer  wakes parent
    parent:comes  slept  =>  wait for barrier 1  ready  wakes parent/2, parent/1
    parent:comes  woken by barrier 1  =>  return true
    parent  returned true  =>  join parent/1  park
    parent/2  woken by barrier 1  =>  finish false
    parent/1  woken by barrier 1  =>  finish false  wakes parent
    parent  joined parent/1 false  =>  join parent/2  ready
    parent  joined parent/2 false  =>  finish
    ");
    run.into_result().unwrap();
}

#[loop_core::coroutine]
fn rounds(barrier: Barrier, notes: Notes, name: &'static str) {
    for round in 1..=3 {
        let is_leader = yield_!(barrier.wait());
        notes.add(format!("{name}{round}{}", if is_leader { "!" } else { "" }));
    }
}

#[test]
fn each_round_has_a_leader_also_in_other_orders() {
    for seed in 0..50 {
        let (notes, barrier) = (Notes::default(), Barrier::new(3));
        let mut event_loop = Sim::new().seed(seed).event_loop();
        for name in ["a", "b", "c"] {
            event_loop.schedule(rounds(barrier.clone(), notes.clone(), name));
        }
        event_loop.run().unwrap();
        let text = notes.text();
        assert_eq!(text.matches('!').count(), 3, "{text}");
        assert_eq!(barrier.waiting(), 0);
        if seed == 0 {
            assert_eq!(text, "c1! a1 b1 b2! c2 a2 a3! b3 c3");
        }
    }
}

#[test]
fn a_cancelled_task_has_not_come() {
    #[loop_core::coroutine]
    fn parent() {
        let barrier = Barrier::new(2);
        let leaves = yield_!(Spawn(comes(barrier.clone(), 0)));
        yield_!(Sleep(ms(1)));
        assert_eq!(barrier.waiting(), 1);
        yield_!(Cancel(leaves)).unwrap_err();
        assert_eq!(barrier.waiting(), 0);
        let waits = yield_!(Spawn(comes(barrier.clone(), 0)));
        yield_!(Sleep(ms(1)));
        assert_eq!(barrier.waiting(), 1, "it waits for another one");
        yield_!(barrier.wait());
        yield_!(waits).unwrap();
    }
    Sim::new().run(parent).into_result().unwrap();
}

/// All had come, so the others go on. If all are cancelled, the next round has one leader nevertheless.
#[test]
fn tasks_that_are_cancelled_before_their_turn() {
    #[loop_core::coroutine]
    fn all_come(barrier: Barrier, cancelled: usize) -> Vec<bool> {
        let mut tasks: Vec<Handle<bool>> = Vec::new();
        for _ in 0..2 {
            tasks.push(yield_!(Spawn(comes(barrier.clone(), 1))));
        }
        // Behind them: when this one has its turn, all have come and none has gone on.
        yield_!();
        yield_!(Sleep(ms(1)));
        let mut leads = Vec::new();
        for task in tasks.drain(..cancelled) {
            yield_!(Cancel(task)).unwrap_err();
        }
        for task in tasks {
            leads.push(yield_!(task).unwrap());
        }
        leads
    }
    #[loop_core::coroutine]
    fn parent() {
        let barrier = Barrier::new(2);
        for (cancelled, expected) in [(0, vec![false, true]), (1, vec![true]), (2, vec![])] {
            let waits = yield_!(Spawn(all_come(barrier.clone(), cancelled)));
            let leads = yield_!(waits).unwrap();
            assert_eq!(leads.len(), expected.len());
            assert_eq!(
                leads.contains(&true),
                expected.contains(&true),
                "{cancelled}"
            );
            assert_eq!(barrier.waiting(), 0);
        }
        let leads = yield_!(all_come(barrier, 0));
        assert_eq!(leads.iter().filter(|leads| **leads).count(), 1);
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn a_barrier_for_one_waits_for_nobody() {
    #[loop_core::coroutine]
    fn parent() {
        let barrier = Barrier::new(1);
        assert!(yield_!(barrier.wait()) && yield_!(barrier.wait()));
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn too_few_come() {
    let run = Sim::new().run(|| comes(Barrier::new(2), 1));
    let Err(Error::Deadlock(deadlock)) = run.into_result() else {
        panic!("nobody else comes");
    };
    assert!(
        deadlock.to_string().contains("comes waits for barrier 1"),
        "{deadlock}"
    );
}

/// The tasks that had come are gone with their loop.
#[test]
fn a_barrier_survives_its_loop() {
    #[loop_core::coroutine]
    fn stops(barrier: Barrier) {
        yield_!(Sleep(ms(1)));
        yield_!(Stop);
        yield_!(barrier.wait());
    }
    let barrier = Barrier::new(2);
    // One waits; or both have come, and none has had its turn.
    for is_complete in [false, true] {
        let mut dropped = Sim::new().event_loop();
        dropped.schedule(comes(barrier.clone(), 0));
        if is_complete {
            dropped.schedule(stops(barrier.clone()));
            dropped.run().unwrap();
        } else {
            dropped.run().unwrap_err();
        }
        drop(dropped);
        assert_eq!(barrier.waiting(), 0);
        let mut event_loop = Sim::new().event_loop();
        let notes = Notes::default();
        for name in ["a", "b"] {
            event_loop.schedule(rounds(barrier.clone(), notes.clone(), name));
        }
        event_loop.run().unwrap();
        assert_eq!(notes.text().matches('!').count(), 3, "{}", notes.text());
    }
}
