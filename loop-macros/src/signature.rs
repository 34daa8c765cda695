//! From the signature that the user wrote to the one that callers see.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, GenericParam, Generics, Lifetime, Pat, PatIdent, PatType, PredicateType,
    Receiver, ReceiverKind, ReturnType, Signature, Token, Type, TypeParam, TypeParamBound,
    WhereClause, WherePredicate, parse_quote,
};

use crate::borrows::Lifetimes;
use crate::requests::is_of_std;
use crate::tokens::variable;

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
    let name = variable(&format!("argument_{index}"));
    *argument.pat = parse_quote!(#name);
    match *pattern {
        // `let _ = x` moves nothing.
        Pat::Wild(_) => quote!(#(#attrs)* let #name = #name;),
        pattern => {
            let mutable = has_ref_mut(&pattern).then(<Token![mut]>::default);
            quote!(#(#attrs)* let #mutable #name = #name; #(#attrs)* let #pattern = #name;)
        }
    }
}

/// Whether a pattern borrows what it matches, to change it.
fn has_ref_mut(pattern: &Pat) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_pat_ident(&mut self, binding: &'ast PatIdent) {
            self.0 |= binding.by_ref.is_some() && binding.mutability.is_some();
            visit::visit_pat_ident(self, binding);
        }
    }
    let mut finder = Finder(false);
    finder.visit_pat(pattern);
    finder.0
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
            add_bound(
                bounds_of(parameter, generics.where_clause.as_mut()),
                lifetime,
            );
        }
    }
    // A concrete `Self` needs no bound, but whether it is concrete can't be seen from here.
    if let Some(receiver) = sig.receiver()
        && !is_borrowed(receiver)
    {
        let itself = syn::Token![Self](receiver.self_token.span);
        let predicate = parse_quote!(#itself: #lifetime);
        sig.generics.make_where_clause().predicates.push(predicate);
    }
    let mut anonymous = BoundImplTraits { lifetime };
    sig.inputs
        .iter_mut()
        .for_each(|input| anonymous.visit_fn_arg_mut(input));
}

