//! Yields that stand in the body of a coroutine but do not belong to it: in a closure, in async code, in a function of its own.
//!
//! Each becomes an error that says so. And requests that are used as if they were their own answers: `Stdin?`. Otherwise rustc would report an `await` that the user has not written, or a yield in an
//! `async` block would do what nobody expects. The rest of the body stays, so that what it uses counts as used.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::Error;

use crate::mistakes::text;
use crate::requests;
use crate::tokens::{goes_on, is_braces, is_macro, is_punct, is_word, refilled};
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
}

impl Whose {
    fn can_yield(self) -> bool {
        matches!(self, Whose::Coroutine | Whose::Generator)
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
        }
    }
}

/// The body of a coroutine with errors in the place of such yields and requests.
pub(crate) fn in_coroutine(body: TokenStream) -> TokenStream {
    read(body, Whose::Coroutine)
}

/// The body of a generator with errors in the place of such yields.
pub(crate) fn in_generator(body: TokenStream) -> TokenStream {
    read(body, Whose::Generator)
}

fn read(code: TokenStream, whose: Whose) -> TokenStream {
    let tokens: Vec<TokenTree> = code.into_iter().collect();
    let mut read = TokenStream::new();
    let mut next = 0;
    while next < tokens.len() {
        let (length, replaced) = part(&tokens, next, whose);
        read.extend(replaced);
        next += length;
    }
    read
}

/// What stands at `at`: how many tokens it is, and what becomes of them.
fn part(tokens: &[TokenTree], at: usize, whose: Whose) -> (usize, TokenStream) {
    let rest = &tokens[at..];
    if let Some(length) = other_code(rest) {
        return (length, copy(&rest[..length]));
    }
    if !whose.can_yield() && is_yield(rest) {
        return (3, error(&rest[..3], whose));
    }
    if whose == Whose::Coroutine
        && !is_part_of_path(&tokens[..at])
        && let Some(length) = unyielded(rest)
    {
        return (length, yielded(&rest[..length]));
    }
    if is_word(&rest[0], "async")
        && let Some((head, length, inner)) = async_code(rest)
    {
        return (length, behind(rest, head, length, inner));
    }
    if is_word(&rest[0], "fn") && matches!(rest.get(1), Some(TokenTree::Ident(_))) {
        let is_end = |(index, token): (usize, &TokenTree)| {
            is_punct(token, ';') || is_braces(token) && !goes_on(rest.get(index + 1))
        };
        let body = rest.iter().enumerate().position(is_end);
        let length = body.map_or(rest.len(), |body| body + 1);
        let inner = if is_expanded(&tokens[..at]) {
            Whose::Coroutine
        } else {
            Whose::Function
        };
        return (length, function(&rest[..length], inner));
    }
    if is_punct(&rest[0], '|')
        && can_begin_expression(&tokens[..at])
        && let Some((parameters, length)) = closure(rest)
    {
        return (length, behind(rest, parameters, length, Whose::Closure));
    }
    (1, within(&rest[..1], whose))
}

/// The first tokens as they are, and the others, up to `length`, read.
fn behind(rest: &[TokenTree], head: usize, length: usize, whose: Whose) -> TokenStream {
    let mut whole = copy(&rest[..head]);
    whole.extend(read(copy(&rest[head..length]), whose));
    whole
}

