//! Which tokens of a body are code of something else: of macros, functions, closures and async code.
//!
//! Nothing is parsed, and each token is looked at a bounded number of times, whatever the body is.

use std::ops::Range;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::heads::{Place, places};
use crate::tokens::{goes_on, is_braces, is_macro, is_punct, is_word};
use crate::yields::is_call;

/// The tokens between two brackets.
pub(crate) struct Level {
    pub(crate) tokens: Vec<TokenTree>,
    places: Vec<Place>,
}

impl Level {
    pub(crate) fn new(tokens: TokenStream) -> Level {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let places = places(&tokens);
        Level { tokens, places }
    }

    /// Where code ends that begins at `at` and belongs to something else, in which `.await` and a yield mean something else.
    pub(crate) fn others_at(&self, at: usize) -> Option<usize> {
        self.macro_at(at)
            .or_else(|| self.function_at(at))
            .or_else(|| Some(self.async_block_at(at)? + 1))
            .or_else(|| Some(self.async_closure_at(at)?.end))
    }

    /// Where a macro call, or a macro's definition, ends whose tokens need not be code of this body: only the macro knows what it makes
    /// of them.
    pub(crate) fn macro_at(&self, at: usize) -> Option<usize> {
        let rest = &self.tokens[at..];
        let TokenTree::Ident(name) = &rest[0] else {
            return None;
        };
        if !is_punct(rest.get(1)?, '!') || is_call(rest, OURS) || is_of_std(name) {
            return None;
        }
        // `if !(…)` calls no macro.
        if !is_macro(name) {
            return None;
        }
        let group = if name == "macro_rules" { 3 } else { 2 };
        matches!(rest.get(group)?, TokenTree::Group(_)).then_some(at + group + 1)
    }

    /// Where the function ends that begins with the `fn` at `at`. The type `fn(u8)` has no name.
    pub(crate) fn function_at(&self, at: usize) -> Option<usize> {
        let rest = &self.tokens[at..];
        if !is_word(&rest[0], "fn") || !matches!(rest.get(1), Some(TokenTree::Ident(_))) {
            return None;
        }
        let is_end = |(index, token): (usize, &TokenTree)| {
            is_punct(token, ';') || is_braces(token) && !goes_on(rest.get(index + 1))
        };
        let body = rest.iter().enumerate().position(is_end);
        Some(body.map_or(self.tokens.len(), |body| at + body + 1))
    }

    /// Where the value of a constant ends whose item begins at `at`: `const N: u8 = …;`, also a `static`. In `*const N` and `<const N: u8>`
    /// the word begins no item.
    pub(crate) fn constant_at(&self, at: usize) -> Option<usize> {
        let rest = &self.tokens[at..];
        if !is_word(&rest[0], "const") && !is_word(&rest[0], "static") {
            return None;
        }
        let begins_item = match self.tokens[..at].last() {
            Some(TokenTree::Punct(before)) => before.as_char() == ';',
            _ => true,
        };
        let is_named = matches!(rest.get(1)?, TokenTree::Ident(_))
            && rest[2..].iter().take(2).any(|token| is_punct(token, ':'));
        let end = || rest.iter().position(|token| is_punct(token, ';'));
        (begins_item && is_named).then(|| end().map_or(self.tokens.len(), |end| at + end + 1))
    }

    /// Where the braces of the async block at `at` are.
    pub(crate) fn async_block_at(&self, at: usize) -> Option<usize> {
        let begin = self.behind_async(at)?;
        is_braces(&self.tokens[begin]).then_some(begin)
    }

    /// The body of the async closure at `at`.
    pub(crate) fn async_closure_at(&self, at: usize) -> Option<Range<usize>> {
        let begin = self.behind_async(at)?;
        let is_closure = is_punct(&self.tokens[begin], '|');
        is_closure.then(|| self.body_behind(begin)).flatten()
    }

    /// What stands behind `async` and `move`.
    fn behind_async(&self, at: usize) -> Option<usize> {
        if !is_word(&self.tokens[at], "async") {
            return None;
        }
        let is_move = is_word(self.tokens.get(at + 1)?, "move");
        let begin = at + if is_move { 2 } else { 1 };
        (begin < self.tokens.len()).then_some(begin)
    }

    /// The body of the closure at `at`.
    pub(crate) fn closure_at(&self, at: usize) -> Option<Range<usize>> {
        let (before, rest) = self.tokens.split_at(at);
        let begins = is_punct(&rest[0], '|') && can_begin_expression(before);
        begins.then(|| self.body_behind(at)).flatten()
    }

