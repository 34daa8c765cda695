//! A coroutine that borrows. The loop cannot keep it, so it runs in place: within the body of another coroutine.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::airlock::Airlock;
use super::calls;
use super::describe::Arguments;
use super::frame::{self, Body, GiveWay, Panicked, PrimeState, Run};
use super::raw::{close, primed};
use super::site::Origin;
use super::way::take_way;

/// A body that may borrow. Its value is a `T`, which may borrow as well.
pub(crate) trait BorrowingFrame<T>: Run {
    /// See [`Body::run_in_place`].
    fn run_in_place(self: Pin<&mut Self>, cx: &mut Context<'_>, give_way: GiveWay) -> Poll<T>;
}

/// A borrowing body of any type.
pub(crate) type AnyBorrowingFrame<'a, T> = Pin<Box<dyn BorrowingFrame<T> + 'a>>;

impl<O: Origin, F: Future> BorrowingFrame<F::Output> for Body<O, F, ()> {
    fn run_in_place(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        give_way: GiveWay,
    ) -> Poll<F::Output> {
        Body::run_in_place(self, cx, give_way)
    }
}

impl<T> BorrowingFrame<T> for Panicked {
    fn run_in_place(self: Pin<&mut Self>, _: &mut Context<'_>, _: GiveWay) -> Poll<T> {
        self.get_mut().go_on()
    }
}

/// A borrowing coroutine whose body has not started.
pub(crate) fn lazy_borrowing<'a, O: Origin, F>(future: F) -> AnyBorrowingFrame<'a, F::Output>
where
    F: Future + 'a,
{
    frame::body::<O, F, ()>(future, ())
}

/// A borrowing coroutine whose body has run to its first request, unless priming is nested too deep.
pub(crate) fn prime_borrowing<'a, O: Origin, F, Q, A>(
    airlock: &Airlock<Q, A>,
    future: F,
    arguments: &Arguments,
) -> AnyBorrowingFrame<'a, F::Output>
where
    F: Future + 'a,
{
    let mut body = frame::body::<O, F, ()>(future, ());
    let call = arguments.text();
    let place = call.map(|text| calls::began(body.site(), text, airlock.priming_depth()));
    let (frame, state): (AnyBorrowingFrame<'a, _>, _) = match primed(airlock, body.as_mut()) {
        Ok(state) => {
            body.as_mut().set_prime_state(state);
            (body, state)
        }
        Err(payload) => {
            let site = body.site();
            close(|| drop(body));
            (Box::pin(Panicked::new(payload, site)), PrimeState::Panicked)
        }
    };
    if let Some(place) = place {
        calls::ran(place, state);
        drop(take_way());
    }
    frame
}
