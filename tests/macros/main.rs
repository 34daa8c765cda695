//! What the macros make of functions, in every shape that a function may have.

mod blocks;
mod bodies;
mod entries;
mod generators;
mod signatures;

/// Gives back what it was given, after letting others run: an answer of any type.
#[loop_core::coroutine]
fn give<T>(value: T) -> T {
    yield_!();
    value
}
