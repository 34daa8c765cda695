//! Receivers, which are primed, and boxes.

use std::cell::RefCell;
use std::rc::Rc;

use loop_core::{BoxGenerator, GeneratorState, ResumeError};

use crate::summing;

#[loop_core::coroutine(receives = u32)]
fn collector(into: Rc<RefCell<Vec<u32>>>) {
    loop {
        let n = yield_!();
        into.borrow_mut().push(n);
    }
}

#[test]
fn a_receiver_can_be_sent_to_at_once() {
    let got = Rc::default();
    let mut g = collector(Rc::clone(&got));
    assert_eq!(g.state(), GeneratorState::Suspended);
    g.send(1).unwrap();
    g.send(2).unwrap();
    assert_eq!(*got.borrow(), [1, 2]);
    assert_eq!(g.start(), Err(ResumeError::AlreadyStarted));
}

#[test]
fn a_receiver_that_returns_while_it_is_primed_is_finished() {
    #[loop_core::coroutine(receives = u32)]
    fn deaf() -> &'static str {
        "no"
    }
    let mut g = deaf();
    assert_eq!(g.state(), GeneratorState::Finished);
    assert_eq!(g.send(1).unwrap_err().reason, ResumeError::Finished);
    assert_eq!(g.into_return(), Some("no"));
}

#[test]
fn receivers_can_be_chained_and_boxed() {
    #[loop_core::coroutine(receives = u32, boxed)]
    fn halving(mut next: impl FnMut(u32)) {
        loop {
            next(yield_!() / 2);
        }
    }
    let got: Rc<RefCell<Vec<u32>>> = Rc::default();
    let mut last = collector(got.clone());
    let mut first: BoxGenerator<'_, (), u32> = halving(move |n| last.send(n).map(drop).unwrap());
    first.send(10).unwrap();
    first.send(7).unwrap();
    assert_eq!(*got.borrow(), [5, 3]);
}

#[test]
fn boxing_a_started_generator_keeps_its_place() {
    let mut g = summing();
    g.start().unwrap();
    g.send(40).unwrap();
    let mut g = g.boxed();
    assert_eq!(g.state(), GeneratorState::Suspended);
    assert_eq!(g.send(2), Ok(Some(42)));
}
