//! Generators behave as Python's do.

mod closing;
mod delegating;
mod filters;
mod iteration;
mod misuse;
mod primed;
mod returning;
mod sending;
mod sharing;
mod state;

#[loop_core::generator(yields = u32)]
fn up_to(end: u32) -> &'static str {
    for n in 0..end {
        yield_!(n);
    }
    "end"
}

/// Yields the sum of what it received so far; returns it when it receives zero.
#[loop_core::generator(yields = i64, receives = i64)]
fn summing() -> i64 {
    let mut sum = 0;
    loop {
        match yield_!(sum) {
            0 => return sum,
            n => sum += n,
        }
    }
}
