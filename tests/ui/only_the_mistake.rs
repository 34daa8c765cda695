//! After a mistake, rustc does not report what only the body uses, and nothing that follows from the mistake.
#![deny(unused)]

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use loop_core::prelude::*;

#[loop_core::coroutine]
fn child() -> u64 {
    yield_!();
    3
}

fn helper() -> HashMap<u8, u8> {
    HashMap::new()
}

#[loop_core::coroutine(lasy)]
fn coroutine(n: u64) -> u64 {
    let unused = helper();
    let moved = String::new();
    drop(moved);
    drop(moved);
    n + yield_!(child()) + yield_from!(child())
}

#[loop_core::generator(yeilds = u8)]
fn generator() {
    let answer: HashSet<u8> = yield_!(3);
    for n in 0..answer.len() {
        yield_!(n);
    }
    yield_from!(coroutine(3))
}

#[loop_core::coroutine]
async fn asynchronous() -> std::io::Result<u64> {
    let deadline = Duration::from_secs(VecDeque::<u64>::new().len() as u64);
    let n: u64 = child().await;
    Sleep(deadline).await;
    let line: Option<String> = Stdin?;
    Ok(n + line.map_or(0, |line| line.len() as u64))
}

#[loop_core::generator(yields = u8)]
fn unnamed() -> impl Clone {
    yield_!(3);
    BTreeMap::<u8, u8>::new()
}

#[loop_core::main]
fn main((first, second): (u64, u64), numbers: Vec<u64>) -> std::io::Result<()> {
    let _: Option<String> = generator().next();
    let _: Option<u16> = unnamed().next();
    let _: Coroutine<std::io::Result<u64>> = asynchronous();
    println!("{}", first + second + numbers.len() as u64);
    Ok(())
}
