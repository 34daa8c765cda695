//! Arguments, generics, lifetimes and return types.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use loop_core::{Coroutine, Generator};

use crate::give;

struct Pair {
    x: u8,
    y: u8,
}

#[loop_core::test]
fn patterns() {
    #[loop_core::coroutine]
    fn ref_mut(ref mut x: u8, (ref mut y, ref z): (u8, u8), [.., ref mut w]: [u8; 2]) -> u8 {
        *x += 1;
        *y += *z;
        *w += 1;
        yield_!();
        *x + *y + *w
    }
    #[loop_core::coroutine]
    fn nested(
        Pair { x, y: mut n, .. }: Pair,
        &(a, b): &'static (u8, u8),
        (Ok(c) | Err(c)): Result<u8, u8>,
    ) -> u8 {
        n += 1;
        yield_!();
        x + n + a + b + c
    }
    #[loop_core::generator(yields = u8)]
    fn generator(ref mut x: u8, (ref mut a, b): (u8, u8), &c: &u8, [first, rest @ ..]: [u8; 3]) {
        *x += 1;
        *a += b;
        yield_!(*x + *a + c + first + rest[0]);
    }
    assert_eq!(yield_!(ref_mut(1, (2, 3), [4, 5])), 13);
    assert_eq!(yield_!(nested(Pair { x: 1, y: 2 }, &(3, 4), Err(5))), 16);
    assert_eq!(generator(1, (2, 3), &4, [5, 6, 7]).next(), Some(22));
}

#[loop_core::test]
fn attributes_and_comments() {
    #[loop_core::coroutine]
    /// Documented below the attribute.
    /** In a block. */
    #[must_use]
    #[inline(never)]
    #[track_caller]
    fn attributed(
        #[cfg_attr(all(), allow(unused))] unused: u8,
        #[cfg(any())] gone: Missing,
        #[cfg(test)] here: u8,
    ) -> u8 {
        //! Documented inside.
        yield_!();
        here
    }
    assert_eq!(yield_!(attributed(1, 2)), 2);
}

#[loop_core::test]
fn callables_that_return_trait_objects() {
    #[loop_core::coroutine]
    fn anonymous(make: impl Fn() -> &'static dyn Display) -> String {
        yield_!();
        make().to_string()
    }
    #[loop_core::coroutine]
    fn parameter<F: Fn() -> &'static dyn Display, G>(one: F, other: G) -> String
    where
        G: Fn() -> &'static (dyn Display + Sync),
    {
        yield_!();
        one().to_string() + &other().to_string()
    }
    #[loop_core::generator(yields = String, boxed)]
    fn generator(
        make: impl Fn() -> &'static dyn Display,
        other: &dyn Display,
        owned: Box<dyn Display + '_>,
    ) {
        yield_!(make().to_string());
        yield_!(format!("{other}{owned}"));
    }
    assert_eq!(yield_!(anonymous(|| &1)), "1");
    assert_eq!(yield_!(parameter(|| &1, || &2)), "12");
    assert_eq!(generator(|| &1, &2, Box::new(3)).count(), 2);
}

struct Static(u8);

impl Static {
    #[loop_core::coroutine]
    fn reference(&'static self) -> u8 {
        yield_!();
        self.0
    }

    #[loop_core::coroutine]
    fn typed(self: &'static Self, other: &'static mut u8) -> u8 {
        yield_!();
        *other += 1;
        self.0 + *other
    }
}

#[loop_core::test]
fn borrows_that_last_for_ever() {
    static STATIC: Static = Static(3);
    #[loop_core::coroutine]
    fn parameter<'a: 'static>(text: &'a str) -> usize {
        yield_!();
        text.len()
    }
    #[loop_core::coroutine]
    fn clause<'a, T>(texts: Vec<&'a str>, cow: Cow<'a, str>, _: PhantomData<fn(&T)>) -> &'a str
    where
        'a: 'static,
    {
        yield_!();
        assert_eq!(cow.len(), 1);
        texts[0]
    }
    assert_eq!(yield_!(STATIC.reference()), 3);
    assert_eq!(yield_!(STATIC.typed(Box::leak(Box::new(1)))), 5);
    assert_eq!(yield_!(parameter("four")), 4);
    assert_eq!(
        yield_!(clause(vec!["x"], "y".into(), PhantomData::<fn(&u8)>)),
        "x"
    );
}

