//! Arguments and values as text.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use loop_core::Now;

use super::{Coroutine, Entered, Opaque, arguments, frame, give, lazily, none, traced};
use crate::coroutine::{PrimeState, take_calls};

/// Says how often it was formatted.
struct Counting(Rc<Cell<u32>>);

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        f.write_str("counting")
    }
}

struct Panicking;

impl fmt::Debug for Panicking {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in a Debug");
    }
}

impl Panicking {
    #[loop_core::coroutine(skip(self))]
    fn quiet(self, n: u8) -> (Self, u8) {
        (self, n)
    }
}

impl Opaque {
    #[loop_core::coroutine]
    fn owned(self, n: u8) -> Self {
        let _ = n;
        self
    }
}

/// The value of a coroutine that ends when it is called, and the error in it.
fn value<T>(coroutine: Coroutine<T>) -> (Option<String>, Option<String>) {
    let frame = frame(coroutine);
    assert_eq!(frame.prime_state(), PrimeState::Ended);
    (frame.describe(), frame.error())
}

fn some<'a>(value: &'a str, error: impl Into<Option<&'a str>>) -> (Option<String>, Option<String>) {
    (Some(value.to_owned()), error.into().map(str::to_owned))
}

#[test]
fn arguments_show_by_their_debug() {
    #[loop_core::coroutine]
    fn many(n: u8, (a, _): (u8, u8), mut text: String, _: Opaque, #[cfg(any())] gone: u8) {
        text.push_str(if n == a { "=" } else { "" });
        yield_!(Now);
    }
    let _loop = traced();
    let shown = arguments(many(3, (4, 5), "x\n".to_owned(), Opaque));
    assert_eq!(shown.as_deref(), Some(r#"3, (4, 5), "x\n", _"#));
    assert_eq!(
        arguments(lazily(1, "x", Opaque)).as_deref(),
        Some(r#"1, "x", _"#)
    );
    assert_eq!(arguments(none()).as_deref(), Some(""));
}

#[test]
fn a_type_parameter_shows_only_with_a_bound() {
    #[loop_core::coroutine]
    fn bound<T: fmt::Debug>(value: T, other: impl fmt::Display) -> T {
        drop(other);
        value
    }
    let _loop = traced();
    assert_eq!(arguments(give(3)).as_deref(), Some("_"));
    assert_eq!(arguments(bound(3, 4)).as_deref(), Some("3, _"));
    assert_eq!(value(give(3)), some("_", None));
    assert_eq!(value(bound(3, 4)), some("3", None));
}

#[test]
fn methods_show_self() {
    #[derive(Debug)]
    struct Shown(u8);
    impl Shown {
        #[loop_core::coroutine]
        fn shared(self: Rc<Self>, n: u8) -> u8 {
            self.0 + n
        }
    }
    let _loop = traced();
    assert_eq!(
        arguments(Rc::new(Shown(1)).shared(2)).as_deref(),
        Some("Shown(1), 2")
    );
    assert_eq!(arguments(Opaque.owned(2)).as_deref(), Some("_, 2"));
    assert_eq!(value(Opaque.owned(2)), some("_", None));
}

#[test]
fn long_arguments_keep_head_and_tail() {
    #[loop_core::coroutine]
    fn text(_a: String, _b: String, _c: String) {}
    let _loop = traced();
    let long = || "0123456789".repeat(9);
    let shown = arguments(text(long(), "b".into(), "c".into())).unwrap();
    let head = "\"01234567890123456789012345678";
    assert_eq!(
        shown,
        head.to_owned() + "…2345678901234567890123456789\", \"b\", \"c\""
    );
    let shown = arguments(text(long(), long(), long())).unwrap();
    assert_eq!(shown.chars().count(), 120);
    assert!(
        shown.starts_with(head) && shown.ends_with("6789\""),
        "{shown}"
    );
}

#[test]
fn values_and_errors() {
    #[derive(Debug)]
    struct OnlyDebug;
    #[loop_core::coroutine]
    fn displayed(fails: bool) -> Result<u8, String> {
        if fails { Err("boom".to_owned()) } else { Ok(3) }
    }
    #[loop_core::coroutine]
    fn debugged() -> Result<(), OnlyDebug> {
        Err(OnlyDebug)
    }
    #[loop_core::coroutine]
    fn opaque() -> Result<u8, Opaque> {
        Err(Opaque)
    }
    #[loop_core::coroutine]
    fn unnamed() -> impl Iterator<Item = u8> {
        0..3
    }
    assert_eq!(value(displayed(false)), some("Ok(3)", None));
    assert_eq!(value(displayed(true)), some("Err(\"boom\")", "boom"));
    assert_eq!(value(debugged()), some("Err(OnlyDebug)", "OnlyDebug"));
    assert_eq!(value(opaque()), some("_", "an error"));
    assert_eq!(value(unnamed()), (None, None));
    assert_eq!(value(none()), (None, None));
}

#[test]
fn what_is_skipped_is_hidden() {
    #[loop_core::coroutine(skip(password, host), lazy)]
    fn login(user: &'static str, password: String, (host, port): (u8, u16)) -> usize {
        user.len() + password.len() + usize::from(host) + usize::from(port)
    }
    #[loop_core::coroutine(skip_all)]
    fn secret(key: u64) -> Result<(), String> {
        Err(key.to_string())
    }
    loop_core::coroutines! {
        #[coroutine(skip(r#type))]
        fn in_a_block(r#type: u8, n: u8) -> u8 { r#type + n }
    }
    let _loop = traced();
    let shown = arguments(login("ada", "secret".to_owned(), (1, 22)));
    assert_eq!(shown.as_deref(), Some(r#""ada", _, _"#));
    assert_eq!(arguments(secret(42)).as_deref(), Some("_"));
    assert_eq!(value(secret(42)), some("_", "an error"));
    assert_eq!(arguments(Panicking.quiet(3)).as_deref(), Some("_, 3"));
    assert_eq!(arguments(in_a_block(3, 4)).as_deref(), Some("_, 4"));
}

#[test]
fn nothing_is_formatted_without_a_trace() {
    #[loop_core::coroutine]
    fn counted(value: Counting) -> Counting {
        value
    }
    let count = Rc::new(Cell::new(0));
    let counting = || counted(Counting(Rc::clone(&count)));
    assert_eq!(arguments(counting()), None);
    let untraced = Entered::new(false).expect("no loop runs in this test");
    assert_eq!(arguments(counting()), None);
    drop(untraced);
    assert!(take_calls().is_empty());
    assert_eq!(count.get(), 0);
    let traced = traced();
    drop(counting());
    assert_eq!(
        count.get(),
        1,
        "once for the call and the coroutine together"
    );
    drop(traced);
    assert_eq!(arguments(counting()), None);
}

#[test]
fn a_debug_that_panics_shows_as_hidden() {
    #[loop_core::coroutine]
    fn two(a: Panicking, b: u8) -> Result<Panicking, u8> {
        if b > 0 { Ok(a) } else { Err(b) }
    }
    let _loop = traced();
    assert_eq!(arguments(two(Panicking, 3)).as_deref(), Some("_, 3"));
    assert_eq!(value(two(Panicking, 3)), some("_", None));
    assert_eq!(value(two(Panicking, 0)), some("Err(0)", "0"));
}

#[test]
fn what_a_debug_calls_is_not_logged() {
    struct Calling;
    impl fmt::Debug for Calling {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            drop(called(Calling));
            f.write_str("calling")
        }
    }
    #[loop_core::coroutine]
    fn called(_calling: Calling) {}
    let _loop = traced();
    assert_eq!(arguments(called(Calling)).as_deref(), Some("calling"));
    assert_eq!(take_calls().len(), 1);
}

/// Writes `x` and then so many digits, as long as it can. Counts the digits.
struct Long(u32, Rc<Cell<u32>>);

impl fmt::Debug for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("x")?;
        (0..self.0).try_for_each(|n| {
            self.1.set(n);
            write!(f, "{}", n % 10)
        })
    }
}

#[test]
fn a_debug_is_not_formatted_far_beyond_what_is_shown() {
    #[loop_core::coroutine]
    fn gives(fails: bool, long: Long) -> Result<Long, Long> {
        if fails { Err(long) } else { Ok(long) }
    }
    let _loop = traced();
    let written = Rc::<Cell<u32>>::default();
    let long = |digits| Long(digits, Rc::clone(&written));
    let head = "x01234567890123456789012345678…";
    let tail = "12345678901234567890123456789";
    let shown = |digits| arguments(gives(false, long(digits))).unwrap();
    assert_eq!(shown(1_000), format!("false, {head}{tail}"));
    assert_eq!(shown(1_000_000), format!("false, {head}"));
    assert!(written.get() < 4_000, "{}", written.get());

    let (text, none) = value(gives(false, long(1_000_000)));
    assert_eq!((text.unwrap().chars().count(), none), (61, None));
    assert!(written.get() < 8_000, "{}", written.get());

    let error = |digits| value(gives(true, long(digits))).1.unwrap();
    assert_eq!(error(4_095).chars().count(), 4_096);
    let cut = error(100_000);
    assert_eq!(cut.chars().count(), 4_096);
    assert!(
        cut.ends_with("6789") && cut.chars().nth(2_048) == Some('…'),
        "{cut}"
    );
    let stopped = error(10_000_000);
    assert!(
        stopped.ends_with('…') && stopped.chars().count() == 2_049,
        "{stopped}"
    );
    assert!(written.get() < 300_000, "{}", written.get());
}

#[test]
fn the_lines_of_an_error_stay_lines() {
    let _loop = traced();
    assert_eq!(value(failing("one\ntwo")).1.as_deref(), Some("one\ntwo"));
}

#[loop_core::coroutine]
fn failing(text: &'static str) -> Result<(), &'static str> {
    Err(text)
}
