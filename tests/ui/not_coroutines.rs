//! What starts tasks takes coroutines, and no request. What waits for several takes requests too, and no future.

use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sync::channel::Receiver;

#[loop_core::coroutine]
fn one() -> u32 {
    1
}

#[loop_core::coroutine]
fn spawns_a_request(receiver: Receiver<u32>) {
    yield_!(Spawn(receiver.recv())).detach();
}

#[loop_core::coroutine]
fn spawns_a_handle() {
    let task = yield_!(Spawn(one()));
    yield_!(Spawn(task)).detach();
}

#[loop_core::coroutine]
fn limits_a_future() {
    let _ = yield_!(Timeout(Duration::from_secs(1), std::future::ready(1)));
}

#[loop_core::coroutine]
fn races_a_future() {
    let _ = yield_!(Race((one(), std::future::ready(1))));
}

#[loop_core::coroutine]
fn gathers_what_is_no_collection() {
    let _ = yield_!(All(one()));
    let _ = yield_!(Race(one()));
}

#[loop_core::coroutine]
fn spawns_a_future() {
    yield_!(Spawn(std::future::ready(1)));
}

#[loop_core::coroutine]
fn yields_a_future() {
    yield_!(std::future::ready(1));
}

fn main() {}
