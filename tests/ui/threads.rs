// Coroutines and handles stay on the thread that made them.

use loop_core::prelude::*;

#[loop_core::coroutine]
fn child() -> u64 {
    1
}

fn sends_a_coroutine() {
    let coroutine = child();
    std::thread::spawn(move || drop(coroutine));
}

#[loop_core::coroutine]
fn sends_a_handle() {
    let handle = yield_!(Spawn(child()));
    std::thread::spawn(move || drop(handle));
}

fn main() {}
