//! What is nested too deep is an error, and no overflow of the stack. What is only long is expanded in linear time.

use std::str::FromStr;
use std::thread;

use proc_macro2::TokenStream;
use quote::quote;

use crate::coroutines;
use crate::parse::Macro;

/// Half of what rustc and rust-analyzer give a macro.
const STACK: usize = 4 * 1024 * 1024;

/// Expressions that nest. Each is made of a beginning, a middle and an end; the beginning and the end are repeated.
const EXPRESSIONS: &[[&str; 3]] = &[
    ["(", "1", ")"],
    ["[", "1", "]"],
    ["{", "1", "}"],
    ["f(", "1", ")"],
    ["S { a: ", "1", "}"],
    ["S { a, ..", "b", "}"],
    ["loop {", "", "}"],
    ["if true {", "1", "}"],
    ["match 1 { _ => ", "1", "}"],
    ["match 1 { _ => yield ", "1", "}"],
    ["unsafe {", "1", "}"],
    ["a[", "1", "]"],
    ["a.b(", "1", ")"],
    ["|| {", "1", "}"],
    ["|a, b: u8| ", "1", ""],
    ["|| ", "1", ""],
    ["move || ", "1", ""],
    ["|a| -> u8 {", "1", "}"],
    ["f::<{", "1", "}>()"],
    ["f(1, 2, &", "1", ")"],
    ["1 + (", "1", ")"],
    ["!", "true", ""],
    ["- ", "1", ""],
    ["*", "x", ""],
    ["&", "x", ""],
    ["& mut ", "x", ""],
    ["&raw const ", "x", ""],
    ["return ", "1", ""],
    ["break ", "1", ""],
    ["break 'a ", "1", ""],
    ["yield ", "1", ""],
    ["yield (", "1", ")"],
    ["yield (yield, ", "1", ")"],
    ["yield { yield; ", "1", "}"],
    ["if ", "true", "{ true }"],
    ["while ", "true", "{}"],
    ["match ", "1", "{ _ => 1 }"],
    ["for _ in ", "x", "{}"],
    ["if let Some(x) = ", "x", "{ x }"],
    ["let x = ", "1", ""],
    ["a = ", "1", ""],
    ["a += ", "1", ""],
    ["a >>= ", "1", ""],
    [".. ", "1", ""],
    ["..= ", "1", ""],
    ["1 .. ", "1", ""],
    ["1 == ", "1", ""],
    ["1 < ", "1", ""],
    ["1 - ", "1", ""],
    ["1 - -", "1", ""],
    ["true && ", "true", ""],
    ["true && !", "true", ""],
    ["1 << ", "1", ""],
    ["", "a", ".b()"],
    ["", "a", ".await"],
    ["", "a", "()"],
    ["", "a", "(1)"],
    ["", "a", "?"],
    ["", "a", "[0]"],
    ["", "1", " as u8"],
    ["", "1", " + 1"],
    ["(", "1", " + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1)"],
    ["", "{}", " else if a {}"],
    ["if a {} else ", "{}", ""],
    ["if a {} else { ", "1", "}"],
    ["'a: loop { ", "break 'a", "}"],
    ["#[a] ", "1", ""],
    ["#[a = ", "1", "] 1"],
    ["async {", "1", "}"],
    ["const {", "1", "}"],
    ["vec![", "1", "]"],
    ["println!(\"{}\", yield ", "1", ")"],
    ["{ let x = ", "1", "; }"],
    ["{ let [", "x", "] = 1; }"],
    ["{ fn f() {", "", "} }"],
    ["{ mod m {", "", "} }"],
];

/// Types that nest.
const TYPES: &[[&str; 3]] = &[
    ["(", "u8", ")"],
    ["[", "u8", "]"],
    ["[u8; {", "1", "}]"],
    ["&", "u8", ""],
    ["&'static mut ", "u8", ""],
    ["*const ", "u8", ""],
    ["A<", "u8", ">"],
    ["A<u8, u8, ", "u8", ">"],
    ["A<B = ", "u8", ">"],
    ["A<{", "1", "}>"],
    ["fn() -> ", "u8", ""],
    ["fn(", "u8", ")"],
    ["impl Fn() -> ", "u8", ""],
    ["Fn() -> ", "u8", ""],
    ["Box<dyn Fn(", "u8", ")>"],
    ["dyn for<'a> Fn() -> ", "u8", ""],
    ["<", "u8", ">::A"],
    ["<", "u8", " as A>::B"],
    ["<u8 as A<", "u8", ">>::B"],
    ["", "a", "::a"],
    ["", "dyn A", " + A"],
];

