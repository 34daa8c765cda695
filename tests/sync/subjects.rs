//! All that tasks can wait for, behind one face, for what holds for all of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use loop_core::Request;
use loop_core::prelude::*;
use loop_core::sync::channel::{bounded, broadcast, lifo, priority, unbounded, watch};
use loop_core::sync::{Condition, Event, Lock, LockGuard, Once, RwLock, Semaphore};
use tests::Notes;

/// Something that a task has to wait for.
pub(crate) struct Subject {
    /// The kind of its objects.
    pub(crate) kind: &'static str,
    /// A task that waits, notes its number when it goes on, and lets the next one go on if that is how the thing is used.
    waits: Box<dyn Fn(Notes, u32) -> Coroutine<()>>,
    /// Lets one task go on, or all.
    free: Box<dyn Fn()>,
}

impl Subject {
    pub(crate) fn waits(&self, notes: &Notes, number: u32) -> Coroutine<()> {
        (self.waits)(notes.clone(), number)
    }

    pub(crate) fn free(&self) {
        (self.free)();
    }

    fn new<R>(
        kind: &'static str,
        request: impl Fn() -> R + 'static,
        free: impl Fn() + 'static,
    ) -> Subject
    where
        R: Request<Answer: 'static> + 'static,
    {
        Subject {
            kind,
            waits: Box::new(move |notes, number| asks(request(), notes, number)),
            free: Box::new(free),
        }
    }
}

#[loop_core::coroutine]
fn asks<R: Request<Answer: 'static> + 'static>(request: R, notes: Notes, number: u32) {
    let answer = yield_!(request);
    notes.add(number.to_string());
    drop(answer);
}

/// Drops what is kept, the first time.
fn drops<T: 'static>(kept: T) -> impl Fn() + 'static {
    let kept = Cell::new(Some(kept));
    move || drop(kept.take())
}

fn lock() -> Subject {
    let lock = Lock::new(());
    let held = lock.try_acquire().unwrap();
    Subject::new("lock", move || lock.acquire(), drops(held))
}

fn writing() -> Subject {
    let lock = RwLock::new(());
    let read = (lock.try_read().unwrap(), lock.try_read().unwrap());
    Subject::new("rwlock", move || lock.write(), drops(read))
}

fn reading() -> Subject {
    let lock = RwLock::new(());
    let written = lock.try_write().unwrap();
    Subject::new("rwlock", move || lock.read(), drops(written))
}

fn semaphore() -> Subject {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    Subject::new("semaphore", move || semaphore.acquire(), drops(permit))
}

fn event() -> Subject {
    let event = Event::new();
    let set = event.clone();
    Subject::new("event", move || event.wait(), move || set.set())
}

fn condition() -> Subject {
    #[loop_core::coroutine]
    fn waits(lock: Lock<()>, condition: Condition, notes: Notes, number: u32) {
        let guard = yield_!(lock.acquire());
        let _guard: LockGuard<()> = yield_!(condition.wait(guard));
        notes.add(number.to_string());
    }
    let (lock, condition) = (Lock::new(()), Condition::new());
    let notified = condition.clone();
    Subject {
        kind: "condition",
        waits: Box::new(move |notes, number| waits(lock.clone(), condition.clone(), notes, number)),
        free: Box::new(move || notified.notify_one()),
    }
}

fn once() -> Subject {
    #[loop_core::coroutine]
    fn waits(once: Once<()>, event: Event, notes: Notes, number: u32) {
        #[loop_core::coroutine]
        fn make(event: Event) {
            yield_!(event.wait());
        }
        yield_!(once.get_or_init(move || make(event)));
        notes.add(number.to_string());
    }
    let (once, event) = (Once::new(), Event::new());
    let set = event.clone();
    Subject {
        kind: "event",
        waits: Box::new(move |notes, number| waits(once.clone(), event.clone(), notes, number)),
        free: Box::new(move || set.set()),
    }
}

fn receiving_unbounded() -> Subject {
    let (sender, receiver) = unbounded();
    let free = move || sender.send(()).unwrap();
    Subject::new("channel", move || receiver.recv(), free)
}

fn receiving_bounded() -> Subject {
    let (sender, receiver) = bounded(9);
    let free = move || sender.try_send(()).unwrap();
    Subject::new("channel", move || receiver.recv(), free)
}

fn receiving_youngest() -> Subject {
    let (sender, receiver) = lifo(9);
    let free = move || sender.try_send(()).unwrap();
    Subject::new("channel", move || receiver.recv(), free)
}

fn receiving_least() -> Subject {
    let (sender, receiver) = priority(9);
    let free = move || sender.try_send(()).unwrap();
    Subject::new("channel", move || receiver.recv(), free)
}

fn sending() -> Subject {
    let (sender, receiver) = bounded(1);
    sender.try_send(()).unwrap();
    let free = move || {
        let _ = receiver.try_recv();
    };
    Subject::new("channel", move || sender.send(()), free)
}

fn receiving_broadcast() -> Subject {
    let (sender, receiver) = broadcast(9);
    let free = move || {
        sender.send(());
    };
    Subject::new("channel", move || receiver.recv(), free)
}

fn watching() -> Subject {
    let (sender, receiver) = watch(());
    // The receiver lives as long as a task may wait, although the task has only a request.
    let receiver = Rc::new(RefCell::new(receiver));
    let free = move || sender.send(());
    Subject::new("channel", move || receiver.borrow().changed(), free)
}

/// All of them, new.
pub(crate) fn all() -> Vec<Subject> {
    vec![
        lock(),
        writing(),
        reading(),
        semaphore(),
        event(),
        condition(),
        once(),
        receiving_unbounded(),
        receiving_bounded(),
        receiving_youngest(),
        receiving_least(),
        sending(),
        receiving_broadcast(),
        watching(),
    ]
}
