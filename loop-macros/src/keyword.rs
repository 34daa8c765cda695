//! From `yield x` to `yield_!(x)`, between tokens that rustc has not parsed.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::token::Brace;
use syn::{Expr, Token};

use crate::depth::{self, Level};
use crate::heads::{Place, is_end, is_lazy, places};
use crate::tokens::{is_braces, is_punct, is_word, refilled};

/// Replaces the keyword everywhere in `tokens`, also between those of a macro call like `println!("{}", yield x)`. It is an error
/// if an operand nests too deep to be parsed.
pub(crate) fn replace(tokens: TokenStream) -> syn::Result<TokenStream> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let places = places(&tokens);
    // From the last one on, because an operand can have a `yield` in it. So what follows is kept in reverse.
    let mut after: Vec<TokenTree> = Vec::new();
    for (at, (token, place)) in tokens.iter().zip(places).enumerate().rev() {
        match token {
            TokenTree::Ident(word) if word == "yield" => {
                depth::operand(tokens[at + 1..].iter().cloned())?;
                let operand = take_operand(place, &mut after);
                let call: Vec<_> = yield_macro(word, operand).into_iter().collect();
                after.extend(call.into_iter().rev());
            }
            TokenTree::Group(group) => after.push(group_in(place, group)?),
            other => after.push(other.clone()),
        }
    }
    Ok(after.into_iter().rev().collect())
}

/// `yield_!(operand)`, for rustc a call that begins at `word` and ends where the operand ends. So it points at all of `yield operand`.
fn yield_macro(word: &Ident, operand: TokenStream) -> TokenStream {
    let last = operand.clone().into_iter().last();
    let mut arguments = Group::new(Delimiter::Parenthesis, operand);
    arguments.set_span(last.map_or(word.span(), |token| token.span()));
    quote_spanned!(word.span()=> yield_!#arguments)
}

/// A group at `place`, with its keywords replaced.
fn group_in(place: Place, group: &Group) -> syn::Result<TokenTree> {
    let mut replaced = refilled(group, replace(group.stream())?);
    if needs_parentheses(place, group) {
        // rustc would advise to leave them out, as it sees only a macro call in them. It does not where they come from a macro.
        replaced.set_span(Span::mixed_site().located_at(group.span()));
    }
    Ok(replaced)
}

/// Whether `(yield …)` would not be the same without parentheses: in `if (yield S { … }) { … }` the `{` would begin the body.
fn needs_parentheses(place: Place, group: &Group) -> bool {
    let mut rest: Vec<_> = group.stream().into_iter().collect();
    rest.reverse();
    let begins = rest.pop_if(|first| place != Place::Anywhere && is_word(first, "yield"));
    begins.is_some() && {
        take_operand(place, &mut rest);
        !rest.is_empty()
    }
}

/// Takes the operand of a `yield` at `place` from the tokens that follow it, which are in reverse.
fn take_operand(place: Place, after: &mut Vec<TokenTree>) -> TokenStream {
    let mut operand = Vec::new();
    // No more than needed, so that the time for all operands of a block is linear. A comma need not be the end: `f::<A, B>(x)`.
    let mut part = Level::default();
    take_part(place, after, &mut operand, |token| part.add(token));
    let found = length(place, &operand).or_else(|| {
        take_part(place, after, &mut operand, |_| false);
        depth::syntax(operand.iter().cloned().collect()).ok()?;
        length(place, &operand)
    });
    // What is no expression is left to rustc, which says what it expects. So the other functions are there, and an editor can
    // complete what is not finished.
    let length = found.unwrap_or_else(|| guessed_length(place, &operand));
    after.extend(operand.drain(length..).rev());
    operand.into_iter().collect()
}

/// Moves tokens to `operand`, up to one that is certainly no part of it, or that `ends` the part.
fn take_part(
    place: Place,
    after: &mut Vec<TokenTree>,
    operand: &mut Vec<TokenTree>,
    mut ends: impl FnMut(&TokenTree) -> bool,
) {
    while let Some(token) = after.pop() {
        let next = after.last();
        let is_after =
            is_end(&token, next) || place == Place::Chain && is_lazy(operand, &token, next);
        if is_after || ends(&token) {
            after.push(token);
            break;
        }
        operand.push(token);
    }
}

/// How many of `tokens` are the operand of a `yield` at `place`, unless they are no expression.
///
/// The operand is all that can be part of an expression, as after `return`: `yield a + b` yields the sum. In a head, a `{` begins
/// the body.
fn length(place: Place, tokens: &[TokenTree]) -> Option<usize> {
    let rest = |input: ParseStream<'_>| {
        let head = place != Place::Anywhere;
        if input.peek(Token![$]) {
            return Err(input.error("`macro_rules!` knows whether it is an expression"));
        }
        if Expr::peek(input) && !(head && input.peek(Brace)) {
            match head {
                true => Expr::parse_without_eager_brace(input)?,
                false => input.parse()?,
            };
        }
        let rest: TokenStream = input.parse()?;
        Ok(rest.into_iter().count())
    };
    let rest = rest.parse2(tokens.iter().cloned().collect()).ok()?;
    Some(tokens.len() - rest)
}

