//! A random program in loop-core.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{self, Receiver, Sender};
use loop_core::sync::{Barrier, Condition, Event, Lock, Semaphore};
use loop_core::{Defer, Shield, TaskError, Time};

use super::{Act, Acts, END, OBJECTS};
use crate::pair::print_line;

/// Of each semaphore.
const PERMITS: usize = 2;

struct Failed;

impl From<TaskError> for Failed {
    fn from(_: TaskError) -> Failed {
        Failed
    }
}

type Ended = Result<(), Failed>;

/// What the tasks share.
pub(super) struct Objects {
    locks: [Lock<()>; OBJECTS],
    semaphores: [Semaphore; OBJECTS],
    events: [Event; OBJECTS],
    queues: [(Sender<u32>, Receiver<u32>); OBJECTS],
    conditions: [(Lock<()>, Condition); OBJECTS],
    barriers: [Barrier; OBJECTS],
    tasks: RefCell<Vec<Option<Handle<Ended>>>>,
    is_over: Cell<bool>,
    /// How many values more have been sent than received.
    sent: [Cell<usize>; OBJECTS],
}

impl Default for Objects {
    fn default() -> Objects {
        use std::array::from_fn;
        Objects {
            locks: from_fn(|_| Lock::new(())),
            semaphores: from_fn(|_| Semaphore::new(PERMITS)),
            events: from_fn(|_| Event::new()),
            queues: from_fn(|_| channel::bounded(1)),
            conditions: from_fn(|_| (Lock::new(()), Condition::new())),
            barriers: from_fn(|_| Barrier::new(2)),
            tasks: RefCell::default(),
            is_over: Cell::new(false),
            sent: from_fn(|_| Cell::new(0)),
        }
    }
}

impl Objects {
    fn take_task(&self, task: usize) -> Option<Handle<Ended>> {
        self.tasks.borrow_mut().get_mut(task)?.take()
    }

    /// What somebody still has, or what is in no queue any more.
    fn lost(&self) -> Option<String> {
        for n in 0..OBJECTS {
            let (in_queue, (sender, receiver)) = (self.sent[n].get(), &self.queues[n]);
            let checks = [
                ("lock", self.locks[n].is_held()),
                ("lock of condition", self.conditions[n].0.is_held()),
                ("semaphore", self.semaphores[n].available() != PERMITS),
                ("barrier", self.barriers[n].waiting() > 0),
                ("value of queue", receiver.len() != in_queue),
                (
                    "room of queue",
                    sender.try_send(0).is_ok() != (in_queue == 0),
                ),
            ];
            if let Some((what, _)) = checks.into_iter().find(|(_, is_lost)| *is_lost) {
                return Some(format!("{what} {n}"));
            }
        }
        None
    }
}

/// Runs a program, and gives what is lost if any.
pub(super) fn loses(tasks: Vec<Acts>, seed: u64) -> Option<String> {
    let on = Rc::<Objects>::default();
    let mut event_loop = Sim::new().seed(seed).unrecorded();
    let result = event_loop.run_until_complete(main(tasks, Rc::clone(&on)));
    drop(event_loop);
    match result {
        Ok(()) => on.lost(),
        Err(error) => Some(error.to_string()),
    }
}

fn micros(time: u64) -> Duration {
    Duration::from_micros(time)
}

#[loop_core::coroutine(lazy)]
fn log(on: Rc<Objects>, what: String) {
    let time = yield_!(Clock) - Time::ZERO;
    if !on.is_over.get() {
        print_line(&format!("{:08} {what}", time.as_micros()));
    }
}

#[loop_core::coroutine(lazy)]
fn cleans_up(on: Rc<Objects>, time: u64) {
    yield_!(log(Rc::clone(&on), format!("cleans up {time}")));
    yield_!(Sleep(micros(time)));
    yield_!(log(on, format!("clean {time}")));
}

