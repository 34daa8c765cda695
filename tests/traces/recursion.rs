//! A million levels, on a thread with a small stack: neither running nor dropping may use the machine's stack for them.

use std::cell::Cell;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};

const MILLION: u64 = 1_000_000;

/// Deep enough for a stack that has five bytes for each level.
const DEEP: u64 = 100_000;

/// Runs `test` where a destructor or a call for each of a million levels would overflow.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    thread.spawn(test).unwrap().join().unwrap();
}

#[loop_core::coroutine]
fn primed(depth: u64) -> u64 {
    match depth {
        0 => 0,
        _ => 1 + yield_!(primed(depth - 1)),
    }
}

#[loop_core::coroutine(lazy)]
fn lazy(depth: u64) -> u64 {
    match depth {
        0 => 0,
        _ => 1 + yield_!(lazy(depth - 1)),
    }
}

#[test]
fn primed_coroutines_chain_a_million_deep() {
    on_a_small_stack(|| {
        let mut event_loop = Sim::new().step_limit(u64::MAX).unrecorded();
        assert_eq!(
            event_loop.run_until_complete(primed(MILLION)).unwrap(),
            MILLION
        );
    });
}

#[test]
fn lazy_coroutines_chain_a_million_deep() {
    on_a_small_stack(|| {
        let mut event_loop = Sim::new().step_limit(u64::MAX).unrecorded();
        assert_eq!(
            event_loop.run_until_complete(lazy(MILLION)).unwrap(),
            MILLION
        );
    });
}

/// At the bottom a coroutine waits for input that never comes.
#[loop_core::coroutine(lazy)]
fn parks(depth: u64) {
    match depth {
        0 => drop(yield_!(Stdin)),
        _ => yield_!(parks(depth - 1)),
    }
}

#[test]
fn a_loop_with_a_stack_a_million_deep_is_dropped() {
    on_a_small_stack(|| {
        let mut event_loop = Sim::new().stdin(Input::new().stays_open()).unrecorded();
        event_loop.schedule(parks(MILLION));
        assert!(event_loop.run().is_err(), "it is parked for ever");
        drop(event_loop);
    });
}

#[loop_core::coroutine(lazy)]
fn panics(depth: u64) {
    match depth {
        0 => panic!("at the bottom"),
        _ => yield_!(panics(depth - 1)),
    }
}

#[test]
fn a_panic_closes_a_stack_a_million_deep() {
    on_a_small_stack(|| {
        let error = Sim::new()
            .unrecorded()
            .run_until_complete(panics(MILLION))
            .unwrap_err();
        assert!(error.to_string().ends_with("at the bottom"));
    });
}

/// Holds another coroutine, as an argument, and chains it.
#[loop_core::coroutine(lazy)]
fn wrap(inner: Option<Coroutine<u64>>) -> u64 {
    match inner {
        Some(inner) => 1 + yield_!(inner),
        None => 0,
    }
}

#[loop_core::coroutine]
fn wrap_primed(inner: Option<Coroutine<u64>>) -> u64 {
    match inner {
        Some(inner) => 1 + yield_!(inner),
        None => {
            yield_!();
            0
        }
    }
}

/// Holds another coroutine in a local while it waits for something else.
#[loop_core::coroutine]
fn keep(inner: Option<Coroutine<u64>>) -> u64 {
    yield_!();
    match inner {
        Some(inner) => 1 + yield_!(inner),
        None => 0,
    }
}

fn nested(depth: u64, wrap: fn(Option<Coroutine<u64>>) -> Coroutine<u64>) -> Coroutine<u64> {
    (0..depth).fold(wrap(None), |inner, _| wrap(Some(inner)))
}

#[test]
fn coroutines_that_own_each_other_run() {
    for wrap in [wrap, wrap_primed, keep] {
        on_a_small_stack(move || {
            let mut event_loop = Sim::new().unrecorded();
            assert_eq!(
                event_loop.run_until_complete(nested(DEEP, wrap)).unwrap(),
                DEEP
            );
        });
    }
}

#[test]
fn coroutines_that_own_each_other_are_dropped_without_running() {
    for wrap in [wrap, wrap_primed, keep] {
        on_a_small_stack(move || drop(nested(MILLION, wrap)));
    }
}

#[loop_core::coroutine]
fn stops_soon() {
    for _ in 0..DEEP {
        yield_!();
    }
    yield_!(Stop);
}

#[test]
fn coroutines_that_own_each_other_are_dropped_half_way() {
    on_a_small_stack(|| {
        let mut event_loop = Sim::new().unrecorded();
        event_loop.schedule(nested(DEEP, keep));
        event_loop.schedule(stops_soon());
        event_loop.run_forever().unwrap();
        drop(event_loop);
    });
}

#[test]
fn a_loop_that_was_never_run_drops_what_it_was_given() {
    on_a_small_stack(|| {
        let mut event_loop = Sim::new().unrecorded();
        event_loop.schedule(nested(DEEP, wrap_primed));
        drop(event_loop);
    });
}

thread_local! {
    /// Dropped after the thread-locals of the library, because these are first used after this one.
    static KEPT: Cell<Option<Coroutine<u64>>> = const { Cell::new(None) };
}

#[test]
fn coroutines_that_own_each_other_are_dropped_while_their_thread_ends() {
    let thread = std::thread::spawn(|| {
        KEPT.set(Some(nested(200, keep)));
        drop(nested(200, keep));
    });
    thread.join().unwrap();
}

/// What a body keeps over a yield.
const MUCH: usize = 16 * 1024;

#[loop_core::coroutine]
fn keeps_much(depth: u64) -> u64 {
    let kept = [1u8; MUCH];
    let below = match depth {
        0 => 0,
        _ => yield_!(keeps_much(depth - 1)),
    };
    below + u64::from(kept[MUCH - 1])
}

#[loop_core::coroutine]
fn uses_much(depth: u64) -> u64 {
    let mut used = [1u8; MUCH];
    let sum: u64 = std::hint::black_box(&mut used)
        .iter()
        .copied()
        .map(u64::from)
        .sum();
    match depth {
        0 => sum / MUCH as u64,
        _ => sum / MUCH as u64 + yield_!(uses_much(depth - 1)),
    }
}

/// On a thread as Rust makes it, where 64 levels of them would not fit.
#[test]
fn bodies_that_need_much_stack_are_primed_less_deep() {
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let running = thread.spawn(|| {
        for body in [keeps_much, uses_much] {
            assert_eq!(Sim::new().run(body(1_000)).into_result().unwrap(), 1_001);
        }
    });
    running.unwrap().join().unwrap();
}
