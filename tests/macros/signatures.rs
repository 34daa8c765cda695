//! Arguments, generics, receivers and what stands above a function.

use std::convert::Infallible;
use std::fmt::Display;
use std::rc::Rc;

use loop_core::{Cancel, Coroutine, Spawn};
use tests::Notes;

use crate::give;

#[loop_core::test]
fn patterns_as_arguments() {
    #[loop_core::coroutine]
    fn patterns(
        mut sum: u32,
        (a, _): (u32, u32),
        [first, ..]: [u32; 3],
        _: u32,
        w @ 0..: u32,
    ) -> u32 {
        sum += a;
        yield_!();
        sum + first + w
    }
    assert_eq!(yield_!(patterns(1, (2, 9), [3, 9, 9], 9, 4)), 10);
}

/// The expansion has names of its own; none of them is the user's.
#[loop_core::test]
fn arguments_with_names_of_the_expansion() {
    #[loop_core::coroutine(skip(described))]
    fn names(
        list: u8,
        value: u8,
        described: u8,
        debug: u8,
        failure: u8,
        arguments: u8,
        co: u8,
    ) -> u8 {
        yield_!();
        list + value + described + debug + failure + arguments + co
    }
    #[derive(Debug, PartialEq)]
    struct Probe(u8);
    #[derive(Debug, PartialEq)]
    struct Shown(Probe);
    #[loop_core::coroutine]
    fn types(Probe(n): Probe, shown: Shown) -> Result<Shown, Probe> {
        yield_!();
        if n > 0 { Ok(shown) } else { Err(Probe(n)) }
    }
    assert_eq!(yield_!(names(1, 2, 3, 4, 5, 6, 7)), 28);
    assert_eq!(
        yield_!(types(Probe(1), Shown(Probe(2)))),
        Ok(Shown(Probe(2)))
    );
}

/// A type that is expensive to ask for its traits, or has none.
#[loop_core::test]
fn arguments_of_unusual_types() {
    type Callback = Box<dyn FnOnce(&str) -> Result<(), Box<dyn std::error::Error>>>;
    #[loop_core::coroutine]
    fn unusual<F, const N: usize>(
        call: Callback,
        make: F,
        bytes: [u8; N],
        pointer: *const u8,
        never: Option<std::convert::Infallible>,
    ) -> Result<[u8; N], Box<dyn std::error::Error>>
    where
        F: FnOnce() -> &'static str,
    {
        yield_!();
        call(make())?;
        assert!(pointer.is_null() && never.is_none());
        Ok(bytes)
    }
    let given = unusual(Box::new(|_| Ok(())), || "x", [3; 2], std::ptr::null(), None);
    assert_eq!(yield_!(given).unwrap(), [3; 2]);
}

#[loop_core::test]
fn attributes_on_arguments() {
    #[loop_core::coroutine]
    fn attributed(
        #[allow(unused_variables)] unused: u8,
        #[cfg(test)] here: u8,
        #[cfg(not(test))] gone: u8,
    ) -> u8 {
        yield_!();
        here
    }
    assert_eq!(yield_!(attributed(1, 2)), 2);
}

#[loop_core::test]
fn generics_and_where() {
    #[loop_core::coroutine]
    fn repeated<T, const N: usize>(value: T) -> [T; N]
    where
        T: Clone + PartialEq,
    {
        yield_!();
        std::array::from_fn(|_| value.clone())
    }
    assert_eq!(yield_!(repeated::<_, 3>('x')), ['x'; 3]);
}

#[loop_core::test]
fn impl_trait_arguments_and_results() {
    #[loop_core::coroutine]
    fn shown(items: Vec<impl Display>, join: impl Fn(&str, &str) -> String) -> String {
        let mut text = String::new();
        for item in items {
            text = join(&text, &yield_!(give(item)).to_string());
        }
        text
    }
    assert_eq!(
        yield_!(shown(vec![1, 2], |a, b| format!("{a}<{b}>"))),
        "<1><2>"
    );
    #[loop_core::coroutine]
    fn counting() -> impl Iterator<Item = u32> {
        yield_!();
        0..3
    }
    assert_eq!(yield_!(counting()).sum::<u32>(), 3);
}

#[loop_core::test]
fn borrows_that_last_for_ever_and_those_that_have_not_begun() {
    #[loop_core::coroutine]
    fn fine(
        text: &'static str,
        call: fn(&str) -> usize,
        boxed: Box<dyn for<'a> Fn(&'a str) -> &'a str>,
    ) -> usize {
        yield_!();
        call(boxed(text))
    }
    assert_eq!(
        yield_!(fine("four", str::len, Box::new(|text| &text[1..]))),
        3
    );
}

/// A type with methods that are coroutines.
struct Counter<T>(T);

impl<T: Clone + Display> Counter<T> {
    /// By value.
    #[loop_core::coroutine]
    fn into_text(self) -> String {
        yield_!();
        self.0.to_string()
    }

    #[loop_core::coroutine(lazy)]
    pub(crate) fn shared(self: Rc<Self>, times: usize) -> Vec<T> {
        yield_!();
        vec![self.0.clone(); times]
    }

