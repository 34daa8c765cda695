//! Generators as iterators.

use tests::Notes;

use crate::up_to;

#[test]
fn yields_in_order_and_ends() {
    assert_eq!(up_to(3).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn nothing_runs_before_the_first_resume() {
    #[loop_core::generator]
    fn touches(notes: Notes) {
        notes.add("ran");
        yield_!();
    }
    let notes = Notes::default();
    let mut g = touches(notes.clone());
    assert_eq!(notes.text(), "");
    g.next();
    assert_eq!(notes.text(), "ran");
}

#[test]
fn is_fused() {
    let mut g = up_to(1);
    assert_eq!(
        [g.next(), g.next(), g.next(), g.next()],
        [Some(0), None, None, None]
    );
}

#[test]
fn a_body_without_yields_is_empty() {
    #[loop_core::generator(yields = u8)]
    fn none() {}
    assert_eq!(none().count(), 0);
}

#[test]
fn works_with_the_adaptors_of_iterators() {
    let even = up_to(10).filter(|n| n % 2 == 0).map(|n| n * n).take(3);
    assert_eq!(even.collect::<Vec<_>>(), [0, 4, 16]);
}

#[test]
fn the_body_is_suspended_between_two_items() {
    #[loop_core::generator(yields = &'static str)]
    fn noting(notes: Notes) {
        notes.add("before a");
        yield_!("a");
        notes.add("before b");
        yield_!("b");
        notes.add("after b");
    }
    let notes = Notes::default();
    for item in noting(notes.clone()) {
        notes.add(item);
    }
    assert_eq!(notes.text(), "before a a before b b after b");
}
