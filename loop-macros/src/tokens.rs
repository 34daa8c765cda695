//! Walking over tokens that rustc has parsed, or will never parse because they stand in a macro call.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::braced;
use syn::parse::{Parse, ParseStream, Parser};

/// A variable of the expansion. No code of the user's sees it, and its name is one that no `static` or `const` of the user's has: those
/// a variable cannot shadow.
pub(crate) fn variable(name: &str) -> Ident {
    Ident::new(&format!("__loop_core_{name}"), Span::mixed_site())
}

/// Whether the signature of a function goes on with `next` after braces, which are a constant then: `-> A<{ N + 1 }> { … }`.
pub(crate) fn goes_on(next: Option<&TokenTree>) -> bool {
    next.is_some_and(|next| is_punct(next, '>') || is_punct(next, ','))
}

pub(crate) fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// Whether `word!(…)` calls a macro; `if !(…)` does not.
pub(crate) fn is_macro(word: &Ident) -> bool {
    Ident::parse.parse2(word.to_token_stream()).is_ok()
}

pub(crate) fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}

pub(crate) fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// A group like `group` with other contents.
pub(crate) fn refilled(group: &Group, contents: TokenStream) -> TokenTree {
    let mut refilled = Group::new(group.delimiter(), contents);
    refilled.set_span(group.span());
    refilled.into()
}

/// The place of the last token.
pub(crate) fn end_of(tokens: &TokenStream) -> Span {
    let last = tokens.clone().into_iter().last();
    last.map_or_else(Span::call_site, |last| last.span())
}

/// Parses all of `tokens`. An error at their end points at `end`, where `Parser::parse2` would point at all of the macro call.
pub(crate) fn parse_to<T>(
    tokens: TokenStream,
    end: Span,
    parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(end);
    let inside = |input: ParseStream<'_>| {
        let contents;
        braced!(contents in input);
        parser(&contents)
    };
    inside.parse2(TokenTree::from(group).into())
}
