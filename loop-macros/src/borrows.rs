//! Whether a function borrows its arguments.
//!
//! The loop keeps a coroutine long after the call that made it, so a coroutine that borrows has another type, which the loop does
//! not take.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Generics, Lifetime, Receiver, ReceiverKind, Signature, Token, WherePredicate};

/// Whether an argument has a lifetime other than `'static`, as far as its type shows.
pub(crate) fn borrows(sig: &Signature) -> bool {
    let statics = static_lifetimes(&sig.generics);
    let lifetimes = Lifetimes::of(sig);
    let is_static = |lifetime: &Lifetime| statics.contains(&lifetime.ident);
    lifetimes.elided || !lifetimes.named.iter().all(is_static)
}

/// The parameters that are declared to be the same as `'static`, as in `<'a: 'static>`.
fn static_lifetimes(generics: &Generics) -> Vec<Ident> {
    let mut statics = Vec::new();
    let mut declared = |lifetime: &Lifetime, bounds: &Punctuated<Lifetime, Token![+]>| {
        if bounds.iter().any(|bound| bound.ident == "static") {
            statics.push(lifetime.ident.clone());
        }
    };
    for parameter in generics.lifetimes() {
        declared(&parameter.lifetime, &parameter.bounds);
    }
    for predicate in generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates)
    {
        if let WherePredicate::Lifetime(predicate) = predicate {
            declared(&predicate.lifetime, &predicate.bounds);
        }
    }
    statics
}

/// The lifetimes in the types of a function's arguments, other than `'static`.
#[derive(Default)]
pub(crate) struct Lifetimes {
    pub(crate) named: Vec<Lifetime>,
    /// The user has left one out.
    pub(crate) elided: bool,
    /// An `impl Trait` may have one.
    pub(crate) has_impl_trait: bool,
}

impl Lifetimes {
    pub(crate) fn of(sig: &Signature) -> Lifetimes {
        let mut lifetimes = Lifetimes::default();
        sig.inputs
            .iter()
            .for_each(|input| lifetimes.visit_fn_arg(input));
        lifetimes
    }
}

impl<'ast> Visit<'ast> for Lifetimes {
    fn visit_receiver(&mut self, receiver: &'ast Receiver) {
        self.elided |= matches!(receiver.kind, ReceiverKind::Reference(_, None, _));
        visit::visit_receiver(self, receiver);
    }

    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.elided |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        match () {
            () if lifetime.ident == "_" => self.elided = true,
            () if lifetime.ident == "static" || self.named.contains(lifetime) => {}
            () => self.named.push(lifetime.clone()),
        }
    }

    fn visit_type_impl_trait(&mut self, anonymous: &'ast syn::TypeImplTrait) {
        self.has_impl_trait = true;
        visit::visit_type_impl_trait(self, anonymous);
    }

    // `fn(&str)`, `Fn(&str)` and `for<'a> …` name the lifetimes of calls still to come: they borrow nothing now.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }
}
