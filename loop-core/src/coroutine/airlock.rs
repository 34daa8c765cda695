//! The airlock: where a coroutine leaves its request and the loop leaves the answer.
//!
//! A coroutine yields by putting its request into the airlock and returning from its poll. The loop takes the request, puts
//! the answer there and polls again. One airlock serves all coroutines of a thread, so a coroutine needs no channel of its
//! own and is one allocation. A step always passes a byte, [`StepState`]. A bare `yield_!()`, the most frequent request,
//! writes nothing else.
//!
//! A coroutine that is being primed passes only that byte. No loop is there yet to take its first request, so the coroutine
//! keeps the request, and puts it into the airlock when the loop first resumes it.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Waker};

use super::frame::{FrameOfThisThread, Payload, Run};

/// How deep priming may nest; a running loop counts as one level. Each level uses the machine's stack: a body primes a
/// coroutine while it is being primed itself. Beyond this depth a body starts when the loop first resumes it.
const PRIMING_DEPTH: u32 = 64;

/// Once the levels of priming use so many bytes of the machine's stack, no further one begins: a quarter of what Rust gives a
/// thread. Bodies without large locals use a quarter of it in 64 levels when they are not optimized, so for them only the
/// depth counts, and a trace does not depend on how the program was compiled.
const PRIMING_STACK: usize = 512 * 1024;

/// What a coroutine has done in a step, when control comes back to its caller.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum StepState {
    /// It runs. After a step: it came back without a request, because it awaits a future that is not the loop's.
    Running,
    /// It is being primed: it runs to its first request. After priming, the same as `Running`.
    Priming,
    /// It lets other tasks run, and has no request.
    Now,
    /// It has a request: in the airlock, or kept by the coroutine if it is being primed.
    Asked,
    /// It ended; its value is in the frame.
    Done,
}

/// The state of the airlock before a loop began to run, to be passed to [`Airlock::leave`].
pub(crate) struct Outer {
    state: StepState,
    depth: u32,
    primed_from: usize,
}

/// The state of the airlock within the loop that runs, to be passed to [`Airlock::step_in`].
pub(crate) struct Inner {
    state: StepState,
    depth: u32,
    loop_depth: u32,
    primed_from: usize,
}

/// Where the machine's stack ends at this moment.
#[inline(always)]
fn stack_pointer() -> usize {
    let here = 0u8;
    (&raw const here).addr()
}

/// Holds a request or an answer. Both the loop and the coroutine have access to it.
pub(crate) struct Airlock<Q, A> {
    state: Cell<StepState>,
    request: Cell<Option<Q>>,
    answer: Cell<Option<A>>,
    /// There is an answer. A flag of its own, because reading a large value that was just written costs more.
    answered: Cell<bool>,
    /// How many levels of priming there are at this moment; a loop that runs counts as one more.
    depth: Cell<u32>,
    /// The value of `depth` inside the loop that runs; 0 if no loop runs.
    loop_depth: Cell<u32>,
    /// The stack pointer where the loop that runs began; if none runs, within the outermost body that is being primed.
    primed_from: Cell<usize>,
}

impl<Q, A> Airlock<Q, A> {
    pub(crate) const fn new() -> Airlock<Q, A> {
        Airlock {
            state: Cell::new(StepState::Done),
            request: Cell::new(None),
            answer: Cell::new(None),
            answered: Cell::new(false),
            depth: Cell::new(0),
            loop_depth: Cell::new(0),
            primed_from: Cell::new(0),
        }
    }

    // The coroutine's side.

    /// Begins a yield without a request.
    #[inline]
    pub(crate) fn yield_now(&self) {
        match self.state.get() {
            StepState::Running | StepState::Priming => self.state.set(StepState::Now),
            _ => self.asked_twice(),
        }
    }

    /// Whether the running body is being primed. If so, it comes back as one that keeps its request.
    pub(crate) fn ask_later(&self) -> bool {
        let is_primed = self.state.get() == StepState::Priming;
        if is_primed {
            self.state.set(StepState::Asked);
        }
        is_primed
    }

