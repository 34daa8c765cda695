//! Names of the user that the expansion, the language or the library have as well.

/// Types and traits.
mod types {
    #![allow(non_camel_case_types, dead_code)]

    #[derive(Debug, PartialEq)]
    struct str;
    #[derive(Debug, PartialEq)]
    struct u32;
    struct bool;
    struct usize;
    struct Option;
    struct Result;
    struct Box;
    struct String;
    struct Coroutine;
    struct BoxGenerator;
    struct Generator;
    #[derive(Debug, PartialEq)]
    struct Shown;
    struct Probe;
    #[derive(Debug, PartialEq)]
    struct Origin;
    #[derive(Debug, PartialEq)]
    struct __Origin(u32);
    struct Detached;
    trait Into {}
    trait Future {}
    trait Fn {}
    trait Iterator {}
    trait Sized {}

    #[loop_core::coroutine]
    fn primitives(_: str, _: bool, _: &'static usize) -> u32 {
        yield_!();
        u32
    }

    #[loop_core::coroutine]
    fn of_std(_: Option, _: Result, _: Box) -> String {
        yield_!();
        String
    }

    #[loop_core::coroutine]
    fn of_the_expansion(
        _: Coroutine,
        _: Probe,
        _: __Origin,
        _: Detached,
    ) -> (Shown, Origin, __Origin) {
        yield_!();
        (Shown, Origin, __Origin(u32))
    }

    #[loop_core::generator(yields = Probe, boxed)]
    fn generator(_: &Generator, _: &str) -> BoxGenerator {
        yield_!(Probe);
        BoxGenerator
    }

    #[loop_core::test]
    fn are_the_users() {
        assert_eq!(yield_!(primitives(str, bool, &usize)), u32);
        let String = yield_!(of_std(Option, Result, Box));
        let made = yield_!(of_the_expansion(Coroutine, Probe, __Origin(u32), Detached));
        assert_eq!(made, (Shown, Origin, __Origin(u32)));
        assert_eq!(generator(&Generator, &str).count(), 1);
    }

    /// Type parameters of the library's functions.
    #[loop_core::coroutine]
    fn parameters<F, V, O, R, T, Y, S>(
        f: F,
        v: V,
        o: O,
        r: R,
        t: T,
        y: Y,
        s: S,
    ) -> (F, V, O, R, T, Y, S) {
        yield_!();
        (f, v, o, r, t, y, s)
    }

    #[loop_core::test]
    fn parameters_too() {
        assert_eq!(yield_!(parameters(1, 2, 3, 4, 5, 6, 7)).6, 7);
    }
}

/// Variants, functions, modules and macros.
mod values {
    #![allow(dead_code, unused_macros)]

    use self::Mine::*;

    #[derive(Debug, PartialEq)]
    enum Mine {
        Some(u8),
        None,
        Ok,
        Err,
    }

    mod core {}
    mod std {}
    mod alloc {}
    mod loop_core {}

    fn drop() {}
    fn identity() {}
    fn prime() {}

    /// Imported macros; one that a `macro_rules!` in the same file defines would be ambiguous.
    mod own {
        macro_rules! own {
            ($($any:tt)*) => {
                compile_error!("the user's own")
            };
        }
        pub(super) use own as yield_;
        pub(super) use own as yield_from;
    }
    #[allow(unused_imports)]
    use own::{yield_, yield_from};

    macro_rules! file {
        () => {
            compile_error!("the user's own")
        };
    }
    macro_rules! line {
        () => {
            compile_error!("the user's own")
        };
    }

    #[::loop_core::coroutine]
    fn variants(_unused: u8, mine: Mine) -> Mine {
        drop();
        identity();
        prime();
        yield_!();
        match mine {
            Some(n) => Some(n + 1),
            None => Ok,
            Ok => Err,
            Err => None,
        }
    }

    ::loop_core::coroutines! {
        #[coroutine]
        fn in_a_block() -> Mine {
            println!("{:?}", yield);
            yield_from!(variants(1, Some(1)))
        }
    }

    #[::loop_core::test]
    fn are_the_users() {
        assert_eq!(yield_!(in_a_block()), Some(2));
        assert_eq!(yield_!(variants(1, None)), Ok);
    }
}

/// Methods that a blanket implementation gives every type.
mod methods {
    #![allow(dead_code)]

    trait Everywhere {
        fn add(&self) {}
        fn request(&self) {}
        fn boxed(&self) {}
        fn hidden(&self) {}
        fn yield_(&self) {}
        fn received(&self) {}
        fn detached(&self) {}
    }
    impl<T: ?Sized> Everywhere for T {}

    #[loop_core::coroutine(skip_all)]
    fn hidden(n: u8) -> u8 {
        yield_!();
        n
    }

    #[loop_core::generator(yields = u8, boxed, receives = u8)]
    fn generator(n: u8) -> u8 {
        yield_!(n)
    }

    #[loop_core::test]
    fn are_not_taken_for_the_librarys() {
        assert_eq!(yield_!(hidden(1)), 1);
        assert_eq!(generator(2).start(), Ok(Some(2)));
    }
}

/// Lifetimes, and raw identifiers.
mod others {
    #[loop_core::generator(yields = &'generator str, boxed)]
    fn parameter<'generator>(text: &'generator str) {
        yield_!(text);
    }

    struct Words<'generator>(&'generator str);

    impl<'generator> Words<'generator> {
        #[loop_core::generator(yields = &'generator str, boxed)]
        fn all(&self, _: &str) {
            for word in self.0.split(' ') {
                yield_!(word);
            }
        }
    }

    #[loop_core::coroutine(skip(r#type))]
    fn r#match(r#type: u8, mut r#fn: u8, (r#in, _): (u8, u8)) -> u8 {
        r#fn += 1;
        yield_!();
        let (r#yield, r#async, r#gen) = (1, 2, 3);
        r#type + r#fn + r#in + r#yield + r#async + r#gen
    }

    #[loop_core::generator(yields = u8)]
    fn r#gen(r#gen: u8) {
        yield_!(r#gen);
    }

    #[loop_core::test]
    fn are_the_users() {
        assert_eq!(parameter("x").count() + Words("a b").all("").count(), 3);
        assert_eq!(yield_!(r#match(1, 2, (3, 4))), 13);
        assert_eq!(r#gen(1).next(), Some(1));
    }
}

/// A type of the user's may have the name of a request, and be a result.
mod requests {
    type Stdin<T> = Option<T>;
    type Print<T> = Result<T, ()>;

    #[allow(non_snake_case)]
    fn Print<T>(value: T) -> Print<T> {
        Ok(value)
    }

    #[allow(non_upper_case_globals)]
    const Stdin: Stdin<u8> = Some(1);

    #[loop_core::coroutine]
    fn optional() -> Option<u8> {
        yield_!();
        Some(Stdin? + Stdin.unwrap())
    }

    #[loop_core::test]
    fn tried() -> Result<(), ()> {
        let one = Print(1)? + Print(1).unwrap();
        assert_eq!(yield_!(optional()), Some(one));
        Ok(())
    }
}
