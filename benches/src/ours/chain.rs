//! Coroutines that call coroutines.

use std::hint::black_box;

use loop_core::prelude::*;

use crate::clock::{Sample, Stopwatch};
use crate::kind::Load;

#[loop_core::coroutine]
fn leaf(i: u64) -> u64 {
    i
}

#[loop_core::coroutine]
fn yielder(i: u64) -> u64 {
    yield_!();
    i
}

/// `depth` levels down, `yields` times there, and back.
#[loop_core::coroutine]
fn nest(depth: u64, yields: u64) -> u64 {
    if depth > 0 {
        return yield_!(nest(depth - 1, yields)) + 1;
    }
    for _ in 0..yields {
        yield_!();
    }
    0
}

pub(super) fn leaves(load: Load) -> Sample {
    super::run(calls(load, leaf))
}

pub(super) fn yielders(load: Load) -> Sample {
    super::run(calls(load, yielder))
}

#[loop_core::coroutine]
fn calls(load: Load, child: fn(u64) -> Coroutine<u64>) -> Sample {
    let watch = Stopwatch::start();
    for i in 0..load.n {
        black_box(yield_!(child(i)));
    }
    watch.per_op(load.n)
}

#[loop_core::coroutine]
fn borrowing_leaf(i: &u64) -> u64 {
    *i
}

#[loop_core::coroutine]
fn borrowing_yielder(i: &u64) -> u64 {
    yield_!();
    *i
}

pub(super) fn leaves_in_place(load: Load) -> Sample {
    super::run(leaves_from(load))
}

pub(super) fn yielders_in_place(load: Load) -> Sample {
    super::run(yielders_from(load))
}

#[loop_core::coroutine]
fn leaves_from(load: Load) -> Sample {
    // Or all of it would be done while this body is primed. A chain asks the loop each time.
    yield_!();
    let watch = Stopwatch::start();
    for i in 0..load.n {
        black_box(yield_from!(black_box(borrowing_leaf(&i))));
    }
    watch.per_op(load.n)
}

#[loop_core::coroutine]
fn yielders_from(load: Load) -> Sample {
    let watch = Stopwatch::start();
    for i in 0..load.n {
        black_box(yield_from!(black_box(borrowing_yielder(&i))));
    }
    watch.per_op(load.n)
}

pub(super) fn depth(load: Load) -> Sample {
    super::run(down_and_up(load))
}

#[loop_core::coroutine]
fn down_and_up(load: Load) -> Sample {
    let watch = Stopwatch::start();
    for _ in 0..load.rounds() {
        assert_eq!(yield_!(nest(load.width, 0)), load.width);
    }
    watch.per_op(load.whole())
}

pub(super) fn resume(load: Load) -> Sample {
    super::run(yields_below(load))
}

#[loop_core::coroutine]
fn yields_below(load: Load) -> Sample {
    let watch = Stopwatch::start();
    black_box(yield_!(nest(load.width, load.n)));
    watch.per_op(load.n)
}
