//! [`Body`]: the body of a stream or of a sink, which runs within the body of who asks it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::coroutine::{Origin, Site, passes};

/// A body, and the slot through which it exchanges values with who asks it.
pub(super) struct Body<'a, S, T> {
    /// `None` once it has ended.
    future: Option<Pin<Box<dyn Future<Output = T> + 'a>>>,
    /// It is being polled. If it panics then, this stays.
    runs: bool,
    pub(super) slot: Rc<S>,
    site: &'static Site,
}

impl<'a, S, T> Body<'a, S, T> {
    pub(super) fn new<O: Origin>(_: O, slot: Rc<S>, future: impl Future<Output = T> + 'a) -> Self {
        Body {
            future: Some(Box::pin(future)),
            runs: false,
            slot,
            site: Site::of::<O>(),
        }
    }

    pub(super) fn site(&self) -> &'static Site {
        self.site
    }

    pub(super) fn has_ended(&self) -> bool {
        self.future.is_none() || self.runs
    }

    pub(super) fn close(&mut self) {
        self.future = None;
    }

    /// Runs the body until `arrives` has something in the slot, or until it ends. `None` if it had ended before. While it waits for the
    /// loop, so does who asks it.
    #[inline]
    pub(super) fn run<V>(
        &mut self,
        cx: &mut Context<'_>,
        arrives: impl FnOnce(&S) -> Option<V>,
    ) -> Poll<Option<Ran<V, T>>> {
        if self.runs {
            return Poll::Ready(None);
        }
        let Some(future) = &mut self.future else {
            return Poll::Ready(None);
        };
        self.runs = true;
        let polled = future.as_mut().poll(cx);
        self.runs = false;
        if let Poll::Ready(returned) = polled {
            self.future = None;
            return Poll::Ready(Some(Ran::Returned(returned)));
        }
        match arrives(&self.slot) {
            Some(value) => Poll::Ready(Some(Ran::Arrived(value))),
            None => {
                passes(|| self.site);
                Poll::Pending
            }
        }
    }

    pub(super) fn fmt(&self, f: &mut fmt::Formatter<'_>, what: &str) -> fmt::Result {
        let state = if self.has_ended() { "ended" } else { "open" };
        write!(f, "{what} {} ({state})", self.site.name)
    }
}

/// How far a body has run.
pub(super) enum Ran<V, T> {
    /// Something is in the slot.
    Arrived(V),
    Returned(T),
}

/// A request of a stream or of a sink is no request to the loop.
#[cold]
pub(super) fn runs_in_place(request: &str) -> ! {
    panic!(
        "`{request}` runs within the coroutine that yields it, and cannot be made a request by hand: write `yield_!({request})`"
    )
}
