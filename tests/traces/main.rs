//! Snapshots of what the loop decides, and the rules behind them.

mod chaining;
mod closing;
mod deadlocks;
mod edges;
mod exercise;
mod failures;
mod lifecycle;
mod misuse;
mod names;
mod order;
mod priming;
mod recursion;

mod seeds;
mod sleeping;
mod spawning;
mod stdin;

use std::time::Duration;

/// Milliseconds.
fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