    /// The body of the closure whose parameters begin at `at`. `None` if it is a pattern.
    fn body_behind(&self, at: usize) -> Option<Range<usize>> {
        let rest = &self.tokens[at..self.end_of_head(at)];
        let parameters = rest[1..].iter().position(|token| is_punct(token, '|'))? + 2;
        if has_arrow(&rest[..parameters]) {
            return None;
        }
        let body = &rest[parameters..];
        let has_type = body.len() > 1 && is_punct(&body[0], '-') && is_punct(&body[1], '>');
        let length = match has_type {
            true => 2 + length_with_type(&body[2..]),
            false => length_of(body),
        };
        let body = &body[..length];
        // `| A | B => …`: a closure's body has no `=>` outside of braces.
        let begin = at + parameters;
        (!has_arrow(body)).then_some(begin..begin + body.len())
    }

    /// Where what begins at `at` ends at the latest: in a head, `if let f = |x| x { … }`, before the body.
    fn end_of_head(&self, at: usize) -> usize {
        let is_after = |place: &Place| *place == Place::Anywhere;
        match is_after(&self.places[at]) {
            true => self.tokens.len(),
            false => {
                let rest = self.places[at..].iter();
                at + rest.take_while(|place| !is_after(place)).count()
            }
        }
    }
}

/// The macros of ours whose arguments are expressions.
const OURS: &[&str] = &["yield_", "yield_from", "emit", "receive"];

/// Whether it is a macro of the standard library whose arguments are expressions.
fn is_of_std(name: &Ident) -> bool {
    const STD: &[&str] = &[
        "assert",
        "assert_eq",
        "assert_ne",
        "dbg",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "eprint",
        "eprintln",
        "format",
        "format_args",
        "matches",
        "panic",
        "print",
        "println",
        "todo",
        "unimplemented",
        "unreachable",
        "vec",
        "write",
        "writeln",
    ];
    STD.iter().any(|known| name == known)
}

/// Whether a closure can begin behind these tokens. Elsewhere `|` is an operator, or stands in a pattern.
fn can_begin_expression(before: &[TokenTree]) -> bool {
    let Some(last) = before.last() else {
        return true;
    };
    match last {
        TokenTree::Punct(punct) if punct.as_char() == '>' => {
            before.len() > 1 && is_punct(&before[before.len() - 2], '=')
        }
        TokenTree::Punct(punct) => ",;=:&*!".contains(punct.as_char()),
        TokenTree::Ident(word) => ["move", "mut", "return", "break", "else", "in", "match"]
            .iter()
            .any(|w| word == w),
        _ => false,
    }
}

/// Whether there is an `=>`.
fn has_arrow(tokens: &[TokenTree]) -> bool {
    let is_arrow = |pair: &[TokenTree]| is_punct(&pair[0], '=') && is_punct(&pair[1], '>');
    tokens.windows(2).any(is_arrow)
}

/// How many tokens a type and the braces behind it are: the braces of `A<B, { C }>` are the type's.
fn length_with_type(tokens: &[TokenTree]) -> usize {
    let mut open = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => open += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => {
                open -= i32::from(at == 0 || !is_punct(&tokens[at - 1], '-'));
            }
            token if open == 0 && is_braces(token) => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// How far an expression goes: to a comma or a semicolon, but not to a comma between `::<` and `>`.
fn length_of(expression: &[TokenTree]) -> usize {
    let mut open = 0;
    for (at, token) in expression.iter().enumerate() {
        let TokenTree::Punct(punct) = token else {
            continue;
        };
        let follows_path = at > 0 && is_punct(&expression[at - 1], ':');
        match punct.as_char() {
            '<' if follows_path || open > 0 => open += 1,
            '>' if open > 0 && !is_punct(&expression[at - 1], '-') => open -= 1,
            ';' => return at,
            ',' if open == 0 => return at,
            _ => {}
        }
    }
    expression.len()
}

/// Where the length begins in the brackets of an array, `[value; length]`.
pub(crate) fn length_in(before: &[TokenTree], brackets: &TokenTree) -> Option<usize> {
    match brackets {
        // Not those of `vec![value; length]`, and of an attribute.
        TokenTree::Group(group)
            if group.delimiter() == Delimiter::Bracket
                && !before
                    .last()
                    .is_some_and(|last| is_punct(last, '!') || is_punct(last, '#')) =>
        {
            let mut contents = group.stream().into_iter();
            contents.position(|token| is_punct(&token, ';'))
        }
        _ => None,
    }
}
