//! Mistakes around streams and sinks.

use loop_core::prelude::*;

#[loop_core::stream(yields = u32)]
fn numbers() {
    emit!(1);
}

#[loop_core::sink(receives = u32)]
fn takes() {
    let _ = receive!();
}

// What does not belong there.

fn plain() {
    emit!(1);
    let _ = receive!();
}

#[loop_core::coroutine]
fn coroutine() {
    emit!(1);
}

#[loop_core::generator(yields = u32)]
fn generator() {
    emit!(1);
}

#[loop_core::stream(yields = u32)]
fn receives() {
    emit!(receive!().unwrap());
}

#[loop_core::stream(yields = u32)]
fn elsewhere(numbers: Vec<u32>) {
    numbers.iter().for_each(|n| emit!(*n));
    let _ = async { emit!(1) };
    fn inner() {
        emit!(2);
    }
    inner();
}

#[loop_core::sink(receives = u32)]
fn in_a_closure() {
    let next = || receive!();
    next();
    let _ = receive!(5);
}

#[loop_core::stream(yields = u32)]
fn too_early() -> std::io::Result<()> {
    emit!(Stdin?.unwrap().parse().unwrap());
    Ok(())
}

// The wrong types.

#[loop_core::stream(yields = u32)]
fn wrong_value() {
    emit!("one");
}

#[loop_core::stream]
fn yields_nothing() {
    emit!(1);
}

#[loop_core::stream(yields = u32)]
fn returns_a_value() -> u32 {
    emit!(1);
    2
}

#[loop_core::coroutine]
fn uses() {
    let mut numbers = numbers();
    for n in numbers {
        let _: u32 = n;
    }
    let _ = numbers.next().unwrap();
    let n: u32 = yield_!(numbers.next());
    yield_!(numbers);
    let mut takes = takes();
    takes.send(1);
    yield_!(takes.send("one"));
}

// The attribute.

#[loop_core::stream(yields = u32, receives = u32)]
fn both_ways() {}

#[loop_core::sink(yields = u32)]
fn other_way() {}

#[loop_core::stream(boxed)]
fn boxed() {}

#[loop_core::stream(yields = u32)]
#[loop_core::coroutine]
fn twice() {}

#[loop_core::stream(yields = u32)]
async fn asynchronous() {}

trait Source {
    #[loop_core::stream(yields = u32)]
    fn numbers(&self);
}

#[loop_core::stream(yields = impl Sized)]
fn unnamed() {
    emit!(1);
}

fn main() {}