    #[loop_core::coroutine]
    fn changed(mut self, to: T) -> Self {
        self.0 = yield_!(give(to));
        self
    }
}

// Without a receiver, that `T` lives for ever is for the `impl` to say.
impl<T: 'static> Counter<T> {
    #[loop_core::coroutine]
    fn without_receiver(value: T) -> Self {
        Counter(yield_!(give(value)))
    }
}

#[loop_core::test]
fn methods_with_any_receiver_can_be_coroutines() {
    let counter = yield_!(Counter::without_receiver(1));
    let counter = Rc::new(yield_!(counter.changed(7)));
    assert_eq!(yield_!(Rc::clone(&counter).shared(2)), [7, 7]);
    let counter = Rc::into_inner(counter).expect("the coroutine has given its handle back");
    assert_eq!(yield_!(counter.into_text()), "7");
}

trait Greeter {
    fn greet(self: Rc<Self>) -> Coroutine<String>;

    #[loop_core::coroutine]
    fn greet_twice(self: Rc<Self>) -> String
    where
        Self: Sized,
    {
        yield_!(Rc::clone(&self).greet()) + &yield_!(self.greet())
    }
}

impl Greeter for str {
    fn greet(self: Rc<Self>) -> Coroutine<String> {
        give(self.to_string())
    }
}

impl Greeter for u8 {
    #[loop_core::coroutine]
    fn greet(self: Rc<Self>) -> String {
        yield_!();
        format!("<{self}>")
    }
}

#[loop_core::test]
fn trait_methods() {
    assert_eq!(yield_!(Rc::new(5).greet_twice()), "<5><5>");
    assert_eq!(yield_!(Rc::<str>::from("hi").greet()), "hi");
}

mod elsewhere {
    /// Documented.
    #[loop_core::coroutine]
    #[must_use = "kept"]
    #[inline]
    pub(super) fn visible(n: u8) -> u8 {
        #![allow(clippy::let_and_return)]
        let answer = yield_!(super::give(n));
        answer
    }
}

#[loop_core::test]
fn visibility_and_attributes_are_kept() {
    assert_eq!(yield_!(elsewhere::visible(3)), 3);
}

/// A lazy coroutine has not begun when the function returns, a primed one has.
#[loop_core::test]
fn lazy_and_primed() {
    use std::cell::Cell;
    #[loop_core::coroutine(lazy)]
    fn lazily(begun: Rc<Cell<bool>>) {
        begun.set(true);
    }
    #[loop_core::coroutine]
    fn at_once(begun: Rc<Cell<bool>>) {
        begun.set(true);
    }
    let begun = Rc::new(Cell::new(false));
    let coroutine = lazily(Rc::clone(&begun));
    assert!(!begun.get());
    yield_!(coroutine);
    assert!(begun.replace(false));
    let coroutine = at_once(Rc::clone(&begun));
    assert!(begun.get());
    yield_!(coroutine);
}

#[loop_core::test]
fn a_return_type_without_values() {
    #[loop_core::coroutine]
    fn serves(notes: Notes) -> Infallible {
        loop {
            yield_!();
            notes.add("served");
        }
    }
    #[loop_core::coroutine]
    fn exits(exit: fn() -> !) -> Infallible {
        exit()
    }
    let notes = Notes::default();
    let server = yield_!(Spawn(serves(notes.clone())));
    yield_!();
    yield_!();
    let _ = yield_!(Cancel(server));
    assert_eq!(notes.text(), "served");
    let failed = yield_!(Spawn(exits(|| panic!("exits"))));
    assert_eq!(yield_!(failed).unwrap_err().message(), "exits");
}

/// Borrows behind a reference, which live longer than the call.
mod nested_borrows {
    use std::fmt::Write;

    use loop_core::sim::Sim;

    struct Parser<'a> {
        words: std::str::Split<'a, char>,
    }

    #[loop_core::coroutine]
    fn word(parser: &mut Parser<'_>) -> Option<usize> {
        yield_!();
        parser.words.next().map(str::len)
    }

    #[loop_core::coroutine]
    fn collects(words: &mut Vec<&str>, all: &mut dyn Iterator<Item = &'static str>) -> usize {
        yield_!();
        all.for_each(|word| words.push(word));
        words.len()
    }

    #[loop_core::coroutine]
    fn writes(to: &mut impl Write, text: &impl AsRef<str>) {
        yield_!();
        to.write_str(text.as_ref()).unwrap();
    }

    #[loop_core::coroutine]
    fn all() -> (usize, String) {
        let text = String::from("one three");
        let mut parser = Parser {
            words: text.split(' '),
        };
        let mut sum = 0;
        while let Some(length) = yield_from!(word(&mut parser)) {
            sum += length;
        }
        let mut words = vec![&*text];
        for _ in 0..2 {
            sum += yield_from!(collects(&mut words, &mut ["a", "b"].into_iter()));
        }
        let mut written = String::new();
        yield_from!(writes(&mut written, &"x"));
        yield_from!(writes(&mut written, &words[2].to_owned()));
        (sum, written)
    }

    #[test]
    fn outlive_the_call() {
        assert_eq!(
            Sim::new().run(all).into_result().unwrap(),
            (16, "xb".to_owned())
        );
    }
}
