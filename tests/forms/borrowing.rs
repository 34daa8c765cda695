//! Coroutines that borrow, which run in place.

use std::convert::Infallible;
use std::fmt::Debug;

use loop_core::BorrowingCoroutine;

use crate::give;

struct Counter(u32);

impl Counter {
    #[loop_core::coroutine]
    fn shared(&self) -> &u32 {
        yield_!();
        &self.0
    }

    #[loop_core::coroutine(lazy)]
    fn exclusive(&mut self, by: u32) -> u32 {
        self.0 += yield_!(give(by));
        *yield_from!(self.shared())
    }

    #[loop_core::coroutine]
    fn lasting(&'static self, more: &u32) -> u32 {
        yield_!();
        self.0 + more
    }

    #[loop_core::coroutine]
    fn never(&self) -> ! {
        loop {
            yield_!();
        }
    }
}

#[loop_core::test]
fn methods() {
    static LASTING: Counter = Counter(3);
    let mut counter = Counter(1);
    assert_eq!(yield_from!(counter.exclusive(2)), 3);
    assert_eq!(*yield_from!(counter.shared()), 3);
    assert_eq!(yield_from!(LASTING.lasting(&1)), 4);
    let _: BorrowingCoroutine<'_, Infallible> = counter.never();
}

#[loop_core::test]
fn arguments() {
    #[loop_core::coroutine]
    fn mutable(into: &mut Vec<u32>, (ref mut n, more): (u32, &u32)) {
        yield_!();
        *n += *more;
        into.push(*n);
    }
    #[loop_core::coroutine]
    fn generic<'coroutine, T>(
        name: &'coroutine str,
        value: &T,
        show: impl Fn(&str) -> String,
    ) -> (&'coroutine str, String)
    where
        T: Debug + PartialEq,
    {
        yield_!();
        assert!(value == value);
        (name, show(&format!("{value:?}")))
    }
    #[loop_core::coroutine(skip_all)]
    fn one_lifetime<'a, T>(all: &'a [T], at: usize) -> Option<&T> {
        yield_!();
        all.get(at)
    }
    let mut got = Vec::new();
    yield_from!(mutable(&mut got, (1, &2)));
    assert_eq!(got, [3]);
    let shown = yield_from!(generic(&String::from("x"), &got, |text| text.repeat(2))).1;
    assert_eq!(shown, "[3][3]");
    assert_eq!(yield_from!(one_lifetime(&got, 0)), Some(&3));
}

/// A trait whose coroutines borrow.
trait Store {
    fn len(&self) -> BorrowingCoroutine<'_, usize>;
    fn find<'a>(&'a self, key: &'a str) -> BorrowingCoroutine<'a, Option<&'a str>>;
}

impl Store for Vec<String> {
    #[loop_core::coroutine]
    fn len(&self) -> usize {
        yield_!();
        Vec::len(self)
    }

    #[loop_core::coroutine]
    fn find<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        yield_!();
        self.iter().map(String::as_str).find(|text| *text == key)
    }
}

#[loop_core::test]
fn methods_of_a_trait() {
    let store: Box<dyn Store> = Box::new(vec!["a".to_owned()]);
    assert_eq!(yield_from!(store.len()), 1);
    assert_eq!(yield_from!(store.find(&"a".to_uppercase())), None);
    assert_eq!(yield_from!(store.find("a")), Some("a"));
}
