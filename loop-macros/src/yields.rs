//! `yield_!` and `yield_from!`.
//!
//! They are local macros at the top of the body, so they work wherever an expression does. But rustc would report an error in
//! the expansion of a local macro at the attribute's position. So each `yield_!(x)` that is found in the body's own tokens is
//! passed its expansion as an argument, with the position of the user's word.

use crate::arguments::Form;
use crate::library::Library;
use crate::tokens::{Tokens, is_macro, is_punct, refilled, take_function, take_until};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// The controller, under a name that only the expansion can see.
pub(crate) fn controller(here: Span) -> Ident {
    Ident::new("co", here)
}

/// The yields of one function.
pub(crate) struct Yields<'f> {
    pub(crate) form: &'f Form,
    pub(crate) library: &'f Library,
}

impl Yields<'_> {
    /// The definitions of the two macros.
    pub(crate) fn macros(&self) -> TokenStream {
        let expansion = |word| self.expansion(word, quote!($value), Span::mixed_site());
        let (one, from) = (expansion("yield_"), expansion("yield_from"));
        let library = self.library;
        let detached = match self.form {
            Form::Generator(_) => TokenStream::new(),
            // A body that yields nothing does not use it.
            _ => quote!(
                #[allow(unused_imports)]
                use #library::__private::Detached as _;
            ),
        };
        quote! {
            #detached
            macro_rules! yield_ {
                (@ $placed:expr) => { $placed };
                () => { yield_!(()) };
                ($value:expr $(,)?) => { #one };
            }
            macro_rules! yield_from {
                (@ $placed:expr) => { $placed };
                ($value:expr $(,)?) => { #from };
            }
        }
    }

    /// What `word!(value)` means.
    ///
    /// Two statements: what `value` borrows for a moment is given back before others run, so a guard of a `RefCell` in it
    /// does not stay locked.
    fn expansion(&self, word: &str, value: TokenStream, here: Span) -> TokenStream {
        let co = controller(here);
        let library = self.library.at(here);
        let step = Ident::new("step", here);
        let begun = match (self.form, word) {
            // `value` is an argument, so that it is coerced to its type, and an error points at it.
            (Form::Generator(_), "yield_") => {
                quote_spanned!(here=> let #step = #co.yield_(#value);)
            }
            (Form::Generator(_), _) => quote_spanned!(here=> let #step = #co.yield_from(#value);),
            // `value` is not passed directly: rustc would report a wrong type at the argument, and again at the call.
            (_, "yield_") => {
                quote_spanned!(here=> let #step = (#value).loop_core_detached(); let #step = #co.request(#step);)
            }
            // The coroutine may borrow a temporary of `value`, so temporaries live until it has ended, as in a call.
            _ => {
                return quote_spanned!(here=> match #value { #step => #co.yield_from(#step).await });
            }
        };
        let come_back = quote_spanned!(here=> { #begun #step.await });
        match (self.form, word) {
            // A call, because rustc takes the last value of a block for one that the function returns.
            (Form::Generator(_), "yield_") => {
                quote_spanned!(here=> #library::__private::Yielder::received(#come_back, &#co))
            }
            _ => come_back,
        }
    }

    /// Passes their expansions to the yields in `body`.
    pub(crate) fn place(&self, body: TokenStream) -> TokenStream {
        let mut placed = TokenStream::new();
        let mut rest = body.into_iter().peekable();
        while let Some(token) = rest.next() {
            let (token, after) = match token {
                TokenTree::Group(group) => (
                    refilled(&group, self.place(group.stream())),
                    TokenStream::new(),
                ),
                // A function in the body has a controller of its own, or none.
                TokenTree::Ident(word) if word == "fn" => (word.into(), take_function(&mut rest)),
                TokenTree::Ident(word) => {
                    let after = self.call(&word, &mut rest);
                    (word.into(), after)
                }
                other => (other, TokenStream::new()),
            };
            placed.extend([token]);
            placed.extend(after);
        }
        placed
    }

    /// What follows `word`, if it is the name of a macro that is called here.
    fn call(&self, word: &Ident, rest: &mut Tokens) -> TokenStream {
        let Some(bang) = rest.next_if(|token| is_punct(token, '!')) else {
            return TokenStream::new();
        };
        match rest.peek() {
            Some(TokenTree::Group(group)) if word == "yield_" || word == "yield_from" => {
                let arguments = self.hand_over(word, group);
                rest.next();
                quote!(#bang #arguments)
            }
            // The arguments of another macro stay as written: `assert!` and `stringify!` show them.
            Some(TokenTree::Group(_)) if is_macro(word) => {
                let arguments = rest.next();
                quote!(#bang #arguments)
            }
            Some(TokenTree::Ident(_)) if word == "macro_rules" => {
                let definition = take_until(rest, |token| matches!(token, TokenTree::Group(_)));
                quote!(#bang #definition)
            }
            // `a != b`
            _ => quote!(#bang),
        }
    }

    /// The arguments of the call: `@`, which tells the macro to pass on what follows, and the expansion.
    fn hand_over(&self, word: &Ident, arguments: &Group) -> TokenTree {
        let here = Span::mixed_site().located_at(word.span());
        let value = match without_last_comma(self.place(arguments.stream())) {
            value if value.is_empty() => quote_spanned!(here=> ()),
            value => value,
        };
        let expansion = self.expansion(&word.to_string(), value, here);
        refilled(arguments, quote!(@ #expansion))
    }
}

fn without_last_comma(value: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = value.into_iter().collect();
    tokens.pop_if(|last| is_punct(last, ','));
    tokens.into_iter().collect()
}
