//! From `yield x` to `yield_!(x)`, between tokens that rustc has not parsed.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token};

use crate::mistakes::text;
use crate::tokens::refilled;

/// Replaces the keyword everywhere in `tokens`, also between those of a macro call like `println!("{}", yield x)`.
pub(crate) fn replace(tokens: TokenStream) -> syn::Result<TokenStream> {
    let mut replaced = TokenStream::new();
    let mut rest = tokens.into_iter();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Ident(word) if word == "yield" => {
                let (call, after) = call(&word, rest.collect())?;
                replaced.extend(call);
                rest = after.into_iter();
            }
            TokenTree::Group(group) => {
                replaced.extend([refilled(&group, replace(group.stream())?)])
            }
            other => replaced.extend([other]),
        }
    }
    Ok(replaced)
}

/// The call that takes the place of `word` and its operand, and what comes after them.
///
/// The operand is all that can be part of an expression, as after `return`: `yield a + b` yields the sum.
fn call(word: &Ident, after: TokenStream) -> syn::Result<(TokenStream, TokenStream)> {
    let split = |input: ParseStream<'_>| {
        let operand = operand(input)?;
        Ok((operand, input.parse::<TokenStream>()?))
    };
    let (operand, after) = split.parse2(after)?;
    let operand = replace(operand)?;
    Ok((quote_spanned!(word.span()=> yield_!(#operand)), after))
}

fn operand(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    if input.peek(Token![$]) {
        let help = "write `yield_!($…)` in a `macro_rules!`";
        return Err(input.error(text("where the operand of this `yield` ends can't be known", help)));
    }
    match Expr::peek(input) {
        true => input.parse::<Expr>().map(Expr::into_token_stream),
        false => Ok(TokenStream::new()),
    }
}
