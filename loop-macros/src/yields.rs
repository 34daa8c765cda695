//! `yield_!` and `yield_from!`, `emit!` and `receive!`.
//!
//! They are procedural macros that the body imports, so they work wherever an expression does, and only there. All that a call
//! expands to has the position of the whole call, so rustc's errors, lints and fixes are about `yield_!(…)`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::Error;

use crate::arguments::Form;
use crate::library::Library;
use crate::mistakes::text;
use crate::tokens::{is_punct, is_word, variable};

/// The controller, under a name that only the expansion can see.
pub(crate) fn controller() -> Ident {
    variable("co")
}

/// The names of the macros that work in the body of a `form`.
pub(crate) fn names(form: &Form) -> &'static [&'static str] {
    match form {
        Form::Stream(_) => &["yield_", "yield_from", "emit"],
        Form::Sink(_) => &["yield_", "yield_from", "receive"],
        _ => &["yield_", "yield_from"],
    }
}

/// Whether `tokens` begin with a call of one of the macros called `names`.
pub(crate) fn is_call(tokens: &[TokenTree], names: &[&str]) -> bool {
    let [word, bang, TokenTree::Group(_), ..] = tokens else {
        return false;
    };
    is_punct(bang, '!') && names.iter().any(|name| is_word(word, name))
}

/// The import of these macros.
pub(crate) fn import(form: &Form, library: &Library) -> TokenStream {
    let import = match form {
        Form::Generator(exchange) if exchange.yields_nothing() => {
            quote!(of_generators::{__Yielder, silent::{__nothing, yield_}, yield_from})
        }
        Form::Generator(_) => quote!(of_generators::{__Yielder, yield_, yield_from}),
        Form::Stream(_) => {
            quote!(of_streams::{Detached as _, Unanswered as _, emit, yield_, yield_from})
        }
        Form::Sink(_) => {
            quote!(of_sinks::{Detached as _, Unanswered as _, receive, yield_, yield_from})
        }
        _ => quote!(of_coroutines::{Detached as _, Unanswered as _, yield_, yield_from}),
    };
    quote! {
        #[allow(unused_imports)]
        use #library::__private::#import;
    }
}

