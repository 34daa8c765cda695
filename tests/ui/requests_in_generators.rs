//! No event loop resumes a generator or a receiver, so nobody answers a request of theirs.

#![allow(unused_imports)]

use std::time::Duration;

use loop_core::prelude::*;

#[loop_core::coroutine(receives = String)]
fn printer() {
    loop {
        let line = yield_!();
        yield_!(Print(line));
    }
}

#[loop_core::coroutine(receives = String)]
fn complains() {
    println!("{:?}", yield_!(Eprint("no\n".to_owned()),));
}

#[loop_core::generator(yields = String)]
fn lines() {
    while let Some(line) = yield_!(Stdin) {
        yield_!(line);
    }
}

#[loop_core::generator(yields = Vec<u8>)]
fn bytes() {
    yield_!(StdinBytes);
}

#[loop_core::generator(yields = &'static str)]
fn ticks() {
    yield_!("before");
    yield_!(Sleep(Duration::from_secs(1)));
    let now = yield_!(Clock);
    yield_!(loop_core::SleepUntil(now));
}

#[loop_core::generator]
fn spawns() {
    yield_!(Spawn(idle()));
    yield_!(Now);
    yield_!(Stop);
}

loop_core::coroutines! {
    #[generator(yields = T)]
    fn in_a_block<T>(value: T) {
        yield value;
        yield Print("no".to_owned());
    }
}

#[loop_core::coroutine]
fn idle() {}

fn main() {}
