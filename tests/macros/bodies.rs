//! `yield_!` wherever an expression can stand.

use std::cell::RefCell;
use std::num::ParseIntError;
use std::rc::Rc;

use crate::give;

#[loop_core::test]
fn bare_yield_gives_unit() {
    let () = yield_!();
    let () = yield_!(());
    let () = yield_!((),);
}

#[loop_core::test]
fn inside_other_macros() {
    println!("{} {named}", yield_!(give(1)), named = yield_!(give("two")));
    assert_eq!(yield_!(give(3)), 3, "{}", yield_!(give("four")));
    assert_eq!(
        format!("{:?}", vec![yield_!(give(5)), yield_!(give(6))]),
        "[5, 6]"
    );
    assert_eq!(vec![yield_!(give(7)); 2], [7, 7]);
    assert!(matches!(yield_!(give(Some(8))), Some(n) if n == 8));
}

#[loop_core::test]
fn inside_one_another() {
    assert_eq!(yield_!(give(yield_!(give(yield_!(give(1)) + 1)) + 1)), 3);
}

#[loop_core::test]
fn inside_an_expression() {
    let sum = yield_!(give(1)) + 2 * yield_!(give(3));
    assert_eq!(sum, 7);
    let list = [yield_!(give(1)), yield_!(give(2))];
    assert_eq!(list[yield_!(give(1))], 2);
    let mut rounds = 0;
    while let Some(n) = yield_!(give((rounds < 3).then_some(1))) {
        rounds += n;
    }
    assert_eq!(rounds, 3);
    if yield_!(give(true)) && !yield_!(give(false)) {
        match yield_!(give('x')) {
            'x' => {}
            other => panic!("{other}"),
        }
    }
}

#[loop_core::test]
fn yield_from_chains_a_coroutine() {
    assert_eq!(yield_from!(give("child")), "child");
}

#[loop_core::coroutine]
fn parse(text: &'static str) -> Result<u32, ParseIntError> {
    if text == "early" {
        return Ok(0);
    }
    let n: u32 = yield_!(give(text)).parse()?;
    Ok(n + 1)
}

#[loop_core::test]
fn question_mark_and_early_return() -> Result<(), ParseIntError> {
    assert_eq!(yield_!(parse("41"))?, 42);
    assert_eq!(yield_!(parse("early"))?, 0);
    assert_eq!(
        yield_!(parse("x")).unwrap_err().to_string(),
        "invalid digit found in string"
    );
    Ok(())
}

#[loop_core::test]
fn question_mark_converts_the_error() {
    #[loop_core::coroutine]
    fn boxed() -> Result<u32, Box<dyn std::error::Error>> {
        Ok(yield_!(parse("x"))?)
    }
    assert!(yield_!(boxed()).is_err());
}

/// The `Ok(…)` alone would not say what the error type is.
#[loop_core::test]
fn the_declared_type_is_the_type_of_the_body() {
    #[loop_core::coroutine]
    fn collected(items: Vec<&'static str>) -> Option<Vec<u8>> {
        items.into_iter().map(|item| item.parse().ok()).collect()
    }
    assert_eq!(yield_!(collected(vec!["1", "2"])), Some(vec![1, 2]));
    #[loop_core::coroutine]
    fn unsized_() -> Box<dyn Fn(u8) -> u8> {
        if yield_!(give(false)) {
            return Box::new(|n| n);
        }
        Box::new(|n| n + 1)
    }
    assert_eq!(yield_!(unsized_())(1), 2);
}

#[loop_core::test]
fn a_guard_in_a_yielded_expression_is_released_before_others_run() {
    #[loop_core::coroutine]
    fn emptying(queue: Rc<RefCell<Vec<u8>>>) -> usize {
        yield_!();
        queue.borrow_mut().drain(..).count()
    }
    let queue = Rc::new(RefCell::new(vec![1, 2, 3]));
    let child = || emptying(Rc::clone(&queue));
    let drained = yield_!([child()].into_iter().nth(queue.borrow().len() - 3).unwrap());
    assert_eq!(drained, 3);
    // The same where the expansion is the local macro's.
    assert_eq!(
        yield_!([child()].into_iter().nth(queue.borrow().len()).unwrap()),
        0
    );
}

