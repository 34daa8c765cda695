//! Locks: who has them, and who gets them next.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::{Condition, Event, Lock, LockGuard, RwLock};
use loop_core::{Cancel, Handle};
use tests::{Notes, ms, without_lines};

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

#[test]
fn nobody_overtakes_who_waits() {
    #[loop_core::coroutine]
    fn asks(lock: Lock<()>, notes: Notes, name: &'static str) {
        let _guard = yield_!(lock.acquire());
        notes.add(name);
        yield_!();
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let lock = Lock::new(());
        let held = lock.try_acquire().unwrap();
        let waits = yield_!(Spawn(asks(lock.clone(), notes.clone(), "waits")));
        yield_!(Sleep(ms(1)));
        // In one step: the lock is free, and it is the other's.
        drop(held);
        assert!(!lock.is_held() && lock.try_acquire().is_none());
        yield_!(asks(lock.clone(), notes.clone(), "asks"));
        yield_!(waits).unwrap();
        notes.add(format!("{}", lock.try_acquire().is_some()));
    }
    let notes = Notes::default();
    Sim::new().run(parent(notes.clone())).into_result().unwrap();
    assert_eq!(notes.text(), "waits asks true");
}

#[test]
fn a_panic_releases_the_lock_and_leaves_the_value_as_it_was() {
    #[loop_core::coroutine]
    fn fails(lock: Lock<u32>) {
        let mut value = yield_!(lock.acquire());
        yield_!();
        *value = 7;
        panic!("half done");
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let lock = Lock::new(0);
        let fails = yield_!(Spawn(fails(lock.clone())));
        let next = yield_!(Spawn(holds(lock.clone(), 1)));
        assert_eq!(yield_!(fails).unwrap_err().message(), "half done");
        yield_!(next).unwrap()
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), 8);
}

#[test]
fn a_guard_goes_to_another_task() {
    #[loop_core::coroutine]
    fn takes(mut guard: LockGuard<u32>) {
        yield_!(Sleep(ms(5)));
        *guard += 1;
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let lock = Lock::new(1);
        let guard = yield_!(lock.acquire());
        yield_!(Spawn(takes(guard))).detach();
        *yield_!(lock.acquire())
    }
    let run = Sim::new().run(parent);
    assert_eq!(run.elapsed(), ms(5));
    assert_eq!(run.into_result().unwrap(), 2);
}

/// A task's value has the guard, and nobody joins the task.
#[test]
fn a_guard_that_nobody_asks_for_is_dropped() {
    #[loop_core::coroutine]
    fn gives(lock: Lock<()>) -> LockGuard<()> {
        yield_!(lock.acquire())
    }
    #[loop_core::coroutine]
    fn parent(is_dropped_late: bool) {
        let lock = Lock::new(());
        let gives = yield_!(Spawn(gives(lock.clone())));
        let waits = yield_!(Spawn(holds_it(lock.clone())));
        match is_dropped_late {
            true => {
                yield_!(Sleep(ms(1)));
                drop(gives);
            }
            false => gives.detach(),
        }
        yield_!(waits).unwrap();
    }
    #[loop_core::coroutine]
    fn holds_it(lock: Lock<()>) {
        drop(yield_!(lock.acquire()));
    }
    for is_dropped_late in [false, true] {
        Sim::new()
            .run(|| parent(is_dropped_late))
            .into_result()
            .unwrap();
    }
}