/// Patterns that nest.
const PATTERNS: &[[&str; 3]] = &[
    ["(", "x", ")"],
    ["[", "x", "]"],
    ["S(", "x", ")"],
    ["S { a: ", "x", "}"],
    ["&", "x", ""],
    ["& mut ", "x", ""],
    ["x @ ", "x", ""],
    ["", "A", " | A"],
    ["A::<", "u8", ">"],
];

fn nested([before, middle, after]: &[&str; 3], times: usize) -> String {
    before.repeat(times) + middle + &after.repeat(times)
}

/// Text that nests so deep, in each place of a program, with the macro that gets it.
fn programs(times: usize) -> Vec<String> {
    let bodies = EXPRESSIONS.iter().flat_map(|shape| {
        let expression = nested(shape, times);
        [
            format!("#[coroutine] fn f() {{ let x = {expression}; }}"),
            format!("#[coroutine] fn f() {{ let x = yield {expression}; }}"),
            format!("#[generator] fn f() {{ vec![yield {expression}] }}"),
            format!("#[generator] fn f() {{ let x = yield f(|a: [u8; {{{expression}}}]| {expression}, {expression}); }}"),
            format!("const X: u8 = {expression};"),
            format!("#[doc = {expression}] #[coroutine] fn f() {{ #![doc = {expression}] }}"),
            format!("#[coroutine({expression})] fn f() {{}}"),
        ]
    });
    let types = TYPES.iter().flat_map(|shape| {
        let ty = nested(shape, times);
        [
            format!("#[coroutine] fn f(x: {ty}) -> {ty} where {ty}: A<{ty}> {{ yield f::<{ty}>() }}"),
            format!("#[coroutine] fn f<T: A<{ty}>>(x: u8, y: {ty}) {{ yield |x: {ty}| -> {ty} {{}}; }}"),
            format!("#[generator(yields = {ty}, receives = {ty}, boxed)] fn f() {{ let x: {ty} = yield x as {ty}; }}"),
            format!("impl A for {ty} {{ #[generator] fn f(&self) -> {ty} {{ struct A {{ x: {ty} }} }} }}"),
        ]
    });
    let patterns = PATTERNS.iter().flat_map(|shape| {
        let pattern = nested(shape, times);
        [
            format!("#[coroutine] fn f({pattern}: u8) {{ match x {{ {pattern} => yield }} }}"),
            format!(
                "#[coroutine] fn f() {{ yield |{pattern}| 1; yield match x {{ {pattern} => 1 }} }}"
            ),
            format!("#[coroutine] fn f() {{ yield if let {pattern} = x {{}} }}"),
        ]
    });
    let others = [
        format!("use {};", nested(&["a::", "b", ""], times)),
        format!(
            "#[coroutine] fn f() {{ yield {{ use {}; }} }}",
            nested(&["a::", "b", ""], times)
        ),
        nested(&["mod m {", "", "}"], times),
        nested(&["#[coroutine] fn f() {", "yield", "}"], times),
        nested(&["#[coroutine] ", "fn f() {}", ""], times),
        nested(&["#[coroutine] struct X ", "", ""], times),
        nested(&["impl X { #[coroutine] fn f() {", "yield", "} }"], times),
    ];
    bodies.chain(types).chain(patterns).chain(others).collect()
}

pub(super) fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(test);
    if let Err(panic) = thread.unwrap().join() {
        std::panic::resume_unwind(panic);
    }
}

