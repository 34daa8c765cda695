//! A stream, asked by a coroutine.

use std::hint::black_box;

use loop_core::prelude::*;

use crate::clock::{Sample, Stopwatch};
use crate::kind::Load;

#[loop_core::stream(yields = u64)]
fn count(n: u64) {
    for i in 0..n {
        emit!(i);
    }
}

#[loop_core::stream(yields = u64)]
fn count_in_turn(n: u64) {
    for i in 0..n {
        yield_!();
        emit!(i);
    }
}

#[loop_core::coroutine]
fn asks(mut values: Stream<'static, u64>, load: Load) -> Sample {
    let watch = Stopwatch::start();
    let mut count = 0;
    while let Some(x) = yield_!(values.next()) {
        black_box(x);
        count += 1;
    }
    assert_eq!(count, load.n);
    watch.per_op(load.n)
}

pub(super) fn values(load: Load) -> Sample {
    super::run(asks(count(load.n), load))
}

pub(super) fn values_in_turn(load: Load) -> Sample {
    super::run(asks(count_in_turn(load.n), load))
}
