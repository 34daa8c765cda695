//! What runs tasks takes coroutines: no request, no handle, and no future.

use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sync::channel::Receiver;

#[loop_core::coroutine]
fn one() -> u32 {
    1
}

#[loop_core::coroutine]
fn limits_a_request(receiver: Receiver<u32>) {
    let _ = yield_!(Timeout(Duration::from_secs(1), receiver.recv()));
}

#[loop_core::coroutine]
fn limits_a_handle() {
    let task = yield_!(Spawn(one()));
    let _ = yield_!(Timeout(Duration::from_secs(1), task));
}

#[loop_core::coroutine]
fn races_a_request() {
    let _ = yield_!(Race((one(), Sleep(Duration::from_secs(1)))));
}

#[loop_core::coroutine]
fn gathers_handles() {
    let tasks = [yield_!(Spawn(one())), yield_!(Spawn(one()))];
    let _ = yield_!(All(tasks));
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
