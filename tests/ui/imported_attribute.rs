//! Why the attribute is written with its path.

use loop_core::coroutine;
use loop_core::prelude::*;

#[coroutine]
fn bare() {
    yield_!(Now);
}

fn main() {}