#[test]
fn a_holder_that_joins_who_waits_for_it() {
    #[loop_core::coroutine]
    fn parent() {
        let lock = Lock::new(0);
        let _guard = yield_!(lock.acquire());
        let child = yield_!(Spawn(holds(lock.clone(), 1)));
        yield_!(child).unwrap();
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(without_lines(&run.result().as_ref().unwrap_err()), @r"
    deadlock: tasks wait for each other in a cycle
      parent waits for the end of parent/1, in `parent` (tests/sync/locks.rs)
      parent/1 waits to acquire lock 1, which parent has, in `holds` (tests/sync/locks.rs)
      cycle: parent -> parent/1 -> parent
    ");
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  acquire lock 1  ready
    parent  acquired lock 1  =>  spawn holds(Lock { is_held: true, .. }, 1)
    parent  spawned parent/1  =>  join parent/1  park
    parent/1  primed  =>  acquire lock 1  park
    ! deadlock: parent waits join parent/1, parent/1 waits acquire lock 1 of parent
    ");
}

#[test]
fn a_task_that_waits_for_itself() {
    #[loop_core::coroutine]
    fn twice() {
        let lock = Lock::new(0);
        let first = yield_!(lock.acquire());
        let _second = yield_!(lock.acquire());
        drop(first);
    }
    let run = Sim::new().run(twice);
    assert_snapshot!(without_lines(&run.result().as_ref().unwrap_err()), @r"
    deadlock: a task waits for itself
      twice waits to acquire lock 1, which twice has, in `twice` (tests/sync/locks.rs)
      cycle: twice -> twice
    ");
}

/// It has ended, and has left the lock locked for ever.
#[test]
fn a_guard_that_was_forgotten() {
    #[loop_core::coroutine]
    fn forgets(lock: Lock<u32>) {
        std::mem::forget(yield_!(lock.acquire()));
    }
    #[loop_core::coroutine]
    fn parent() {
        let lock = Lock::new(0);
        yield_!(forgets(lock.clone()));
        let child = yield_!(Spawn(forgets(lock.clone())));
        let third = yield_!(Spawn(forgets(lock)));
        yield_!(child).unwrap();
        yield_!(third).unwrap();
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(without_lines(&run.result().as_ref().unwrap_err()), @r"
    deadlock: every task is parked and nothing outside can wake one
      parent waits for the end of parent/1, in `parent` (tests/sync/locks.rs)
      parent/1 waits to acquire lock 1, which parent has, in `forgets` (tests/sync/locks.rs)
      parent/2 waits to acquire lock 1, which parent has, in `forgets` (tests/sync/locks.rs)
      cycle: parent -> parent/1 -> parent
    ");
}

/// Numbers are given in the order in which the loop gets to know the locks, and stay.
#[test]
fn names() {
    #[loop_core::coroutine]
    fn parent() {
        let (first, second) = (Lock::new(()), Lock::new(()));
        for lock in [&second, &first, &second] {
            drop(yield_!(lock.acquire()));
        }
        let both = (yield_!(first.acquire()), yield_!(second.acquire()));
        drop(both);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  acquire lock 1  ready
    parent  acquired lock 1  =>  acquire lock 2  ready
    parent  acquired lock 2  =>  acquire lock 1  ready
    parent  acquired lock 1  =>  acquire lock 2  ready
    parent  acquired lock 2  =>  acquire lock 1  ready
    parent  acquired lock 1  =>  finish
    ");
    run.into_result().unwrap();
}

/// A cancelled holder, a cancelled waiter, and one that is cancelled when it has the lock and not its turn.
#[test]
fn cancellations() {
    #[loop_core::coroutine]
    fn parent() {
        let lock = Lock::new(0);
        let mut tasks: Vec<Handle<u32>> = Vec::new();
        for _ in 0..4 {
            tasks.push(yield_!(Spawn(holds(lock.clone(), 1))));
        }
        yield_!();
        yield_!();
        let [holder, waiter, admitted, last] = <[_; 4]>::try_from(tasks).unwrap();
        yield_!(Cancel(waiter)).unwrap_err();
        yield_!(Cancel(holder)).unwrap_err();
        yield_!(Cancel(admitted)).unwrap_err();
        assert_eq!(yield_!(last).unwrap(), 1);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn holds(Lock { is_held: false, .. }, 1)
    parent  spawned parent/1  =>  spawn holds(Lock { is_held: false, .. }, 1)
    parent  spawned parent/2  =>  spawn holds(Lock { is_held: false, .. }, 1)
    parent  spawned parent/3  =>  spawn holds(Lock { is_held: false, .. }, 1)
    parent  spawned parent/4  =>  now
    parent/1  primed  =>  acquire lock 1  ready
    parent/2  primed  =>  acquire lock 1  park
    parent/3  primed  =>  acquire lock 1  park
    parent/4  primed  =>  acquire lock 1  park
    parent  ok  =>  now
    parent/1  acquired lock 1  =>  sleep 1ms  park
    parent  ok  =>  cancel parent/2
    parent/2  =>  cancelled
    parent  cancelled parent/2  =>  cancel parent/1
    parent/1  =>  cancelled  wakes parent/3
    parent  cancelled parent/1  =>  cancel parent/3  wakes parent/4
    parent/3  =>  cancelled
    parent  cancelled parent/3  =>  join parent/4  park
    parent/4  acquired lock 1  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/4
    parent/4  slept  =>  finish 1  wakes parent
    parent  joined parent/4 1  =>  finish
    ");
    run.into_result().unwrap();
}

#[test]
fn objects_in_a_struct_that_is_made_by_default() {
    #[derive(Default)]
    struct Shop {
        stock: Lock<u32>,
        prices: RwLock<Vec<u32>>,
        changed: Condition,
        opened: Event,
    }
    let shop = Shop::default();
    assert_eq!(*shop.stock.try_acquire().unwrap(), 0);
    assert!(shop.prices.try_read().unwrap().is_empty());
    shop.changed.notify_all();
    assert!(!shop.opened.is_set());
}