#[loop_core::coroutine(lazy)]
fn run(acts: Acts, on: Rc<Objects>, task: usize) -> Ended {
    yield_!(Sleep(micros(acts.sleep)));
    for (act, sleep) in acts.then {
        yield_!(does(act, Rc::clone(&on), task))?;
        yield_!(Sleep(micros(sleep)));
    }
    Ok(())
}

#[loop_core::coroutine(lazy)]
fn does(act: Act, on: Rc<Objects>, task: usize) -> Ended {
    let log = |what: String| log(Rc::clone(&on), what);
    let run = |acts| run(acts, Rc::clone(&on), task);
    match act {
        Act::Event(n) => {
            yield_!(on.events[n].wait());
            yield_!(log(format!("event {n}")));
            on.events[n].clear();
        }
        Act::Set(n) => {
            yield_!(log(format!("set {n}")));
            on.events[n].set();
        }
        Act::Put(n, value) => {
            let _ = yield_!(on.queues[n].0.send(value));
            on.sent[n].set(on.sent[n].get() + 1);
            yield_!(log(format!("put {n} {value}")));
        }
        Act::Get(n) => {
            let value = yield_!(on.queues[n].1.recv()).unwrap();
            on.sent[n].set(on.sent[n].get() - 1);
            yield_!(log(format!("got {n} {value}")));
        }
        Act::Condition(n) => {
            let (lock, condition) = &on.conditions[n];
            let guard = yield_!(lock.acquire());
            let _guard = yield_!(condition.wait(guard));
            yield_!(log(format!("condition {n}")));
        }
        Act::Notify(n, tasks) => {
            let (lock, condition) = &on.conditions[n];
            let _guard = yield_!(lock.acquire());
            yield_!(log(format!("notify {n}")));
            condition.notify(tasks);
        }
        Act::Barrier(n) => {
            yield_!(on.barriers[n].wait());
            yield_!(log(format!("barrier {n}")));
        }
        Act::Defer(time) => {
            let on = Rc::clone(&on);
            yield_!(Defer(move || cleans_up(on, time)));
        }
        Act::Fail => {
            yield_!(log("fails".to_owned()));
            return Err(Failed);
        }
        Act::Cancel(places) => {
            let other = task + places;
            if let Some(handle) = on.take_task(other) {
                yield_!(log(format!("cancels {other}")));
                let how = match yield_!(Cancel(handle)) {
                    Err(_) => "was cancelled",
                    Ok(Err(Failed)) => "has failed",
                    Ok(Ok(())) => "has ended",
                };
                yield_!(log(format!("{other} {how}")));
            }
        }
        Act::Lock(n, acts) => {
            let guard = yield_!(on.locks[n].acquire());
            yield_!(log(format!("has lock {n}")));
            yield_!(run(acts))?;
            drop(guard);
            yield_!(log(format!("had lock {n}")));
        }
        Act::Semaphore(n, acts) => {
            let permit = yield_!(on.semaphores[n].acquire());
            yield_!(log(format!("has semaphore {n}")));
            yield_!(run(acts))?;
            drop(permit);
            yield_!(log(format!("had semaphore {n}")));
        }
        Act::Shield(acts) => yield_!(Shield(run(acts)))?,
        Act::Timeout(time, acts) => match yield_!(Timeout(micros(time), run(acts))) {
            Ok(ended) => ended?,
            Err(_) => yield_!(log(format!("limit {time}"))),
        },
        Act::All(all) => {
            yield_!(TryAll(all.into_iter().map(run).collect::<Vec<_>>()))?;
            yield_!(log("all".to_owned()));
        }
        Act::Race(all) => {
            yield_!(Race(all.into_iter().map(run).collect::<Vec<_>>()))??;
            yield_!(log("first".to_owned()));
        }
    }
    Ok(())
}

#[loop_core::coroutine(lazy)]
pub(super) fn main(tasks: Vec<Acts>, on: Rc<Objects>) {
    for (number, acts) in tasks.into_iter().enumerate() {
        let task = yield_!(Spawn(run(acts, Rc::clone(&on), number)));
        on.tasks.borrow_mut().push(Some(task));
    }
    yield_!(Sleep(micros(END)));
    on.is_over.set(true);
}
