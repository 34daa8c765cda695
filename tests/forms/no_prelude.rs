//! Expansions need no prelude.
#![no_implicit_prelude]

use ::std::result::Result::{self, Ok};
use ::std::string::String;

#[::loop_core::coroutine]
fn coroutine(n: u8, mut text: String, _unused: u8) -> Result<u8, String> {
    text.push('x');
    yield_!();
    Ok(n)
}

#[::loop_core::generator(yields = u8, receives = u8, boxed)]
fn generator(n: &u8) -> u8 {
    yield_!(*n)
}

#[::loop_core::coroutine(receives = u8)]
fn receiver(_: &u8) {
    loop {
        let _: u8 = yield_!();
    }
}

::loop_core::coroutines! {
    #[coroutine(lazy)]
    fn block() -> Result<u8, String> {
        yield;
        yield coroutine(1, String::new(), 2)
    }
}

#[::loop_core::main]
fn main() -> Result<(), String> {
    yield_!(block())?;
    Ok(())
}

#[::loop_core::test]
fn all_of_them() {
    ::std::assert_eq!(yield_!(block()), Ok(1));
    ::std::assert!(generator(&1).start().is_ok());
    ::std::assert!(receiver(&1).send(1).is_ok());
}

#[::std::prelude::v1::test]
fn a_main() {
    let _: ::std::process::ExitCode = main();
}
