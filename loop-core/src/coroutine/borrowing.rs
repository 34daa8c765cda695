//! A coroutine that borrows. The loop cannot keep it, so it runs in place: within the body of another coroutine.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::airlock::Airlock;
use super::calls;
use super::describe::Arguments;
use super::frame::{Framed, GiveWay, Payload, PrimeState, Run};
use super::raw::{close, primed};
use super::site::{Origin, Site};

/// A body that may borrow.
pub(crate) trait BorrowingFrameOfThisThread: Future {
    fn site(&self) -> &'static Site;
}

/// A borrowing body of any type. Its value is a `T`, which may borrow as well. A value that is there is taken without a call of the
/// body's own code.
pub(crate) type AnyBorrowingFrame<'a, T> =
    Pin<Box<Framed<T, dyn BorrowingFrameOfThisThread<Output = T> + 'a>>>;

impl<T> Framed<T, dyn BorrowingFrameOfThisThread<Output = T> + '_> {
    pub(crate) fn site(&self) -> &'static Site {
        self.future().site()
    }

    /// See [`Framed::run_in_place`]. A value that is there is taken without a call.
    #[inline]
    pub(crate) fn run(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        give_way: GiveWay,
    ) -> Poll<T> {
        if self.has_value()
            && let Some(value) = self.as_mut().take_value()
        {
            return Poll::Ready(value);
        }
        self.run_apart(cx, give_way)
    }

    // Inlined, it would be so much that what takes the value is not inlined either.
    #[inline(never)]
    fn run_apart(self: Pin<&mut Self>, cx: &mut Context<'_>, give_way: GiveWay) -> Poll<T> {
        self.run_in_place(cx, give_way)
    }
}

impl<T, F: BorrowingFrameOfThisThread<Output = T>> Run for Framed<T, F> {
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Framed::poll(self, cx)
    }

    fn prime_state(&self) -> PrimeState {
        Framed::prime_state(self)
    }

    fn site(&self) -> &'static Site {
        self.future().site()
    }
}

pin_project! {
    struct Body<O, F> {
        #[pin]
        future: F,
        origin: PhantomData<O>,
    }
}

impl<O, F: Future> Future for Body<O, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}

impl<O: Origin, F: Future> BorrowingFrameOfThisThread for Body<O, F> {
    fn site(&self) -> &'static Site {
        Site::of::<O>()
    }
}

/// In place of a body that panicked when it was primed.
struct Panicked<T> {
    payload: Option<Payload>,
    site: &'static Site,
    value: PhantomData<fn() -> T>,
}

impl<T> Future for Panicked<T> {
    type Output = T;

    /// Panics again, in the body that runs the coroutine in place.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        let payload = self.get_mut().payload.take();
        resume_unwind(payload.expect("a payload is taken once"))
    }
}

impl<T> BorrowingFrameOfThisThread for Panicked<T> {
    fn site(&self) -> &'static Site {
        self.site
    }
}

type FrameOfThisThread<O, F> = Framed<<F as Future>::Output, Body<O, F>>;

fn body<O: Origin, F: Future>(future: F) -> Pin<Box<FrameOfThisThread<O, F>>> {
    let origin = PhantomData;
    Box::pin(Framed::new(Body { future, origin }))
}

/// A borrowing coroutine whose body has not started.
pub(crate) fn lazy_borrowing<'a, O: Origin, F>(future: F) -> AnyBorrowingFrame<'a, F::Output>
where
    F: Future + 'a,
{
    body::<O, F>(future)
}

/// A borrowing coroutine whose body has run to its first request, unless priming is nested too deep.
pub(crate) fn prime_borrowing<'a, O: Origin, F, Q, A>(
    airlock: &Airlock<Q, A>,
    future: F,
    mut arguments: Arguments,
) -> AnyBorrowingFrame<'a, F::Output>
where
    F: Future + 'a,
{
    let mut body = body::<O, F>(future);
    if let Some(call) = &mut arguments.0 {
        calls::began(call, body.site(), airlock.priming_depth());
    }
    let (frame, state): (AnyBorrowingFrame<'a, _>, _) = match primed(airlock, body.as_mut()) {
        Ok(state) => {
            body.as_mut().set_prime_state(state);
            (body, state)
        }
        Err(payload) => {
            let site = body.site();
            let body: AnyBorrowingFrame<'a, _> = body;
            close(|| drop(body));
            let panicked = Panicked {
                payload: Some(payload),
                site,
                value: PhantomData,
            };
            (Box::pin(Framed::new(panicked)), PrimeState::Panicked)
        }
    };
    if let Some(call) = arguments.0 {
        calls::ran(call, state);
    }
    frame
}
