//! `coroutines! { … }`: bare attributes and the real `yield`.
//!
//! rustc does not parse the arguments of a macro call, so the reserved keyword `yield` can be replaced in them.

use std::mem;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ImplItem, Item, Meta, TraitItem, parse_quote};

use crate::expand;
use crate::keyword;
use crate::mistakes::Mistakes;
use crate::parse::Macro;

/// Expands the items of the block.
pub(crate) fn expand(items: TokenStream) -> TokenStream {
    match keyword::replace(without_braces(items)).and_then(syn::parse2) {
        Ok(file) => functions(file),
        Err(error) => error.into_compile_error(),
    }
}

/// In `coroutines!({ … })`, the form that rustfmt formats, the items stand in braces of their own.
fn without_braces(items: TokenStream) -> TokenStream {
    let mut tokens = items.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => {
            group.stream()
        }
        _ => items,
    }
}

fn functions(mut file: syn::File) -> TokenStream {
    let mut rewriter = Rewriter::default();
    rewriter.visit_file_mut(&mut file);
    let errors = rewriter.mistakes.into_tokens();
    quote!(#errors #file)
}

/// Expands the marked functions, wherever they are: in modules, in `impl`s, in other functions.
#[derive(Default)]
struct Rewriter {
    /// Whether the innermost function may yield.
    yields: bool,
    mistakes: Mistakes,
}

/// Our attribute of a function, which is removed, with its arguments.
struct Above {
    ours: Option<(Macro, TokenStream)>,
    yields: bool,
}

impl Above {
    fn take(attrs: &mut Vec<Attribute>) -> Above {
        let at = attrs.iter().position(|attribute| mark(attribute).is_some());
        let ours = at.and_then(|at| {
            let attribute = attrs.remove(at);
            Some((mark(&attribute)?, arguments(attribute.meta)))
        });
        let yields = ours.is_some() || attrs.iter().any(is_ours);
        Above { ours, yields }
    }

    /// The tokens that replace `function`, if it has one of our attributes.
    fn expand(self, function: &impl ToTokens) -> Option<TokenStream> {
        let (which, arguments) = self.ours?;
        Some(expand::attribute(
            which,
            arguments,
            function.to_token_stream(),
        ))
    }
}

/// The macro that a bare `#[coroutine]` or `#[generator]` names.
fn mark(attribute: &Attribute) -> Option<Macro> {
    Macro::named(attribute.path().get_ident()?)
}

fn arguments(attribute: Meta) -> TokenStream {
    match attribute {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens,
        Meta::NameValue(pair) => pair.value.into_token_stream(),
    }
}

/// Whether an attribute is one of ours by its path, which rustc expands later.
fn is_ours(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| {
        ["coroutine", "generator", "main", "test"]
            .iter()
            .any(|name| last.ident == name)
    })
}

impl Rewriter {
    /// Visits the inside of a function.
    fn inside(&mut self, above: &Above, visit: impl FnOnce(&mut Self)) {
        let outer = mem::replace(&mut self.yields, above.yields);
        visit(self);
        self.yields = outer;
    }
}

impl VisitMut for Rewriter {
    fn visit_item_mut(&mut self, item: &mut Item) {
        let Item::Fn(function) = item else {
            return visit_mut::visit_item_mut(self, item);
        };
        let above = Above::take(&mut function.attrs);
        self.inside(&above, |rewriter| rewriter.visit_item_fn_mut(function));
        if let Some(expanded) = above.expand(function) {
            *item = Item::Verbatim(expanded);
        }
    }

    fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
        let ImplItem::Fn(method) = item else {
            return visit_mut::visit_impl_item_mut(self, item);
        };
        let above = Above::take(&mut method.attrs);
        self.inside(&above, |rewriter| rewriter.visit_impl_item_fn_mut(method));
        if let Some(expanded) = above.expand(method) {
            *item = ImplItem::Verbatim(expanded);
        }
    }

    fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
        let TraitItem::Fn(method) = item else {
            return visit_mut::visit_trait_item_mut(self, item);
        };
        let above = Above::take(&mut method.attrs);
        self.inside(&above, |rewriter| rewriter.visit_trait_item_fn_mut(method));
        if let Some(expanded) = above.expand(method) {
            *item = TraitItem::Verbatim(expanded);
        }
    }

    /// Reports our attributes where they are not on a function; those on functions have been removed by now.
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if let Some(which) = mark(attribute) {
            let what = format!("`#[{}]` goes on a function, and once", which.word());
            self.mistakes
                .report(&*attribute, &what, "put it on the `fn` whose body yields");
            // rustc would complain about the bare attribute once more.
            *attribute = parse_quote!(#[allow(unused)]);
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if !self.yields && is_yield(expr) {
            let help = "put `#[coroutine]` or `#[generator(…)]` on the function";
            self.mistakes.report(
                &*expr,
                "`yield` stands in a function that is no coroutine",
                help,
            );
            *expr = parse_quote!(::core::unreachable!());
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn is_yield(expr: &Expr) -> bool {
    matches!(expr, Expr::Macro(call) if call.mac.path.is_ident("yield_") || call.mac.path.is_ident("yield_from"))
}
