// A yield that stands in a coroutine's body, but in a function, closure or block of its own.

use std::io;

use loop_core::prelude::*;

#[loop_core::coroutine]
fn helper(n: u32) -> u32 {
    n
}

#[loop_core::coroutine]
fn closures(list: Vec<u32>) -> u32 {
    let doubled: Vec<u32> = list.iter().map(|n| yield_!(helper(*n))).collect();
    let lines = || -> io::Result<Option<String>> { yield_!(Stdin) };
    println!("{:?}", list.iter().map(|n| yield_from!(helper(*n))).sum::<u32>());
    let _ = lines();
    doubled[0]
}

#[loop_core::coroutine]
fn blocks() {
    let block = async { yield_!(helper(1)) };
    let closure = async |n| yield_!(helper(n));
    let _ = (block, closure);
}

#[loop_core::coroutine]
fn in_heads(list: Vec<u32>) {
    if let mut ask = |n| yield_!(helper(n)) {
        ask(1);
    }
    match |n| loop_core::yield_!(helper(n)) {
        ask => ask(2),
    };
    while list.iter().any(|n| yield_!(helper(*n)) > 1) {}
    call(&mut |n| yield_!(helper(n)));
}

fn call(ask: &mut dyn FnMut(u32) -> u32) {
    ask(1);
}

#[loop_core::coroutine]
fn constants() -> u32 {
    const ONE: u32 = yield_!(helper(1));
    static TWO: u32 = yield_!(helper(2));
    let numbers = [ONE; yield_!(helper(3))];
    numbers[0] + TWO + const { yield_!(helper(4)) }
}

#[loop_core::coroutine]
fn items() -> u32 {
    fn inner() -> u32 {
        yield_!(helper(1))
    }
    struct Inner;
    impl Inner {
        fn method(&self) -> u32 {
            yield_!(helper(2))
        }
    }
    inner() + Inner.method()
}

#[loop_core::generator(yields = u32)]
fn generator(list: Vec<u32>) {
    list.into_iter().for_each(|n| yield_!(n));
}

loop_core::coroutines! {
    #[coroutine]
    fn with_the_keyword() -> u32 {
        [1].into_iter().map(|n| yield helper(n)).sum()
    }
}

fn main() {}
