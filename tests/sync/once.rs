//! Values that are made once.

use insta::assert_snapshot;
use loop_core::Cancel;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Once;
use tests::{Notes, ms, without_lines};

#[loop_core::coroutine]
fn make(value: u32, notes: Notes) -> u32 {
    notes.add(format!("makes {value}"));
    yield_!(Sleep(ms(1)));
    assert!(value > 0, "no value");
    value
}

#[loop_core::coroutine]
fn asks(once: Once<u32>, value: u32, notes: Notes) -> u32 {
    *yield_!(once.get_or_init(move || make(value, notes)))
}

#[test]
fn the_first_one_that_asks_makes_the_value() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let once = Once::new();
        let first = yield_!(Spawn(asks(once.clone(), 1, notes.clone())));
        let second = yield_!(Spawn(asks(once.clone(), 2, notes.clone())));
        assert_eq!(yield_!(second).unwrap(), 1);
        assert_eq!(yield_!(first).unwrap(), 1);
        assert_eq!(once.get().as_deref(), Some(&1));
        assert_eq!(yield_!(asks(once, 3, notes)), 1);
    }
    let notes = Notes::default();
    let run = Sim::new().run(|| parent(notes.clone()));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  spawn asks(Once(None), 1, _)
    parent  spawned parent/1  =>  spawn asks(Once(None), 2, _)
    parent  spawned parent/2  =>  join parent/2  park
    parent/1  primed  =>  chain get_or_init(_, _)
    parent/1:get_or_init  start  =>  acquire lock 1  ready
    parent/2  primed  =>  chain get_or_init(_, _)
    parent/2:get_or_init  start  =>  acquire lock 1  park
    parent/1:get_or_init  acquired lock 1  =>  chain make(1, _)
    parent/1:make  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes parent/1
    parent/1:make  slept  =>  return 1
    parent/1:get_or_init  returned 1  =>  return _  wakes parent/2
    parent/1  returned _  =>  finish 1
    parent/2:get_or_init  acquired lock 1  =>  return _
    parent/2  returned _  =>  finish 1  wakes parent
    parent  joined parent/2 1  =>  join parent/1  ready
    parent  joined parent/1 1  =>  chain asks(Once(Some(1)), 3, _)
    parent:asks  primed  =>  chain get_or_init(_, _)
    parent:get_or_init  start  =>  return _
    parent:asks  returned _  =>  return 1
    parent  returned 1  =>  finish
    ");
    run.into_result().unwrap();
    assert_eq!(notes.text(), "makes 1");
}

#[test]
fn the_next_one_makes_the_value_if_the_first_fails_or_is_cancelled() {
    #[loop_core::coroutine]
    fn parent(notes: Notes, fails: bool) {
        let once = Once::new();
        let first = yield_!(Spawn(asks(once.clone(), u32::from(!fails), notes.clone())));
        let second = yield_!(Spawn(asks(once.clone(), 2, notes.clone())));
        let third = yield_!(Spawn(asks(once.clone(), 3, notes)));
        yield_!();
        yield_!();
        match fails {
            true => yield_!(first).unwrap_err(),
            false => yield_!(Cancel(first)).unwrap_err(),
        };
        assert_eq!(once.get(), None);
        assert_eq!((yield_!(second).unwrap(), yield_!(third).unwrap()), (2, 2));
    }
    for fails in [false, true] {
        let notes = Notes::default();
        let run = Sim::new().run(parent(notes.clone(), fails));
        run.into_result().unwrap();
        let first = u32::from(!fails);
        assert_eq!(notes.text(), format!("makes {first} makes 2"));
    }
}

#[test]
fn a_value_that_is_made_from_itself() {
    #[loop_core::coroutine]
    fn make(once: Once<u32>) -> u32 {
        1 + *yield_!(fetch(once))
    }
    #[loop_core::coroutine]
    fn fetch(once: Once<u32>) -> std::rc::Rc<u32> {
        let inner = once.clone();
        yield_!(once.get_or_init(move || make(inner)))
    }
    let run = Sim::new().run(|| fetch(Once::new()));
    assert_snapshot!(without_lines(&run.result().as_ref().unwrap_err()), @r"
    deadlock: a task waits for itself
      fetch waits to acquire lock 1, which fetch has, in `fetch` > `get_or_init` > `make` > `fetch` > `get_or_init` (loop-core/src/sync/once.rs)
      cycle: fetch -> fetch
    ");
}
