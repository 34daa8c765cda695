//! From the signature that the user wrote to the one that callers see.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, GenericParam, Lifetime, Pat, PatIdent, PatType, PredicateType, Receiver,
    ReceiverKind, Signature, Token, Type, TypeParam, TypeParamBound, WhereClause, WherePredicate,
    parse_quote,
};

/// Gives the arguments plain names, and returns the `let`s that bind the user's patterns to them.
///
/// As in an `async fn`, every argument moves into the body, used or not: so it lives as long as the body does, and
/// arguments are dropped after the body's locals, last one first.
pub(crate) fn name_arguments(sig: &mut Signature) -> TokenStream {
    let bind = |(index, input): (usize, &mut FnArg)| match input {
        FnArg::Receiver(receiver) => keep_receiver(receiver),
        FnArg::Typed(argument) => name_argument(index, argument),
    };
    sig.inputs.iter_mut().enumerate().map(bind).collect()
}

/// Makes the body capture all of `self`, not only the fields that it names.
fn keep_receiver(receiver: &Receiver) -> TokenStream {
    let this = &receiver.self_token;
    quote!(let _ = &#this;)
}

fn name_argument(index: usize, argument: &mut PatType) -> TokenStream {
    let attrs = argument.attrs.clone();
    // A lint is about the user's pattern, so it moves to the binding; only `cfg` concerns the argument as well.
    argument.attrs.retain(is_cfg);
    let pattern = argument.pat.clone();
    if let Some(mut name) = plain_name(&pattern).cloned() {
        let mut value = quote!(#name);
        if name.to_string().starts_with('_') {
            // It is named only to be moved. Clippy would report the use of an underscored name, or a useless binding.
            name.set_span(Span::mixed_site().located_at(name.span()));
            value = quote!(::core::convert::identity(#name));
        }
        *argument.pat = parse_quote!(#name);
        return quote!(#(#attrs)* let #pattern = #value;);
    }
    let name = format_ident!("argument_{index}", span = Span::mixed_site());
    *argument.pat = parse_quote!(#name);
    match *pattern {
        // `let _ = x` moves nothing.
        Pat::Wild(_) => quote!(#(#attrs)* let #name = #name;),
        _ => quote!(#(#attrs)* let #name = #name; #(#attrs)* let #pattern = #name;),
    }
}

fn is_cfg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// The name in `x` and `mut x`; other patterns have none that could stand for the whole argument.
fn plain_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(PatIdent {
            by_ref: None,
            subpat: None,
            ident,
            ..
        }) => Some(ident),
        _ => None,
    }
}

/// Requires everything that a caller passes in to live as long as `lifetime`.
pub(crate) fn bound_everything(sig: &mut Signature, lifetime: &Lifetime) {
    let generics = &mut sig.generics;
    for parameter in generics.params.iter_mut() {
        if let GenericParam::Type(parameter) = parameter {
            bounds_of(parameter, generics.where_clause.as_mut()).push(parse_quote!(#lifetime));
        }
    }
    // A concrete `Self` needs no bound, but whether it is concrete can't be seen from here.
    if let Some(receiver) = sig.receiver() {
        let itself = syn::Token![Self](receiver.self_token.span);
        let predicate = parse_quote!(#itself: #lifetime);
        sig.generics.make_where_clause().predicates.push(predicate);
    }
    let mut anonymous = BoundImplTraits { lifetime };
    sig.inputs
        .iter_mut()
        .for_each(|input| anonymous.visit_fn_arg_mut(input));
}

/// The place of the user's own bounds of a type parameter. Bounds in two places would be reported by clippy.
fn bounds_of<'g>(
    parameter: &'g mut TypeParam,
    clause: Option<&'g mut WhereClause>,
) -> &'g mut Punctuated<TypeParamBound, Token![+]> {
    let name = &parameter.ident;
    let is_about_it = |predicate: &&mut WherePredicate| match &**predicate {
        WherePredicate::Type(PredicateType {
            lifetimes: None,
            bounded_ty: Type::Path(ty),
            ..
        }) => ty.path.is_ident(name),
        _ => false,
    };
    match clause.and_then(|clause| clause.predicates.iter_mut().find(is_about_it)) {
        Some(WherePredicate::Type(predicate)) => &mut predicate.bounds,
        _ => &mut parameter.bounds,
    }
}

/// Adds a bound to every `impl Trait` of an argument.
struct BoundImplTraits<'l> {
    lifetime: &'l Lifetime,
}

impl VisitMut for BoundImplTraits<'_> {
    fn visit_type_impl_trait_mut(&mut self, anonymous: &mut syn::TypeImplTrait) {
        let lifetime = self.lifetime;
        anonymous.bounds.push(parse_quote!(#lifetime));
        visit_mut::visit_type_impl_trait_mut(self, anonymous);
    }
}

/// Adds the lifetime parameter `lifetime`, for which everything that a caller passes in is borrowed, and sets the return type, which
/// has that lifetime.
pub(crate) fn borrow_for(sig: &mut Signature, lifetime: &Lifetime, output: TokenStream) {
    bound_everything(sig, lifetime);
    name_borrows(sig, lifetime);
    set_output(sig, with_named_borrows(parse_quote!(#output), lifetime));
}

fn name_borrows(sig: &mut Signature, lifetime: &Lifetime) {
    let named: Vec<_> = sig
        .generics
        .lifetimes()
        .map(|parameter| parameter.lifetime.clone())
        .collect();
    for outer in named {
        sig.generics
            .make_where_clause()
            .predicates
            .push(parse_quote!(#outer: #lifetime));
    }
    sig.generics.params.insert(0, parse_quote!(#lifetime));
    let mut elided = NameElided { lifetime };
    sig.inputs
        .iter_mut()
        .for_each(|input| elided.visit_fn_arg_mut(input));
}

/// The type with `lifetime` wherever the user left one out.
fn with_named_borrows(mut ty: Type, lifetime: &Lifetime) -> TokenStream {
    NameElided { lifetime }.visit_type_mut(&mut ty);
    ty.into_token_stream()
}

/// Writes a lifetime wherever the user left it out.
struct NameElided<'l> {
    lifetime: &'l Lifetime,
}

impl VisitMut for NameElided<'_> {
    fn visit_receiver_mut(&mut self, receiver: &mut Receiver) {
        if let ReceiverKind::Reference(_, lifetime @ None, _) = &mut receiver.kind {
            *lifetime = Some(self.lifetime.clone());
        }
        visit_mut::visit_receiver_mut(self, receiver);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference
            .lifetime
            .get_or_insert_with(|| self.lifetime.clone());
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.lifetime.clone();
        }
    }

    // What is left out in `fn(&str)` and `Fn(&str)` belongs to their calls.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}

/// Sets the return type.
pub(crate) fn set_output(sig: &mut Signature, output: TokenStream) {
    sig.output = syn::ReturnType::Type(Default::default(), Box::new(Type::Verbatim(output)));
}
