//! Bodies that misuse the future of a yield. Nothing is lost, and other tasks are not affected.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Run, Sim};
use loop_core::{Error, Request, Resume, Yield};
use tests::{Noted, Notes, ask, wait_for};

use crate::{failed, ms};

#[loop_core::coroutine(lazy)]
fn holds(_noted: Noted) {
    yield_!();
}

/// A request that polls a future while it is made.
struct Polls<F>(Pin<Box<F>>);

impl<F: Future> Request for Polls<F> {
    type Answer = ();
    fn into_yield(mut self) -> Yield {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(self.0.as_mut().poll(&mut cx).is_pending());
        Yield::Now
    }
    fn answer(_: Resume) {}
}

#[test]
fn a_request_that_asks_while_it_is_made_fails_the_task_and_loses_nothing() {
    #[loop_core::coroutine]
    fn asks_first(notes: Notes) {
        let inner = async { ask!(Spawn(holds(notes.on_drop("asked")))).detach() };
        yield_!(Polls(Box::pin(inner)));
    }
    #[loop_core::coroutine]
    fn asks_later(notes: Notes) {
        yield_!();
        let inner = async { ask!(Spawn(holds(notes.on_drop("asked")))).detach() };
        yield_!(Polls(Box::pin(inner)));
    }
    #[loop_core::coroutine]
    fn gives_way() {
        yield_!(Polls(Box::pin(async { ask!() })));
    }
    let notes = Notes::default();
    for coroutine in [
        asks_first(notes.clone()),
        asks_later(notes.clone()),
        gives_way(),
    ] {
        let Err(Error::Failed(failures)) = Sim::new().run(coroutine).into_result() else {
            panic!("it asked twice");
        };
        assert!(
            failures.errors()[0]
                .message()
                .starts_with("a coroutine asked twice")
        );
    }
    assert_eq!(notes.text(), "asked asked");
}

/// Asks twice, takes no notice of the panic, and goes on.
#[loop_core::coroutine]
fn asks_twice(notes: Notes, later: bool) {
    if later {
        yield_!();
    }
    {
        let mut one = Box::pin(async { ask!(Spawn(holds(notes.on_drop("one")))).detach() });
        let mut two = Box::pin(async { ask!(Spawn(holds(notes.on_drop("two")))).detach() });
        wait_for!(poll_fn(|cx| {
            assert!(one.as_mut().poll(cx).is_pending());
            let twice = AssertUnwindSafe(|| two.as_mut().poll(cx).is_pending());
            catch_unwind(twice).unwrap_err();
            Poll::Ready(())
        }));
    }
    yield_!(Sleep(ms(1)));
    notes.add("slept");
}

#[test]
fn a_body_that_catches_that_it_asked_twice_goes_on_and_nothing_is_lost() {
    /// Is primed when it runs a loop and when it asks, and then primes another one.
    #[loop_core::coroutine]
    fn runs_a_loop(notes: Notes) {
        let inner = Notes::default();
        sorted(&inner, Sim::new().run(asks_twice(inner.clone(), true)));
        yield_!(asks_twice(notes.clone(), false));
    }
    fn sorted<T>(notes: &Notes, run: Run<T>) {
        assert_eq!(run.elapsed(), ms(1));
        run.into_result().map(drop).unwrap();
        let mut noted: Vec<_> = notes.text().split(' ').map(str::to_owned).collect();
        noted.sort();
        assert_eq!(noted.join(" "), "one slept two");
    }
    for later in [false, true] {
        let notes = Notes::default();
        sorted(&notes, Sim::new().run(asks_twice(notes.clone(), later)));
    }
    let notes = Notes::default();
    sorted(&notes, Sim::new().run(runs_a_loop(notes.clone())));
}

