//! Yields that stand in the body of a coroutine but do not belong to it: in a closure, in async code, in a constant, in a function of its own.
//!
//! Each becomes an error that says so. Otherwise rustc would report an `await` that the user has not written, or a yield in an
//! `async` block would do what nobody expects. The rest of the body stays, so that what it uses counts as used. And what may be a request
//! that is used as if it was its own answer, `Stdin?`, gets a call behind it, by which the library finds out whether it is one.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Error;

use crate::arguments::Form;
use crate::level::{Level, length_in};
use crate::library::Library;
use crate::mistakes::text;
use crate::requests;
use crate::tokens::{is_braces, is_punct, is_word, refilled};
use crate::yields;

/// Whose code it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Coroutine,
    Generator,
    Closure,
    AsyncBlock,
    AsyncClosure,
    Function,
    Constant,
}

impl Whose {
    fn can_yield(self) -> bool {
        matches!(self, Whose::Coroutine | Whose::Generator)
    }

    fn is_closure(self) -> bool {
        matches!(self, Whose::Closure | Whose::AsyncClosure)
    }

    /// What is wrong with an `emit!` or a `receive!` there, and what to do.
    fn mistaken_exchange(self, word: &str) -> (String, String) {
        let (attribute, verb) = match word {
            "emit" => ("stream(yields = …)", "give out a value"),
            _ => ("sink(receives = …)", "receive a value"),
        };
        let (who, why) = match self {
            Whose::Coroutine | Whose::Generator => unreachable!("the body can do so"),
            Whose::Closure => ("a closure", "it is a function of its own"),
            Whose::AsyncClosure => ("an async closure", "it is a function of its own"),
            Whose::AsyncBlock => ("an async block", "it is a future of its own"),
            Whose::Function => ("this function", "it has no such attribute"),
            Whose::Constant => ("a constant", "it is computed when the program is compiled"),
        };
        let what = format!("{who} can't {verb}: {why}");
        let help = match self {
            Whose::Function => format!("write `#[loop_core::{attribute}]` above it"),
            _ => format!("write `{word}!` outside of it, in a `for` loop for example"),
        };
        (what, help)
    }

    /// What is wrong with a yield there, and what to do.
    fn mistake(self) -> (&'static str, &'static str) {
        let outside = "yield outside of it, in a `for` loop for example; or make it a `#[loop_core::coroutine] fn`, and run that \
                       with `yield_from!(…)`";
        match self {
            Whose::Coroutine | Whose::Generator => unreachable!("the body can yield"),
            Whose::Closure => (
                "a closure can't yield: it is a function of its own",
                outside,
            ),
            Whose::AsyncClosure => (
                "an async closure can't yield: it is a function of its own",
                outside,
            ),
            Whose::AsyncBlock => (
                "an async block can't yield: it is a future of its own",
                outside,
            ),
            Whose::Function => (
                "this function can't yield: it is neither a coroutine nor a generator",
                "write `#[loop_core::coroutine]` above it, or `#[loop_core::generator(yields = …)]`",
            ),
            Whose::Constant => (
                "a constant can't yield: it is computed when the program is compiled",
                "yield into a variable: `let answer = yield_!(…);`",
            ),
        }
    }
}

/// The body of a `form` with errors in the place of such yields and requests.
pub(crate) fn in_body(body: TokenStream, form: &Form, library: &Library) -> TokenStream {
    let whose = match form {
        Form::Generator(_) => Whose::Generator,
        _ => Whose::Coroutine,
    };
    let names = yields::names(form);
    Reader { library, names }.read(body, whose)
}

/// Reads a body, and writes what becomes of it.
struct Reader<'l> {
    library: &'l Library,
    /// The macros that work in the body.
    names: &'static [&'static str],
}

