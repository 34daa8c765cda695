//! What a trace shows of a call: its arguments and its value.
//!
//! The library finds out which values are `Debug`. That is possible only where the types are known, so these closures are part
//! of the expansion.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::{FnArg, PatIdent, ReturnType, Signature};

use crate::arguments::{Form, Skip};
use crate::library::Library;
use crate::mistakes::Mistakes;
use crate::parse::Function;
use crate::tokens::variable;
use crate::types::has_impl_trait;

/// The two arguments of the library's `prime` and `lazy` about a call.
pub(crate) struct Described {
    /// The text of the arguments, made before they move into the body.
    pub(crate) arguments: TokenStream,
    /// A closure that describes the value.
    pub(crate) value: TokenStream,
}

impl Described {
    /// Nothing is known of the call.
    pub(crate) fn nothing(library: &Library) -> Described {
        Described {
            arguments: quote!(#library::__private::arguments(&|_| {})),
            value: quote!(|_| #library::__private::Shown::unknown()),
        }
    }
}

/// What `form` hides, if it is a coroutine.
fn skip(form: &Form) -> Option<&Skip> {
    match form {
        Form::Coroutine { skip, .. } => Some(skip),
        _ => None,
    }
}

/// Which arguments are hidden. Call this while the signature still has the user's own patterns.
pub(crate) fn hidden(form: &Form, sig: &Signature) -> Vec<bool> {
    let is_hidden = |input: &FnArg| {
        skip(form).is_some_and(|skip| {
            let skipped = |name: &Ident| skip.names.iter().any(|skipped| is_same(skipped, name));
            skip.all || names(input).iter().any(skipped)
        })
    };
    sig.inputs.iter().map(is_hidden).collect()
}

/// How a call of `function` is described. The arguments must have plain names already.
pub(crate) fn call(
    form: &Form,
    function: &Function,
    hidden: &[bool],
    library: &Library,
) -> Described {
    Described {
        arguments: match form {
            // The argument of a test is its own run.
            Form::SimTest(_) => Described::nothing(library).arguments,
            _ => arguments(&function.sig, hidden, library),
        },
        value: value(function, skip(form).is_some_and(|skip| skip.all), library),
    }
}

fn arguments(sig: &Signature, hidden: &[bool], library: &Library) -> TokenStream {
    if sig.inputs.is_empty() {
        return Described::nothing(library).arguments;
    }
    let list = variable("list");
    let probe = quote!(#library::__private::probe::Probe);
    let adds = sig.inputs.iter().zip(hidden).map(|(input, hidden)| {
        let (attrs, argument) = match input {
            FnArg::Receiver(receiver) => (&receiver.attrs, receiver.self_token.to_token_stream()),
            FnArg::Typed(argument) => (&argument.attrs, argument.pat.to_token_stream()),
        };
        let shown = match hidden {
            true => quote!(::core::option::Option::None),
            false => quote!((&&#probe(&#argument)).loop_core_debug()),
        };
        // The attributes that are left are `cfg`s: without the argument, nothing is added.
        quote!(#(#attrs)* #list.add(#shown);)
    });
    let probes = match hidden.iter().all(|hidden| *hidden) {
        // An unused import would be a warning.
        true => TokenStream::new(),
        false => probes(library),
    };
    quote!(#library::__private::arguments(&|#list| { #probes #(#adds)* }))
}

fn value(function: &Function, hidden: bool, library: &Library) -> TokenStream {
    if matches!(&function.sig.output, ReturnType::Type(_, ty) if has_impl_trait(ty)) {
        return Described::nothing(library).value;
    }
    let value = variable("value");
    let hide = if hidden { quote!(.hidden()) } else { quote!() };
    let probes = probes(library);
    let probe = quote!(#library::__private::probe::Probe);
    quote! {
        |#value| {
            #probes
            let (debug, failure) = (&&#probe(#value), &&&&#probe(#value));
            #library::__private::Shown::new(debug.loop_core_debug(), failure.loop_core_failure())#hide
        }
    }
}

/// Brings the traits into scope. Which of them the methods belong to depends on the types.
fn probes(library: &Library) -> TokenStream {
    quote!(
        use #library::__private::probe::*;
    )
}

/// Reports the names in `skip(…)` that no argument has.
pub(crate) fn unknown_names(skip: &Skip, sig: &Signature, mistakes: &mut Mistakes) {
    let known: Vec<Ident> = sig.inputs.iter().flat_map(names).collect();
    for name in &skip.names {
        if known.iter().any(|known| is_same(known, name)) {
            continue;
        }
        let what = format!("`{}` has no argument `{name}`", sig.ident);
        let quoted: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
        let help = match quoted.is_empty() {
            true => "it has no arguments: leave `skip` out".to_owned(),
            false => format!("it has {}", quoted.join(", ")),
        };
        mistakes.report(name, &what, &help);
    }
}

fn is_same(one: &Ident, other: &Ident) -> bool {
    one.unraw() == other.unraw()
}

/// The names that an argument binds.
fn names(input: &FnArg) -> Vec<Ident> {
    struct Names(Vec<Ident>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, binding: &'ast PatIdent) {
            self.0.push(binding.ident.clone());
            syn::visit::visit_pat_ident(self, binding);
        }
    }
    let mut names = Names(Vec::new());
    match input {
        FnArg::Receiver(receiver) => names.0.push(Ident::new("self", receiver.self_token.span)),
        FnArg::Typed(argument) => names.visit_pat(&argument.pat),
    }
    names.0
}
