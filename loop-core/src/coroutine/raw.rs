//! [`RawCoroutine`]: how a coroutine is made, and primed.

use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use super::airlock::{Airlock, StepState};
use super::calls::{self, take_arguments, without_arguments};
use super::deep_drop::deep_drop;
use super::describe::{Arguments, Shown};
use super::frame::{self, AnyFrame, FrameOfThisThread, Panicked, Payload, PrimeState, Run, take};
use super::site::{Origin, Site};

/// A coroutine whose value may have any type.
pub(crate) struct RawCoroutine {
    frame: AnyFrame,
}

impl RawCoroutine {
    pub(crate) fn site(&self) -> &'static Site {
        self.frame.site()
    }

    /// Takes the call that has primed this coroutine out of the log of calls.
    pub(crate) fn forget_call(&self) {
        calls::forget_call(&self.frame);
    }

    /// The frame, while the coroutine runs in place.
    #[inline]
    pub(crate) fn frame_mut(&mut self) -> Pin<&mut dyn FrameOfThisThread> {
        self.frame.as_mut()
    }

    /// The frame, for a loop that does not record the call. Its arguments are dropped now, because another frame may have the
    /// address later.
    #[inline]
    pub(crate) fn into_frame(self) -> AnyFrame {
        without_arguments(self.into_described_frame())
    }

    /// The frame, for a loop that [takes its arguments](take_arguments).
    #[inline]
    pub(crate) fn into_described_frame(mut self) -> AnyFrame {
        let frame = take(&mut self.frame);
        // The frame was taken, so the destructor has nothing to do.
        mem::forget(self);
        frame
    }
}

impl Drop for RawCoroutine {
    #[inline]
    fn drop(&mut self) {
        // A coroutine that never runs is in no trace, so its arguments are not needed.
        drop(take_arguments(&self.frame));
        deep_drop(take(&mut self.frame));
    }
}

impl fmt::Debug for RawCoroutine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.frame.prime_state() {
            PrimeState::Unstarted => "created",
            PrimeState::Now | PrimeState::Asked => "primed",
            PrimeState::Ended => "ended",
            PrimeState::Panicked | PrimeState::Foreign => "panicked",
        };
        write!(f, "{} ({state})", self.site().name)
    }
}

/// A coroutine whose body has not started.
pub(crate) fn lazy<O: Origin, F, V>(future: F, value: V, arguments: Arguments) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
    V: Fn(&F::Output) -> Shown<'_> + 'static,
{
    let frame: AnyFrame = frame::body::<O, F, V>(future, value);
    if let Some(call) = arguments.0 {
        calls::keep_arguments(&frame, call.arguments);
    }
    RawCoroutine { frame }
}

/// A coroutine whose body has run to its first request, unless priming is nested too deep.
pub(crate) fn prime<O: Origin, F, V, Q, A>(
    airlock: &Airlock<Q, A>,
    future: F,
    value: V,
    mut arguments: Arguments,
) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
    V: Fn(&F::Output) -> Shown<'_> + 'static,
{
    let mut body = frame::body::<O, F, V>(future, value);
    // Before the body runs: the log is in the order in which bodies begin.
    if let Some(call) = &mut arguments.0 {
        calls::began(call, body.site(), airlock.priming_depth());
    }
    let frame: AnyFrame = match primed(airlock, body.as_mut()) {
        Ok(state) => {
            body.as_mut().set_prime_state(state);
            body
        }
        Err(payload) => {
            let site = body.site();
            close_any(body);
            Box::pin(Panicked::new(payload, site))
        }
    };
    if let Some(call) = arguments.0 {
        calls::ended(call, &frame);
    }
    RawCoroutine { frame }
}

/// Drops a body that failed. It may still hold its value, whose destructor may panic: that panic is not the caller's, and the
/// body has failed already.
#[cold]
pub(super) fn close(drop: impl FnOnce()) {
    let dropped = catch_unwind(AssertUnwindSafe(drop));
    // A payload may panic in its own destructor.
    mem::forget(dropped);
}

/// As [`close`], not compiled for each body.
#[cold]
fn close_any(body: AnyFrame) {
    close(|| deep_drop(body));
}

#[inline(always)]
pub(super) fn primed<Q, A>(
    airlock: &Airlock<Q, A>,
    frame: Pin<&mut (impl Run + ?Sized)>,
) -> Result<PrimeState, Payload> {
    Ok(match airlock.prime(frame) {
        None => PrimeState::Unstarted,
        Some(state) => match state? {
            StepState::Done => PrimeState::Ended,
            StepState::Now => PrimeState::Now,
            StepState::Asked => PrimeState::Asked,
            StepState::Running | StepState::Priming => PrimeState::Foreign,
        },
    })
}
