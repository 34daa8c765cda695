//! A mistake in the attribute or the signature is one error: what the body yields, returns and uses causes no other.
#![deny(unused)]

use std::time::Duration;

use loop_core::prelude::*;

#[loop_core::coroutine(eager)]
fn wrong_argument(time: Duration) -> Option<String> {
    yield_!(Sleep(time + Duration::from_secs(1)));
    yield_!(Stdin).ok()?
}

#[loop_core::coroutine(yields = u64)]
fn of_a_generator() -> u64 {
    yield_!(3);
    yield_!("text") + 1
}

#[loop_core::generator(yields)]
fn without_its_type() {
    let sent: u8 = yield_!(3);
    println!("{sent}");
}

#[loop_core::generator(yields = u64)]
fn returns_an_iterator() -> impl Iterator<Item = u64> {
    yield_!(3);
    std::iter::once(3)
}

#[loop_core::coroutine]
async fn asynchronous() -> std::io::Result<()> {
    yield_!(Print("x"))?;
    Err(std::io::Error::other("no"))
}

#[loop_core::generator(yields = String)]
fn asks() {
    let line = yield_!(Stdin).unwrap_or_default();
    yield_!(line.unwrap_or_default());
}

fn main() {
    let _ = (wrong_argument, of_a_generator, without_its_type, returns_an_iterator, asynchronous, asks);
}