fn copy(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// The tokens, with the groups among them read.
fn within(tokens: &[TokenTree], whose: Whose) -> TokenStream {
    let read = tokens.iter().map(|token| match token {
        TokenTree::Group(group) => refilled(group, read(group.stream(), whose)),
        other => other.clone(),
    });
    read.collect()
}

/// A function: only its body is code. What an attribute expands, or a block has expanded already, is left to that.
fn function(tokens: &[TokenTree], whose: Whose) -> TokenStream {
    match tokens.split_last() {
        Some((body, signature)) if whose == Whose::Function && !is_expansion(body) => {
            let mut whole = copy(signature);
            whole.extend(within(std::slice::from_ref(body), whose));
            whole
        }
        _ => copy(tokens),
    }
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

/// A macro call, or a macro's definition, whose tokens need not be code of this body: only the macro knows what it makes of them.
fn other_code(rest: &[TokenTree]) -> Option<usize> {
    let TokenTree::Ident(name) = &rest[0] else {
        return None;
    };
    if !is_punct(rest.get(1)?, '!') || is_yield(rest) || is_of_std(name) {
        return None;
    }
    // `if !(…)` calls no macro.
    if !is_macro(name) {
        return None;
    }
    let is_definition = name == "macro_rules";
    let group = if is_definition { 3 } else { 2 };
    matches!(rest.get(group)?, TokenTree::Group(_)).then_some(group + 1)
}

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

fn is_yield(rest: &[TokenTree]) -> bool {
    let [word, bang, TokenTree::Group(_), ..] = rest else {
        return false;
    };
    (is_word(word, "yield_") || is_word(word, "yield_from")) && is_punct(bang, '!')
}

fn error(call: &[TokenTree], whose: Whose) -> TokenStream {
    let (what, help) = whose.mistake();
    let error = Error::new_spanned(copy(call), text(what, help));
    let operand = match call.last() {
        Some(TokenTree::Group(operand)) => read(operand.stream(), whose),
        _ => TokenStream::new(),
    };
    yields::refused(error, operand)
}

/// Whether what follows is a field, or the rest of a path: the user's `Command::Stop` is no request.
fn is_part_of_path(before: &[TokenTree]) -> bool {
    match before {
        [.., last] if is_punct(last, '.') => true,
        [.., colon, last] => is_punct(colon, ':') && is_punct(last, ':'),
        _ => false,
    }
}

/// A request that is used as if it was its own answer: `Stdin?`, `Print(text)?`, `Stdin.unwrap()`. Gives the tokens of the request.
fn unyielded(rest: &[TokenTree]) -> Option<usize> {
    let TokenTree::Ident(word) = &rest[0] else {
        return None;
    };
    if !requests::can_fail(word) {
        return None;
    }
    let has_fields = matches!(rest.get(1), Some(TokenTree::Group(_)));
    let length = 1 + usize::from(has_fields);
    let is_used = match rest.get(length)? {
        next if is_punct(next, '?') => true,
        next if is_punct(next, '.') => {
            let method = rest.get(length + 1)?;
            is_word(method, "unwrap") || is_word(method, "expect")
        }
        _ => false,
    };
    is_used.then_some(length)
}

/// Such a request as an error that says what it should be.
fn yielded(request: &[TokenTree]) -> TokenStream {
    let fields = if request.len() > 1 { "(…)" } else { "" };
    let name = format!("{}{fields}", request[0]);
    let what = format!("`{name}` is a request: it has no answer until it is yielded");
    let help = format!("write `yield_!({name})`");
    let error = Error::new_spanned(&request[0], text(&what, &help)).into_compile_error();
    let request = copy(request);
    // What is indexed with an error has the compiler's error type, so that nothing follows from it.
    quote!((#request)[#error])
}

/// Async code, a block or a closure: where its code begins, where it ends, and which it is.
fn async_code(rest: &[TokenTree]) -> Option<(usize, usize, Whose)> {
    let is_move = rest.get(1).is_some_and(|token| is_word(token, "move"));
    let begin = if is_move { 2 } else { 1 };
    let first = rest.get(begin)?;
    if is_braces(first) {
        return Some((begin, begin + 1, Whose::AsyncBlock));
    }
    if !is_punct(first, '|') {
        return None;
    }
    let (parameters, length) = closure(&rest[begin..])?;
    Some((begin + parameters, begin + length, Whose::AsyncClosure))
}

/// Whether an expression can begin behind these tokens. Elsewhere `|` is an operator.
fn can_begin_expression(before: &[TokenTree]) -> bool {
    let Some(last) = before.last() else {
        return true;
    };
    match last {
        TokenTree::Punct(punct) if punct.as_char() == '>' => {
            before.len() > 1 && is_punct(&before[before.len() - 2], '=')
        }
        TokenTree::Punct(punct) => [',', ';', '=', ':'].contains(&punct.as_char()),
        TokenTree::Ident(word) => ["move", "return", "break", "else", "in"]
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

/// The closure at the beginning: how many tokens its parameters are, and how many all of it is. `None` if it is a pattern.
fn closure(rest: &[TokenTree]) -> Option<(usize, usize)> {
    let end_of_parameters = rest[1..].iter().position(|token| is_punct(token, '|'))? + 2;
    if has_arrow(&rest[..end_of_parameters]) {
        return None;
    }
    let body = &rest[end_of_parameters..];
    let length = length_of(body);
    // `| A | B => …`: a closure's body has no `=>` outside of braces.
    let is_pattern = has_arrow(&body[..length]);
    (!is_pattern).then_some((end_of_parameters, end_of_parameters + length))
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
