//! Coroutines as the loop sees them: a frame, which says how far it ran when it was primed.
//!
//! Generic over the request `Q` and the answer `A`, so that this module knows nothing of what can be asked;
//! [`request`](crate::request) ties the knot.

mod airlock;
mod deep_drop;
mod frame;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub(crate) use airlock::{Airlock, StepState};
pub(crate) use deep_drop::deep_drop;
use frame::Frame;
pub(crate) use frame::{AnyFrame, PrimeState, take};
pub use frame::{Origin, Site};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// A coroutine whose value's type is no longer known.
pub(crate) struct RawCoroutine {
    frame: AnyFrame,
}

impl RawCoroutine {
    pub(crate) fn site(&self) -> &'static Site {
        self.frame.site()
    }

    #[inline]
    pub(crate) fn into_frame(mut self) -> AnyFrame {
        let frame = take(&mut self.frame);
        // Nothing is left in it; its destructor would only find that out.
        std::mem::forget(self);
        frame
    }
}

impl Drop for RawCoroutine {
    #[inline]
    fn drop(&mut self) {
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
pub(crate) fn lazy<O: Origin, F>(future: F) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
{
    let frame = frame::body::<O, F>(future);
    RawCoroutine { frame }
}

/// A coroutine whose body has run to its first request, unless priming is nested too deep.
pub(crate) fn prime<O: Origin, F, Q, A>(airlock: &Airlock<Q, A>, future: F) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
{
    let mut body = frame::body::<O, F>(future);
    let frame: AnyFrame = match primed(airlock, body.as_mut()) {
        Ok(first) => {
            body.as_mut().note(first);
            body
        }
        // Unwinding has dropped what was in the body; nothing is lost with it.
        Err(payload) => frame::panicked(payload, body.site()),
    };
    RawCoroutine { frame }
}

fn primed<Q, A>(
    airlock: &Airlock<Q, A>,
    frame: Pin<&mut dyn Frame>,
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

/// The failure of a coroutine that came back without a request: it awaited a future that is not the loop's.
pub(crate) fn foreign() -> Payload {
    Box::new(
        "it awaited a future that is not one of the loop's: a coroutine can only wait through yield_!(request)",
    )
}