impl Reader<'_> {
    fn read(&self, code: TokenStream, whose: Whose) -> TokenStream {
        let level = Level::new(code);
        let mut read = TokenStream::new();
        self.range(&level, 0..level.tokens.len(), whose, &mut read);
        read
    }

    fn range(&self, level: &Level, range: Range<usize>, whose: Whose, read: &mut TokenStream) {
        let mut next = range.start;
        while next < range.end {
            next = self.part(level, next, whose, read);
        }
    }

    /// Reads what stands at `at`. Gives where it ends.
    fn part(&self, level: &Level, at: usize, whose: Whose, read: &mut TokenStream) -> usize {
        let (before, rest) = level.tokens.split_at(at);
        if yields::is_call(rest, self.names) {
            match whose.can_yield() {
                true => {
                    read.extend(copy(&rest[..2]));
                    read.extend([self.within(&[], &rest[2], whose)]);
                }
                false => read.extend(self.error(&rest[..3], whose)),
            }
            return at + 3;
        }
        if let Some(end) = level.macro_at(at) {
            read.extend(copy(&level.tokens[at..end]));
            return end;
        }
        if !is_part_of_path(before)
            && let Some(path) = self.path_of_yield(rest)
        {
            return at + path;
        }
        if whose == Whose::Coroutine
            && !is_part_of_path(before)
            && let Some(length) = tried(rest)
        {
            read.extend(checked(&rest[..length]));
            return at + length;
        }
        if let Some(end) = level.function_at(at) {
            let inner = match is_expanded(before) {
                true => Whose::Coroutine,
                false => Whose::Function,
            };
            read.extend(self.function(&level.tokens[at..end], inner));
            return end;
        }
        if let Some((inner, whose)) = inner_code(level, at, whose) {
            read.extend(copy(&level.tokens[at..inner.start]));
            self.range(level, inner.clone(), whose, read);
            return inner.end;
        }
        read.extend([self.within(before, &rest[0], whose)]);
        at + 1
    }

    /// The token, and if it is a group what becomes of its contents.
    fn within(&self, before: &[TokenTree], token: &TokenTree, whose: Whose) -> TokenTree {
        let TokenTree::Group(group) = token else {
            return token.clone();
        };
        let Some(length) = length_in(before, token) else {
            return refilled(group, self.read(group.stream(), whose));
        };
        let mut contents = group.stream().into_iter();
        let value = contents.by_ref().take(length).collect();
        let mut array = self.read(value, whose);
        array.extend(self.read(contents.collect(), Whose::Constant));
        refilled(group, array)
    }

    /// A function: only its body is code. What an attribute expands, or a block has expanded already, is left to that.
    fn function(&self, tokens: &[TokenTree], whose: Whose) -> TokenStream {
        match tokens.split_last() {
            Some((body, signature)) if whose == Whose::Function && !is_expansion(body) => {
                let mut whole = copy(signature);
                whole.extend([self.within(signature, body, whose)]);
                whole
            }
            _ => copy(tokens),
        }
    }

    /// The path before the name of one of our macros, `loop_core::yield_!(…)`: how many tokens it is. The macro of that path is for those who
    /// are in no body; the body has one of its own, which has no path. No path is looked at beyond some segments.
    fn path_of_yield(&self, rest: &[TokenTree]) -> Option<usize> {
        const LONGEST: usize = 8;
        let is_path = |colons: &[TokenTree]| colons.iter().all(|colon| is_punct(colon, ':'));
        let mut is_ours = false;
        let mut at = if rest.len() > 2 && is_path(&rest[..2]) {
            2
        } else {
            0
        };
        for _ in 0..LONGEST {
            match &rest[at..] {
                [TokenTree::Ident(segment), colons @ ..]
                    if colons.len() > 2 && is_path(&colons[..2]) =>
                {
                    is_ours |= self.library.is_named(segment);
                    at += 3;
                }
                rest => return (is_ours && yields::is_call(rest, self.names)).then_some(at),
            }
        }
        None
    }

    fn error(&self, call: &[TokenTree], whose: Whose) -> TokenStream {
        let word = call[0].to_string();
        let message = match &word[..] {
            "yield_" | "yield_from" => {
                let (what, help) = whose.mistake();
                text(what, help)
            }
            word => {
                let (what, help) = whose.mistaken_exchange(word);
                text(&what, &help)
            }
        };
        let error = Error::new_spanned(copy(call), message);
        let operand = match call.last() {
            Some(TokenTree::Group(operand)) => self.read(operand.stream(), whose),
            _ => TokenStream::new(),
        };
        yields::refused(error, operand)
    }
}

/// The code of something else at `at`, and whose it is. A closure is not looked for in another one, where nothing can yield either.
fn inner_code(level: &Level, at: usize, whose: Whose) -> Option<(Range<usize>, Whose)> {
    let token = &level.tokens[at];
    match token {
        TokenTree::Ident(word) if word == "const" || word == "static" => {
            let end = match level.tokens.get(at + 1) {
                Some(next) if word == "const" && is_braces(next) => Some(at + 2),
                _ => level.constant_at(at),
            };
            Some((at + 1..end?, Whose::Constant))
        }
        TokenTree::Ident(word) if word == "async" => {
            if let Some(block) = level.async_block_at(at) {
                return Some((block..block + 1, Whose::AsyncBlock));
            }
            match whose.is_closure() {
                true => None,
                false => Some((level.async_closure_at(at)?, Whose::AsyncClosure)),
            }
        }
        TokenTree::Punct(punct) if punct.as_char() == '|' && !whose.is_closure() => {
            Some((level.closure_at(at)?, Whose::Closure))
        }
        _ => None,
    }
}

fn copy(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// Whether it is the body that a function of a block has got.
fn is_expansion(body: &TokenTree) -> bool {
    match body {
        TokenTree::Group(body) => body
            .stream()
            .into_iter()
            .any(|token| is_word(&token, "__private")),
        _ => false,
    }
}

/// Whether an attribute that may expand the function stands before the `fn`, after the last statement or item: one of the library's, also
/// under another name or on a condition.
fn is_expanded(before: &[TokenTree]) -> bool {
    const INERT: &[&str] = &[
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "inline",
        "must_use",
        "rustfmt",
        "track_caller",
        "warn",
    ];
    let before = before.iter().rev();
    let mut attributes = before.take_while(|token| !is_punct(token, ';') && !is_braces(token));
    attributes.any(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            let name = group.stream().into_iter().next();
            !name.is_some_and(|name| INERT.iter().any(|inert| is_word(&name, inert)))
        }
        _ => false,
    })
}

/// Whether what follows is a field, or the rest of a path: the user's `Command::Stop` is no request.
fn is_part_of_path(before: &[TokenTree]) -> bool {
    match before {
        [.., last] if is_punct(last, '.') => true,
        [.., colon, last] => is_punct(colon, ':') && is_punct(last, ':'),
        _ => false,
    }
}

/// A request that is used as if it was its own answer: `Stdin?`, `Print(text)?`. Gives the tokens of the request. It may also be a type of the
/// user's of that name.
fn tried(rest: &[TokenTree]) -> Option<usize> {
    let TokenTree::Ident(word) = &rest[0] else {
        return None;
    };
    if !requests::can_fail(word) {
        return None;
    }
    let has_fields = matches!(rest.get(1), Some(TokenTree::Group(_)));
    let length = 1 + usize::from(has_fields);
    is_punct(rest.get(length)?, '?').then_some(length)
}

/// Such a request with a call behind it of a method that only what is no request has.
fn checked(request: &[TokenTree]) -> TokenStream {
    let here = request[0].span();
    let request = copy(request);
    quote_spanned!(here=> #request.loop_core_tried())
}
