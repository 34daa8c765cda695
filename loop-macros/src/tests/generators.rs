//! Generators, receivers, and functions in a block.

use quote::quote;

use super::{attribute, brief};
use crate::coroutines;
use crate::parse::Macro;

#[test]
fn a_generator() {
    let item = quote! {
        fn each<'a>(&'a self, other: &str) -> usize {
            yield_from!(self.one());
            assert_eq!(yield_!(self.next), 3);
            yield_!();
        }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Generator, quote!(yields = &'a u8, receives = u8), item)), @r#"
    fn each<'a>(
        &'a self,
        other: &str,
    ) -> ::loop_core::Generator<
        &'a u8,
        u8,
        usize,
        impl ::loop_core::generator::Frame<&'a u8, u8, usize>,
    > {
        ::loop_core::__private::generate::<
            &'a u8,
            ::core::option::Option<u8>,
            _,
        >(
            "each",
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let _ = &self;
                let other = other;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    usize,
                > {
                    return __loop_core_never;
                }
                {
                    yield_from!(self.one());
                    assert_eq!(yield_!(self.next), 3);
                    yield_!();
                }
            },
        )
    }
    "#);
}

#[test]
fn a_boxed_receiver() {
    let item = quote! {
        fn grep<T>(pattern: &str, mut target: impl Target<T>) {}
    };
    insta::assert_snapshot!(brief(attribute(Macro::Coroutine, quote!(receives = Cow<'_, T>, boxed), item)), @r#"
    fn grep<'__generator, T: '__generator>(
        pattern: &'__generator str,
        #[deny(elided_lifetimes_in_paths)]
        target: impl '__generator + Target<T>,
    ) -> ::loop_core::BoxGenerator<'__generator, (), Cow<'__generator, T>, ()> {
        ::loop_core::__private::started(
                ::loop_core::__private::generate::<
                    (),
                    ::core::option::Option<Cow<'_, T>>,
                    _,
                >(
                    "grep",
                    move |__loop_core_co| async move {
                        let _ = &__loop_core_co;
                        let pattern = pattern;
                        let mut target = target;
                        if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                            (),
                        > {
                            return __loop_core_never;
                        }
                        {}
                    },
                ),
            )
            .boxed()
    }
    "#);
}

#[test]
fn a_block() {
    let items = quote! {{
        mod inner {
            #[generator(yields = u8)]
            fn one() { yield 1 + 2 }
        }
    }};
    insta::assert_snapshot!(brief(coroutines::expand(items)), @r#"
    mod inner {
        fn one() -> ::loop_core::Generator<
            u8,
            (),
            (),
            impl ::loop_core::generator::Frame<u8, (), ()>,
        > {
            ::loop_core::__private::generate::<
                u8,
                (),
                _,
            >(
                "one",
                move |__loop_core_co| async move {
                    let _ = &__loop_core_co;
                    if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                        (),
                    > {
                        return __loop_core_never;
                    }
                    { yield_!(1 + 2) }
                },
            )
        }
    }
    "#);
}

#[test]
fn a_library_in_another_place() {
    let items = quote! {
        crate = crate::runtime;
        #[coroutine(lazy)]
        fn one(n: u8) { yield }
        #[generator(boxed, crate = other)]
        fn two<'a>(n: &'a u8) -> ! { yield }
    };
    insta::assert_snapshot!(brief(coroutines::expand(items)), @r#"
    fn one(n: u8) -> crate::runtime::Coroutine<()> {
        let __loop_core_described = crate::runtime::__private::arguments(
            &|__loop_core_list| {
                use crate::runtime::__private::probe::*;
                __loop_core_list
                    .add((&&crate::runtime::__private::probe::Probe(&n)).loop_core_debug());
            },
        );
        crate::runtime::__private::lazy(
            {
                struct Origin;
                impl crate::runtime::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "one";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            __loop_core_described,
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let n = n;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    (),
                > {
                    return __loop_core_never;
                }
                { yield_!() }
            },
            |__loop_core_value| {
                use crate::runtime::__private::probe::*;
                let (debug, failure) = (
                    &&crate::runtime::__private::probe::Probe(__loop_core_value),
                    &&&&crate::runtime::__private::probe::Probe(__loop_core_value),
                );
                crate::runtime::__private::Shown::new(
                    debug.loop_core_debug(),
                    failure.loop_core_failure(),
                )
            },
        )
    }
    fn two<'a>(n: &'a u8) -> other::BoxGenerator<'a, (), (), ::core::convert::Infallible> {
        other::__private::generate::<
            (),
            (),
            _,
        >(
                "two",
                move |__loop_core_co| async move {
                    let _ = &__loop_core_co;
                    let n = n;
                    if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                        ::core::convert::Infallible,
                    > {
                        return __loop_core_never;
                    }
                    { yield_!() }
                },
            )
            .boxed()
    }
    "#);
}

#[test]
fn a_stream_and_a_sink() {
    let stream = quote! {
        fn lines(&self, from: impl Read) -> io::Result<()> {
            emit!(1);
            Ok(())
        }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Stream, quote!(yields = &str), stream)), @r#"
    fn lines<'__stream>(
        &'__stream self,
        #[deny(elided_lifetimes_in_paths)]
        from: impl '__stream + Read,
    ) -> ::loop_core::Stream<'__stream, &'__stream str, io::Result<()>> {
        ::loop_core::__private::stream::<
            _,
            &str,
            _,
        >(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "lines";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let _ = &self;
                let from = from;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    io::Result<()>,
                > {
                    return __loop_core_never;
                }
                {
                    emit!(1);
                    Ok(())
                }
            },
        )
    }
    "#);
    let sink = quote! {
        fn sums<T>(out: Vec<T>) {
            let _ = receive!();
        }
    };
    insta::assert_snapshot!(brief(attribute(Macro::Sink, quote!(receives = u32), sink)), @r#"
    fn sums<'__sink, T: '__sink>(out: Vec<T>) -> ::loop_core::Sink<'__sink, u32, ()> {
        ::loop_core::__private::sink::<
            _,
            u32,
            _,
        >(
            {
                struct Origin;
                impl ::loop_core::__private::Origin for Origin {
                    const NAME: &'static ::core::primitive::str = "sums";
                    const FILE: &'static ::core::primitive::str = ::core::file!();
                    const LINE: ::core::primitive::u32 = ::core::line!();
                }
                Origin
            },
            move |__loop_core_co| async move {
                let _ = &__loop_core_co;
                let out = out;
                if let ::core::option::Option::Some(__loop_core_never) = ::core::option::Option::None::<
                    (),
                > {
                    return __loop_core_never;
                }
                {
                    let _ = receive!();
                }
            },
        )
    }
    "#);
}
