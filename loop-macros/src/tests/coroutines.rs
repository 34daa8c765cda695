//! Coroutines, and what is left of one with mistakes.

use proc_macro2::TokenStream;
use quote::quote;

use super::{attribute, brief, shown};
use crate::parse::Macro;
use crate::yields;

#[test]
fn a_coroutine() {
    let item = quote! {
        /// Documented.
        pub fn double(n: u64) -> Result<u64, Error> {
            let answer = yield_!(Ask(n))?;
            Ok(2 * answer)
        }
    };
    insta::assert_snapshot!(shown(attribute(Macro::Coroutine, quote!(), item)), @r#"
    /// Documented.
    pub fn double(n: u64) -> ::loop_core::Coroutine<Result<u64, Error>> {
        let __loop_core_described = ::loop_core::__private::arguments(
            &|__loop_core_list| {
                use ::loop_core::__private::probe::*;
                __loop_core_list
                    .add((&&::loop_core::__private::probe::Probe(&n)).loop_core_debug());
            },
        );
        ::loop_core::__private::prime(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "double";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            __loop_core_described,
            move |__loop_core_co| async move {
                #[allow(unused_imports)]
                use ::loop_core::__private::of_coroutines::{
                    Detached as _, Unanswered as _, yield_, yield_from,
                };
                #[allow(unused_macros)]
                macro_rules! __co {
                    () => {
                        __loop_core_co
                    };
                }
                let _ = &__loop_core_co;
                let n = n;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    Result<u64, Error>,
                > {
                    return __loop_core_never;
                }
                {
                    let answer = yield_!(Ask(n))?;
                    Ok(2 * answer)
                }
            },
            |__loop_core_value| {
                use ::loop_core::__private::probe::*;
                let (debug, failure) = (
                    &&::loop_core::__private::probe::Probe(__loop_core_value),
                    &&&&::loop_core::__private::probe::Probe(__loop_core_value),
                );
                ::loop_core::__private::Shown::new(
                    debug.loop_core_debug(),
                    failure.loop_core_failure(),
                )
            },
        )
    }
    "#);
}

/// What the calls in a body become.
#[test]
fn yields_of_all_kinds() {
    let in_a_body = |call: fn(TokenStream) -> TokenStream, value| {
        let call = call(value);
        shown(quote!(async fn body() { #call }))
    };
    insta::assert_snapshot!(in_a_body(yields::of_coroutine, quote!(Ask(n),)), @r"
    async fn body() {
        {
            let __loop_core_step = (Ask(n),).0.loop_core_detached();
            (&__co!()).request(__loop_core_step)
        }
            .await
    }
    ");
    insta::assert_snapshot!(in_a_body(yields::from_of_coroutine, quote!(child())), @r"
    async fn body() {
        match (&__co!()).given(child()) {
            __loop_core_step => (&__co!()).yield_from(__loop_core_step).await,
        }
    }
    ");
    insta::assert_snapshot!(in_a_body(yields::of_generator, quote!()), @r"
    async fn body() {
        __Yielder::received(
            {
                #[allow(unused_parens, unused_braces)]
                let __loop_core_step = (&__co!()).yield_(());
                __loop_core_step
            }
                .await,
            &__co!(),
        )
    }
    ");
    insta::assert_snapshot!(in_a_body(yields::from_of_generator, quote!(inner())), @r"
    async fn body() {
        {
            #[allow(unused_parens, unused_braces)]
            let __loop_core_step = (&__co!()).yield_from(inner());
            __loop_core_step
        }
            .await
    }
    ");
}

#[test]
fn arguments_move_into_the_body() {
    let item = quote! {
        fn patterns<T: Clone>(self: Rc<Self>, mut a: T, (b, _): (u8, u8), _: impl Fn(&str)) where T: Eq {}
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(lazy), item)), @r#"
    fn patterns<T: Clone>(
        self: Rc<Self>,
        a: T,
        __loop_core_argument_2: (u8, u8),
        __loop_core_argument_3: impl 'static + Fn(&str),
    ) -> ::loop_core::Coroutine<()>
    where
        T: 'static + Eq,
        Self: 'static,
    {
        let __loop_core_described = ::loop_core::__private::arguments(
            &|__loop_core_list| {
                use ::loop_core::__private::probe::*;
                __loop_core_list
                    .add((&&::loop_core::__private::probe::Probe(&self)).loop_core_debug());
                __loop_core_list
                    .add((&&::loop_core::__private::probe::Probe(&a)).loop_core_debug());
                __loop_core_list
                    .add(
                        (&&::loop_core::__private::probe::Probe(&__loop_core_argument_2))
                            .loop_core_debug(),
                    );
                __loop_core_list
                    .add(
                        (&&::loop_core::__private::probe::Probe(&__loop_core_argument_3))
                            .loop_core_debug(),
                    );
            },
        );
        ::loop_core::__private::lazy(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "patterns";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            __loop_core_described,
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let _ = &self;
                let mut a = a;
                let __loop_core_argument_2 = __loop_core_argument_2;
                let (b, _) = __loop_core_argument_2;
                let __loop_core_argument_3 = __loop_core_argument_3;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    (),
                > {
                    return __loop_core_never;
                }
                {}
            },
            |__loop_core_value| {
                use ::loop_core::__private::probe::*;
                let (debug, failure) = (
                    &&::loop_core::__private::probe::Probe(__loop_core_value),
                    &&&&::loop_core::__private::probe::Probe(__loop_core_value),
                );
                ::loop_core::__private::Shown::new(
                    debug.loop_core_debug(),
                    failure.loop_core_failure(),
                )
            },
        )
    }
    "#);
}

#[test]
fn skipped_arguments_and_an_unnamed_value() {
    let item = quote! {
        fn login(user: String, (password, _): (String, u8), #[cfg(test)] _port: u16) -> impl Clone {}
    };
    let arguments = quote!(skip(password), lazy);
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, arguments, item)), @r#"
    fn login(
        user: String,
        __loop_core_argument_1: (String, u8),
        #[cfg(test)]
        _port: u16,
    ) -> ::loop_core::Coroutine<impl Clone> {
        let __loop_core_described = ::loop_core::__private::arguments(
            &|__loop_core_list| {
                use ::loop_core::__private::probe::*;
                __loop_core_list
                    .add((&&::loop_core::__private::probe::Probe(&user)).loop_core_debug());
                __loop_core_list.add(::core::option::Option::None);
                #[cfg(test)]
                __loop_core_list
                    .add((&&::loop_core::__private::probe::Probe(&_port)).loop_core_debug());
            },
        );
        ::loop_core::__private::lazy(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "login";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            __loop_core_described,
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let user = user;
                let __loop_core_argument_1 = __loop_core_argument_1;
                let (password, _) = __loop_core_argument_1;
                #[cfg(test)]
                let _port = ::core::convert::identity(_port);
                {}
            },
            |_| ::loop_core::__private::Shown::unknown(),
        )
    }
    "#);
    let item = quote! {
        fn secret(key: u8) -> u8 { key }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(skip_all), item)), @r#"
    fn secret(key: u8) -> ::loop_core::Coroutine<u8> {
        let __loop_core_described = ::loop_core::__private::arguments(
            &|__loop_core_list| {
                __loop_core_list.add(::core::option::Option::None);
            },
        );
        ::loop_core::__private::prime(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "secret";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            __loop_core_described,
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let key = key;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    u8,
                > {
                    return __loop_core_never;
                }
                { key }
            },
            |__loop_core_value| {
                use ::loop_core::__private::probe::*;
                let (debug, failure) = (
                    &&::loop_core::__private::probe::Probe(__loop_core_value),
                    &&&&::loop_core::__private::probe::Probe(__loop_core_value),
                );
                ::loop_core::__private::Shown::new(
                        debug.loop_core_debug(),
                        failure.loop_core_failure(),
                    )
                    .hidden()
            },
        )
    }
    "#);
}

#[test]
fn a_mistake_leaves_a_function_of_the_right_type() {
    let item = quote! {
        async fn wrong(name: String) -> u8 { other(name).await }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(eager), item)), @r#"
    ::core::compile_error! {
        "unknown argument `eager` of `#[loop_core::coroutine]`\n= help: it takes `lazy`, `skip(name, …)` and `skip_all`, or `receives = Type` (with `boxed`), and `crate = path`"
    }
    ::core::compile_error! {
        "a coroutine is not an `async fn`\n= help: remove `async`; the body suspends with `yield_!(…)` where an `async fn` has `.await`"
    }
    ::core::compile_error! {
        "a coroutine can't `.await` a future\n= help: write `yield_!(…)` a request, a coroutine or a handle, and `yield_!(Await(…))` a future of another library"
    }
    #[allow(unused, clippy::all)]
    fn wrong(name: String) -> ::loop_core::Coroutine<u8> {
        let __loop_core_described = ::loop_core::__private::arguments(&|_| {});
        ::loop_core::__private::prime(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "wrong";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            __loop_core_described,
            move |__loop_core_co| async move {
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    u8,
                > {
                    return __loop_core_never;
                }
                let _ = async move {
                    let _ = &__loop_core_co;
                    let _ = (match {} {
                        _ => {
                            ::core::compile_error! {
                                "unknown argument `eager` of `#[loop_core::coroutine]`\n= help: it takes `lazy`, `skip(name, …)` and `skip_all`, or `receives = Type` (with `boxed`), and `crate = path`"
                            }
                        }
                    });
                    let name = name;
                    {
                        other(
                            name,
                        )[::core::compile_error! {
                            "unknown argument `eager` of `#[loop_core::coroutine]`\n= help: it takes `lazy`, `skip(name, …)` and `skip_all`, or `receives = Type` (with `boxed`), and `crate = path`"
                        }]
                    }
                };
                loop {}
            },
            |_| ::loop_core::__private::Shown::unknown(),
        )
    }
    "#);
}

#[test]
fn what_borrows_has_a_type_with_a_lifetime() {
    let borrowing = [
        quote!(
            fn shared(&self) -> &str {}
        ),
        quote!(
            fn exclusive(self: &mut Server) -> u8 {}
        ),
        quote!(
            fn nested<'a, T: Debug>(names: Vec<(u8, &'a str)>, t: T) -> &'a str {}
        ),
        quote!(
            fn hidden(name: Cow<'_, str>, each: impl Fn(&str) -> bool) {}
        ),
    ];
    let owning = [
        quote!(
            fn constant(name: &'static str, each: fn(&str) -> bool) {}
        ),
        quote!(
            fn quantified(each: Box<dyn for<'a> Fn(&'a str) -> &'a str>) {}
        ),
    ];
    let signature = |item: &TokenStream| {
        let expanded = attribute(Macro::Coroutine, quote!(), item.clone());
        let function: syn::ItemFn = syn::parse2(expanded).unwrap();
        let sig = function.sig;
        quote!(#sig).to_string()
    };
    insta::assert_snapshot!(borrowing.iter().map(signature).collect::<Vec<_>>().join("\n"), @r"
    fn shared < '__coroutine > (& '__coroutine self) -> :: loop_core :: BorrowingCoroutine < '__coroutine , & '__coroutine str >
    fn exclusive < '__coroutine > (self : & '__coroutine mut Server) -> :: loop_core :: BorrowingCoroutine < '__coroutine , u8 >
    fn nested < 'a , T : 'a + Debug > (names : Vec < (u8 , & 'a str) > , t : T) -> :: loop_core :: BorrowingCoroutine < 'a , & 'a str >
    fn hidden < '__coroutine > (name : Cow < '__coroutine , str > , each : impl '__coroutine + Fn (& str) -> bool) -> :: loop_core :: BorrowingCoroutine < '__coroutine , () >
    ");
    insta::assert_snapshot!(owning.iter().map(signature).collect::<Vec<_>>().join("\n"), @r"
    fn constant (name : & 'static str , each : fn (& str) -> bool) -> :: loop_core :: Coroutine < () >
    fn quantified (each : Box < dyn for < 'a > Fn (& 'a str) -> & 'a str >) -> :: loop_core :: Coroutine < () >
    ");
}
