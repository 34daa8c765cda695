//! Conditions: no notification is lost.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::{Condition, Lock};
use loop_core::{Cancel, Handle};
use tests::{Notes, ms};

#[loop_core::coroutine]
fn takes(stock: Lock<u32>, changed: Condition) {
    let stock = yield_!(stock.acquire());
    let mut stock = yield_!(changed.wait_while(stock, |stock| *stock == 0));
    *stock -= 1;
}

#[test]
fn the_trace_says_who_is_notified_and_who_has_the_lock() {
    #[loop_core::coroutine]
    fn parent() {
        let (stock, changed) = (Lock::new(0), Condition::new());
        let takes = yield_!(Spawn(takes(stock.clone(), changed.clone())));
        yield_!(Sleep(ms(1)));
        let mut guard = yield_!(stock.acquire());
        *guard += 1;
        changed.notify_one();
        yield_!(); // the other one waits for the lock
        drop(guard);
        yield_!(takes).unwrap();
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn takes(Lock { is_held: false, .. }, Condition)
    parent  spawned parent/1  =>  sleep 1ms  park
    parent/1  primed  =>  acquire lock 1  ready
    parent/1  acquired lock 1  =>  chain wait_while(Condition, _, _)
    parent/1:wait_while  start  =>  chain wait(Condition, _)
    parent/1:wait  start  =>  wait for condition 1  park

    ~ +1ms  timer  wakes parent
    parent  slept  =>  acquire lock 1  ready
    parent  acquired lock 1  =>  now  wakes parent/1
    parent/1:wait  woken by condition 1  =>  acquire lock 1  park
    parent  ok  =>  join parent/1  park  wakes parent/1
    parent/1:wait  acquired lock 1  =>  return _
    parent/1:wait_while  returned _  =>  return _
    parent/1  returned _  =>  finish  wakes parent
    parent  joined parent/1  =>  finish
    ");
    run.into_result().unwrap();
}

#[loop_core::coroutine]
fn waits(lock: Lock<()>, condition: Condition, notes: Notes, number: u32) {
    let guard = yield_!(lock.acquire());
    let _guard = yield_!(condition.wait(guard));
    notes.add(number.to_string());
}

#[loop_core::coroutine]
fn waiters(lock: Lock<()>, condition: Condition, notes: Notes, tasks: u32) -> Vec<Handle<()>> {
    let mut handles = Vec::new();
    for number in 0..tasks {
        handles.push(yield_!(Spawn(waits(
            lock.clone(),
            condition.clone(),
            notes.clone(),
            number
        ))));
    }
    yield_!(Sleep(ms(1)));
    handles
}

#[test]
fn so_many_are_notified_those_who_have_waited_longest() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (lock, condition) = (Lock::new(()), Condition::new());
        // Nobody waits, and it is not remembered.
        condition.notify_all();
        let tasks = yield_!(waiters(lock, condition.clone(), notes.clone(), 6));
        for notify in [1, 0, 2] {
            condition.notify(notify);
            yield_!(Sleep(ms(1)));
            notes.add("-");
        }
        condition.notify_one();
        condition.notify_one();
        yield_!(Sleep(ms(1)));
        notes.add("-");
        condition.notify_all();
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "0 - - 1 2 - 3 4 - 5");
}

/// It was notified and has not the lock yet: another task is notified in its place, as in asyncio.
#[test]
fn a_task_that_is_cancelled_while_it_waits_for_the_lock_passes_the_notification_on() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let mut tasks = yield_!(waiters(lock.clone(), condition.clone(), notes, 2));
        let guard = yield_!(lock.acquire());
        condition.notify_one();
        yield_!(Sleep(ms(1)));
        let first = tasks.remove(0);
        yield_!(Cancel(first)).unwrap_err();
        drop(guard);
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "1");
}

/// What was a notification in a loop that is gone is none in the next one.
#[test]
fn a_notification_is_for_those_who_waited() {
    let (lock, condition, notes) = (Lock::new(()), Condition::new(), Notes::default());
    let mut dropped = Sim::new().event_loop();
    dropped.schedule(waits(lock.clone(), condition.clone(), notes.clone(), 0));
    dropped.run().unwrap_err();
    condition.notify_one();
    drop(dropped);

    #[loop_core::coroutine]
    fn parent(lock: Lock<()>, condition: Condition, notes: Notes) {
        let mut tasks = yield_!(waiters(lock, condition.clone(), notes.clone(), 2));
        yield_!(Cancel(tasks.remove(1))).unwrap_err();
        yield_!(Sleep(ms(1)));
        notes.add("notifies");
        condition.notify_one();
        yield_!(tasks.remove(0)).unwrap();
    }
    let run = Sim::new().run(parent(lock, condition, notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "notifies 0");
}
