//! Coroutines as the loop sees them: a frame, the carrier it rides on, and what it asked first.
//!
//! Generic over the request `Q` and the answer `A`, so that this module knows nothing of what can be asked;
//! [`request`](crate::request) ties the knot.

mod carrier;
mod closing;
mod frame;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use slab::Slab;

pub(crate) use carrier::{Carrier, Crossing, Frames, Seat, Slot};
pub(crate) use closing::close;
pub(crate) use frame::AnyFrame;
pub use frame::{Origin, Site};

/// How deep priming nests. A body that primes a coroutine while it is itself being primed, and so on, uses the
/// machine's stack; beyond this depth a body starts when the loop first resumes it.
pub(crate) const PRIMING_DEPTH: usize = 64;

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
    carrier: u8,
}

/// A coroutine's parts, for who keeps them apart.
pub(crate) struct Parts<Q> {
    pub(crate) frame: AnyFrame,
    pub(crate) first: First<Q>,
    pub(crate) carrier: u8,
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
            carrier: self.carrier,
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

/// The carriers of one thread, and the table of frames that they poll.
pub(crate) struct Carriers<Q: 'static, A: 'static> {
    list: RefCell<Vec<Rc<Carrier<Q, A>>>>,
    frames: Rc<Frames>,
    /// A loop runs on this thread, so the table is its table.
    in_use: Cell<bool>,
}

impl<Q: 'static, A: 'static> Carriers<Q, A> {
    pub(crate) fn new() -> Carriers<Q, A> {
        let frames = Rc::new(RefCell::new(Slab::new()));
        let first = Rc::new(Carrier::new(Rc::clone(&frames)));
        Carriers {
            list: RefCell::new(vec![first]),
            frames,
            in_use: Cell::new(false),
        }
    }

    pub(crate) fn frames(&self) -> &Rc<Frames> {
        &self.frames
    }

    pub(crate) fn get(&self, index: u8) -> Rc<Carrier<Q, A>> {
        Rc::clone(&self.list.borrow()[usize::from(index)])
    }

    pub(crate) fn in_use(&self) -> &Cell<bool> {
        &self.in_use
    }

    /// A coroutine whose body has not started.
    pub(crate) fn lazy<O: Origin, F: Future<Output: 'static> + 'static>(
        &self,
        body: impl FnOnce(Rc<Seat<Q, A>>) -> F,
    ) -> RawCoroutine<Q> {
        // Who resumes an unstarted coroutine is the loop, when no carrier is busy: the first one serves.
        let seat = Rc::clone(self.list.borrow()[0].seat());
        RawCoroutine {
            frame: Some(frame::frame::<O, F>(body(seat))),
            first: First::Unstarted,
            carrier: 0,
        }
    }

    /// A coroutine whose body has run to its first request, unless priming is nested too deep.
    pub(crate) fn prime<O: Origin, F: Future<Output: 'static> + 'static>(
        &self,
        body: impl FnOnce(Rc<Seat<Q, A>>) -> F,
    ) -> RawCoroutine<Q> {
        let Some((index, carrier)) = self.idle() else {
            return self.lazy::<O, F>(body);
        };
        let frame = frame::frame::<O, F>(body(Rc::clone(carrier.seat())));
        prime_on(&carrier, index, frame)
    }

    /// The first carrier on which nothing runs; none when priming is nested as deep as it may.
    fn idle(&self) -> Option<(u8, Rc<Carrier<Q, A>>)> {
        let list = self.list.borrow();
        for (index, carrier) in (0..).zip(&*list) {
            if !carrier.is_busy() {
                return Some((index, Rc::clone(carrier)));
            }
        }
        drop(list);
        self.another()
    }

    /// One more carrier, if there may be one.
    #[cold]
    fn another(&self) -> Option<(u8, Rc<Carrier<Q, A>>)> {
        let mut list = self.list.borrow_mut();
        let index = u8::try_from(list.len()).ok()?;
        if usize::from(index) >= PRIMING_DEPTH {
            return None;
        }
        let carrier = Rc::new(Carrier::new(Rc::clone(&self.frames)));
        list.push(Rc::clone(&carrier));
        Some((index, carrier))
    }
}

fn prime_on<Q: 'static, A>(
    carrier: &Carrier<Q, A>,
    index: u8,
    frame: AnyFrame,
) -> RawCoroutine<Q> {
    let site = frame.site();
    let primed = catch_unwind(AssertUnwindSafe(|| carrier.prime(frame)));
    let (frame, first) = match primed {
        Ok((frame, Crossing::Done)) => (frame, First::Ended),
        Ok((frame, Crossing::Now)) => (frame, First::Now),
        Ok((frame, Crossing::Asked)) => {
            let request = carrier.asked().expect("a request lies on the seat");
            (frame, First::Asked(Box::new(request)))
        }
        Ok((frame, Crossing::Running)) => (frame, First::Failed(Box::new(foreign()))),
        Err(payload) => {
            drop(carrier.asked());
            (frame::panicked(site), First::Failed(Box::new(payload)))
        }
    };
    RawCoroutine {
        frame: Some(frame),
        first,
        carrier: index,
    }
}

/// The failure of a coroutine that came back without a request: it awaited a future that is not the loop's.
pub(crate) fn foreign() -> Payload {
    Box::new(
        "it awaited a future that is not one of the loop's: a coroutine can only wait through yield_!(request)",
    )
}
