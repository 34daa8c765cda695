//! A closure is a function of its own. rustc says so, and points at the `yield_!`.

use loop_core::prelude::*;

#[loop_core::coroutine]
fn closure() {
    (0..3).for_each(|_| yield_!(Now));
}

#[loop_core::generator(yields = u8)]
fn mapped() {
    (0..3).for_each(|n| yield_!(n));
}

fn main() {}
