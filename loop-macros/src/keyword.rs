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
        return Err(input.error(text(
            "where the operand of this `yield` ends can't be known",
            help,
        )));
    }
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
