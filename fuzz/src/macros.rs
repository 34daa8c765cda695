//! Source text below the macros. They never panic, valid Rust stays valid, and an error points at the user's tokens.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use proc_macro2::{Span, TokenStream, TokenTree};

use crate::library::Library;
use crate::parse::Macro;
use crate::{coroutines, depth, expand};

/// Expands `data`. Its first line names the macro, with the arguments of the attribute, and the rest are the items.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (first, items) = text.split_once('\n').unwrap_or((&text, ""));
    let (name, arguments) = first.split_once(' ').unwrap_or((first, ""));
    let (arguments, items) = (tokens(arguments), tokens(items));
    let which = match name {
        "coroutine" => Some(Macro::Coroutine),
        "generator" => Some(Macro::Generator),
        "main" => Some(Macro::Main),
        "test" => Some(Macro::Test),
        _ => None,
    };
    let expansion = catch_unwind(AssertUnwindSafe(|| match which {
        Some(which) => {
            expand::attribute(which, &Library::default(), arguments.clone(), items.clone())
        }
        None => coroutines::expand(items.clone()),
    }));
    let expansion = expansion.unwrap_or_else(|panic| {
        eprintln!("the macro: {name}, the arguments: {arguments}, the items: {items}");
        resume_unwind(panic)
    });
    if is_rust(&items)
        && let Err(error) = syn::parse2::<syn::File>(expansion.clone())
    {
        panic!("{error}: {items} became {expansion}");
    }
    let misplaced = errors_without_place(expansion);
    assert!(
        items.is_empty() || misplaced.is_empty(),
        "{misplaced:?}: {items}"
    );
}

/// Whether it is valid, and can be parsed without an overflow of the stack.
fn is_rust(items: &TokenStream) -> bool {
    depth::groups(items).is_ok()
        && depth::syntax(items.clone()).is_ok()
        && syn::parse2::<syn::File>(items.clone()).is_ok()
}

/// The messages of the errors that point at all of the macro call.
fn errors_without_place(expansion: TokenStream) -> Vec<String> {
    let nowhere = format!("{:?}", Span::call_site());
    let tokens: Vec<TokenTree> = expansion.into_iter().collect();
    let errors = tokens.windows(3).filter(|tokens| {
        matches!(&tokens[0], TokenTree::Ident(word) if word == "compile_error")
            && format!("{:?}", tokens[0].span()) == nowhere
    });
    errors.map(|tokens| tokens[2].to_string()).collect()
}

/// The tokens of any text. Brackets are completed, and what is no token is left out, so that most mutations of a program reach
/// the macros.
fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|_| {
        let mended = mended(text);
        mended
            .parse()
            .unwrap_or_else(|error| panic!("{error}: {mended}"))
    })
}

fn mended(text: &str) -> String {
    let mut mended = String::new();
    // The brackets that close the open groups.
    let mut open = Vec::new();
    for part in text.split_inclusive(|c: char| c.is_whitespace() || "([{)]}".contains(c)) {
        let word = part.trim_end_matches(|c: char| "([{)]}".contains(c));
        if word.parse::<TokenStream>().is_ok() {
            // A word may end in a comment.
            mended += word;
            mended.push('\n');
        }
        let bracket = &part[word.len()..];
        match bracket {
            "(" => open.push(")"),
            "[" => open.push("]"),
            "{" => open.push("}"),
            _ => {}
        }
        mended += match bracket {
            ")" | "]" | "}" => open.pop().unwrap_or_default(),
            other => other,
        };
    }
    open.iter().rev().for_each(|bracket| mended += bracket);
    mended
}
