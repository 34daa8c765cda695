//! Yields that do not belong to the body in which they stand.

use crate::arguments::{Form, Skip};
use crate::elsewhere::in_body;
use crate::library::Library;

/// How many yields of the code are reported.
fn count(code: &str) -> usize {
    let body = code.parse().expect("tokens");
    let form = Form::Coroutine {
        lazy: false,
        skip: Skip::default(),
    };
    in_body(body, &form, &Library::default())
        .to_string()
        .matches("compile_error")
        .count()
}

#[test]
fn yields_of_the_body_itself_are_left() {
    for code in [
        "yield_!(x)",
        "yield_!(Stdin)?; stream.Stdin?; let x = Stdin; f(Print(text))",
        "a | yield_!(x) | c",
        "a || yield_!(x) || b",
        "match x { | A | B => yield_!(x), | C => yield_!(y) }",
        "match x { A | B if yield_!(c) => 1, | D | E if c => yield_!(2) }",
        "f(|x| x + 1, yield_!(2)); yield_!(|x| x)",
        "let f = |x| x; yield_!(f)",
        "async { 1 }; async move { f().await }; yield_!(x)",
        "fn f() -> u8 { 1 } yield_!(f())",
        "#[loop_core::coroutine] fn f() { yield_!(x) }",
        "#[doc = \"\"] #[coroutine(lazy)] pub fn f() { yield_!(x) }",
        "coroutines! { fn f() { let g = |x| yield_!(x); } }",
        "macro_rules! ask { () => { |x| yield_!(x) } }",
        "for_each!(list, |x| yield_!(x)); yield_!(y)",
        "if !(x) { yield_!(y) }",
        "match k { 0 => 1, | K::A => l | yield_!(x), | K::B => l || yield_!(x) }",
        "if v.iter().any(|x| *x > 1) { yield_!(x) } match f(|x| x + 1) { _ => yield_!(x) }",
        "if let f = |x| x > 1 { yield_!(x) } while let f = |x| if x { 1 } else { 2 } { yield_!(x) }",
        "if let f = |x| { x } { yield_!(x) } match |x| x { f => yield_!(x) } for f in |x| x { yield_!() }",
        "if let f = async |x| x { yield_!(x) } if f == |x| x && g { yield_!(x) }",
        "loop_core::yield_!(x); ::loop_core::prelude::yield_!(x); genawaiter::yield_!(x)",
        "let p: *const u8 = yield_!(x); fn f<const N: u8>(a: &'static A) {} yield_!(x); vec![1; yield_!(x)]",
        "let p: &'static str = yield_!(x); const N: u8 = 1; static M: u8 = { 2 }; yield_!(x)",
        "&a | yield_!(x); a & b | yield_!(x); *a | yield_!(x); let (&A | &B) = yield_!(x)",
        "#[task] fn f() { yield_!(x) } #[cfg_attr(a, coroutine)] fn g() { yield_!(x) }",
        "Command::Print(3).unwrap(); Command::Stop.unwrap(); Spawn(x).unwrap()",
        "fn f() -> A { ::loop_core::__private::prime(move |co| async move { yield_!(x) }) }",
    ] {
        assert_eq!(count(code), 0, "{code}");
    }
}

#[test]
fn yields_of_other_code_are_reported() {
    for (code, reports) in [
        ("let f = |x| yield_!(x);", 1),
        ("let f = || { yield_!(); yield_from!(g()) }; yield_!(f)", 2),
        ("list.iter().map(|x| yield_!(x)).count()", 1),
        ("f(move |x: u8| -> u8 { yield_!(x) }, yield_!(1))", 1),
        (
            "f(|x: A<B, C>| -> A<B, { C }> { yield_!(x) }, yield_!(1))",
            1,
        ),
        ("println!(\"{}\", call(|| yield_!(1)))", 1),
        ("S { f: |x| yield_!(x), g: yield_!(2) }", 1),
        ("f(|x| g::<A, B<C, D>>(x, yield_!(x)), yield_!(1))", 1),
        ("f(|x| g::<A, fn() -> B>(x) + yield_!(x), yield_!(1))", 1),
        ("match x { A => |y| yield_!(y), B => yield_!(1) }", 1),
        ("async { yield_!(x) }; async move { yield_!(y) }", 2),
        ("f(async |x| yield_!(x))", 1),
        ("fn f() { yield_!(x) } yield_!(y)", 1),
        ("impl S { fn f(&self) -> u8 { yield_!(x) } }", 1),
        (
            "f(&mut |x| yield_!(x), &|x| yield_!(x), !|x| yield_!(x))",
            3,
        ),
        ("if let f = |x| yield_!(x) { yield_!(x) }", 1),
        ("match |x| yield_!(x) { _ => yield_!(x) }", 1),
        ("|a| |b| async |c| yield_!(x); yield_!(x)", 1),
        (
            "const N: u8 = yield_!(x); static mut M: u8 = yield_!(x);",
            2,
        ),
        (
            "pub const _: u8 = yield_!(x); const { yield_!(x) } yield_!(x)",
            2,
        ),
        ("[yield_!(x); yield_!(x)]", 1),
        ("f(|x| loop_core::yield_!(x))", 1),
        ("#[inline] fn f() { yield_!(x) }", 1),
        (
            "#[loop_core::coroutine] fn f() { yield_!(1) } fn g() { yield_!(2) }",
            1,
        ),
    ] {
        assert_eq!(count(code), reports, "{code}");
    }
}
