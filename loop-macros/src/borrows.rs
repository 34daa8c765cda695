//! Whether a function borrows its arguments.
//!
//! The loop keeps a coroutine long after the call that made it, so a coroutine that borrows has another type, which the loop does
//! not take.

use proc_macro2::{Ident, Span};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{FnArg, Generics, Lifetime, ReceiverKind, Signature, Token, WherePredicate};

/// Whether an argument has a lifetime other than `'static`, as far as its type shows.
pub(crate) fn borrows(sig: &Signature) -> bool {
    let mut borrows = Borrows {
        statics: static_lifetimes(&sig.generics),
        found: false,
    };
    for input in &sig.inputs {
        match input {
            FnArg::Typed(argument) => borrows.visit_type(&argument.ty),
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, lifetime, _) => borrows.reference(lifetime.as_ref()),
                ReceiverKind::Typed(_, ty) => borrows.visit_type(ty),
                _ => {}
            },
        }
    }
    borrows.found
}

/// `'static`, and the parameters that are declared to be the same, as in `<'a: 'static>`.
fn static_lifetimes(generics: &Generics) -> Vec<Ident> {
    let mut statics = vec![Ident::new("static", Span::call_site())];
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

/// Finds the borrows in an argument's type.
struct Borrows {
    statics: Vec<Ident>,
    found: bool,
}

impl Borrows {
    fn reference(&mut self, lifetime: Option<&Lifetime>) {
        self.found |= lifetime.is_none_or(|lifetime| !self.statics.contains(&lifetime.ident));
    }
}

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.reference(reference.lifetime.as_ref());
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.reference(Some(lifetime));
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