    /// Begins a yield with a request, which `make` makes of `asks`. A body that is being primed leaves `asks` as it is.
    #[inline]
    pub(crate) fn ask<T>(&self, asks: &mut Option<T>, make: impl FnOnce(T) -> Q) {
        match self.state.get() {
            StepState::Running => {
                let request = asks.take().map(make);
                // `make` is the user's code and may have polled another yield, so the state is checked again.
                if self.state.get() != StepState::Running {
                    self.asked_twice();
                }
                let before = self.request.replace(request);
                // The loop takes each request before it resumes a body, so the old content needs no destructor.
                debug_assert!(before.is_none(), "a request was not taken");
                mem::forget(before);
            }
            StepState::Priming => {}
            _ => self.asked_twice(),
        }
        // Last: until the request is in the airlock, a panic belongs to the running body.
        self.state.set(StepState::Asked);
    }

    /// Whether the coroutine that yielded has control again.
    #[inline]
    pub(crate) fn has_control(&self) -> bool {
        self.state.get() == StepState::Running
    }

    /// Takes the loop's answer. `None` if the answer is only "go on".
    #[inline]
    pub(crate) fn take_answer(&self) -> Option<A> {
        match self.answered.replace(false) {
            true => self.answer.take(),
            false => None,
        }
    }

    #[cold]
    fn asked_twice(&self) -> ! {
        self.misused(
            "a coroutine asked twice before it was answered: each yield_! must finish before the next \
             (do not join or select over requests inside one coroutine; Spawn them instead)",
        )
    }

    /// Panics in the running coroutine. Its pending request is dropped, because it may catch the panic and go on.
    #[cold]
    fn misused(&self, how: &str) -> ! {
        if self.priming_depth() > 0 {
            self.state.set(StepState::Priming);
        } else {
            self.state.set(StepState::Running);
            drop(self.request.take());
        }
        panic!("{how}");
    }

    // The loop's side.

    /// Runs a body to its next request or its end. A panic of the body goes through.
    #[inline]
    pub(crate) fn resume(&self, frame: Pin<&mut dyn FrameOfThisThread>) -> StepState {
        self.run(frame, StepState::Running)
    }

