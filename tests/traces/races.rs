//! Races in which another task gets several requests ahead. Some seeds find each of them; first in, first out never does.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;

/// Not yet open, open, or closed again.
type Window = Rc<Cell<Option<bool>>>;

/// Yields once between a check and the code that relies on it.
#[loop_core::coroutine(lazy)]
fn opens(window: Window) {
    window.set(Some(true));
    yield_!();
    window.set(Some(false));
}

/// Makes this many requests after the window is open. Says whether the window is still open then.
#[loop_core::coroutine(lazy)]
fn slips_in(window: Window, requests: u32) -> bool {
    while window.get().is_none() {
        yield_!();
    }
    yield_!();
    for _ in 1..requests {
        yield_!(Clock);
    }
    window.get() == Some(true)
}

/// Whether the race was lost.
#[loop_core::coroutine(lazy)]
fn race(requests: u32) -> bool {
    let window = Window::default();
    let slipping = yield_!(Spawn(slips_in(window.clone(), requests)));
    yield_!(Spawn(opens(window))).detach();
    yield_!(slipping).unwrap()
}

/// How many requests the other task needs while the window is open.
const RACES: [u32; 3] = [2, 4, 6];

fn is_lost(requests: u32, seed: u64) -> bool {
    let run = Sim::new().seed(seed).run(move || race(requests));
    run.into_result().unwrap()
}

#[test]
fn one_seed_in_ten_finds_a_race_that_needs_several_requests() {
    for requests in RACES {
        let found = (1..=1000).filter(|seed| is_lost(requests, *seed)).count();
        assert!(found >= 100, "{requests} requests: {found} of 1000 seeds");
    }
}

#[test]
fn first_in_first_out_never_finds_them() {
    for requests in RACES {
        assert!(!is_lost(requests, 0));
    }
}

#[test]
fn a_seed_that_finds_a_race_finds_it_again_in_the_same_way() {
    let trace = |seed| {
        let run = Sim::new().seed(seed).run(|| race(4));
        run.trace().decisions().to_string()
    };
    let lost = (1..=1000).filter(|seed| is_lost(4, *seed));
    for seed in lost.take(20) {
        assert!(is_lost(4, seed));
        assert_eq!(trace(seed), trace(seed), "seed {seed}");
    }
}

/// A race as in real programs: two tasks read a counter, let others run, and write it.
#[test]
fn seeds_find_a_lost_update_through_a_helper_that_never_waits() {
    #[loop_core::coroutine(lazy)]
    fn read(counter: Rc<Cell<u32>>) -> u32 {
        yield_!(Clock);
        counter.get()
    }
    #[loop_core::coroutine(lazy)]
    fn adds(counter: Rc<Cell<u32>>) {
        for _ in 0..3 {
            let seen = yield_!(read(counter.clone()));
            yield_!(Clock);
            counter.set(seen + 1);
        }
    }
    #[loop_core::coroutine(lazy)]
    fn both() -> u32 {
        let counter = Rc::<Cell<u32>>::default();
        let one = yield_!(Spawn(adds(counter.clone())));
        let two = yield_!(Spawn(adds(counter.clone())));
        yield_!(one).unwrap();
        yield_!(two).unwrap();
        counter.get()
    }
    let counted = |seed| Sim::new().seed(seed).run(both).into_result().unwrap();
    assert_eq!(counted(0), 6);
    let lost = (1..=1000).filter(|seed| counted(*seed) < 6).count();
    assert!(lost >= 100, "{lost} of 1000 seeds");
}
