//! What is kept of a function when there is a mistake in it, so that rustc does not report what the function uses as unused.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Signature};

use crate::arguments::Form;
use crate::check;
use crate::depth;
use crate::keyword;
use crate::mistakes::Mistakes;
use crate::parse::Function;
use crate::tokens::{is_punct, is_word, refilled};
use crate::yields;

/// The body, in which `error` is in the place of yields and awaits, so that they cause no second error. `None` if that is not enough.
pub(crate) fn body(
    form: &Form,
    function: &mut Function,
    error: &TokenStream,
) -> Option<TokenStream> {
    let body = function.body.take()?;
    if !has_its_arguments(form, &function.sig) {
        return None;
    }
    let body = keyword::replace(body).ok()?;
    let body = match is_right(&body) {
        true => body,
        false => without_awaits(error, body)?,
    };
    if !is_right(&body) {
        return None;
    }
    let body = without_yields(error, body);
    let mistake = in_place(error, TokenStream::new());
    // The mistake in a `let` tells rustc that the types of this body are not to be relied on.
    Some(quote!(let _ = #mistake; { #body }))
}

/// Whether the arguments that the body uses are still there.
fn has_its_arguments(form: &Form, sig: &Signature) -> bool {
    match form {
        Form::Coroutine { .. } | Form::Generator(_) | Form::Stream(_) | Form::Sink(_) => true,
        Form::SimTest(_) => sig.inputs.len() <= 1 && sig.generics.params.is_empty(),
        Form::Main { .. } | Form::OsTest => sig.inputs.is_empty() && sig.generics.params.is_empty(),
    }
}

fn is_right(body: &TokenStream) -> bool {
    let mut mistakes = Mistakes::default();
    check::tokens(body.clone(), &mut mistakes);
    mistakes.first().is_none()
}

/// Replaces what is awaited outside of async blocks, as far as the body has a syntax tree.
fn without_awaits(error: &TokenStream, body: TokenStream) -> Option<TokenStream> {
    depth::syntax(body.clone()).ok()?;
    let mut statements = Block::parse_within.parse2(body).ok()?;
    let mut awaits = Awaits { error };
    for statement in &mut statements {
        awaits.visit_stmt_mut(statement);
    }
    Some(quote!(#(#statements)*))
}

/// Replaces the yields, wherever they are.
fn without_yields(error: &TokenStream, body: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut rest = body.into_iter().peekable();
    while let Some(token) = rest.next() {
        let is_yield = is_word(&token, "yield_") || is_word(&token, "yield_from");
        if is_yield && rest.next_if(|next| is_punct(next, '!')).is_some() {
            if let Some(TokenTree::Group(operand)) = rest.next() {
                let operand = yields::argument(operand.stream());
                kept.extend(in_place(error, without_yields(error, operand)));
            }
            continue;
        }
        kept.extend([match token {
            TokenTree::Group(group) => refilled(&group, without_yields(error, group.stream())),
            other => other,
        }]);
    }
    kept
}

/// The error as an expression, which has the compiler's error type, so that nothing follows from it. What `value` uses counts as used.
fn in_place(error: &TokenStream, value: TokenStream) -> TokenStream {
    quote!((match { #value } { _ => #error }))
}

struct Awaits<'a> {
    error: &'a TokenStream,
}

impl VisitMut for Awaits<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Async(_) => {}
            Expr::Closure(closure) if closure.asyncness.is_some() => {}
            Expr::Await(awaited) => {
                self.visit_expr_mut(&mut awaited.base);
                let base = awaited.base.to_token_stream();
                *expr = Expr::Verbatim(in_place(self.error, base));
            }
            other => visit_mut::visit_expr_mut(self, other),
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