/// The bound comes first. Behind `Fn() -> &dyn Trait` its `+` would be ambiguous.
fn add_bound(bounds: &mut Punctuated<TypeParamBound, Token![+]>, lifetime: &Lifetime) {
    bounds.insert(0, parse_quote!(#lifetime));
}

/// Whether `self` is behind a reference, so that rustc knows how long `Self` lives. A `where` clause that says it again would make
/// the method differ from the one that a trait declares.
fn is_borrowed(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => matches!(**ty, Type::Reference(_)),
        _ => false,
    }
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
        add_bound(&mut anonymous.bounds, self.lifetime);
        visit_mut::visit_type_impl_trait_mut(self, anonymous);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        visit_mut::visit_type_reference_mut(self, reference);
        // In `&'a + Trait` the `+` would be ambiguous.
        if let Type::ImplTrait(anonymous) = &*reference.elem {
            let parenthesized = parse_quote!((#anonymous));
            *reference.elem = parenthesized;
        }
    }
}

/// Makes everything that a caller passes in live as long as what the function returns, which has the lifetime that `output` is given.
/// The lifetime is called `new`, unless the user has named it. Lifetimes have no hygiene, so no user must give that name.
pub(crate) fn borrow_for(
    sig: &mut Signature,
    new: &str,
    output: impl FnOnce(&Lifetime) -> TokenStream,
) {
    let lifetime = name_borrows(sig, new);
    bound_everything(sig, &lifetime);
    let output = output(&lifetime);
    set_output(sig, with_named_borrows(parse_quote!(#output), &lifetime));
}

/// The lifetime for which everything borrowed by the arguments is borrowed.
///
/// If the user has named one for all of them, or nothing is passed in that could borrow, that is the one. The function then has the
/// lifetime parameters that the user sees, as a trait's method must have. Otherwise it gets one more.
fn name_borrows(sig: &mut Signature, new: &str) -> Lifetime {
    let borrows = Lifetimes::of(sig);
    let unnamed = borrows.elided || borrows.has_impl_trait;
    let may_borrow = sig.receiver().is_some() || sig.generics.type_params().next().is_some();
    match (&borrows.named[..], unnamed) {
        ([one], false) if sig.receiver().is_none_or(is_borrowed) => return one.clone(),
        ([], false) if !may_borrow => return Lifetime::new("'static", Span::call_site()),
        _ => {}
    }
    let shortest = Lifetime::new(new, Span::mixed_site());
    for outer in &borrows.named {
        outlives(&mut sig.generics, outer, &shortest);
    }
    sig.generics.params.insert(0, parse_quote!(#shortest));
    let mut elided = NameElided {
        lifetime: &shortest,
        references: 0,
        others: Some(Vec::new()),
    };
    sig.inputs
        .iter_mut()
        .for_each(|input| elided.visit_fn_arg_mut(input));
    for other in elided.others.unwrap_or_default() {
        let parameter = parse_quote!(#other: #shortest);
        sig.generics.params.insert(1, parameter);
    }
    shortest
}

/// Adds the bound `outer: inner` where the user has the others of `outer`. Bounds in two places would be reported by clippy.
fn outlives(generics: &mut Generics, outer: &Lifetime, inner: &Lifetime) {
    let clause = generics
        .where_clause
        .get_or_insert_with(|| parse_quote!(where));
    let in_clause = clause.predicates.iter_mut().find_map(|found| match found {
        WherePredicate::Lifetime(found) if found.lifetime == *outer => Some(&mut found.bounds),
        _ => None,
    });
    let mut declared = generics.params.iter_mut().filter_map(|found| match found {
        GenericParam::Lifetime(found) if found.lifetime == *outer => Some(&mut found.bounds),
        _ => None,
    });
    match in_clause.or_else(|| declared.next()) {
        Some(bounds) => bounds.push(inner.clone()),
        // It is a parameter of the `impl`.
        None => clause.predicates.push(parse_quote!(#outer: #inner)),
    }
}

/// Denies a hidden lifetime in the arguments' types, `Parser` for `Parser<'_>`: the function that has one borrows, and does not look so.
/// Without the lint, rustc reports a borrow that is too short, at the attribute.
///
/// In `Fn(Parser)` the lifetime belongs to a call still to come, so it may be left out. The lint does not know that.
pub(crate) fn show_lifetimes(sig: &mut Signature) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(argument) = input
            && !is_of_std(&argument.ty, &sig.generics)
            && !has_calls(&argument.ty)
        {
            let attribute = parse_quote!(#[deny(elided_lifetimes_in_paths)]);
            argument.attrs.push(attribute);
        }
    }
}

/// Whether a type has the arguments of calls in it.
fn has_calls(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {
            self.0 = true;
        }
        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// The type with `lifetime` wherever the user left one out.
fn with_named_borrows(mut ty: Type, lifetime: &Lifetime) -> TokenStream {
    let mut elided = NameElided {
        lifetime,
        references: 0,
        others: None,
    };
    elided.visit_type_mut(&mut ty);
    ty.into_token_stream()
}

/// Writes a lifetime wherever the user left it out.
struct NameElided<'l> {
    lifetime: &'l Lifetime,
    /// How many references there are around what is visited.
    references: usize,
    /// Further lifetimes, for what is borrowed behind a reference: in `&mut Parser<'_>` the parser may borrow for longer, and what is
    /// behind `&mut` cannot be shortened. `None` if there are to be none.
    others: Option<Vec<Lifetime>>,
}

impl NameElided<'_> {
    fn name(&mut self) -> Lifetime {
        match &mut self.others {
            Some(others) if self.references > 0 => {
                let name = format!("{}_{}", self.lifetime, others.len() + 1);
                let other = Lifetime::new(&name, self.lifetime.span());
                others.push(other.clone());
                other
            }
            _ => self.lifetime.clone(),
        }
    }
}

impl VisitMut for NameElided<'_> {
    fn visit_receiver_mut(&mut self, receiver: &mut Receiver) {
        if let ReceiverKind::Reference(_, lifetime @ None, _) = &mut receiver.kind {
            *lifetime = Some(self.lifetime.clone());
        }
        visit_mut::visit_receiver_mut(self, receiver);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference
            .lifetime
            .as_ref()
            .is_none_or(|given| given.ident == "_")
        {
            reference.lifetime = Some(self.name());
        }
        self.references += 1;
        self.visit_type_mut(&mut reference.elem);
        self.references -= 1;
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.name();
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

/// The expansion names the return type in other places, where stable Rust does not allow `!`. Writes its stable equivalent.
pub(crate) fn name_never(sig: &mut Signature) {
    if let ReturnType::Type(_, ty) = &mut sig.output
        && let Type::Never(never) = &**ty
    {
        let here = never.bang_token.span;
        **ty = Type::Verbatim(quote_spanned!(here=> ::core::convert::Infallible));
    }
}

/// Sets the return type.
pub(crate) fn set_output(sig: &mut Signature, output: TokenStream) {
    sig.output = ReturnType::Type(Default::default(), Box::new(Type::Verbatim(output)));
}
