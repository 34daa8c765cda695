//! What is dropped, and when.

use loop_core::generator::Frame;
use loop_core::{BoxGenerator, Generator, GeneratorState, ResumeError};
use tests::{Noted, Notes};

#[loop_core::generator]
fn holding(_first: Noted, _: Noted, (_pair, _): (Noted, Noted), notes: Notes) {
    let _outer = notes.on_drop("outer");
    {
        let _inner = notes.on_drop("inner");
        yield_!();
    }
}

fn held(notes: &Notes) -> Generator<(), (), (), impl Frame<(), (), ()>> {
    let noted = |name| notes.on_drop(name);
    holding(
        noted("first"),
        noted("wild"),
        (noted("pair"), noted("half")),
        notes.clone(),
    )
}

/// What was declared last goes first: the locals, then the arguments, as when a function returns.
const ORDER: &str = "inner outer pair half wild first";

#[test]
fn drop_drops_the_locals_and_then_the_arguments_last_one_first() {
    let notes = Notes::default();
    let mut g = held(&notes);
    g.next();
    assert_eq!(notes.text(), "");
    drop(g);
    assert_eq!(notes.text(), ORDER);
}

#[test]
fn a_body_that_ends_drops_in_the_same_order() {
    let notes = Notes::default();
    for () in held(&notes) {}
    assert_eq!(notes.text(), ORDER);
}

#[test]
fn a_function_that_is_no_generator_drops_in_the_same_order() {
    fn plain(_first: Noted, _: Noted, (_pair, _): (Noted, Noted), notes: Notes) {
        let _outer = notes.on_drop("outer");
        let _inner = notes.on_drop("inner");
    }
    let notes = Notes::default();
    let noted = |name| notes.on_drop(name);
    plain(
        noted("first"),
        noted("wild"),
        (noted("pair"), noted("half")),
        notes.clone(),
    );
    assert_eq!(notes.text(), ORDER);
}

#[test]
fn close_is_idempotent_and_final() {
    let notes = Notes::default();
    let mut g = held(&notes);
    g.next();
    g.close();
    g.close();
    assert_eq!(notes.text(), ORDER);
    assert_eq!(g.state(), GeneratorState::Finished);
    assert_eq!(g.next(), None);
    assert_eq!(g.start(), Err(ResumeError::Finished));
}

#[test]
fn a_generator_that_never_began_drops_its_arguments() {
    let notes = Notes::default();
    held(&notes).close();
    assert_eq!(notes.text().split(' ').count(), 4);
}

#[test]
fn a_finished_body_is_gone_while_its_generator_lives() {
    let notes = Notes::default();
    let mut g = held(&notes);
    assert_eq!(g.by_ref().count(), 1);
    assert_eq!(notes.text(), ORDER);
}

#[loop_core::generator(yields = u32, boxed)]
fn one_more(source: Option<BoxGenerator<'static, u32>>) {
    match source {
        None => yield_!(1),
        Some(source) => {
            for number in source {
                yield_!(number + 1);
            }
        }
    }
}

/// Within the depth that the documentation of `boxed` promises on the stack of a test.
#[test]
fn boxed_ones_nest_two_thousand_deep() {
    const DEPTH: u32 = 2_000;
    let nested = || (0..DEPTH).fold(None, |source, _| Some(one_more(source)));
    drop(nested());
    let mut resumed = nested().unwrap();
    assert_eq!(resumed.next(), Some(DEPTH));
    drop(resumed);
}
