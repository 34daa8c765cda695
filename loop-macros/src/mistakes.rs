//! The user's mistakes, collected so that each is reported once.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Error, Type};

/// The errors found so far; empty when the user made no mistake.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// Reports `what` on `tokens`, with `help` saying what to write instead.
    pub(crate) fn report(&mut self, tokens: impl ToTokens, what: &str, help: &str) {
        self.add(Error::new_spanned(tokens, text(what, help)));
    }

    /// Adds an error of a parser.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds the mistakes that another check has found.
    pub(crate) fn absorb(&mut self, other: Mistakes) {
        if let Some(error) = other.0 {
            self.add(error);
        }
    }

    /// The `compile_error!` call of the first one. rustc shows the same error at the same place once, so it can be repeated.
    pub(crate) fn first(&self) -> Option<TokenStream> {
        let first = self.0.clone()?.into_iter().next()?;
        Some(first.into_compile_error())
    }

    /// The first one as a type, with which every other type seems to agree. It is an array of unknown length, because a
    /// `compile_error!` that is the type itself would be `()`.
    pub(crate) fn ty(&self) -> Type {
        let length = self.first();
        Type::Verbatim(quote!([(); #length]))
    }

    /// The `compile_error!` calls.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(Error::into_compile_error).unwrap_or_default()
    }
}

/// A message laid out like rustc's own, whose second line says what to do.
pub(crate) fn text(what: &str, help: &str) -> String {
    format!("{what}\n= help: {help}")
}
