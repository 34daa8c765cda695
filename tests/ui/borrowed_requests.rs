//! Requests that borrow, with a time limit, in a race, all of them.

use std::time::Duration;

use loop_core::prelude::*;
use loop_core::Ended;

#[loop_core::stream(yields = u32)]
fn numbers() {
    emit!(1);
}

#[loop_core::sink(receives = u32)]
fn takes() {
    let _ = receive!();
}

#[loop_core::coroutine]
fn limits_a_stream() {
    let mut numbers = numbers();
    let _ = yield_!(Timeout(Duration::ZERO, numbers.next()));
}

#[loop_core::coroutine]
fn races_streams() {
    let (mut a, mut b) = (numbers(), numbers());
    let _ = yield_!(Race([a.next(), b.next()]));
}

#[loop_core::coroutine]
fn gathers_sinks() {
    let mut sink = takes();
    let _ = yield_!(All((sink.send(1), Now)));
}

#[loop_core::coroutine]
fn limits_the_end(task: Handle<()>) {
    let _ = yield_!(Timeout(Duration::ZERO, Ended(&task)));
}

fn main() {}
