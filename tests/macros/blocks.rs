//! `coroutines!`: bare attributes and the keyword.

use std::num::ParseIntError;
use std::rc::Rc;

use loop_core::coroutines;

use crate::give;

coroutines! {
    use std::fmt::Display;

    /// Documented.
    #[coroutine]
    pub(crate) fn keyword(n: u32) -> Result<u32, ParseIntError> {
        yield;
        let x = yield give(n);
        let y = (yield give("4")).parse::<u32>()? + 1;
        // All that follows belongs to the keyword.
        let z = yield give(x) ;
        if (yield give(false)) || z == 0 { return Ok(0) }
        let sum = [yield give(1), yield give(2)].iter().sum::<u32>();
        match yield give(Some(3)) { Some(n) => Ok(n + x + y + z + sum), None => yield give(Ok(1)) }
    }

    #[coroutine(lazy)]
    fn inside_macros<T: Display + Clone + PartialEq>(value: T) -> Vec<String> {
        println!("{} {named}", yield give(1), named = yield give(2));
        assert_eq!(yield give(3), 3, "{}", yield give(4));
        assert!(matches!(yield give(Some(5)), Some(n) if n > 4));
        assert!(vec![yield give(1); 3] == [1, 1, 1]);
        assert!((yield give(1)) + 1 == 2);
        vec![format!("{}", yield give(value.clone())), format!("{}", yield give(yield give(value)))]
    }

    #[coroutine]
    fn whole_operands(first: bool) -> (u8, u8, Option<u8>) {
        (yield if first { give(1) } else { give(2) }, yield give(3), Some(yield match first { true => give(4), false => give(5) }))
    }

    mod nested {
        use super::give;

        pub(crate) struct List(pub(crate) Vec<u8>);

        impl List {
            #[generator(yields = &u8)]
            pub(crate) fn items(&self) -> usize {
                for item in &self.0 { yield item }
                self.0.len()
            }

            pub(crate) fn plain(&self) -> usize { self.0.len() }
        }

        pub(crate) trait Summing: Sized + 'static {
            fn sum(&self) -> u32;

            #[coroutine]
            fn later(self) -> u32 { yield give(self.sum()) }
        }

        impl Summing for List {
            fn sum(&self) -> u32 { self.items().map(|item| u32::from(*item)).sum() }
        }
    }

    #[generator(yields = i64, receives = i64)]
    fn doubling() {
        let mut n = 0;
        loop { n = yield n * 2 }
    }

    #[coroutine(receives = u32)]
    fn pushing(into: &mut Vec<u32>) {
        loop { into.push(yield) }
    }

    #[generator(yields = u32, boxed)]
    fn ruler(size: u32) {
        if size > 0 { yield_from!(ruler(size - 1)); yield size; yield_from!(ruler(size - 1)) }
    }

    #[coroutine]
    fn heads(some: Option<u8>) -> Vec<u8> {
        let mut seen = Vec::new();
        match yield give(some) { Some(n) => seen.push(n), None => return seen }
        if yield give(false) { seen.push(0) } else if yield give(true) { seen.push(1) }
        while yield give(seen.len() < 3) { seen.push(2) }
        for n in yield give(3..5) { seen.push(n) }
        if let Some(n @ 0..=9) = yield give(some) { seen.push(n) }
        while let Some(n) = yield give(seen.pop_if(|n| *n == 4)) { seen.push(n + 1) }
        if some.is_some() && let Some(n) = yield give(some) && n == 4 && yield give(true) { seen.push(6) }
        if yield give(true) && let [first, ..] = seen[..] { seen.push(first) }
        if let Literal { field: 4, .. } = yield give(Literal { field: 4 }) { seen.push(7) }
        for n in (yield Literal { field: 8 }.given()).field..9 { seen.push(n) }
        if (yield Literal { field: 9 }.given()).field == 8 { seen.push(9) }
        seen.retain(|n| *n!=0 && *n != 10);
        println!("{}", if yield give(true) { 1 } else { 2 });
        seen
    }

    #[generator(receives = bool)]
    fn answers() -> &'static str {
        if yield { "yes" } else { "no" }
    }

    struct Literal { field: u8 }

    impl Literal {
        fn given(self) -> loop_core::Coroutine<Self> { give(self) }
    }

    #[cfg_attr(all(), coroutine(lazy), inline)]
    #[cfg_attr(any(), generator)]
    fn on_a_condition() -> u8 { yield give(9) }

    #[loop_core::test]
    fn a_path_and_the_keyword() { assert_eq!(yield give(1), 1) }
}

coroutines!({
    #[coroutine]
    fn in_braces() -> u8 {
        #[coroutine]
        fn inner(n: u8) -> u8 {
            yield give(n)
        }
        yield inner(3)
    }
});

#[loop_core::test]
fn the_keyword_is_yield() {
    assert_eq!(yield_!(keyword(10)), Ok(31));
    assert_eq!(yield_!(inside_macros(Rc::<str>::from("x"))), ["x", "x"]);
    assert_eq!(yield_!(whole_operands(true)), (1, 3, Some(4)));
    assert_eq!(yield_!(in_braces()), 3);
}

/// As in Rust, a `{` after a condition begins the body.
#[loop_core::test]
fn in_heads() {
    assert_eq!(yield_!(heads(Some(4))), [4, 1, 2, 3, 4, 5, 6, 4, 7, 8]);
    assert!(yield_!(heads(None)).is_empty());
    assert_eq!(yield_!(on_a_condition()), 9);
    let mut g = answers();
    g.start().unwrap();
    g.send(true).unwrap();
    assert_eq!(g.into_return(), Some("yes"));
}

#[loop_core::test]
fn in_modules_and_impls() {
    use nested::Summing;
    let list = nested::List(vec![1, 2]);
    assert_eq!(list.items().count(), list.plain());
    assert_eq!(yield_!(list.later()), 3);
}

#[test]
fn generators() {
    let mut g = doubling();
    g.start().unwrap();
    assert_eq!(g.send(4), Ok(Some(8)));
    let mut got = Vec::new();
    pushing(&mut got).send(7).unwrap();
    assert_eq!(got, [7]);
    assert_eq!(ruler(2).collect::<Vec<_>>(), [1, 2, 1]);
}
