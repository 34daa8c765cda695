//! What goes in and out has the types that the attribute and the signature name.

use loop_core::prelude::*;

#[loop_core::coroutine]
fn not_a_request() {
    yield_!(5);
}

#[loop_core::coroutine]
fn not_a_coroutine() {
    yield_from!(Now);
}

#[loop_core::coroutine]
fn returns() -> u64 {
    "text"
}

#[loop_core::coroutine]
fn returns_early(early: bool) -> u64 {
    if early {
        return "text";
    }
    3
}

#[loop_core::coroutine]
fn returns_nothing() -> std::io::Result<u64> {
    yield_!();
}

#[loop_core::coroutine]
fn question_mark() -> u64 {
    "3".parse::<u64>()?
}

#[loop_core::generator(yields = u64)]
fn yields() {
    yield_!("text");
}

#[loop_core::generator(yields = u64, receives = u8)]
fn received() {
    let _: [u8; 3] = yield_!(3);
}

#[loop_core::generator(yields = u64)]
fn delegates() {
    yield_from!(received());
}

fn main() {
    let mut g = received();
    g.start().unwrap();
    g.send("text").unwrap();
    for _ in received() {}
}