fn tokens(text: &str) -> TokenStream {
    TokenStream::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Expands the text as a block, as a function below an attribute, and as an attribute's arguments.
fn expand_everywhere(text: &str) {
    let tokens = tokens(text);
    for which in [Macro::Coroutine, Macro::Generator] {
        super::attribute(which, quote!(), tokens.clone());
    }
    super::attribute(
        Macro::Coroutine,
        tokens.clone(),
        quote!(
            fn f() {}
        ),
    );
    coroutines::expand(tokens);
}

#[test]
fn nothing_overflows_the_stack() {
    on_a_small_stack(|| {
        for times in [60, 130, 300] {
            for program in programs(times) {
                expand_everywhere(&program);
            }
        }
    });
}

/// Whether a block of coroutines is refused by these checks.
fn is_too_deep(items: &str) -> bool {
    let expansion = coroutines::expand(tokens(items)).into_iter();
    let text = expansion.take(20).collect::<TokenStream>().to_string();
    text.contains("nested too deep") || text.contains("brackets are open")
}

#[test]
fn what_nests_too_deep_is_an_error() {
    let shapes = EXPRESSIONS.iter().filter(|shape| shape[1] != "yield ");
    for shape in shapes {
        let yielding = |times| {
            format!(
                "#[coroutine] fn f() {{ let x = yield {}; }}",
                nested(shape, times)
            )
        };
        assert!(!is_too_deep(&yielding(5)), "{shape:?}");
        assert!(is_too_deep(&yielding(1_000)), "{shape:?}");
    }
    for shape in TYPES {
        let taking = |times| format!("#[coroutine] fn f(x: {}) {{}}", nested(shape, times));
        assert!(is_too_deep(&taking(1_000)), "{shape:?}");
    }
}

/// rustc overflows on some thousands.
#[test]
fn operators_in_a_row_are_an_error_everywhere() {
    for operator in ["|| ", "- ", "& ", "return ", "if ", "match ", ".. "] {
        let block = |times| format!("fn f() {{ {}1 }}", operator.repeat(times));
        assert!(!is_too_deep(&block(60)), "{operator}");
        assert!(is_too_deep(&block(1_000)), "{operator}");
    }
}

/// Outside of an operand nothing is parsed, so chains may be as long as rustc allows.
#[test]
fn what_is_only_long_is_accepted_in_linear_time() {
    let shapes = [
        ["{", "yield 1;", "}"],
        ["{", "(yield f(1, 2))?;", "}"],
        ["[", "yield 1,", "]"],
        ["[", "1,", "]"],
        ["[", "a < b,", "]"],
        ["{", "if a { f(yield) }", "}"],
        ["{", "#[coroutine] fn f(x: Vec<u8>) -> u8 { yield 1 }", "}"],
        ["match x {", "A | B => yield 1,", "}"],
        ["match x {", "(A, B) => { yield 1 }", "}"],
        ["if a {}", "else if a == b { yield 1 }", ""],
        ["a", ".b(yield 1)", ""],
        ["1", "+ (yield 1)", ""],
        ["f(yield [", "-1,", "])"],
        ["yield [", "f(&a, |x| x == 1),", "]"],
        ["yield {", "if a { f(&b)?; }", "}"],
        ["yield {", "let x = &f::<u8>(a, &b)?;", "}"],
        ["yield match x {", "0 | 1 => -1,", "}"],
        ["yield f(|a| a,", "-1, a == b, *c && !d,", ")"],
    ];
    for [before, middle, after] in shapes {
        let body = before.to_owned() + &middle.repeat(2_000) + after;
        assert!(
            !is_too_deep(&format!("#[coroutine] fn f() {{ {body} }}")),
            "{middle}"
        );
    }
}

/// What people write in one operand: some dozens of conditions, arms of a `match`, alternatives, and links of a chain.
#[test]
fn what_is_usual_is_accepted_in_an_operand() {
    let operands = [
        ["if v == 0", " || v == 1", " { 1 } else { 2 }"],
        ["if v != 0", " && v != -1", " { 1 } else { 2 }"],
        ["match v { 0", " | 1", " => 1, _ => 2 }"],
        ["a", " + b * c", ""],
        ["a", ".b(|c| c == 1)", ""],
    ];
    for [before, middle, after] in operands {
        let operand = before.to_owned() + &middle.repeat(30) + after;
        assert!(
            !is_too_deep(&format!("#[coroutine] fn f() {{ yield {operand}; }}")),
            "{middle}"
        );
    }
    let arms = " else if v == 1 { 1 }".repeat(25);
    assert!(!is_too_deep(&format!(
        "#[coroutine] fn f() {{ yield if v == 0 {{ 0 }}{arms}; }}"
    )));
}
