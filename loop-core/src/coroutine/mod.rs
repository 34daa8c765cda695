//! Coroutines as the loop sees them: a frame, which says how far it ran when it was primed.
//!
//! Generic over the request `Q` and the answer `A`, so that this module knows nothing of what can be asked;
//! [`request`](crate::request) ties the knot.

mod closing;
mod frame;
mod seat;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub(crate) use closing::close;
use frame::Frame;
pub(crate) use frame::{AnyFrame, First, take};
pub use frame::{Origin, Site};
pub(crate) use seat::{Crossing, Seat};

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
        close(take(&mut self.frame));
    }
}

impl fmt::Debug for RawCoroutine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.frame.first() {
            First::Unstarted => "created",
            First::Now | First::Asked => "primed",
            First::Ended => "ended",
            First::Panicked | First::Foreign => "panicked",
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
pub(crate) fn prime<O: Origin, F, Q, A>(seat: &Seat<Q, A>, future: F) -> RawCoroutine
where
    F: Future<Output: 'static> + 'static,
{
    let mut body = frame::body::<O, F>(future);
    let frame: AnyFrame = match primed(seat, body.as_mut()) {
        Ok(first) => {
            body.as_mut().note(first);
            body
        }
        // Unwinding has dropped what was in the body; nothing is lost with it.
        Err(payload) => frame::panicked(payload, body.site()),
    };
    RawCoroutine { frame }
}

fn primed<Q, A>(seat: &Seat<Q, A>, frame: Pin<&mut dyn Frame>) -> Result<First, Payload> {
    Ok(match seat.prime(frame) {
        None => First::Unstarted,
        Some(crossing) => match crossing? {
            Crossing::Done => First::Ended,
            Crossing::Now => First::Now,
            Crossing::Asked => First::Asked,
            Crossing::Running | Crossing::Priming => First::Foreign,
        },
    })
}

/// The failure of a coroutine that came back without a request: it awaited a future that is not the loop's.
pub(crate) fn foreign() -> Payload {
    Box::new(
        "it awaited a future that is not one of the loop's: a coroutine can only wait through yield_!(request)",
    )
}
