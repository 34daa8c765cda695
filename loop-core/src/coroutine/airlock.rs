//! The airlock: the place where a coroutine and the loop meet, one at a time.
//!
//! A coroutine yields by laying its request on the airlock and returning from its poll; the loop takes the request up, lays the
//! answer there and polls again. One airlock serves all coroutines of a thread, so that a coroutine has no channel of its
//! own: it is one allocation. What a step crosses with is a byte, [`StepState`]; a bare `yield_!()`, the commonest request,
//! writes nothing else.
//!
//! A coroutine that is primed crosses with that byte alone. Nobody is there yet to take up its first request, so it keeps it, and
//! lays it down when the loop first resumes it.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Waker};

use super::Payload;
use super::frame::Frame;

/// How deep priming nests, a running loop counted in. A body that primes a coroutine while it is itself being primed, and so
/// on, uses the machine's stack; beyond this depth a body starts when the loop first resumes it.
const PRIMING_DEPTH: u32 = 64;

/// What a coroutine did, seen from outside when control comes back.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum StepState {
    /// It runs (or it came back without having asked anything: it awaits something that is not ours).
    Running,
    /// It runs to its first request.
    Priming,
    /// It yielded to the others and wants nothing.
    Now,
    /// It has a request: on the airlock, or kept if it is primed.
    Asked,
    /// It ended; its value is in the frame.
    Done,
}

/// Where a request and its answer lie, reached by the loop and by the coroutine.
pub(crate) struct Airlock<Q, A> {
    state: Cell<StepState>,
    request: Cell<Option<Q>>,
    answer: Cell<Option<A>>,
    /// How many bodies are being primed, one by the other.
    priming: Cell<u32>,
    /// Who runs is being primed, not resumed by a loop.
    primes: Cell<bool>,
    /// A loop runs on this thread.
    in_use: Cell<bool>,
}

impl<Q, A> Airlock<Q, A> {
    pub(crate) const fn new() -> Airlock<Q, A> {
        Airlock {
            state: Cell::new(StepState::Done),
            request: Cell::new(None),
            answer: Cell::new(None),
            priming: Cell::new(0),
            primes: Cell::new(false),
            in_use: Cell::new(false),
        }
    }

    pub(crate) fn in_use(&self) -> &Cell<bool> {
        &self.in_use
    }

    // The coroutine's side.

    /// Begins to cross with the wish to let others run.
    #[inline]
    pub(crate) fn yield_now(&self) {
        match self.state.get() {
            StepState::Running | StepState::Priming => self.state.set(StepState::Now),
            _ => self.asked_twice(),
        }
    }

    /// Begins to cross with a request, which is `made` of what there is to ask; who is primed keeps that.
    #[inline]
    pub(crate) fn ask<T>(&self, asks: &mut Option<T>, made: impl FnOnce(T) -> Q) {
        match self.state.get() {
            StepState::Running => {
                let request = asks.take().map(made);
                // The user's code has made it, and may have polled another yield.
                if self.state.get() != StepState::Running {
                    self.asked_twice();
                }
                // Nothing lies there: the loop takes up what was asked before anybody runs again.
                mem::forget(self.request.replace(request));
            }
            StepState::Priming => {}
            _ => self.asked_twice(),
        }
        self.state.set(StepState::Asked);
    }

    /// Whether the coroutine that crossed has control again.
    #[inline]
    pub(crate) fn has_control(&self) -> bool {
        self.state.get() == StepState::Running
    }

    /// What the loop answered, if it was more than "go on".
    #[inline]
    pub(crate) fn answer(&self) -> Option<A> {
        self.answer.take()
    }

    #[cold]
    fn asked_twice(&self) -> ! {
        self.misused(
            "a coroutine asked twice before it was answered: each yield_! must finish before the next \
             (do not join or select over requests inside one coroutine; Spawn them instead)",
        )
    }

    /// Panics as the coroutine that runs. It may catch that and go on, so what it had asked is dropped.
    #[cold]
    fn misused(&self, how: &str) -> ! {
        if self.primes.get() {
            self.state.set(StepState::Priming);
        } else {
            self.state.set(StepState::Running);
            drop(self.request.take());
        }
        panic!("{how}");
    }

    // The loop's side.

    /// Runs a body to its next request or its end. A panic of it goes through.
    #[inline]
    pub(crate) fn resume(&self, frame: Pin<&mut dyn Frame>) -> StepState {
        self.run(frame, StepState::Running)
    }

    #[inline]
    fn run(&self, frame: Pin<&mut dyn Frame>, how: StepState) -> StepState {
        self.state.set(how);
        let polled = frame.poll(&mut Context::from_waker(Waker::noop()));
        if polled.is_pending() {
            return self.state.get();
        }
        if self.state.get() != how {
            self.misused("a coroutine ended without waiting for what it had asked");
        }
        self.state.set(StepState::Done);
        StepState::Done
    }

    /// Lays down the answer that the next resumed body finds.
    #[inline]
    pub(crate) fn put_answer(&self, answer: A) {
        // Not `set`, which calls a destructor to find out that nothing lies there.
        if let Some(not_picked_up) = self.answer.replace(Some(answer)) {
            drop(not_picked_up);
        }
    }

    /// What was asked, after [`StepState::Asked`].
    #[inline]
    pub(crate) fn asked(&self) -> Option<Q> {
        self.request.take()
    }

    /// Forgets what a coroutine that failed had laid down or not picked up.
    pub(crate) fn clear(&self) {
        self.state.set(StepState::Done);
        self.request.take();
        self.answer.take();
    }

    /// The state of who runs, while others use the airlock: somebody primes a coroutine, or runs a loop.
    pub(crate) fn state(&self) -> &Cell<StepState> {
        &self.state
    }

    /// Whether who runs is being primed, for a loop that is run meanwhile.
    pub(crate) fn primes(&self) -> &Cell<bool> {
        &self.primes
    }

    /// Runs a body that no loop knows yet to its first request or its end; `None` if priming is nested as deep as it may.
    ///
    /// Whoever primes may be a coroutine, so it finds the airlock as it was.
    #[inline]
    pub(crate) fn prime(&self, frame: Pin<&mut dyn Frame>) -> Option<Result<StepState, Payload>> {
        let depth = self.priming.get();
        if depth + u32::from(self.in_use.get()) >= PRIMING_DEPTH {
            return None;
        }
        let outer = self.state.get();
        let primes = self.primes.replace(true);
        self.priming.set(depth + 1);
        let primed = catch_unwind(AssertUnwindSafe(|| self.run(frame, StepState::Priming)));
        self.priming.set(depth);
        self.primes.set(primes);
        self.state.set(outer);
        Some(primed)
    }
}

impl<Q, A> fmt::Debug for Airlock<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Airlock({:?})", self.state.get())
    }
}
