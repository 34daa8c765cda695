//! A crate that depends on `loop-core` under another name.
//!
//! `::loop_core` does not exist here, so an expansion that names it does not compile.
#![deny(missing_docs, unused, unreachable_pub, rust_2018_idioms)]

use event_loop::prelude::*;

pub use event_loop as reexported;

/// A coroutine with arguments to describe, and with a yield that a macro passes on.
#[event_loop::coroutine(crate = event_loop)]
pub fn sum(n: u32, (a, _): (u32, u32), _: u32) -> u32 {
    yield_!();
    println!("{:?}", yield_!(Print("")));
    n + a + yield_from!(lazy(1))
}

/// The path may stand in quotes, and before or behind other arguments.
#[event_loop::coroutine(lazy, crate = "event_loop", skip_all)]
pub fn lazy(n: u32) -> u32 {
    yield_!();
    n
}

/// An unnamed type is returned.
#[event_loop::coroutine(crate = ::event_loop)]
pub fn unnamed() -> impl Fn(u32) -> u32 {
    yield_!();
    |n| n + 1
}

/// A coroutine that borrows, and runs another one in place.
#[event_loop::coroutine(crate = event_loop)]
pub fn add(to: &mut u32, n: &u32) -> u32 {
    *to += yield_from!(same(n));
    *to
}

/// The same, and lazy.
#[event_loop::coroutine(lazy, crate = event_loop)]
pub fn same(n: &u32) -> u32 {
    yield_!();
    *n
}

/// A receiver.
#[event_loop::coroutine(receives = u32, crate = event_loop)]
pub fn receiver(into: &mut Vec<u32>) {
    loop {
        into.push(yield_!());
    }
}

/// A generator with a frame of its own.
#[event_loop::generator(crate = event_loop, yields = u32, receives = u32)]
pub fn doubling() -> u32 {
    let n = yield_!(0);
    assert_eq!(yield_!(2 * n), 0);
    n
}

/// A boxed generator.
#[event_loop::generator(yields = &u32, boxed, crate = crate::reexported)]
pub fn each(numbers: &[u32]) {
    if let [first, rest @ ..] = numbers {
        yield_!(first);
        yield_from!(each(rest));
    }
}

event_loop::coroutines! {
    crate = event_loop;

    /// In a block.
    #[coroutine]
    pub fn in_a_block(n: u32) -> u32 {
        yield;
        println!("{:?}", yield Print(""));
        yield sum(n, (1, 2), 3)
    }

    /// Its own path counts.
    #[generator(yields = u32, crate = crate::reexported)]
    pub fn up_to(n: u32) {
        for n in 0..n { yield n }
    }
}

event_loop::coroutines!({
    crate = event_loop;

    /// In a block with braces.
    #[coroutine]
    pub fn in_braces() -> u32 {
        yield in_a_block(1)
    }
});

/// The program.
pub mod program {
    /// Its `main`.
    #[event_loop::main(crate = event_loop)]
    pub fn main() {
        yield_!();
    }
}

/// A whole coroutine.
#[macro_export]
macro_rules! coroutine {
    ($name:ident, $value:expr) => {
        #[$crate::reexported::coroutine(crate = $crate::reexported)]
        fn $name(_n: u32, (m, _): (u32, u32), _: u32) -> u32 {
            yield_!();
            println!("{:?}", yield_!());
            m + $value
        }
    };
}

/// A coroutine with a part, or all, of the caller's body.
#[macro_export]
macro_rules! coroutine_of {
    ($name:ident, $body:block) => {
        #[$crate::reexported::coroutine(crate = $crate::reexported)]
        fn $name() -> u32 $body
    };
    ($name:ident, $($body:tt)*) => {
        #[$crate::reexported::coroutine(crate = $crate::reexported)]
        fn $name() -> u32 {
            #[$crate::reexported::coroutine(crate = $crate::reexported)]
            fn inner() -> u32 {
                yield_!();
                println!("{:?}", yield_!());
                1
            }
            println!("{:?}", yield_!(inner()));
            yield_!(inner()) + { $($body)* }
        }
    };
}

/// A coroutine as a value.
#[macro_export]
macro_rules! made {
    ($($body:tt)*) => {{
        #[$crate::reexported::coroutine(crate = $crate::reexported)]
        fn made() -> u32 {
            yield_!();
            println!("{:?}", yield_!());
            $($body)*
        }
        made()
    }};
}

/// A block of coroutines.
#[macro_export]
macro_rules! block {
    ($name:ident, $($body:tt)*) => {
        $crate::reexported::coroutines! {
            crate = $crate::reexported;
            #[coroutine]
            fn $name(_n: u32) -> u32 {
                yield;
                println!("{:?}", yield);
                $($body)*
            }
        }
    };
}

/// A method that is a generator.
#[macro_export]
macro_rules! method {
    ($name:ident) => {
        #[$crate::reexported::generator(yields = &u32, boxed, crate = $crate::reexported)]
        fn $name(&self) {
            for n in &self.0 {
                yield_!(n);
            }
        }
    };
}

/// Yields in the caller's coroutine.
#[macro_export]
macro_rules! ask {
    ($($request:tt)*) => {
        yield_!($($request)*)
    };
}