/// An answer that its task does not wait for does not reach another task.
#[test]
fn an_answer_that_is_not_waited_for_is_dropped() {
    #[loop_core::coroutine]
    fn leaves_its_answer(notes: Notes) {
        yield_!();
        {
            let noted = notes.on_drop("value");
            let child = async { ask!(Spawn(gives(noted))) };
            let mut child = Box::pin(async { ask!(child.await).map(drop) });
            let mut polls = 0;
            wait_for!(poll_fn(|cx| {
                polls += 1;
                match polls {
                    // Asks for the task, then for its value.
                    1 | 2 => child.as_mut().poll(cx).map(drop),
                    // Its value is there; it is not fetched.
                    _ => Poll::Ready(()),
                }
            }));
        }
        notes.add("left");
        yield_!();
        notes.add("went on");
    }
    #[loop_core::coroutine(lazy)]
    fn gives(noted: Noted) -> Noted {
        yield_!();
        noted
    }
    #[loop_core::coroutine]
    fn sleeps_meanwhile() -> bool {
        matches!(yield_!(Yield::Sleep(ms(1))), Resume::Unit)
    }
    #[loop_core::coroutine]
    fn parent(notes: Notes) -> bool {
        let other = yield_!(Spawn(leaves_its_answer(notes)));
        let undisturbed = yield_!(sleeps_meanwhile());
        yield_!(other).unwrap();
        undisturbed
    }
    let notes = Notes::default();
    assert!(Sim::new().run(parent(notes.clone())).into_result().unwrap());
    assert_eq!(notes.text(), "left value went on");
}

#[test]
fn awaiting_a_foreign_future_fails_the_task_with_the_reason() {
    #[loop_core::coroutine]
    fn primed() {
        wait_for!(std::future::pending::<()>());
    }
    #[loop_core::coroutine(lazy)]
    fn lazy() {
        wait_for!(std::future::pending::<()>());
    }
    #[loop_core::coroutine]
    fn chains(child: Coroutine<()>) {
        yield_!(child);
    }
    #[loop_core::coroutine]
    fn spawns(child: Coroutine<()>) {
        drop(yield_!(Spawn(child)));
        yield_!();
    }
    let reason = |coroutine| {
        failed(Sim::new().run(coroutine).into_result()).errors()[0]
            .message()
            .to_owned()
    };
    assert_snapshot!(reason(primed()), @"it awaited a future that is not one of the loop's: a coroutine can only wait through yield_!(request)");
    for coroutine in [
        lazy(),
        chains(lazy()),
        chains(primed()),
        spawns(lazy()),
        spawns(primed()),
    ] {
        assert_eq!(reason(coroutine), reason(primed()));
    }
    let failures = failed(Sim::new().run(chains(primed())).into_result());
    assert_eq!(
        failures.errors()[0].site().map(|site| site.name),
        Some("primed")
    );
}

#[test]
fn a_request_that_cannot_read_its_answer_fails_the_task() {
    struct Wrong;
    impl loop_core::Request for Wrong {
        type Answer = String;
        fn into_yield(self) -> loop_core::Yield {
            loop_core::Yield::Clock
        }
        fn answer(resume: loop_core::Resume) -> String {
            <Stdin as loop_core::Request>::answer(resume)
                .unwrap()
                .unwrap()
        }
    }
    #[loop_core::coroutine]
    fn asks() -> String {
        yield_!(Wrong)
    }
    let failures = failed(Sim::new().run(asks()).into_result());
    assert_eq!(
        failures.errors()[0].message(),
        "Stdin cannot be answered by Time(0)"
    );
}

#[test]
fn a_request_that_cannot_be_made_fails_the_task_that_asks() {
    struct Unmade;
    impl loop_core::Request for Unmade {
        type Answer = ();
        fn into_yield(self) -> loop_core::Yield {
            panic!("no request");
        }
        fn answer(_: loop_core::Resume) {}
    }
    #[loop_core::coroutine]
    fn asks_first() {
        yield_!(Unmade);
    }
    #[loop_core::coroutine]
    fn asks_later() {
        yield_!();
        yield_!(Unmade);
    }
    for coroutine in [asks_first(), asks_later()] {
        let name = coroutine.site().name;
        let failures = failed(Sim::new().run(coroutine).into_result());
        assert_eq!(
            (failures.errors()[0].task(), failures.errors()[0].message()),
            (name, "no request")
        );
    }
}
