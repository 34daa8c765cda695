//! The airlock of this thread, and what a trace shows of calls.

mod describing;

use std::panic::{AssertUnwindSafe, catch_unwind};

use loop_core::{Sleep, Stdin};

use super::{Coroutine, Entered, Resume, with_airlock};
use crate::coroutine::{
    Airlock, AnyFrame, Call, PrimeState, StepState, take_arguments, take_calls,
};

/// Not `Debug`.
#[derive(Clone)]
struct Opaque;

fn traced() -> Entered {
    Entered::new(true).expect("no loop runs in this test")
}

fn frame<T>(coroutine: Coroutine<T>) -> AnyFrame {
    coroutine.into_raw().into_described_frame()
}

/// The arguments of a coroutine, as the trace shows them.
fn arguments<T>(coroutine: Coroutine<T>) -> Option<String> {
    let frame = frame(coroutine);
    let arguments = take_arguments(&frame).map(String::from);
    assert_eq!(take_arguments(&frame), None, "they are given once");
    arguments
}

#[loop_core::coroutine]
fn give<T>(value: T) -> T {
    value
}

#[loop_core::coroutine(lazy)]
fn lazily(_n: u8, name: &'static str, _opaque: Opaque) -> usize {
    name.len()
}

#[loop_core::coroutine]
fn none() {}

/// Name, arguments, depth and how far it ran.
fn log() -> Vec<(&'static str, String, u32, PrimeState)> {
    let logged = |Call {
                      site,
                      arguments,
                      depth,
                      asked,
                      ..
                  }| {
        (
            site.name,
            arguments.map(String::from).unwrap_or_default(),
            depth,
            asked,
        )
    };
    take_calls().into_iter().map(logged).collect()
}

#[test]
fn calls_are_logged_in_the_order_in_which_bodies_begin() {
    #[loop_core::coroutine]
    fn outer(n: u8) -> u8 {
        drop(none());
        drop(waits(n));
        yield_!();
        n
    }
    #[loop_core::coroutine]
    fn waits(n: u8) {
        drop((yield_!(Stdin), n));
    }
    #[loop_core::coroutine]
    fn panics(n: u8) {
        assert!(n > 9, "in the body");
        yield_!(Sleep(std::time::Duration::ZERO));
    }
    let _loop = traced();
    let kept = (outer(1), panics(2), lazily(3, "", Opaque));
    let one = |name, arguments: &str, depth, asked| (name, arguments.to_owned(), depth, asked);
    let expected = [
        one("outer", "1", 0, PrimeState::Now),
        one("none", "", 1, PrimeState::Ended),
        one("waits", "1", 1, PrimeState::Asked),
        one("panics", "2", 0, PrimeState::Panicked),
    ];
    assert_eq!(log(), expected, "a lazy one does not begin");
    assert_eq!(log(), []);
    assert_eq!(
        arguments(kept.1).as_deref(),
        Some("2"),
        "also of one that panicked"
    );
}

#[test]
fn depth_is_counted_from_the_loop_that_runs() {
    #[loop_core::coroutine]
    fn runs_a_loop() {
        assert!(Entered::new(true).is_some_and(|entered| {
            drop(none());
            let depths: Vec<u32> = take_calls().iter().map(|call| call.depth).collect();
            drop(entered);
            depths == [0]
        }));
        yield_!();
    }
    assert_eq!(frame(runs_a_loop()).prime_state(), PrimeState::Now);
}

#[loop_core::coroutine]
fn nested(depth: u32) -> u32 {
    let inner = (depth > 0).then(|| nested(depth - 1));
    yield_!();
    drop(inner);
    depth
}

#[test]
fn a_body_beyond_the_bound_is_logged_as_not_started() {
    let _loop = traced();
    drop(nested(100));
    let log = log();
    assert_eq!(
        log.len(),
        64,
        "63 began, the loop is one level, and the last one did not"
    );
    let begun = |state| log.iter().filter(|call| call.3 == state).count();
    assert_eq!(
        (begun(PrimeState::Now), begun(PrimeState::Unstarted)),
        (63, 1)
    );
    assert_eq!(log[63].2, 63);
}

#[test]
fn arguments_are_kept_for_living_coroutines_only() {
    let _loop = traced();
    for n in 0..1000 {
        // The next frame may have the address of this one.
        drop(give(n));
        drop(nested(2));
        let untaken = frame(give(n));
        drop(untaken);
    }
    drop(take_calls());
    let kept: Vec<_> = (0..3).map(|n| lazily(n, "", Opaque)).collect();
    let shown: Vec<_> = kept.into_iter().filter_map(arguments).collect();
    assert_eq!(shown, ["0, \"\", _", "1, \"\", _", "2, \"\", _"]);
}

#[test]
fn a_step_and_its_answer() {
    #[loop_core::coroutine]
    fn asks() -> bool {
        yield_!();
        matches!(yield_!(Stdin), Ok(Some(line)) if line == "x")
    }
    let mut frame = frame(asks());
    let resume = |frame: &mut AnyFrame| with_airlock(|airlock| airlock.resume(frame.as_mut()));
    let _loop = Entered::new(false).expect("no loop runs in this test");
    assert_eq!(resume(&mut frame), StepState::Asked);
    assert!(with_airlock(Airlock::take_request).is_some());
    with_airlock(|airlock| airlock.put_answer(Resume::Line(Ok(Some("x".to_owned())))));
    assert_eq!(resume(&mut frame), StepState::Done);
    assert!(with_airlock(Airlock::take_answer).is_none());
    assert_eq!(frame.describe().as_deref(), Some("true"));
}

#[test]
fn a_panic_inside_a_loop_leaves_the_thread_as_it_was() {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _loop = traced();
        drop(none());
        panic!("in the loop");
    }));
    assert!(outcome.is_err());
    assert!(!with_airlock(Airlock::in_loop));
    assert!(take_calls().is_empty());
    assert_eq!(arguments(give(3)), None);
}
