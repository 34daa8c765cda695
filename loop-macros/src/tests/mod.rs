//! What the macros expand to. There are few of these tests, because every change of an expansion changes them.

mod coroutines;
mod corpus;
mod depth;
mod elsewhere;
mod generators;

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, Stmt};

use crate::library::Library;
use crate::parse::Macro;

/// What an attribute expands to.
fn attribute(which: Macro, arguments: TokenStream, item: TokenStream) -> TokenStream {
    crate::expand::attribute(which, &Library::default(), arguments, item)
}

/// The expansion as rustfmt would show it.
fn shown(expansion: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(expansion).expect("the expansion consists of items"))
}

/// The expansion without the lines that make `yield_!` and `yield_from!` work in it.
fn brief(expansion: TokenStream) -> String {
    struct Shorten;
    impl VisitMut for Shorten {
        fn visit_block_mut(&mut self, block: &mut Block) {
            block.stmts.retain(|stmt| match stmt {
                Stmt::Item(Item::Macro(_)) => false,
                Stmt::Item(Item::Use(import)) => import.attrs.is_empty(),
                Stmt::Local(local) => quote!(#local).to_string() != "let _ = & co ;",
                _ => true,
            });
            visit_mut::visit_block_mut(self, block);
        }
    }
    let mut file = syn::parse2(expansion).expect("the expansion consists of items");
    Shorten.visit_file_mut(&mut file);
    prettyplease::unparse(&file)
}