#[loop_core::test]
fn generics() {
    #[loop_core::coroutine]
    fn associated<I>(items: I, last: <Vec<u8> as IntoIterator>::Item) -> Vec<I::Item>
    where
        I: IntoIterator,
        I::Item: Clone + From<u8>,
    {
        yield_!();
        let last = std::iter::once(last.into());
        items.into_iter().chain(last).collect()
    }
    #[loop_core::coroutine]
    fn higher_ranked<F, R>(call: F) -> usize
    where
        for<'a> F: Fn(&'a str) -> &'a str,
        R: AsRef<str>,
        F: Clone,
        (R, F): Sized,
    {
        yield_!();
        call.clone()("x").len()
    }
    #[loop_core::coroutine]
    fn constants<const N: usize, const B: bool>(bytes: [u8; N]) -> ([u8; N], [u8; 1 + 1], bool) where
    {
        yield_!();
        (bytes, [1; 2], B)
    }
    #[loop_core::coroutine]
    fn unsized_<T: ?Sized + Debug>(value: Box<T>) -> String {
        yield_!();
        format!("{value:?}")
    }
    #[loop_core::coroutine]
    fn recursive<T: Clone>(value: T, n: u8) -> Vec<T> {
        if n == 0 {
            return vec![];
        }
        let mut values = yield_!(recursive(value.clone(), n - 1));
        values.push(value);
        values
    }
    assert_eq!(yield_!(associated(vec![1], 2)), [1, 2]);
    assert_eq!(yield_!(higher_ranked::<_, String>(|x| x)), 1);
    assert!(yield_!(constants::<1, true>([1])).2);
    assert_eq!(yield_!(unsized_::<[u8]>(Box::new([1]))), "[1]");
    assert_eq!(yield_!(recursive('x', 2)), ['x', 'x']);
}

#[loop_core::test]
fn impl_trait() {
    #[loop_core::coroutine]
    fn arguments(
        pairs: Vec<(impl Debug, Option<impl Into<String>>)>,
        sum: impl Iterator<Item = u8> + Clone,
        _: impl AsyncFnOnce(&str) -> u8,
    ) -> usize {
        yield_!();
        pairs.len() + usize::from(sum.clone().sum::<u8>())
    }
    #[loop_core::coroutine]
    fn result() -> Result<impl Iterator<Item = u8>, String> {
        yield_!();
        Ok(0..3)
    }
    let call = async |_: &str| 1;
    assert_eq!(yield_!(arguments(vec![(1, Some("x"))], 0..3, call)), 4);
    assert_eq!(yield_!(result()).map(Iterator::count), Ok(3));
}

macro_rules! bytes {
    () => {
        Vec<u8>
    };
}

type Fallible<T, E = Box<dyn std::error::Error>> = Result<T, E>;

#[loop_core::test]
fn return_types() {
    #[loop_core::coroutine]
    fn never(exit: fn() -> !) -> ! {
        yield_!();
        exit()
    }
    #[loop_core::coroutine]
    fn pointer() -> for<'a> fn(&'a str) -> &'a str {
        yield_!();
        |text| text
    }
    #[loop_core::coroutine]
    fn macros(bytes: bytes!()) -> bytes!() {
        yield_!();
        bytes
    }
    #[loop_core::coroutine]
    fn coroutine() -> Coroutine<Coroutine<u8>> {
        yield_!();
        give(give(1))
    }
    #[loop_core::coroutine]
    fn alias() -> Fallible<u8> {
        yield_!();
        Ok("1".parse()?)
    }
    #[loop_core::coroutine]
    fn callable() -> (Box<dyn Fn(&mut [u8]) -> Result<(), ()>>, (), ((),)) {
        yield_!();
        (Box::new(|_| Ok(())), (), ((),))
    }
    #[loop_core::generator(yields = u8)]
    fn endless() -> ! {
        loop {
            yield_!(1);
        }
    }
    let server = yield_!(loop_core::Spawn(never(|| panic!("exits"))));
    assert_eq!(yield_!(server).unwrap_err().message(), "exits");
    assert_eq!(yield_!(pointer())("x"), "x");
    assert_eq!(yield_!(macros(vec![1])), [1]);
    assert_eq!(yield_!(yield_!(yield_!(coroutine()))), 1);
    assert_eq!(yield_!(alias()).ok(), Some(1));
    assert_eq!(yield_!(callable()).0(&mut []), Ok(()));
    assert_eq!(endless().take(2).sum::<u8>(), 2);
}

