//! Expansions have no warnings, whatever the user denies.
#![deny(
    unused,
    nonstandard_style,
    rust_2018_idioms,
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    meta_variable_misuse,
    missing_debug_implementations,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    unit_bindings,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]

use loop_core::prelude::*;

#[derive(Debug)]
struct Holder(u8);

impl Holder {
    #[loop_core::coroutine]
    fn by_value(self) -> u8 {
        yield_!();
        self.0
    }

    #[loop_core::generator(yields = &u8)]
    fn borrowing(&self) {
        yield_!(&self.0);
    }

    #[loop_core::generator(yields = &u8, boxed)]
    fn boxed(&self) {
        yield_!(&self.0);
    }
}

#[loop_core::coroutine]
fn arguments(a: u8, _b: u8, _: u8, (c, _): (u8, u8), mut d: u8, ref mut e: u8, ref f: u8) -> u8 {
    *e += 1;
    d += 1;
    yield_!();
    a + c + d + *e + f
}

#[loop_core::coroutine(lazy, skip(value))]
fn printing<T: Clone>(value: T, text: String) -> std::io::Result<T> {
    yield_!(Print(text.trim()))?;
    Ok(value)
}

#[loop_core::coroutine]
fn never() -> ! {
    loop {
        yield_!();
    }
}

#[loop_core::coroutine]
fn nothing_to_yield(n: u8) -> u8 {
    n
}

#[loop_core::generator(yields = &str, boxed)]
fn borrowing(text: &str, holder: &Holder) -> usize {
    yield_!(text);
    usize::from(holder.0)
}

#[loop_core::generator(yields = &'a str, receives = u8)]
fn named<'a>(text: &'a str) -> usize {
    let _sent: u8 = yield_!(text);
    1
}

#[loop_core::coroutine(receives = u8)]
fn receiver(into: &mut Vec<u8>) {
    loop {
        into.push(yield_!());
    }
}

#[loop_core::test]
fn all_of_them() {
    assert_eq!(yield_!(arguments(1, 2, 3, (4, 5), 6, 7, 8)), 28);
    assert!(yield_!(printing(1, String::from(" x "))).is_ok());
    assert_eq!(yield_!(nothing_to_yield(yield_!(Holder(1).by_value()))), 1);
    let _server = yield_!(Spawn(never()));
    let holder = Holder(2);
    assert_eq!(holder.borrowing().chain(holder.boxed()).sum::<u8>(), 4);
    assert_eq!(borrowing("x", &holder).count(), 1);
    assert_eq!(named("x").start(), Ok(Some("x")));
    assert!(receiver(&mut Vec::new()).send(1).is_ok());
}

#[loop_core::coroutine]
fn leaves(at: u8) -> u8 {
    for n in 0..at {
        match n {
            1 => yield_!(continue),
            2 => yield_!(break),
            3 => yield_!(return 3),
            _ => {}
        }
        yield_!();
    }
    yield_!(unreachable!())
}

#[loop_core::generator(yields = u8)]
fn unfinished(n: u8) {
    yield_!(n);
    if n > 1 {
        yield_!(return);
    }
    if n > 0 {
        yield_from!(unimplemented!());
    }
    yield_!(todo!());
}

#[test]
fn what_never_gives_a_value_may_be_yielded() {
    assert!(
        loop_core::sim::Sim::new()
            .run(leaves(4))
            .into_result()
            .is_err()
    );
    assert_eq!(unfinished(2).collect::<Vec<_>>(), [2]);
}
