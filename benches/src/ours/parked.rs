//! Tasks that wait. What is never ready is standard input, on which nothing comes.

use std::time::Duration;

use loop_core::prelude::*;

use crate::bodies;
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::Load;

#[loop_core::coroutine]
fn waiter() -> u64 {
    bodies::about_to_park();
    let _ = yield_!(Stdin);
    0
}

#[loop_core::coroutine]
fn joiner(other: Handle<u64>) -> u64 {
    bodies::about_to_park();
    yield_!(other).unwrap_or(0)
}

#[loop_core::coroutine]
pub(super) fn sleeper(delay: Duration) -> u64 {
    bodies::about_to_park();
    yield_!(Sleep(delay));
    1
}

#[loop_core::coroutine]
pub(super) fn until_parked(n: u64) {
    while bodies::parked() < n {
        yield_!();
    }
    yield_!();
}

pub(super) fn never(load: Load) -> Sample {
    super::run(park_never(load))
}

#[loop_core::coroutine]
fn park_never(load: Load) -> Sample {
    let parking = Parking::start();
    for _ in 0..load.n {
        drop(yield_!(Spawn(waiter())));
    }
    yield_!(until_parked(load.n));
    parking.stop(load.n).report_and_exit()
}

pub(super) fn joined(load: Load) -> Sample {
    super::run(park_joined(load))
}

#[loop_core::coroutine]
fn park_joined(load: Load) -> Sample {
    let parking = Parking::start();
    let mut last = yield_!(Spawn(waiter()));
    for _ in 1..load.n {
        last = yield_!(Spawn(joiner(last)));
    }
    yield_!(until_parked(load.n));
    drop(last);
    parking.stop(load.n).report_and_exit()
}

pub(super) fn sleeping(load: Load) -> Sample {
    super::run(park_sleeping(load))
}

#[loop_core::coroutine]
fn park_sleeping(load: Load) -> Sample {
    let parking = Parking::start();
    for _ in 0..load.n {
        drop(yield_!(Spawn(sleeper(bodies::HOUR))));
    }
    yield_!(until_parked(load.n));
    parking.stop(load.n).report_and_exit()
}

pub(super) fn idle(load: Load) -> Sample {
    super::run(do_nothing(load))
}

#[loop_core::coroutine]
fn do_nothing(load: Load) -> Sample {
    for _ in 0..load.width {
        drop(yield_!(Spawn(waiter())));
    }
    yield_!(until_parked(load.width));
    let watch = Stopwatch::start();
    yield_!(Sleep(Duration::from_millis(load.n)));
    bodies::idled(&watch).report_and_exit()
}
