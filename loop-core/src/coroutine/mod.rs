//! Coroutines as the loop sees them: a frame, and what it asked first.
//!
//! Generic over the request `Q` and the answer `A`, so that this module knows nothing of what can be asked;
//! [`request`](crate::request) ties the knot.

mod closing;
mod frame;
mod seat;

use std::any::Any;
use std::fmt;
use std::future::Future;

pub(crate) use closing::close;
pub(crate) use frame::AnyFrame;
pub use frame::{Origin, Site};
use seat::Primed;
pub(crate) use seat::{Aside, Crossing, Seat};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// What a coroutine has done before the loop first resumes it.
pub(crate) enum First<Q> {
    /// Nothing: its body has not started.
    Unstarted,
    /// Primed: it ran to this bare yield.
    Now,
    /// Primed: it ran to this request, which the loop has yet to interpret.
    Asked(Box<Q>),
    /// Primed: it ran to its end.
    Ended,
    /// Primed: it panicked.
    Failed(Box<Payload>),
}

/// A coroutine whose value's type is no longer known.
pub(crate) struct RawCoroutine<Q: 'static> {
    /// There until the loop takes it.
    frame: Option<AnyFrame>,
    first: First<Q>,
}

/// A coroutine's parts, for who keeps them apart.
pub(crate) struct Parts<Q> {
    pub(crate) frame: AnyFrame,
    pub(crate) first: First<Q>,
}

impl<Q: 'static> RawCoroutine<Q> {
    pub(crate) fn site(&self) -> &'static Site {
        self.frame.as_ref().expect(TAKEN).site()
    }

    #[inline]
    pub(crate) fn into_parts(mut self) -> Parts<Q> {
        let parts = Parts {
            frame: self.frame.take().expect(TAKEN),
            first: std::mem::replace(&mut self.first, First::Unstarted),
        };
        // Nothing is left in it; its destructor would only find that out.
        std::mem::forget(self);
        parts
    }
}

const TAKEN: &str = "a coroutine has its frame until the loop takes it, by value";

impl<Q: 'static> Drop for RawCoroutine<Q> {
    fn drop(&mut self) {
        if let Some(frame) = self.frame.take() {
            let first = std::mem::replace(&mut self.first, First::Unstarted);
            close(frame, first_request(first));
        }
    }
}

/// A first request may own another coroutine, so it is closed with the same care as the frame.
fn first_request<Q: 'static>(first: First<Q>) -> Option<Box<dyn Any>> {
    match first {
        First::Asked(request) => Some(request),
        _ => None,
    }
}

impl<Q: 'static> fmt::Debug for RawCoroutine<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.first {
            First::Unstarted => "created",
            First::Now | First::Asked(_) => "primed",
            First::Ended => "ended",
            First::Failed(_) => "panicked",
        };
        write!(f, "{} ({state})", self.site().name)
    }
}

/// A coroutine whose body has not started.
pub(crate) fn lazy<O: Origin, F, Q>(body: F) -> RawCoroutine<Q>
where
    F: Future<Output: 'static> + 'static,
{
    RawCoroutine {
        frame: Some(frame::frame::<O, F>(body)),
        first: First::Unstarted,
    }
}

/// A coroutine whose body has run to its first request, unless priming is nested too deep.
pub(crate) fn prime<O: Origin, F, Q, A>(seat: &Seat<Q, A>, body: F) -> RawCoroutine<Q>
where
    F: Future<Output: 'static> + 'static,
{
    prime_frame(seat, frame::frame::<O, F>(body))
}

fn prime_frame<Q, A>(seat: &Seat<Q, A>, mut frame: AnyFrame) -> RawCoroutine<Q> {
    let first = match seat.prime(frame.as_mut()) {
        None => First::Unstarted,
        Some(Primed::To(Crossing::Done, _)) => First::Ended,
        Some(Primed::To(Crossing::Now, _)) => First::Now,
        Some(Primed::To(Crossing::Asked, request)) => {
            First::Asked(Box::new(request.expect("a request lies on the seat")))
        }
        Some(Primed::To(Crossing::Running, _)) => First::Failed(Box::new(foreign())),
        Some(Primed::Panicked(payload)) => First::Failed(Box::new(payload)),
    };
    let frame = Some(frame);
    RawCoroutine { frame, first }
}

/// The failure of a coroutine that came back without a request: it awaited a future that is not the loop's.
pub(crate) fn foreign() -> Payload {
    Box::new(
        "it awaited a future that is not one of the loop's: a coroutine can only wait through yield_!(request)",
    )
}
