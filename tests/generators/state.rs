//! State and name.

use std::panic::{AssertUnwindSafe, catch_unwind};

use loop_core::GeneratorState;
use tests::{Noted, Notes};

use crate::up_to;

#[test]
fn follows_the_body() {
    let mut g = up_to(1);
    assert_eq!(g.state(), GeneratorState::Created);
    g.next();
    assert_eq!(g.state(), GeneratorState::Suspended);
    g.next();
    assert_eq!(g.state(), GeneratorState::Finished);
}

#[test]
fn debug_names_the_function() {
    let mut g = up_to(1);
    assert_eq!(
        format!("{g:?}"),
        r#"Generator { name: "up_to", state: Created }"#
    );
    g.next();
    assert_eq!(
        format!("{:?}", g.boxed()),
        r#"Generator { name: "up_to", state: Suspended }"#
    );
}

#[test]
fn a_raw_name_is_shown_as_it_is_called() {
    #[loop_core::generator]
    fn r#loop() {}
    assert_eq!(r#loop().name(), "loop");
}

#[test]
fn after_a_panic_it_is_finished() {
    #[loop_core::generator(yields = u32)]
    fn failing(_guard: Noted) {
        yield_!(1);
        panic!("inside");
    }
    let notes = Notes::default();
    let mut g = failing(notes.on_drop("guard"));
    g.next();
    let panic = catch_unwind(AssertUnwindSafe(|| g.next())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"inside"));
    assert_eq!(notes.text(), "guard");
    assert_eq!(g.state(), GeneratorState::Finished);
    assert_eq!(g.next(), None);
    assert_eq!(g.into_return(), None);
}
