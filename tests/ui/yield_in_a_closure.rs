//! A closure is a function of its own. The error points at the `yield_!`, and is the only one.

use loop_core::prelude::*;

#[loop_core::coroutine]
fn closure() {
    (0..3).for_each(|_| yield_!(Now));
}

#[loop_core::generator(yields = u8)]
fn mapped() {
    (0..3).for_each(|n| yield_!(n));
}

#[loop_core::coroutine]
fn operand() -> u64 {
    (0..3).map(|n| { yield_!(value()) + n }).sum()
}

#[loop_core::coroutine]
fn value() -> u64 {
    1
}

fn main() {}
