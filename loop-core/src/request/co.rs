//! [`Co`]: the coroutine's side of a yield, and the airlock of this thread.

use std::future::Future;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{Coroutine, Request, Resume, Yield};
use crate::coroutine::{self, Airlock, Origin};

type LoopAirlock = Airlock<Yield, Resume>;

thread_local! {
    // Coroutines are primed before there is a loop, so their airlock cannot be a loop's; and no coroutine leaves its
    // thread. This is no ambient loop: nothing here can be scheduled or run. Without a destructor, because nothing is left
    // here when control is outside, so that a thread's other locals may still make coroutines while it ends.
    static AIRLOCK: ManuallyDrop<LoopAirlock> = const { ManuallyDrop::new(Airlock::new()) };
}

/// Does something with this thread's airlock.
#[inline]
pub(crate) fn with_airlock<T>(f: impl FnOnce(&LoopAirlock) -> T) -> T {
    AIRLOCK.with(|airlock| f(airlock))
}

/// The controller that a coroutine's body yields through. `yield_!` calls it; nobody else needs to.
///
/// Nothing is in it: a coroutine runs on the thread that made it, where the airlock is. But it must not be sent to another.
#[derive(Debug)]
pub struct Co(PhantomData<Rc<()>>);

impl Co {
    /// Asks the loop, and waits for the answer.
    ///
    /// # Panics
    ///
    /// If the previous request of the same coroutine has not been answered yet.
    #[inline]
    pub fn request<R: Request>(&self, request: R) -> impl Future<Output = R::Answer> {
        if R::IS_NOW.0 {
            with_airlock(Airlock::yield_now);
        }
        Asking((!R::IS_NOW.0).then_some(request))
    }
}

/// Lays down a request, waits for control to come back, and reads the answer.
struct Asking<R>(Option<R>);

/// The request is moved, never pinned.
impl<R> Unpin for Asking<R> {}

impl<R: Request> Future for Asking<R> {
    type Output = R::Answer;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R::Answer> {
        let Asking(request) = self.get_mut();
        with_airlock(|airlock| {
            if !R::IS_NOW.0 && request.is_some() {
                airlock.ask(request, R::into_yield);
                return Poll::Pending;
            }
            if !airlock.has_control() {
                return Poll::Pending;
            }
            if R::IS_NOW.0 {
                return Poll::Ready(R::answer(Resume::Unit));
            }
            // Not `unwrap_or`, which has the default dropped where there is an answer.
            Poll::Ready(match airlock.answer() {
                Some(answer) => R::answer(answer),
                None => R::answer(Resume::Unit),
            })
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
    let raw =
        with_airlock(|airlock| coroutine::prime::<O, F, _, _>(airlock, body(Co(PhantomData))));
    Coroutine::from_raw(raw)
}

/// A coroutine whose body starts when the loop first resumes it: what `#[coroutine(lazy)]` calls.
pub fn lazy<O: Origin, F>(body: impl FnOnce(Co) -> F) -> Coroutine<F::Output>
where
    F: Future<Output: 'static> + 'static,
{
    Coroutine::from_raw(coroutine::lazy::<O, F>(body(Co(PhantomData))))
}
