//! A request, a handle or a coroutine that nobody uses is no mistake of types, but a warning.
#![deny(unused_must_use)]
#![allow(path_statements)]

use std::time::Duration;

use loop_core::prelude::*;
use loop_core::{Request, TaskError, Yield};

#[loop_core::coroutine]
fn nap() {
    yield_!(Sleep(Duration::ZERO));
}

fn some_request() -> impl Request {
    Now
}

#[loop_core::coroutine]
fn not_yielded(handle: Handle<()>, other: Handle<Result<(), TaskError>>) {
    Now;
    Stdin;
    StdinBytes;
    Print("x");
    Println("x");
    Eprint("x");
    Eprintln("x");
    Sleep(Duration::ZERO);
    SleepUntil(yield_!(Clock));
    Clock;
    Spawn(nap());
    Spawn(nap()).named("nap");
    Cancel(handle);
    other.flatten();
    Stop;
    Exit(0);
    Yield::Now;
    some_request();
    nap();
    yield_!(Print("x"));
    yield_!(Spawn(nap()));
}

/// None of these is reported.
#[loop_core::coroutine]
fn yielded() {
    yield_!();
    yield_!(Now);
    yield_!(Sleep(Duration::ZERO));
    yield_!(Clock);
    yield_!(Stop);
    yield_!(Exit(0));
    yield_!(nap());
    yield_from!(nap());
    yield_!(Yield::Now);
    yield_!(Spawn(nap())).detach();
}

loop_core::coroutines! {
    #[coroutine]
    fn with_the_keyword() {
        yield;
        yield Sleep(Duration::ZERO);
        yield nap();
        yield Print("x");
        yield Spawn(nap());
    }
}

fn main() {}
