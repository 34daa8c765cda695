//! The macros of `loop-core`. Depend on `loop-core`, which re-exports them; its documentation starts the tour.
//!
//! | macro | makes of a function |
//! |---|---|
//! | [`macro@coroutine`] | a coroutine of the event loop |
//! | [`macro@generator`] | a generator as Python has them |
//! | [`macro@main`] | the program |
//! | [`macro@test`] | a test in the simulated world |
//!
//! [`coroutines!`] is a block in which the attributes need no path and the keyword `yield` works.

mod check;
mod coroutines;
mod expand;
mod keyword;
mod mistakes;
mod parse;
mod signature;
#[cfg(test)]
mod tests;

use parse::Macro;
use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn coroutine(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Macro::Coroutine, arguments.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn generator(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Macro::Generator, arguments.into(), item.into()).into()
}

#[proc_macro]
pub fn coroutines(items: TokenStream) -> TokenStream {
    coroutines::expand(items.into()).into()
}

#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Macro::Main, arguments.into(), item.into()).into()
}

#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Macro::Test, arguments.into(), item.into()).into()
}
