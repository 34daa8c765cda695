//! What is kept of a function when there is a mistake in it, so that rustc does not report what the function uses as unused.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{FnArg, Pat, Signature};

use crate::arguments::Form;
use crate::elsewhere;
use crate::keyword;
use crate::library::Library;
use crate::parse::Function;
use crate::signature::name_arguments;
use crate::tokens::{is_punct, is_word, refilled};
use crate::yields;

/// The body, in which `error` is in the place of yields, awaits and lost arguments, so that they cause no second error. `None` if that is
/// not enough. Gives the arguments plain names.
pub(crate) fn body(
    form: &Form,
    library: &Library,
    function: &mut Function,
    error: &TokenStream,
) -> Option<TokenStream> {
    let body = keyword::replace(function.body.take()?);
    let arguments = arguments(form, &mut function.sig, error);
    let body = elsewhere::in_body(body.ok()?, form, library);
    let body = without_answers(error, yields::names(form), body);
    let mistake = in_place(error, TokenStream::new());
    // The mistake in a `let` tells rustc that the types of this body are not to be relied on.
    let arguments = arguments?;
    Some(quote!(let _ = #mistake; #arguments { #body }))
}

/// Binds the arguments. Those of a function that is called without any will be removed. `None` if there are types among them.
fn arguments(form: &Form, sig: &mut Signature, error: &TokenStream) -> Option<TokenStream> {
    let keeps_them = match form {
        Form::Coroutine { .. } | Form::Generator(_) | Form::Stream(_) | Form::Sink(_) => {
            return Some(name_arguments(sig));
        }
        Form::SimTest(_) => sig.inputs.len() == 1,
        Form::Main { .. } | Form::OsTest => false,
    };
    let lost: Vec<Pat> = match keeps_them {
        true => Vec::new(),
        false => sig.inputs.iter().filter_map(pattern).collect(),
    };
    let kept = name_arguments(sig);
    let bound = if keeps_them {
        kept
    } else {
        quote!(#(let #lost = #error;)*)
    };
    sig.generics.params.is_empty().then_some(bound)
}

fn pattern(input: &FnArg) -> Option<Pat> {
    match input {
        FnArg::Typed(argument) => Some((*argument.pat).clone()),
        FnArg::Receiver(_) => None,
    }
}

/// Replaces the yields, wherever they are, and makes an error of what is awaited.
fn without_answers(error: &TokenStream, names: &[&str], body: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut rest = body.into_iter().peekable();
    while let Some(token) = rest.next() {
        let is_yield = names.iter().any(|name| is_word(&token, name));
        if is_yield && rest.next_if(|next| is_punct(next, '!')).is_some() {
            if let Some(TokenTree::Group(operand)) = rest.next() {
                let operand = yields::argument(operand.stream());
                kept.extend(in_place(error, without_answers(error, names, operand)));
            }
            continue;
        }
        if is_punct(&token, '.') && rest.next_if(|next| is_word(next, "await")).is_some() {
            // What is indexed with an error has the compiler's error type, whatever it is.
            kept.extend(quote!([#error]));
            continue;
        }
        kept.extend([match token {
            TokenTree::Group(group) => {
                refilled(&group, without_answers(error, names, group.stream()))
            }
            other => other,
        }]);
    }
    kept
}

/// The error as an expression, which has the compiler's error type, so that nothing follows from it. What `value` uses counts as used.
fn in_place(error: &TokenStream, value: TokenStream) -> TokenStream {
    quote!((match { #value } { _ => #error }))
}
