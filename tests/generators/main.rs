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

use std::cell::RefCell;
use std::rc::Rc;

type Notes = Rc<RefCell<Vec<&'static str>>>;

/// Notes when it is dropped.
struct Noted(&'static str, Notes);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

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