/// The top of the body, which makes these macros work in it.
pub(crate) fn prelude(form: &Form, library: &Library) -> TokenStream {
    let co = controller();
    let import = import(form, library);
    // These macros see the name of a macro, but not that of a variable. The controller is used here, so that rustc does not
    // report it where no yield can be reached.
    quote! {
        #import
        #[allow(unused_macros)]
        macro_rules! __co { () => { #co } }
        let _ = &#co;
    }
}

/// `yield_!(value)` in a coroutine.
///
/// As in a generator, what `value` borrows for a moment is given back at the end of the `let`, before others run. So a guard of a
/// `RefCell` in it does not stay locked. The `.await` is outside of the block, because rustc's advice for an unused value would add
/// a semicolon to a block.
pub(crate) fn of_coroutine(value: TokenStream) -> TokenStream {
    let value = argument(value);
    // `value` is not passed directly: rustc would report a wrong type at the argument, and again at the call. It is in a tuple and not in
    // parentheses, because rustc would name the method where the value has been moved, and its proposals would replace the parentheses.
    diverging(&value).unwrap_or_else(|| quote_spanned! {Span::mixed_site()=>
        { let __loop_core_step = (#value,).0.loop_core_detached(); (&__co!()).request(__loop_core_step) }.await
    })
}

/// `yield_from!(value)` in a coroutine.
///
/// The coroutine may borrow a temporary of `value`, so temporaries live until it has ended, as in a call. `value` is an argument, because rustc
/// would propose to write a `ref` into a pattern.
pub(crate) fn from_of_coroutine(value: TokenStream) -> TokenStream {
    let value = argument(value);
    diverging(&value).unwrap_or_else(|| quote_spanned! {Span::mixed_site()=>
        match (&__co!()).given(#value) { __loop_core_step => (&__co!()).yield_from(__loop_core_step).await }
    })
}

/// `yield_!(value)` in a generator. The lints would be about the `let`, and `yield` needs some of the parentheses.
pub(crate) fn of_generator(value: TokenStream) -> TokenStream {
    let value = argument(value);
    // `value` is an argument, so that it is coerced to its type, and an error points at it.
    diverging(&value).unwrap_or_else(|| quote_spanned! {Span::mixed_site()=>
        __Yielder::received(
            { #[allow(unused_parens, unused_braces)] let __loop_core_step = (&__co!()).yield_(#value); __loop_core_step }.await,
            &__co!(),
        )
    })
}

/// `yield_!(value)` in a generator that yields nothing. The value's type has a trait, whose message says what the attribute lacks.
pub(crate) fn of_silent_generator(value: TokenStream) -> TokenStream {
    let value = argument(value);
    diverging(&value)
        .unwrap_or_else(|| of_generator(quote_spanned!(Span::mixed_site()=> __nothing(#value))))
}

/// The value, if it is an expression that never has one: `return`, `todo!()`. Its type is `!`, which has no traits, and a call with it would be
/// unreachable code.
fn diverging(value: &TokenStream) -> Option<TokenStream> {
    const WORDS: [&str; 3] = ["break", "continue", "return"];
    const MACROS: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
    let tokens: Vec<TokenTree> = value.clone().into_iter().collect();
    let is_one_of = |words: &[&str]| words.iter().any(|word| is_word(&tokens[0], word));
    let diverges = match &tokens[..] {
        [_, bang, TokenTree::Group(_)] if is_punct(bang, '!') => is_one_of(&MACROS),
        _ => is_one_of(&WORDS),
    };
    diverges.then(|| quote!({ #value }))
}

/// `yield_from!(value)` in a generator.
pub(crate) fn from_of_generator(value: TokenStream) -> TokenStream {
    let value = argument(value);
    diverging(&value).unwrap_or_else(|| quote_spanned! {Span::mixed_site()=>
        { #[allow(unused_parens, unused_braces)] let __loop_core_step = (&__co!()).yield_from(#value); __loop_core_step }.await
    })
}

/// `emit!(value)` in a stream.
pub(crate) fn emit(value: TokenStream) -> TokenStream {
    let value = argument(value);
    diverging(&value).unwrap_or_else(|| quote_spanned! {Span::mixed_site()=>
        { #[allow(unused_parens, unused_braces)] let __loop_core_step = (&__co!()).emit(#value); __loop_core_step }.await
    })
}

/// `receive!()` in a sink.
pub(crate) fn receive(nothing: TokenStream) -> TokenStream {
    if !nothing.is_empty() {
        let what = "`receive!()` takes nothing: it gives the value that the sink is sent";
        let help = "write `receive!()`";
        return refused(Error::new_spanned(&nothing, text(what, help)), nothing);
    }
    quote_spanned!(Span::mixed_site()=> (&__co!()).receive().await)
}

/// `yield_!` or `yield_from!` where nothing can yield, or in a body under another name.
pub(crate) fn outside(name: &str, value: TokenStream) -> TokenStream {
    let what = format!(
        "`{name}` works only in the body of a coroutine or a generator, under its own name"
    );
    let help = format!(
        "write `#[loop_core::coroutine]` above the function, or `#[loop_core::generator(yields = …)]`; in such a body write `{name}(…)`, \
         whatever an import calls it"
    );
    refused_here(&what, &help, value)
}

/// `emit!` where it does not belong to a stream.
pub(crate) fn outside_stream(value: TokenStream) -> TokenStream {
    let what = "`emit!` stands in the body of a stream, and this is none";
    let help = "write `#[loop_core::stream(yields = …)]` above the function; a generator gives out its values with `yield_!(…)`";
    refused_here(what, help, value)
}

/// `receive!` where it does not belong to a sink.
pub(crate) fn outside_sink(value: TokenStream) -> TokenStream {
    let what = "`receive!` stands in the body of a sink, and this is none";
    let help = "write `#[loop_core::sink(receives = …)]` above the function; to a generator that receives, `yield_!(…)` gives what it is sent";
    refused_here(what, help, value)
}

fn refused_here(what: &str, help: &str, value: TokenStream) -> TokenStream {
    // With the hygiene of the user's code, so that rustc does not add where the error comes from.
    let first = value.clone().into_iter().next();
    let here = first.map_or_else(Span::call_site, |first| {
        Span::call_site().resolved_at(first.span())
    });
    refused(Error::new(here, text(what, help)), value)
}

/// A yield that is an error. The operand stays, so that what it uses counts as used. The parentheses make it an operand where a statement
/// begins, as in `yield_!(x) + 1`.
pub(crate) fn refused(error: Error, operand: TokenStream) -> TokenStream {
    let error = error.into_compile_error();
    quote!(({ #[allow(unused)] { (#operand); } #error }))
}

/// What stands between the parentheses: an expression, perhaps with a comma behind it, or nothing, which means `()`.
pub(crate) fn argument(value: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = value.into_iter().collect();
    tokens.pop_if(|last| is_punct(last, ','));
    match tokens.is_empty() {
        true => quote_spanned!(Span::mixed_site()=> ()),
        false => tokens.into_iter().collect(),
    }
}