    #[inline]
    fn run(&self, frame: Pin<&mut (impl Run + ?Sized)>, how: StepState) -> StepState {
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

    /// Polls a body that waits, without giving it control: its request stays as it is, and the coroutines that run in place within it
    /// say [where it is](super::way). A body that would go on, because it awaits a future of its own beside a request, runs to its next
    /// request, and keeps that, as one that is primed does.
    pub(crate) fn look(&self, frame: Pin<&mut dyn FrameOfThisThread>) -> Result<(), Payload> {
        let outer = self.state.replace(StepState::Priming);
        let cx = &mut Context::from_waker(Waker::noop());
        let polled = catch_unwind(AssertUnwindSafe(|| frame.poll(cx)));
        self.state.set(outer);
        polled.map(drop)
    }

    /// Puts an answer into the airlock, for the body that is resumed next.
    #[inline(always)]
    pub(crate) fn put_answer(&self, answer: A) {
        let before = self.answer.replace(Some(answer));
        // The loop takes each answer that a body has left, so the old content needs no destructor.
        debug_assert!(before.is_none(), "an answer was not taken");
        mem::forget(before);
        self.answered.set(true);
    }

    /// Takes the request, after [`StepState::Asked`].
    #[inline]
    pub(crate) fn take_request(&self) -> Option<Q> {
        self.request.take()
    }

    /// Ends the step of a coroutine that failed. Gives back the request and the answer that it left, because their
    /// destructors may panic: the caller drops them where that is contained.
    pub(crate) fn reset(&self) -> (Option<Q>, Option<A>) {
        self.state.set(StepState::Done);
        (self.request.take(), self.take_answer())
    }

    // Bodies and loops within one another.

    /// Whether a loop runs on this thread.
    pub(crate) fn in_loop(&self) -> bool {
        self.loop_depth.get() > 0
    }

    /// Notes that a loop begins to run. `None` if one runs already. A body may run a loop while it is being primed:
    /// [`leave`](Airlock::leave) gives it back the airlock as it was.
    pub(crate) fn enter(&self) -> Option<Outer> {
        if self.in_loop() {
            return None;
        }
        let outer = Outer {
            state: self.state.get(),
            depth: self.depth.get(),
            primed_from: self.primed_from.get(),
        };
        self.depth.set(outer.depth + 1);
        self.loop_depth.set(outer.depth + 1);
        self.primed_from.set(stack_pointer());
        Some(outer)
    }

    /// Notes that the loop has stopped running.
    pub(crate) fn leave(&self, outer: &Outer) {
        self.loop_depth.set(0);
        self.depth.set(outer.depth);
        self.state.set(outer.state);
        self.primed_from.set(outer.primed_from);
    }

    /// The loop that runs has no task in its hands, and lets others run on its thread, until [`step_in`](Airlock::step_in).
    pub(crate) fn step_out(&self) -> Inner {
        Inner {
            state: self.state.replace(StepState::Done),
            depth: self.depth.replace(0),
            loop_depth: self.loop_depth.replace(0),
            primed_from: self.primed_from.get(),
        }
    }

    pub(crate) fn step_in(&self, inner: &Inner) {
        self.state.set(inner.state);
        self.depth.set(inner.depth);
        self.loop_depth.set(inner.loop_depth);
        self.primed_from.set(inner.primed_from);
    }

    /// How many levels of priming there are inside the body that the loop has resumed.
    pub(crate) fn priming_depth(&self) -> u32 {
        self.depth.get() - self.loop_depth.get()
    }

    /// Whether a level of priming must not begin within `depth` others.
    #[cold]
    #[inline(never)]
    fn is_too_deep(&self, depth: u32) -> bool {
        let here = stack_pointer();
        if !self.in_loop() && depth == 1 {
            self.primed_from.set(here);
        }
        depth >= PRIMING_DEPTH || self.primed_from.get().abs_diff(here) > PRIMING_STACK
    }

    /// Runs a new body to its first request or to its end. `None` if priming is nested too deep.
    // Always inlined into the function that makes the coroutine, where the first part of the body is known.
    #[inline(always)]
    pub(crate) fn prime(
        &self,
        frame: Pin<&mut (impl Run + ?Sized)>,
    ) -> Option<Result<StepState, Payload>> {
        let depth = self.depth.get();
        // In a loop, the body that the loop has resumed primes most coroutines, and needs no check.
        if depth != self.loop_depth.get() && self.is_too_deep(depth) {
            return None;
        }
        let outer = self.state.get();
        self.depth.set(depth + 1);
        let primed = catch_unwind(AssertUnwindSafe(|| self.run(frame, StepState::Priming)));
        // The caller may be a running body, so the airlock is restored, also after a panic.
        self.depth.set(depth);
        self.state.set(outer);
        Some(primed)
    }
}

impl<Q, A> fmt::Debug for Airlock<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Airlock({:?})", self.state.get())
    }
}

#[cfg(test)]
mod tests {
    use super::Airlock;

    #[test]
    fn one_loop_at_a_time() {
        let airlock = Airlock::<u8, u8>::new();
        let outer = airlock.enter().expect("no loop runs yet");
        assert!(airlock.in_loop() && airlock.enter().is_none());
        airlock.leave(&outer);
        assert!(!airlock.in_loop() && airlock.enter().is_some());
    }

    #[test]
    fn another_loop_while_one_has_stepped_out() {
        let airlock = Airlock::<u8, u8>::new();
        let outer = airlock.enter().expect("no loop runs yet");
        let inner = airlock.step_out();
        let other = airlock.enter().expect("the first one has stepped out");
        airlock.leave(&other);
        airlock.step_in(&inner);
        assert!(airlock.in_loop() && airlock.enter().is_none());
        airlock.leave(&outer);
        assert!(!airlock.in_loop());
    }

    #[test]
    fn a_reset_gives_back_what_was_left() {
        let airlock = Airlock::<u8, u8>::new();
        airlock.put_answer(3);
        assert_eq!(airlock.reset(), (None, Some(3)));
        assert_eq!(airlock.reset(), (None, None));
    }
}