/// It never returns, as a `main` may.
#[loop_core::main]
fn never_main() -> ! {
    yield_!();
    std::process::exit(0)
}

#[test]
fn a_main_that_never_returns() {
    let _: fn() -> std::process::ExitCode = never_main;
}

impl Pair {
    #[loop_core::coroutine]
    fn boxed(self: Box<Self>) -> u8 {
        yield_!();
        self.x
    }

    #[loop_core::coroutine]
    fn pinned(self: Pin<Rc<Self>>, other: Option<Self>) -> u8 {
        yield_!();
        self.x + other.map_or(0, |other| other.y)
    }

    #[loop_core::coroutine]
    fn named(self: Arc<Pair>) -> u8 {
        yield_!();
        self.y
    }

    #[loop_core::generator(yields = u8, boxed)]
    fn pinned_generator(self: Pin<&mut Self>) {
        yield_!(self.x);
    }

    #[loop_core::generator(yields = u8, boxed)]
    fn behind_a_reference(self: &Box<Self>) {
        yield_!(self.x);
    }
}

#[loop_core::test]
fn receivers() {
    let pair = || Pair { x: 1, y: 2 };
    assert_eq!(yield_!(Box::new(pair()).boxed()), 1);
    assert_eq!(yield_!(Rc::pin(pair()).pinned(Some(pair()))), 3);
    assert_eq!(yield_!(Arc::new(pair()).named()), 2);
    assert_eq!(Pin::new(&mut pair()).pinned_generator().count(), 1);
    assert_eq!(Box::new(pair()).behind_a_reference().count(), 1);
}

struct Text<'s>(&'s str);

impl<'s> Text<'s> {
    #[loop_core::generator(yields = &'s str, boxed)]
    fn words(&self) {
        for word in self.0.split(' ') {
            yield_!(word);
        }
    }

    #[loop_core::generator(yields = &'s str)]
    fn one(&mut self) {
        yield_!(self.0);
    }

    #[loop_core::generator(yields = &'s str, boxed)]
    fn into_one(self) {
        yield_!(self.0);
    }

    #[loop_core::generator(yields = &'s str, boxed)]
    fn of(text: &'s str) {
        yield_!(text);
    }
}

impl Text<'_> {
    #[loop_core::generator(yields = &str, boxed)]
    fn short(&self) {
        yield_!(self.0);
    }
}

#[test]
fn lifetimes_of_generators() {
    #[loop_core::generator(yields = &'a str, boxed)]
    fn two<'a, 'b: 'a, 'c>(x: &'a str, y: &'b str, _: &'c str) -> &'b str
    where
        'c: 'a,
    {
        yield_!(x);
        yield_!(y);
        y
    }
    #[loop_core::generator(yields = (usize, &'a mut T))]
    fn mutable<'a, T>(items: &'a mut Vec<T>, _: &str) {
        for item in items.iter_mut().enumerate() {
            yield_!(item);
        }
    }
    #[loop_core::generator(yields = Cow<'_, str>, receives = Option<Box<dyn Fn(&str) -> &str>>, boxed)]
    fn cow(text: &str) {
        while yield_!(Cow::Borrowed(text)).is_some() {}
    }
    let mut text = Text("a b");
    assert_eq!(
        text.words().count() + text.short().count() + Text::of("c").count(),
        4
    );
    assert_eq!(text.one().count() + text.into_one().count(), 2);
    assert_eq!(two("x", "y", "z").into_return(), None);
    mutable(&mut vec![1], "").for_each(|(_, n)| *n += 1);
    assert_eq!(cow("x").start(), Ok(Some("x".into())));
    let _: Generator<_, _, _> = two("x", "y", "z");
}
