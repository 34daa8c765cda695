//! From `yield x` to `yield_!(x)`, between tokens that rustc has not parsed.

use std::iter;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::ParseStream;
use syn::{Expr, Token};

use crate::depth;
use crate::mistakes::text;
use crate::tokens::{end_of, is_word, parse_to, refilled};

/// Replaces the keyword everywhere in `tokens`, also between those of a macro call like `println!("{}", yield x)`.
pub(crate) fn replace(tokens: TokenStream) -> syn::Result<TokenStream> {
    let end = end_of(&tokens);
    replace_to(tokens, end)
}

/// Replaces the keyword in tokens that end at `end`.
fn replace_to(tokens: TokenStream, end: Span) -> syn::Result<TokenStream> {
    let mut all = tokens.clone().into_iter();
    // Only groups with the keyword are parsed; all others are only walked over.
    match all.any(|token| is_word(&token, "yield")) {
        true => parse_to(tokens, end, replace_here),
        false => tokens.into_iter().map(replace_inside).collect(),
    }
}

/// The tokens of one group. `input` does not copy them for each keyword, so the time is linear.
fn replace_here(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut replaced = TokenStream::new();
    while !input.is_empty() {
        match input.parse()? {
            TokenTree::Ident(word) if word == "yield" => replaced.extend(call(&word, input)?),
            other => replaced.extend([replace_inside(other)?]),
        }
    }
    Ok(replaced)
}

fn replace_inside(token: TokenTree) -> syn::Result<TokenTree> {
    match token {
        TokenTree::Group(group) => {
            let contents = replace_to(group.stream(), group.span_close())?;
            Ok(refilled(&group, contents))
        }
        other => Ok(other),
    }
}

/// The call that takes the place of `word` and its operand.
///
/// The operand is all that can be part of an expression, as after `return`: `yield a + b` yields the sum.
fn call(word: &Ident, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let operand = replace(operand(input)?)?;
    Ok(quote_spanned!(word.span()=> yield_!(#operand)))
}

fn operand(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    if input.peek(Token![$]) {
        let help = "write `yield_!($…)` in a `macro_rules!`";
        return Err(input.error(text(
            "where the operand of this `yield` ends can't be known",
            help,
        )));
    }
    let from_here = iter::successors(input.cursor().token_tree(), |(_, rest)| rest.token_tree());
    depth::operand(from_here.map(|(token, _)| token))?;
    match Expr::peek(input) {
        true => input.parse::<Expr>().map(Expr::into_token_stream),
        false => Ok(TokenStream::new()),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::replace;

    /// The operand of the keyword is all that can belong to an expression.
    #[test]
    fn the_keyword_and_its_operand() {
        let replaced = |tokens: TokenStream| replace(tokens).unwrap().to_string();
        let table = [
            (quote!(yield), quote!(yield_!())),
            (quote!(yield; yield 1;), quote!(yield_!(); yield_!(1);)),
            (quote!(yield a + b, c), quote!(yield_!(a + b), c)),
            (quote!((yield a) + b), quote!((yield_!(a)) + b)),
            (quote!(a || yield b || c), quote!(a || yield_!(b || c))),
            (quote!(yield a?), quote!(yield_!(a?))),
            (quote!(yield yield a), quote!(yield_!(yield_!(a)))),
            (quote!(f(yield, yield a)), quote!(f(yield_!(), yield_!(a)))),
            (
                quote!(x => yield a, y => yield),
                quote!(x => yield_!(a), y => yield_!()),
            ),
            (quote!(n = yield n), quote!(n = yield_!(n))),
            (quote!(yield |x| x + 1), quote!(yield_!(|x| x + 1))),
            (quote!(yield { a; b }; c), quote!(yield_!({ a; b }); c)),
            (
                quote!(yield S { a: yield 1 }),
                quote!(yield_!(S { a: yield_!(1) })),
            ),
            (
                quote!(println!("{}", yield 1)),
                quote!(println!("{}", yield_!(1))),
            ),
            (quote!(r#yield), quote!(r#yield)),
            (quote!(yield_!(a)), quote!(yield_!(a))),
        ];
        for (written, meant) in table {
            assert_eq!(replaced(written), meant.to_string());
        }
    }

    #[test]
    fn a_keyword_without_an_expression_is_the_users_mistake() {
        assert!(replace(quote!(yield !)).is_err());
        assert!(
            replace(quote!(
                macro_rules! m {
                    ($x:expr) => {
                        yield $x
                    };
                }
            ))
            .is_err()
        );
    }
}
