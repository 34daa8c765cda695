//! Cancelling tasks that wait for an event which never comes.

use loop_core::prelude::*;
use loop_core::sync::Event;

use super::parked::until_parked;
use super::sync::waiter;
use crate::bodies;
use crate::clock::{Sample, Stopwatch};
use crate::kind::Load;

pub(super) fn parked(load: Load) -> Sample {
    super::run(spawn_and_cancel(load))
}

#[loop_core::coroutine]
fn spawn_and_cancel(load: Load) -> Sample {
    let event = Event::new();
    let watch = Stopwatch::start();
    let mut tasks = Vec::with_capacity(load.width as usize);
    for round in 1..=load.rounds() {
        for _ in 0..load.width {
            tasks.push(yield_!(Spawn(waiter(event.clone()))));
        }
        yield_!(until_parked(round * load.width));
        for task in tasks.drain(..) {
            let ended = yield_!(Cancel(task));
            assert!(ended.is_err_and(|error| error.is_cancelled()));
        }
    }
    watch.per_op(load.whole())
}

pub(super) fn waiters(load: Load) -> Sample {
    super::run(cancel_in_order(load))
}

#[loop_core::coroutine]
fn cancel_in_order(load: Load) -> Sample {
    let event = Event::new();
    let watch = Stopwatch::start();
    let mut tasks = Vec::with_capacity(load.n as usize);
    for _ in 0..load.n {
        tasks.push(Some(yield_!(Spawn(waiter(event.clone())))));
    }
    yield_!(until_parked(load.n));
    for i in 0..load.n {
        let task = tasks[bodies::nth(load.width, i, load.n) as usize].take();
        let ended = yield_!(Cancel(task.expect("each is cancelled once")));
        assert!(ended.is_err_and(|error| error.is_cancelled()));
    }
    watch.per_op(load.n)
}
