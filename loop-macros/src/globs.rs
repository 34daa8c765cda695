//! Blocks of a body that import all of a module. That may be the prelude, in which `yield_!` is only an error, and a nearer import
//! counts.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::tokens::{is_braces, is_punct, is_word, refilled};

/// The body, in which each such block has what follows its imports in a block of its own, with the macros of the body imported once more.
pub(crate) fn with_imports(body: TokenStream, import: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let (mut globs, mut rest) = (TokenStream::new(), TokenStream::new());
    let mut next = 0;
    while next < tokens.len() {
        let here = &tokens[next..];
        let length = match () {
            () if is_word(&here[0], "use") => statement(here),
            () if is_word(&here[0], "fn") || is_word(&here[0], "mod") => item(here),
            () if is_call(here) => 3,
            () => 1,
        };
        let part = &here[..length];
        if is_word(&part[0], "use") && part.iter().any(is_glob) {
            globs.extend(part.iter().cloned());
        } else if let [TokenTree::Group(group)] = part {
            rest.extend([refilled(group, with_imports(group.stream(), import))]);
        } else {
            rest.extend(part.iter().cloned());
        }
        next += length;
    }
    match globs.is_empty() {
        true => rest,
        false => quote!(#globs { #import #rest }),
    }
}

/// How many tokens a statement is, with its semicolon.
fn statement(tokens: &[TokenTree]) -> usize {
    let end = tokens.iter().position(|token| is_punct(token, ';'));
    end.map_or(tokens.len(), |end| end + 1)
}

/// How many tokens an item is that has imports of its own.
fn item(tokens: &[TokenTree]) -> usize {
    let is_end = |token: &TokenTree| is_braces(token) || is_punct(token, ';');
    match tokens.get(1) {
        // The type `fn()` has no name.
        Some(TokenTree::Ident(_)) => {
            let end = tokens.iter().position(is_end);
            end.map_or(tokens.len(), |end| end + 1)
        }
        _ => 1,
    }
}

/// Whether it is `name!(…)`, whose tokens are the macro's.
fn is_call(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Ident(_), bang, TokenTree::Group(_), ..] if is_punct(bang, '!'))
}

fn is_glob(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().any(|token| is_glob(&token)),
        token => is_punct(token, '*'),
    }
}
