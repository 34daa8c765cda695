//! What the macros expand to. Few, because each change of an expansion changes them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, Stmt};

use crate::expand::attribute;
use crate::parse::Macro;
use crate::{coroutines, keyword};

/// The expansion as rustfmt would show it.
fn shown(expansion: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(expansion).expect("the expansion consists of items"))
}

/// The expansion without the definitions of `yield_!` and `yield_from!`.
fn brief(expansion: TokenStream) -> String {
    struct Shorten;
    impl VisitMut for Shorten {
        fn visit_block_mut(&mut self, block: &mut Block) {
            block.stmts.retain(|stmt| !matches!(stmt, Stmt::Item(Item::Macro(_))));
            visit_mut::visit_block_mut(self, block);
        }
    }
    let mut file = syn::parse2(expansion).expect("the expansion consists of items");
    Shorten.visit_file_mut(&mut file);
    prettyplease::unparse(&file)
}

#[test]
fn a_coroutine() {
    let item = quote! {
        /// Documented.
        pub fn double(n: u64) -> Result<u64, Error> {
            let answer = yield_!(Ask(n))?;
            Ok(2 * answer)
        }
    };
    insta::assert_snapshot!(shown(attribute(Macro::Coroutine, quote!(), item)), @"");
}

#[test]
fn arguments_move_into_the_body() {
    let item = quote! {
        fn patterns<T: Clone>(self: Rc<Self>, mut a: T, (b, _): (u8, u8), _: impl Fn(&str)) where T: Eq {}
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(lazy), item)), @"");
}

#[test]
fn a_generator() {
    let item = quote! {
        fn each<'a>(&'a self, other: &str) -> usize {
            yield_from!(self.one());
            assert_eq!(yield_!(self.next), 3);
            yield_!();
        }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Generator, quote!(yields = &'a u8, receives = u8), item)), @"");
}

#[test]
fn a_boxed_receiver() {
    let item = quote! {
        fn grep<T>(pattern: &str, mut target: impl Target<T>) {}
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(receives = Cow<'_, T>, boxed), item)), @"");
}

#[test]
fn a_test() {
    let item = quote! {
        #[should_panic]
        fn fails() {
            panic!("{}", yield_!(Clock));
        }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Test, quote!(os), item)), @"");
}

#[test]
fn a_block() {
    let items = quote! {({
        mod inner {
            #[generator(yields = u8)]
            fn one() { yield 1 + 2 }
        }
    })};
    // rustc strips the delimiters of the call itself.
    let items = match items.into_iter().next() {
        Some(proc_macro2::TokenTree::Group(group)) => group.stream(),
        _ => unreachable!(),
    };
    insta::assert_snapshot!(brief(coroutines::expand(items)), @"");
}

#[test]
fn a_mistake_leaves_a_function_of_the_right_type() {
    let item = quote! {
        async fn wrong(name: &str) -> u8 { other(name).await }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(eager), item)), @"");
}

/// The operand of the keyword is all that can belong to an expression.
#[test]
fn the_keyword_and_its_operand() {
    let replaced = |tokens: TokenStream| keyword::replace(tokens).unwrap().to_string();
    let table = [
        (quote!(yield), quote!(yield_!())),
        (quote!(yield; yield 1;), quote!(yield_!(); yield_!(1);)),
        (quote!(yield a + b, c), quote!(yield_!(a + b), c)),
        (quote!((yield a) + b), quote!((yield_!(a)) + b)),
        (quote!(a || yield b || c), quote!(a || yield_!(b || c))),
        (quote!(yield a?), quote!(yield_!(a?))),
        (quote!(yield yield a), quote!(yield_!(yield_!(a)))),
        (quote!(f(yield, yield a)), quote!(f(yield_!(), yield_!(a)))),
        (quote!(x => yield a, y => yield), quote!(x => yield_!(a), y => yield_!())),
        (quote!(n = yield n), quote!(n = yield_!(n))),
        (quote!(yield |x| x + 1), quote!(yield_!(|x| x + 1))),
        (quote!(yield { a; b }; c), quote!(yield_!({ a; b }); c)),
        (quote!(yield S { a: yield 1 }), quote!(yield_!(S { a: yield_!(1) }))),
        (quote!(println!("{}", yield 1)), quote!(println!("{}", yield_!(1)))),
        (quote!(r#yield), quote!(r#yield)),
        (quote!(yield_!(a)), quote!(yield_!(a))),
    ];
    for (written, meant) in table {
        assert_eq!(replaced(written), meant.to_string());
    }
}

#[test]
fn a_keyword_without_an_expression_is_the_users_mistake() {
    assert!(keyword::replace(quote!(yield !)).is_err());
    assert!(keyword::replace(quote!(macro_rules! m { ($x:expr) => { yield $x } })).is_err());
}
