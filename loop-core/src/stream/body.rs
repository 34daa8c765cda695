//! [`Body`]: the body of a stream or of a sink, which runs within the body of who asks it.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::coroutine::{Origin, Site, passes};
use crate::request::co::Co;
use crate::request::{How, Request, Resume, Yield};

/// Through it a body exchanges values with who asks it.
pub(super) trait Slot {
    /// The body has ended: drops the value that it has not taken.
    fn clear(&self);
}

/// The controller that the body of a stream or of a sink yields through, and exchanges values. Only the macros call it.
pub struct SlotCo<S> {
    co: Co,
    pub(super) slot: Rc<S>,
}

impl<S> fmt::Debug for SlotCo<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.co.fmt(f)
    }
}

impl<S> Deref for SlotCo<S> {
    type Target = Co;

    #[inline]
    fn deref(&self) -> &Co {
        &self.co
    }
}

/// A body, and the slot through which it exchanges values with who asks it.
pub(super) struct Body<'a, S, T> {
    /// `None` once it has ended.
    future: Option<Pin<Box<dyn Future<Output = T> + 'a>>>,
    /// It is being polled. If it panics then, this stays.
    runs: bool,
    pub(super) slot: Rc<S>,
    site: &'static Site,
}

impl<'a, S: Slot, T> Body<'a, S, T> {
    pub(super) fn new<O: Origin, F: Future<Output = T> + 'a>(
        _: O,
        slot: S,
        body: impl FnOnce(SlotCo<S>) -> F,
    ) -> Self {
        let slot = Rc::new(slot);
        let co = SlotCo {
            co: Co::new(),
            slot: Rc::clone(&slot),
        };
        Body {
            future: Some(Box::pin(body(co))),
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
        self.slot.clear();
    }

    /// Runs the body until `arrives` has something in the slot, or until it ends. `None` if it had ended before. While it waits for the
    /// loop, so does who asks it.
    #[inline]
    pub(super) fn run<V>(
        &mut self,
        cx: &mut Context<'_>,
        arrives: impl FnOnce(&S) -> Option<V>,
    ) -> Poll<Option<Ran<V, T>>> {
        let future = match &mut self.future {
            Some(future) if !self.runs => future,
            _ => {
                self.slot.clear();
                return Poll::Ready(None);
            }
        };
        self.runs = true;
        let polled = future.as_mut().poll(cx);
        self.runs = false;
        if let Poll::Ready(returned) = polled {
            self.close();
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

/// A request to a stream or to a sink: `run` runs its body, and makes the answer.
pub(super) struct Asks<'s, 'a, S: Slot, T, F, W> {
    body: &'s mut Body<'a, S, T>,
    run: F,
    /// The body has asked the loop, and the answer is for it.
    waits: bool,
    /// How it is written. A function, because that takes no memory.
    text: W,
}

impl<'s, 'a, S: Slot, T, F, W> Asks<'s, 'a, S, T, F, W> {
    #[inline]
    pub(super) fn new<A>(body: &'s mut Body<'a, S, T>, text: W, run: F) -> Self
    where
        F: FnMut(&mut Body<'a, S, T>, &mut Context<'_>) -> Poll<A>,
    {
        Asks {
            body,
            run,
            waits: false,
            text,
        }
    }
}

impl<'a, S: Slot, T, A, F, W> Request for Asks<'_, 'a, S, T, F, W>
where
    W: Fn() -> &'static str,
    F: FnMut(&mut Body<'a, S, T>, &mut Context<'_>) -> Poll<A>,
{
    type Answer = A;
    const HOW: How = How::IN_PLACE;

    /// It is no request to the loop.
    fn into_yield(self) -> Yield {
        let request = (self.text)();
        panic!(
            "`{request}` runs within the coroutine that yields it, and cannot be made a request by hand: write `yield_!({request})`"
        )
    }

    fn answer(_: Resume) -> A {
        unreachable!("the loop has no answer to it")
    }

    #[inline]
    fn loop_core_run(&mut self, cx: &mut Context<'_>) -> Poll<A> {
        self.waits = false;
        let ran = (self.run)(self.body, cx);
        self.waits = ran.is_pending();
        ran
    }
}

impl<S: Slot, T, F, W> Drop for Asks<'_, '_, S, T, F, W> {
    #[inline]
    fn drop(&mut self) {
        // Nobody will give it the answer that it waits for.
        if self.waits {
            self.body.close();
        }
    }
}
