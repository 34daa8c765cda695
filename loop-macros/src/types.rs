//! Checks of the types that a user wrote.

use syn::Type;
use syn::visit::Visit;

use crate::mistakes::Mistakes;

/// The type `ty`, or after a report no type if it is an `impl Trait`.
pub(crate) fn named(ty: &Type, mistakes: &mut Mistakes) -> Type {
    if !has_impl_trait(ty) {
        return ty.clone();
    }
    let what = "what a generator or a stream yields, receives or returns can't be an `impl Trait`";
    mistakes.report(ty, what, "name the type, or write `Box<dyn …>`");
    mistakes.ty()
}

/// Whether a type has an `impl Trait` in it, which can stand only in a signature.
pub(crate) fn has_impl_trait(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}
