//! Functions in every form that a user is likely to write, and what the macros make of them.
//!
//! Three packages compile this file, each in its edition.
#![forbid(unsafe_code)]
// Whoever writes these forms does not listen to clippy either. What it says of the expansions is not allowed.
#![allow(
    clippy::borrowed_box,
    clippy::match_single_binding,
    clippy::needless_arbitrary_self_type,
    clippy::needless_late_init,
    clippy::ptr_arg,
    clippy::redundant_pattern_matching
)]

mod bodies;
mod borrowing;
mod elsewhere;
mod lints;
mod names;
mod no_prelude;
mod signatures;
mod traits;

/// An answer of any type.
#[loop_core::coroutine]
fn give<T>(value: T) -> T {
    yield_!();
    value
}
