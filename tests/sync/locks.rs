//! Locks: who has them, and who gets them next.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::{Event, Lock};
use tests::{ms, without_lines};

#[loop_core::coroutine]
fn holds(lock: Lock<u32>, time: u64) -> u32 {
    let mut value = yield_!(lock.acquire());
    yield_!(Sleep(ms(time)));
    *value += 1;
    *value
}

#[test]
fn the_trace_says_who_waits_and_who_wakes_whom() {
    #[loop_core::coroutine]
    fn parent() {
        let lock = Lock::new(0);
        let a = yield_!(Spawn(holds(lock.clone(), 2)));
        let b = yield_!(Spawn(holds(lock.clone(), 1)));
        assert_eq!(yield_!(a).unwrap(), 1);
        assert_eq!(yield_!(b).unwrap(), 2);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn holds(Lock { is_held: false, .. }, 2)
    parent  spawned parent/1  =>  spawn holds(Lock { is_held: false, .. }, 1)
    parent  spawned parent/2  =>  join parent/1  park
    parent/1  primed  =>  acquire lock 1  ready
    parent/2  primed  =>  acquire lock 1  park
    parent/1  acquired lock 1  =>  sleep 2ms  park

    ~ +2ms  timer  wakes parent/1
    parent/1  slept  =>  finish 1  wakes parent/2, parent
    parent/2  acquired lock 1  =>  sleep 1ms  park
    parent  joined parent/1 1  =>  join parent/2  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish 2  wakes parent
    parent  joined parent/2 2  =>  finish
    ");
    run.into_result().unwrap();
}

#[test]
fn an_event_wakes_all() {
    #[loop_core::coroutine]
    fn waits(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine]
    fn parent() {
        let event = Event::new();
        let a = yield_!(Spawn(waits(event.clone())));
        let b = yield_!(Spawn(waits(event.clone())));
        yield_!();
        event.set();
        event.clear();
        yield_!(a).unwrap();
        yield_!(b).unwrap();
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn waits(Event { is_set: false })
    parent  spawned parent/1  =>  spawn waits(Event { is_set: false })
    parent  spawned parent/2  =>  now
    parent/1  primed  =>  wait for event 1  park
    parent/2  primed  =>  wait for event 1  park
    parent  ok  =>  join parent/1  park  wakes parent/1, parent/2
    parent/1  woken by event 1  =>  finish  wakes parent
    parent/2  woken by event 1  =>  finish
    parent  joined parent/1  =>  join parent/2  ready
    parent  joined parent/2  =>  finish
    ");
    run.into_result().unwrap();
}

#[test]
fn philosophers() {
    #[loop_core::coroutine]
    fn philosopher(left: Lock<()>, right: Lock<()>) {
        let _left = yield_!(left.acquire());
        let _right = yield_!(right.acquire());
    }
    #[loop_core::coroutine]
    fn table() {
        let forks: Vec<_> = (0..3).map(|_| Lock::new(())).collect();
        for n in 0..3 {
            yield_!(Spawn(philosopher(
                forks[n].clone(),
                forks[(n + 1) % 3].clone()
            )))
            .detach();
        }
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(table());
    let error = event_loop.run().unwrap_err();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    table  primed  =>  spawn philosopher
    table  spawned table/1  =>  spawn philosopher(Lock { is_held: false, .. }, Lock { is_held: false, .. })
    table  spawned table/2  =>  spawn philosopher(Lock { is_held: false, .. }, Lock { is_held: false, .. })
    table  spawned table/3  =>  finish
    table/1  primed  =>  acquire lock 1  ready
    table/2  primed  =>  acquire lock 2  ready
    table/3  primed  =>  acquire lock 3  ready
    table/1  acquired lock 1  =>  acquire lock 2  park
    table/2  acquired lock 2  =>  acquire lock 3  park
    table/3  acquired lock 3  =>  acquire lock 1  park
    ! deadlock: table/1 waits acquire lock 2 of table/2, table/2 waits acquire lock 3 of table/3, table/3 waits acquire lock 1 of table/1
    ");
    assert_snapshot!(without_lines(&error), @r"
    deadlock: tasks wait for each other in a cycle
      table/1 waits to acquire lock 2, which table/2 has, in `philosopher` (tests/sync/locks.rs)
      table/2 waits to acquire lock 3, which table/3 has, in `philosopher` (tests/sync/locks.rs)
      table/3 waits to acquire lock 1, which table/1 has, in `philosopher` (tests/sync/locks.rs)
      cycle: table/1 -> table/2 -> table/3 -> table/1
    ");
}