fn guessed_length(place: Place, tokens: &[TokenTree]) -> usize {
    let is_after =
        |token: &TokenTree| is_punct(token, ',') || place != Place::Anywhere && is_braces(token);
    tokens.iter().position(is_after).unwrap_or(tokens.len())
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};

    use super::{needs_parentheses, replace};
    use crate::heads::Place;

    fn tokens(text: &str) -> TokenStream {
        text.parse().expect(text)
    }

    fn assert_replaced(table: &[(&str, &str)]) {
        for (written, meant) in table {
            let replaced = replace(tokens(written)).unwrap().to_string();
            assert_eq!(replaced, tokens(meant).to_string(), "{written}");
        }
    }

    /// The operand of the keyword is all that can belong to an expression.
    #[test]
    fn the_keyword_and_its_operand() {
        assert_replaced(&[
            ("yield", "yield_!()"),
            ("yield; yield 1;", "yield_!(); yield_!(1);"),
            ("yield a + b, c", "yield_!(a + b), c"),
            ("(yield a) + b", "(yield_!(a)) + b"),
            ("a || yield b || c", "a || yield_!(b || c)"),
            ("yield a?", "yield_!(a?)"),
            ("yield yield a", "yield_!(yield_!(a))"),
            ("f(yield, yield a)", "f(yield_!(), yield_!(a))"),
            (
                "x => yield a, y => yield",
                "x => yield_!(a), y => yield_!()",
            ),
            ("n = yield n", "n = yield_!(n)"),
            ("yield |x| x + 1", "yield_!(|x| x + 1)"),
            ("yield { a; b }; c", "yield_!({ a; b }); c"),
            ("yield S { a: yield 1 }", "yield_!(S { a: yield_!(1) })"),
            ("yield f::<A, B>(1), 2", "yield_!(f::<A, B>(1)), 2"),
            (
                "yield f::<fn() -> A, B>(1), 2",
                "yield_!(f::<fn() -> A, B>(1)), 2",
            ),
            ("yield |a, b| a, c", "yield_!(|a, b| a), c"),
            ("println!(\"{}\", yield 1)", "println!(\"{}\", yield_!(1))"),
            ("r#yield", "r#yield"),
            ("yield_!(a)", "yield_!(a)"),
        ]);
    }

    /// In the head of an `if`, `while`, `match` or `for`, a `{` begins the body.
    #[test]
    fn the_keyword_in_a_head() {
        assert_replaced(&[
            ("match yield A { x => y }", "match yield_!(A) { x => y }"),
            (
                "match yield f(x) { x => y }",
                "match yield_!(f(x)) { x => y }",
            ),
            ("match yield x? { y => z }", "match yield_!(x?) { y => z }"),
            (
                "match (yield x)? { y => z }",
                "match (yield_!(x))? { y => z }",
            ),
            (
                "if yield x { y } else if yield z { w }",
                "if yield_!(x) { y } else if yield_!(z) { w }",
            ),
            ("if !yield x { y }", "if !yield_!(x) { y }"),
            ("if yield {} else {}", "if yield_!() {} else {}"),
            (
                "while yield x { yield y { a: 1 } }",
                "while yield_!(x) { yield_!(y { a: 1 }) }",
            ),
            ("for x in yield y { z }", "for x in yield_!(y) { z }"),
            (
                "for S { x } in yield y { z }",
                "for S { x } in yield_!(y) { z }",
            ),
            ("for x in yield y.. { z }", "for x in yield_!(y..) { z }"),
            (
                "if let Some(x) = yield y { z }",
                "if let Some(x) = yield_!(y) { z }",
            ),
            (
                "while let S { x: 0..=9 } = yield y { z }",
                "while let S { x: 0..=9 } = yield_!(y) { z }",
            ),
            (
                "match yield x as Vec<u8> { y => z }",
                "match yield_!(x as Vec<u8>) { y => z }",
            ),
            (
                "println!(\"{}\", if yield x { 1 } else { 2 })",
                "println!(\"{}\", if yield_!(x) { 1 } else { 2 })",
            ),
        ]);
    }

    /// A `{` that begins no body does not end the head, and after the head a `{` can begin a struct literal again.
    #[test]
    fn the_end_of_a_head() {
        assert_replaced(&[
            (
                "if yield f(|x| { x }, S { x }) { y }",
                "if yield_!(f(|x| { x }, S { x })) { y }",
            ),
            (
                "if { yield x } == yield y { z }",
                "if { yield_!(x) } == yield_!(y) { z }",
            ),
            (
                "if match yield x { _ => y } { z }",
                "if match yield_!(x) { _ => y } { z }",
            ),
            (
                "if if a { b } else { c } == yield x { y }",
                "if if a { b } else { c } == yield_!(x) { y }",
            ),
            (
                "match yield match yield x { _ => y } { z => w }",
                "match yield_!(match yield_!(x) { _ => y }) { z => w }",
            ),
            (
                "if unsafe { x } == yield y { z }",
                "if unsafe { x } == yield_!(y) { z }",
            ),
            ("if x { y } yield S { z }", "if x { y } yield_!(S { z })"),
            (
                "x if yield y => yield S { z }, w => 1",
                "x if yield_!(y) => yield_!(S { z }), w => 1",
            ),
            (
                "let S { x } = yield S { y } else { z };",
                "let S { x } = yield_!(S { y }) else { z };",
            ),
            (
                "impl A for S { x } yield S { y }",
                "impl A for S { x } yield_!(S { y })",
            ),
        ]);
    }

    /// `&&` separates the conditions of a chain with `let`. Elsewhere it belongs to the operand.
    #[test]
    fn the_keyword_in_a_chain() {
        assert_replaced(&[
            ("if yield x && y { z }", "if yield_!(x && y) { z }"),
            (
                "if let A = yield x && y { z }",
                "if let A = yield_!(x) && y { z }",
            ),
            (
                "if yield x && let A = yield y && yield z { w }",
                "if yield_!(x) && let A = yield_!(y) && yield_!(z) { w }",
            ),
            (
                "while let A = yield &&x && y { z }",
                "while let A = yield_!(&&x) && y { z }",
            ),
            (
                "if let A = yield f(x && y)? && z { w }",
                "if let A = yield_!(f(x && y)?) && z { w }",
            ),
            (
                "if let A = (yield x && y) { z }",
                "if let A = (yield_!(x && y)) { z }",
            ),
            (
                "if let A = yield |x| x { z }",
                "if let A = yield_!(|x| x) { z }",
            ),
            (
                "if let A = yield x { z && yield w && v }",
                "if let A = yield_!(x) { z && yield_!(w && v) }",
            ),
        ]);
    }

    /// Where parentheses are needed, they seem to come from a macro, so that rustc does not advise to leave them out.
    #[test]
    fn parentheses_that_are_needed() {
        let needed = |text| match tokens(text).into_iter().next() {
            Some(TokenTree::Group(group)) => [Place::Anywhere, Place::Head, Place::Chain]
                .map(|place| needs_parentheses(place, &group)),
            other => panic!("{other:?}"),
        };
        assert_eq!(needed("(yield)"), [false, false, false]);
        assert_eq!(needed("(yield f(x)?)"), [false, false, false]);
        assert_eq!(needed("(yield x && y)"), [false, false, true]);
        assert_eq!(needed("(yield S { x })"), [false, true, true]);
        assert_eq!(needed("(x)"), [false, false, false]);
    }

    /// rustc finds the mistake, and an editor the unfinished expression.
    #[test]
    fn an_operand_that_is_no_expression() {
        assert_replaced(&[
            ("yield !; x", "yield_!(!); x"),
            ("f(yield x., y)", "f(yield_!(x.), y)"),
            ("match yield x. { y => z }", "match yield_!(x.) { y => z }"),
            // In a `macro_rules!`.
            ("yield $x + 1; y", "yield_!($x + 1); y"),
        ]);
    }
}
