//! Channels, locks, and tasks that wait for an event.

use loop_core::prelude::*;
use loop_core::sync::channel::{Receiver, Sender, UnboundedSender, bounded, unbounded};
use loop_core::sync::{Event, Lock};

use super::parked::until_parked;
use crate::bodies;
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::Load;

pub(super) fn round_trips(load: Load) -> Sample {
    super::run(pings(load))
}

#[loop_core::coroutine]
fn pings(load: Load) -> Sample {
    let (to, there) = unbounded();
    let (back, here) = unbounded();
    let echo = yield_!(Spawn(echo(there, back)));
    let watch = Stopwatch::start();
    for value in 0..load.n {
        to.send(value).expect("the echo is there");
        assert_eq!(yield_!(here.recv()), Some(value));
    }
    let sample = watch.per_op(load.n);
    drop(to);
    yield_!(echo).expect("no task fails");
    sample
}

#[loop_core::coroutine]
fn echo(there: Receiver<u64>, back: UnboundedSender<u64>) {
    while let Some(value) = yield_!(there.recv()) {
        back.send(value).expect("the other one is there");
    }
}

pub(super) fn round_trips_bounded(load: Load) -> Sample {
    super::run(pings_bounded(load))
}

#[loop_core::coroutine]
fn pings_bounded(load: Load) -> Sample {
    let (to, there) = bounded(1);
    let (back, here) = bounded(1);
    let echo = yield_!(Spawn(echo_bounded(there, back)));
    let watch = Stopwatch::start();
    for value in 0..load.n {
        yield_!(to.send(value)).expect("the echo is there");
        assert_eq!(yield_!(here.recv()), Some(value));
    }
    let sample = watch.per_op(load.n);
    drop(to);
    yield_!(echo).expect("no task fails");
    sample
}

#[loop_core::coroutine]
fn echo_bounded(there: Receiver<u64>, back: Sender<u64>) {
    while let Some(value) = yield_!(there.recv()) {
        yield_!(back.send(value)).expect("the other one is there");
    }
}

pub(super) fn locks(load: Load) -> Sample {
    super::run(lockers(load))
}

#[loop_core::coroutine]
fn lockers(load: Load) -> Sample {
    let lock = Lock::new(0);
    let watch = Stopwatch::start();
    let mut tasks = Vec::new();
    for _ in 0..load.width {
        tasks.push(yield_!(Spawn(locker(lock.clone(), load))));
    }
    assert_eq!(yield_!(super::join_all(tasks)), load.whole());
    watch.per_op(load.whole())
}

#[loop_core::coroutine]
fn locker(lock: Lock<u64>, load: Load) -> u64 {
    for _ in 0..load.rounds() {
        let mut count = yield_!(lock.acquire());
        *count += 1;
        if load.width > 1 {
            yield_!();
        }
    }
    load.rounds()
}

pub(super) fn parked(load: Load) -> Sample {
    super::run(park_on_event(load))
}

#[loop_core::coroutine]
fn park_on_event(load: Load) -> Sample {
    let event = Event::new();
    let parking = Parking::start();
    for _ in 0..load.n {
        drop(yield_!(Spawn(waiter(event.clone()))));
    }
    yield_!(until_parked(load.n));
    let sample = parking.stop(load.n);
    let watch = Stopwatch::start();
    event.set();
    yield_!(until_woken(load.n));
    watch.woken(sample, load.n).report_and_exit()
}

#[loop_core::coroutine]
fn until_woken(n: u64) {
    while bodies::woken() < n {
        yield_!();
    }
}

#[loop_core::coroutine]
pub(super) fn waiter(event: Event) -> u64 {
    bodies::about_to_park();
    yield_!(event.wait());
    bodies::is_woken();
    0
}
