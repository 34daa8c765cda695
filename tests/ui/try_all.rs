//! What `TryAll` does not take.

use loop_core::prelude::*;

#[loop_core::coroutine]
fn number() -> u32 {
    1
}

#[loop_core::coroutine]
fn text() -> Result<String, std::fmt::Error> {
    Ok(String::new())
}

#[loop_core::coroutine]
fn line() -> std::io::Result<Option<String>> {
    yield_!(Stdin)
}

#[loop_core::coroutine]
fn no_results() {
    let _ = yield_!(TryAll([number(), number()]));
}

#[loop_core::coroutine]
fn several_errors() {
    let _ = yield_!(TryAll((text(), line())));
}

#[loop_core::coroutine]
fn an_error_that_no_panic_becomes() {
    let _ = yield_!(TryAll([text()]));
}

#[loop_core::coroutine]
fn no_collection() {
    let _ = yield_!(TryAll(line()));
}

fn main() {}