#[loop_core::test]
fn recursion() {
    #[loop_core::coroutine]
    fn fib(n: u64) -> u64 {
        if n < 2 {
            n
        } else {
            yield_!(fib(n - 1)) + yield_!(fib(n - 2))
        }
    }
    assert_eq!(yield_!(fib(10)), 55);
}

#[loop_core::test]
fn the_users_names_are_the_users() {
    // The expansion has a `co`, a `step` and a `never` of its own.
    let (co, step, never) = (1, 2, 3);
    assert_eq!(yield_!(give(co + step + never)), 6);
    #[loop_core::coroutine]
    fn named(co: u8, _step: u8, argument_2: u8) -> u8 {
        yield_!();
        co + argument_2
    }
    assert_eq!(yield_!(named(1, 2, 3)), 4);
}

/// The functions, the yields or both come out of a macro.
#[loop_core::test]
fn from_a_macro() {
    macro_rules! coroutine {
        ($name:ident, $($body:tt)*) => {
            #[loop_core::coroutine]
            fn $name() -> u8 {
                let one = yield_!(give(1));
                one + { $($body)* }
            }
        };
    }
    coroutine!(plain, 1);
    coroutine!(yielding, yield_!(give(2)));
    coroutine!(printing, println!("{}", yield_!(give(3))); 3);
    let sum = yield_!(plain()) + yield_!(yielding()) + yield_!(printing());
    assert_eq!(sum, 9);
}

#[loop_core::test]
fn blocks_of_async_code_are_values() {
    // An `.await` inside is not the coroutine's.
    let future = async { std::future::ready(1).await };
    let closure = async |n: u32, m: u32| std::future::ready(n + m).await;
    async fn function() {
        std::future::ready(()).await;
    }
    drop((future, closure, function));
    yield_!();
}

/// Statics cannot be shadowed, so the expansion must not have variables of names that a user may give one.
mod statics {
    use loop_core::sim::Sim;

    #[allow(non_upper_case_globals)]
    static co: u32 = 1;
    #[allow(non_upper_case_globals)]
    static step: u32 = 2;
    #[allow(non_upper_case_globals)]
    const origin: u32 = 4;

    #[loop_core::coroutine]
    fn inner(described: u32) -> u32 {
        yield_!();
        described
    }

    #[loop_core::coroutine]
    fn sum(never: u32) -> u32 {
        yield_!(inner(never)) + yield_from!(inner(co + step)) + origin
    }

    #[test]
    fn have_any_name() {
        assert_eq!(Sim::new().run(|| sum(10)).into_result().unwrap(), 17);
    }
}

/// A block of the body may import the prelude, whose `yield_!` is only an error.
mod globs {
    use loop_core::sim::Sim;

    #[loop_core::coroutine]
    fn at_the_top() -> u32 {
        use loop_core::prelude::*;
        yield_!(Now);
        1
    }

    #[loop_core::coroutine]
    fn in_a_block() -> u32 {
        let two = {
            use loop_core::{prelude::*, sim::*};
            let _unused = Sim::new();
            yield_!(Now);
            yield_from!(at_the_top())
        };
        for _ in 0..1 {
            use loop_core::prelude::*;
            yield_!(Clock);
        }
        yield_!(at_the_top()) + two
    }

    #[loop_core::generator(yields = u32)]
    fn in_a_generator() {
        use loop_core::prelude::*;
        yield_!(1);
        let _unused = Now;
    }

    #[loop_core::generator]
    fn in_a_silent_generator() {
        use loop_core::prelude::*;
        let _unused = Now;
        yield_!();
    }

    #[test]
    fn may_stand_in_a_body() {
        assert_eq!(Sim::new().run(in_a_block).into_result().unwrap(), 2);
        assert_eq!(
            in_a_generator().count() + in_a_silent_generator().count(),
            2
        );
    }
}
