//! Many sleeps at once, many that are cancelled, and time limits that are not reached.

use std::hint::black_box;

use loop_core::prelude::*;

use super::parked::{sleeper, until_parked};
use super::switch::leaf;
use crate::bodies;
use crate::clock::{Sample, Stopwatch};
use crate::kind::Load;

pub(super) fn timers(load: Load) -> Sample {
    super::run(sleep_and_join(load))
}

#[loop_core::coroutine]
fn sleep_and_join(load: Load) -> Sample {
    let watch = Stopwatch::start();
    let mut tasks = Vec::with_capacity(load.n as usize);
    for i in 0..load.n {
        tasks.push(yield_!(Spawn(sleeper(bodies::delay(i, load.width)))));
    }
    assert_eq!(yield_!(super::join_all(tasks)), load.n);
    bodies::timed(&watch, load)
}

pub(super) fn timeouts(load: Load) -> Sample {
    super::run(sleep_and_cancel(load))
}

#[loop_core::coroutine]
fn sleep_and_cancel(load: Load) -> Sample {
    let watch = Stopwatch::start();
    let mut tasks = Vec::with_capacity(load.n as usize);
    for _ in 0..load.n {
        tasks.push(yield_!(Spawn(sleeper(bodies::HOUR))));
    }
    yield_!(until_parked(load.n));
    for task in tasks {
        let ended = yield_!(Cancel(task));
        assert!(ended.is_err_and(|error| error.is_cancelled()));
    }
    watch.per_op(load.n)
}

pub(super) fn limits(load: Load) -> Sample {
    super::run(limit_leaves(load))
}

#[loop_core::coroutine]
fn limit_leaves(load: Load) -> Sample {
    let watch = Stopwatch::start();
    for i in 0..load.n {
        let ended = yield_!(Timeout(bodies::HOUR, leaf(i)));
        black_box(ended.expect("it returns at once"));
    }
    watch.per_op(load.n)
}
