//! Locks for one writer or several readers.

use insta::assert_snapshot;
use loop_core::Cancel;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::RwLock;
use tests::{Notes, ms, without_lines};

#[loop_core::coroutine]
fn reads(lock: RwLock<u32>, time: u64) -> u32 {
    let value = yield_!(lock.read());
    yield_!(Sleep(ms(time)));
    *value
}

#[loop_core::coroutine]
fn writes(lock: RwLock<u32>, time: u64) {
    let mut value = yield_!(lock.write());
    yield_!(Sleep(ms(time)));
    *value += 1;
}

/// Two readers at once, then the writer, then the reader that has asked after the writer.
#[test]
fn the_trace_says_who_shares_and_who_waits() {
    #[loop_core::coroutine]
    fn parent() {
        let lock = RwLock::new(0);
        let first = yield_!(Spawn(reads(lock.clone(), 1)));
        let second = yield_!(Spawn(reads(lock.clone(), 2)));
        let writer = yield_!(Spawn(writes(lock.clone(), 1)));
        let third = yield_!(Spawn(reads(lock.clone(), 1)));
        assert_eq!(yield_!(first).unwrap(), 0);
        assert_eq!(yield_!(second).unwrap(), 0);
        yield_!(writer).unwrap();
        assert_eq!(yield_!(third).unwrap(), 1);
    }
    let run = Sim::new().run(parent);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn reads(RwLock { readers: 0, is_written: false, .. }, 1)
    parent  spawned parent/1  =>  spawn reads(RwLock { readers: 0, is_written: false, .. }, 2)
    parent  spawned parent/2  =>  spawn writes(RwLock { readers: 0, is_written: false, .. }, 1)
    parent  spawned parent/3  =>  spawn reads(RwLock { readers: 0, is_written: false, .. }, 1)
    parent  spawned parent/4  =>  join parent/1  park
    parent/1  primed  =>  share rwlock 1  ready
    parent/2  primed  =>  share rwlock 1  ready
    parent/3  primed  =>  acquire rwlock 1  park
    parent/4  primed  =>  share rwlock 1  park
    parent/1  shares rwlock 1  =>  sleep 1ms  park
    parent/2  shares rwlock 1  =>  sleep 2ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1  slept  =>  finish 0  wakes parent
    parent  joined parent/1 0  =>  join parent/2  park

    ~ +1ms  timer  wakes parent/2
    parent/2  slept  =>  finish 0  wakes parent/3, parent
    parent/3  acquired rwlock 1  =>  sleep 1ms  park
    parent  joined parent/2 0  =>  join parent/3  park

    ~ +1ms  timer  wakes parent/3
    parent/3  slept  =>  finish  wakes parent/4, parent
    parent/4  shares rwlock 1  =>  sleep 1ms  park
    parent  joined parent/3  =>  join parent/4  park

    ~ +1ms  timer  wakes parent/4
    parent/4  slept  =>  finish 1  wakes parent
    parent  joined parent/4 1  =>  finish
    ");
    run.into_result().unwrap();
}

/// Those behind it have waited for its sake only.
#[test]
fn readers_go_on_when_the_writer_before_them_is_cancelled() {
    #[loop_core::coroutine]
    fn parent(is_admitted: bool) {
        let lock = RwLock::new(0);
        let held = lock.try_read().unwrap();
        let writer = yield_!(Spawn(writes(lock.clone(), 1)));
        let readers = [
            yield_!(Spawn(reads(lock.clone(), 1))),
            yield_!(Spawn(reads(lock.clone(), 1))),
        ];
        yield_!(Sleep(ms(1)));
        let mut held = Some(held);
        if is_admitted {
            held = None;
        }
        yield_!(Cancel(writer)).unwrap_err();
        for reader in readers {
            assert_eq!(yield_!(reader).unwrap(), 0);
        }
        drop(held);
        assert_eq!(*lock.try_write().expect("nobody has it"), 0);
    }
    for is_admitted in [false, true] {
        let run = Sim::new().run(|| parent(is_admitted));
        assert_eq!(run.elapsed(), ms(2), "the readers read at the same time");
        run.into_result().unwrap();
    }
}

#[test]
fn nobody_overtakes_who_waits() {
    #[loop_core::coroutine]
    fn parent() {
        let lock = RwLock::new(0);
        let held = lock.try_read().unwrap();
        assert!(lock.try_read().is_some() && lock.try_write().is_none());
        let writer = yield_!(Spawn(writes(lock.clone(), 1)));
        yield_!(Sleep(ms(1)));
        assert!(lock.try_read().is_none(), "a writer waits");
        drop(held);
        assert!(lock.try_read().is_none() && lock.try_write().is_none());
        yield_!(writer).unwrap();
        assert_eq!(*lock.try_read().unwrap(), 1);
    }
    Sim::new().run(parent).into_result().unwrap();
}

#[test]
fn a_panic_releases_the_lock() {
    #[loop_core::coroutine]
    fn fails(lock: RwLock<u32>, writes: bool) {
        if writes {
            *yield_!(lock.write()) = 9;
            let _guard = yield_!(lock.write());
            panic!("a writer");
        }
        let _guard = yield_!(lock.read());
        panic!("a reader");
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        let lock = RwLock::new(0);
        for is_writer in [true, false] {
            let failed = yield_!(Spawn(fails(lock.clone(), is_writer)));
            yield_!(failed).unwrap_err();
        }
        yield_!(writes(lock.clone(), 1));
        yield_!(reads(lock, 1))
    }
    assert_eq!(Sim::new().run(parent).into_result().unwrap(), 10);
}

#[test]
fn a_deadlock_names_the_writer() {
    #[loop_core::coroutine]
    fn stays(lock: RwLock<u32>, notes: Notes) {
        let _guard = yield_!(lock.write());
        notes.add("has it");
        // Its own read lock is behind its own write lock.
        drop(yield_!(lock.read()));
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let lock = RwLock::new(0);
        yield_!(Spawn(stays(lock.clone(), notes))).detach();
        yield_!();
        yield_!(writes(lock, 1));
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    assert_eq!(notes.text(), "has it");
    assert_snapshot!(without_lines(&run.result().as_ref().unwrap_err()), @r"
    deadlock: every task is parked and nothing outside can wake one
      parent waits to acquire rwlock 1, which parent/1 has, in `parent` > `writes` (tests/sync/rwlocks.rs)
      parent/1 waits to share rwlock 1, which parent/1 has, in `stays` (tests/sync/rwlocks.rs)
      cycle: parent/1 -> parent/1
    ");
}
