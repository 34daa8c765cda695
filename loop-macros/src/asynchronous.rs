//! Async code in a body. What it awaits is not the body's.

use proc_macro2::TokenStream;
use syn::Expr;
use syn::parse::{ParseStream, Parser};

use crate::depth;
use crate::tokens::{Tokens, is_braces, is_punct, is_word, take_through_body, take_until};

/// Skips what follows `async`: a block or a closure, in which `.await` is allowed. An `async fn` is skipped as other functions are.
pub(crate) fn skip_async(rest: &mut Tokens) {
    rest.next_if(|token| is_word(token, "move"));
    if rest.next_if(is_braces).is_none() && rest.next_if(|token| is_punct(token, '|')).is_some() {
        take_until(rest, |token| is_punct(token, '|'));
        skip_closures_body(rest);
    }
}

/// Skips the body of a closure. Only a parser knows where an expression ends.
fn skip_closures_body(rest: &mut Tokens) {
    if rest.peek().is_some_and(|token| is_punct(token, '-')) {
        take_through_body(rest);
        return;
    }
    let after = |input: ParseStream<'_>| {
        input.parse::<Expr>()?;
        input.parse::<TokenStream>()
    };
    // What is no expression is left to the caller, and to rustc.
    let parsed = depth::operand(rest.clone()).and_then(|()| after.parse2(rest.clone().collect()));
    if let Ok(after) = parsed {
        *rest = after.into_iter().peekable();
    }
}
