//! Why the attribute is written with its path.

use loop_core::coroutine;

#[coroutine]
fn bare() {}

fn main() {}
