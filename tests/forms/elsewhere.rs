//! The library under another name, by a re-export, and in macros of another crate.

use forms_elsewhere::reexported;
use forms_elsewhere::{ask, block, coroutine, coroutine_of, made, method};

use crate::give;

coroutine!(whole, 3);
coroutine_of!(body, {
    println!("{:?}", yield_!());
    yield_!(give(2))
});
coroutine_of!(part, println!("{:?}", yield_!()); yield_!(give(2)));
block!(in_a_block, yield give(4));

struct Numbers(Vec<u32>);

impl Numbers {
    method!(each);
}

#[reexported::test(crate = reexported)]
fn coroutines_of_a_macro() {
    assert_eq!(yield_!(whole(1, (2, 3), 4)), 5);
    assert_eq!(yield_!(body()), 2);
    assert_eq!(yield_!(part()), 3);
    assert_eq!(yield_!(in_a_block(1)), 4);
    assert_eq!(Numbers(vec![1, 2]).each().sum::<u32>(), 3);
}

#[reexported::test(os, crate = crate::elsewhere::reexported)]
fn coroutines_of_a_macro_in_a_coroutine() {
    coroutine_of!(inner, {
        println!("{:?}", yield_!());
        yield_!(give(2))
    });
    println!("{:?}", yield_!(inner()));
    let sum = yield_!(made!(println!("{:?}", yield_!()); yield_!(give(2))));
    assert_eq!(sum + yield_!(inner()), 4);
    assert_eq!(ask!(give(ask!(give(5)))), 5);
    ask!();
}

#[loop_core::test]
fn a_renamed_dependency() {
    assert_eq!(yield_!(forms_elsewhere::sum(1, (2, 3), 4)), 4);
    assert_eq!(yield_!(forms_elsewhere::in_braces()), 3);
    assert_eq!(yield_!(forms_elsewhere::unnamed())(1), 2);
    assert_eq!(yield_from!(forms_elsewhere::add(&mut 1, &2)), 3);
    assert_eq!(forms_elsewhere::each(&[1, 2]).sum::<u32>(), 3);
    assert_eq!(forms_elsewhere::up_to(3).sum::<u32>(), 3);
    let mut got = Vec::new();
    forms_elsewhere::receiver(&mut got).send(7).unwrap();
    assert_eq!(got, [7]);
    let mut doubling = forms_elsewhere::doubling();
    doubling.start().unwrap();
    assert_eq!(doubling.send(3), Ok(Some(6)));
}

#[test]
fn a_main_of_a_renamed_dependency() {
    let _: std::process::ExitCode = forms_elsewhere::program::main();
}
