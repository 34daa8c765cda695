//! Locks and semaphores beside a count of those who have them.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::sync::{Lock, Once, RwLock, Semaphore};
use proptest::prelude::*;

use super::{Acts, Line, config, plans, rests};

/// How many tasks have it.
#[derive(Clone, Default)]
struct Held(Rc<Cell<usize>>);

/// One of them.
struct Holds(Held);

impl Held {
    fn hold(&self) -> Holds {
        self.0.set(self.0.get() + 1);
        Holds(self.clone())
    }

    fn count(&self) -> usize {
        self.0.get()
    }
}

impl Drop for Holds {
    fn drop(&mut self) {
        self.0.0.set(self.0.0.get() - 1);
    }
}

/// Ends at once.
#[loop_core::coroutine(lazy)]
fn nothing() {}

#[loop_core::coroutine(lazy)]
fn uses_lock(lock: Lock<u32>, acts: Acts, held: Held, line: Line) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            2 => {
                let guard = lock.try_acquire();
                let _holds = guard.as_ref().map(|_| held.hold());
                assert!(held.count() <= 1);
            }
            _ => {
                let place = line.ask();
                let mut value = yield_!(lock.acquire());
                place.goes_on();
                let _holds = held.hold();
                assert_eq!(held.count(), 1);
                let before = *value;
                yield_!(rests(act));
                assert_eq!(*value, before);
                *value += 1;
            }
        }
    }
}

#[loop_core::coroutine(lazy)]
fn uses_semaphore(semaphore: Semaphore, acts: Acts, held: Held, permits: usize, line: Line) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            2 => {
                let permit = semaphore.try_acquire();
                let _holds = permit.as_ref().map(|_| held.hold());
                assert!(held.count() <= permits);
            }
            _ => {
                let place = line.ask();
                let _permit = yield_!(semaphore.acquire());
                place.goes_on();
                let _holds = held.hold();
                assert!(held.count() + semaphore.available() <= permits);
                yield_!(rests(act));
            }
        }
    }
}

#[loop_core::coroutine(lazy)]
fn uses_rwlock(lock: RwLock<u32>, acts: Acts, readers: Held, writers: Held, line: Line) {
    for act in acts {
        match act {
            0 | 1 => yield_!(rests(act)),
            2 => {
                let guard = lock.try_read();
                assert!(guard.is_none() || writers.count() == 0);
            }
            3 => {
                let guard = lock.try_write();
                assert!(guard.is_none() || writers.count() + readers.count() == 0);
            }
            4 | 5 => {
                let place = line.ask();
                let value = yield_!(lock.read());
                place.goes_on();
                let _holds = readers.hold();
                assert_eq!(writers.count(), 0);
                let before = *value;
                yield_!(rests(act));
                assert_eq!(*value, before);
            }
            _ => {
                let place = line.ask();
                let mut value = yield_!(lock.write());
                place.goes_on();
                let _holds = writers.hold();
                assert_eq!((writers.count(), readers.count()), (1, 0));
                *value += 1;
                let before = *value;
                yield_!(rests(act));
                assert_eq!(*value, before);
            }
        }
    }
}

#[loop_core::coroutine(lazy)]
fn asks_once(once: Once<usize>, acts: Acts, makes: Held, made: Rc<Cell<usize>>) {
    #[loop_core::coroutine(lazy)]
    fn make(act: u8, makes: Held, made: Rc<Cell<usize>>) -> usize {
        let _makes = makes.hold();
        assert_eq!(makes.count(), 1);
        yield_!(rests(act));
        made.set(made.get() + 1);
        made.get()
    }
    for act in acts {
        yield_!(rests(act));
        let (makes, made) = (makes.clone(), made.clone());
        let value = yield_!(once.get_or_init(move || make(act, makes, made)));
        // The same one for all. A task that is cancelled when it has made one, and before it has it, has made none.
        assert!(Rc::ptr_eq(&value, &once.get().expect("it is there")));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_lock_has_one_holder(plan in plans(5, 6)) {
        let (lock, held, line) = (Lock::new(0), Held::default(), Line::new(plan.seed));
        let start = |acts| uses_lock(lock.clone(), acts, held.clone(), line.clone());
        let tasks = plan.tasks.iter().cloned().map(start).collect();
        super::run(tasks, plan, nothing());
        prop_assert!(lock.try_acquire().is_some(), "all have ended");
    }

    #[test]
    fn a_semaphore_has_its_permits(plan in plans(5, 6), permits in 1..4_usize) {
        let (semaphore, held, line) = (Semaphore::new(permits), Held::default(), Line::new(plan.seed));
        let start = |acts| uses_semaphore(semaphore.clone(), acts, held.clone(), permits, line.clone());
        let tasks = plan.tasks.iter().cloned().map(start).collect();
        super::run(tasks, plan, nothing());
        prop_assert_eq!(semaphore.available(), permits);
    }

    #[test]
    fn a_lock_has_readers_or_a_writer(plan in plans(5, 8)) {
        let (lock, line) = (RwLock::new(0), Line::new(plan.seed));
        let (readers, writers) = (Held::default(), Held::default());
        let start = |acts| uses_rwlock(lock.clone(), acts, readers.clone(), writers.clone(), line.clone());
        let tasks = plan.tasks.iter().cloned().map(start).collect();
        super::run(tasks, plan, nothing());
        prop_assert!(lock.try_write().is_some(), "all have ended");
    }

    #[test]
    fn a_value_is_made_once(plan in plans(5, 2)) {
        let (once, makes, made) = (Once::new(), Held::default(), Rc::default());
        let start = |acts| asks_once(once.clone(), acts, makes.clone(), Rc::clone(&made));
        let tasks = plan.tasks.iter().cloned().map(start).collect();
        let cancels = plan.cancels();
        super::run(tasks, plan, nothing());
        prop_assert!(made.get() <= 1 + cancels);
    }
}
