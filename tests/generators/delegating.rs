//! `yield_from!`.

use loop_core::Generator;
use tests::Notes;

use crate::{summing, up_to};

#[test]
fn forwards_items_and_gives_the_return_value() {
    #[loop_core::generator(yields = u32)]
    fn twice() -> String {
        let first = yield_from!(up_to(2));
        yield_!(100);
        format!("{first} {}", yield_from!(up_to(1)))
    }
    let mut g = twice();
    assert_eq!(g.by_ref().collect::<Vec<_>>(), [0, 1, 100, 0]);
    assert_eq!(g.into_return().as_deref(), Some("end end"));
}

#[test]
fn forwards_sends() {
    #[loop_core::generator(yields = i64, receives = i64)]
    fn outer() -> i64 {
        let first = yield_from!(summing());
        let second = yield_from!(summing());
        first * second
    }
    let mut g = outer();
    assert_eq!(g.start(), Ok(Some(0)));
    assert_eq!(g.send(2), Ok(Some(2)));
    assert_eq!(g.send(4), Ok(Some(6)));
    assert_eq!(g.send(0), Ok(Some(0)), "the second one has started");
    assert_eq!(g.send(7), Ok(Some(7)));
    assert_eq!(g.send(0), Ok(None));
    assert_eq!(g.into_return(), Some(42));
}

#[test]
fn goes_on_with_an_iterator_that_was_begun() {
    #[loop_core::generator(yields = u32)]
    fn rest(inner: Generator<u32, (), &'static str>) {
        yield_from!(inner);
    }
    let mut inner = up_to(3);
    inner.next();
    assert_eq!(rest(inner.boxed()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_finished_one_gives_its_return_value() {
    #[loop_core::generator(yields = u32)]
    fn after(mut inner: Generator<u32, (), &'static str>) -> &'static str {
        inner.by_ref().for_each(drop);
        yield_from!(inner)
    }
    let mut g = after(up_to(3).boxed());
    assert_eq!(g.next(), None);
    assert_eq!(g.into_return(), Some("end"));
}

#[test]
#[should_panic(
    expected = "yield_from!: `summing` was started before and waits for a value that `yield_from!` does not have"
)]
fn a_started_receiver_is_a_loud_mistake() {
    #[loop_core::generator(yields = i64, receives = i64)]
    fn outer() {
        let mut inner = summing();
        inner.start().unwrap();
        yield_from!(inner);
    }
    let _ = outer().start();
}

#[test]
#[should_panic(expected = "yield_from!: `up_to` was closed, or its return value has been taken")]
fn a_closed_one_is_a_loud_mistake() {
    #[loop_core::generator(yields = u32)]
    fn outer() {
        let mut inner = up_to(3);
        inner.close();
        yield_from!(inner);
    }
    outer().next();
}

#[test]
fn closing_the_outer_one_closes_the_inner_one_first() {
    #[loop_core::generator]
    fn inner(notes: Notes) {
        let _held = notes.on_drop("inner");
        yield_!();
    }
    #[loop_core::generator]
    fn outer(notes: Notes) {
        let _held = notes.on_drop("outer");
        yield_from!(inner(notes.clone()));
    }
    let notes = Notes::default();
    let mut g = outer(notes.clone());
    g.next();
    drop(g);
    assert_eq!(notes.text(), "inner outer");
}

#[test]
fn recursion_walks_a_tree() {
    struct Tree(u32, Vec<Tree>);
    #[loop_core::generator(yields = u32, boxed)]
    fn walk(tree: &Tree) -> usize {
        yield_!(tree.0);
        let mut nodes = 1;
        for child in &tree.1 {
            nodes += yield_from!(walk(child));
        }
        nodes
    }
    let tree = Tree(1, vec![Tree(2, vec![Tree(3, vec![])]), Tree(4, vec![])]);
    let mut g = walk(&tree);
    assert_eq!(g.by_ref().collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(g.into_return(), Some(4));
}
