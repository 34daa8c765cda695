//! Lints about a yield point at all of it.
#![deny(unused)]

use loop_core::prelude::*;

#[loop_core::coroutine]
fn unused() {
    yield_!(Print("text".to_owned()));
    println!("{:?}", [{ yield_!(Print("text".to_owned())); }]);
}

#[loop_core::coroutine]
fn unreachable() {
    return;
    yield_!(Now);
}

loop_core::coroutines! {
    #[coroutine]
    fn keyword_unused() { yield Print("text".to_owned()); }

    #[coroutine]
    fn keyword_unreachable() { return; yield Now; }
}

fn main() {
    let _ = (unused(), unreachable(), keyword_unused(), keyword_unreachable());
}
