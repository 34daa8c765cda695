//! Coroutines as the loop sees them: a frame, and how far it ran when it was primed.
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
pub(crate) use seat::{Crossing, Seat};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// How far a coroutine ran before the loop first resumes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum First {
    /// Its body has not started.
    Unstarted,
    /// Primed: it ran to a bare yield.
    Now,
    /// Primed: it ran to a request, which it keeps until it is resumed.
    Asked,
    /// Primed: it ran to its end.
    Ended,
    /// Primed: it panicked. The payload is its value.
    Panicked,
    /// Primed: it waits for something that is not the loop's. See [`foreign`].
    Foreign,
}

/// A coroutine whose value's type is no longer known.
pub(crate) struct RawCoroutine {
    /// There until the loop takes it.
    frame: Option<AnyFrame>,
    first: First,
}

/// A coroutine's parts, for who keeps them apart.
pub(crate) struct Parts {
    pub(crate) frame: AnyFrame,
    pub(crate) first: First,
}

impl RawCoroutine {
    pub(crate) fn site(&self) -> &'static Site {
        self.frame.as_ref().expect(TAKEN).site()
    }

    #[inline]
    pub(crate) fn into_parts(mut self) -> Parts {
        Parts {
            frame: self.frame.take().expect(TAKEN),
            first: self.first,
        }
    }
}

const TAKEN: &str = "a coroutine has its frame until the loop takes it, by value";

impl Drop for RawCoroutine {
    #[inline]
    fn drop(&mut self) {
        if let Some(frame) = self.frame.take() {
            close(frame);
        }
    }
}

impl fmt::Debug for RawCoroutine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.first {
            First::Unstarted => "created",
            First::Now | First::Asked => "primed",
            First::Ended => "ended",
            First::Panicked | First::Foreign => "panicked",
        };
        write!(f, "{} ({state})", self.site().name)
    }
}

/// A coroutine whose body has not started.
pub(crate) fn lazy<O: Origin, F>(body: F) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
{
    RawCoroutine {
        frame: Some(frame::frame::<O, F>(body)),
        first: First::Unstarted,
    }
}

/// A coroutine whose body has run to its first request, unless priming is nested too deep.
pub(crate) fn prime<O: Origin, F, Q, A>(seat: &Seat<Q, A>, body: F) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
{
    prime_frame(seat, frame::frame::<O, F>(body))
}

fn prime_frame<Q, A>(seat: &Seat<Q, A>, mut frame: AnyFrame) -> RawCoroutine {
    let first = match seat.prime(frame.as_mut()) {
        None => First::Unstarted,
        Some(Ok(Crossing::Done)) => First::Ended,
        Some(Ok(Crossing::Now)) => First::Now,
        Some(Ok(Crossing::Asked)) => First::Asked,
        Some(Ok(Crossing::Running | Crossing::Priming)) => First::Foreign,
        Some(Err(payload)) => {
            // Unwinding has dropped what was in the body; nothing is lost with its frame.
            frame = frame::panicked(payload, frame.site());
            First::Panicked
        }
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
