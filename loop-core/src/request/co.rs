//! [`Co`]: the coroutine's side of a yield, and the carriers of this thread.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::{Coroutine, Request, Resume, Yield};
use crate::coroutine::{Carriers, Origin, Seat};

pub(crate) type LoopCarriers = Carriers<Yield, Resume>;

thread_local! {
    // Coroutines are primed before there is a loop, so their carriers cannot be a loop's; and no coroutine leaves its
    // thread. This is no ambient loop: nothing here can be scheduled or run.
    pub(crate) static CARRIERS: Rc<LoopCarriers> = Rc::new(Carriers::new());
}

/// The controller that a coroutine's body yields through. `yield_!` calls it; nobody else needs to.
#[derive(Debug)]
pub struct Co(Rc<Seat<Yield, Resume>>);

impl Co {
    /// Asks the loop, and waits for the answer.
    ///
    /// # Panics
    ///
    /// If the previous request of the same coroutine has not been answered yet.
    #[inline]
    pub fn request<R: Request>(&self, request: R) -> impl Future<Output = R::Answer> {
        let seat = &*self.0;
        // Not an `async fn`: that would keep the request in the coroutine's frame after the loop has taken it.
        Answering::<_, R> {
            crossing: match R::IS_NOW {
                true => seat.cross(None),
                false => seat.cross(Some(request.into_yield())),
            },
            seat,
            request: PhantomData,
        }
    }
}

pin_project! {
    /// Waits for control to come back, then reads the answer.
    struct Answering<'a, C, R> {
        #[pin]
        crossing: C,
        seat: &'a Seat<Yield, Resume>,
        request: PhantomData<R>,
    }
}

impl<C: Future<Output = ()>, R: Request> Future for Answering<'_, C, R> {
    type Output = R::Answer;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R::Answer> {
        let this = self.project();
        ready!(this.crossing.poll(cx));
        if R::IS_NOW {
            return Poll::Ready(R::answer(Resume::Unit));
        }
        Poll::Ready(match this.seat.answer() {
            Some(answer) => R::answer(answer),
            None => R::answer(Resume::Unit),
        })
    }
}

/// A coroutine whose body runs to its first request now: what `#[coroutine]` calls.
///
/// A panic of the body is the coroutine's failure, not the caller's. Priming nests 64 deep; beyond that the body
/// starts when the loop first resumes it.
pub fn prime<O: Origin, F>(body: impl FnOnce(Co) -> F) -> Coroutine<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    let raw = CARRIERS.with(|carriers| carriers.prime::<O, F>(|seat| body(Co(seat))));
    Coroutine::from_raw(raw)
}

/// A coroutine whose body starts when the loop first resumes it: what `#[coroutine(lazy)]` calls.
pub fn lazy<O: Origin, F>(body: impl FnOnce(Co) -> F) -> Coroutine<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    let raw = CARRIERS.with(|carriers| carriers.lazy::<O, F>(|seat| body(Co(seat))));
    Coroutine::from_raw(raw)
}
