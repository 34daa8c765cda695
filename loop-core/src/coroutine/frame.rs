//! A frame: one coroutine's body and, when it has ended, its value. One allocation.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::describe::Shown;
use super::site::{Origin, Site};

/// The payload of a panic.
pub(crate) type Payload = Box<dyn Any + Send>;

/// How far a coroutine ran before the loop first resumes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PrimeState {
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
    /// Primed: it awaits a future that is not the loop's. See [`foreign`].
    Foreign,
}

/// What can be done with a coroutine's body, whatever its type.
pub(crate) trait Run {
    /// Runs the body to its next request (`Pending`) or to its end (`Ready`).
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
    fn prime_state(&self) -> PrimeState;
    fn site(&self) -> &'static Site;
}

/// Makes the bare yield of a coroutine in place that of the body that runs it. False if it is left for the next poll.
pub(crate) type GiveWay = fn() -> bool;

/// What the loop can do with a body besides. The body borrows nothing, so the loop may keep it.
///
/// rustc says this name to those who send a coroutine to another thread.
pub(crate) trait FrameOfThisThread: Run {
    /// Moves the value of an ended body into `slot`, an `&mut Option<T>` of the body's own `T`.
    fn take(self: Pin<&mut Self>, slot: &mut dyn Any);
    /// See [`Body::run_in_place`]. Moves the value into `slot`, as [`take`](FrameOfThisThread::take) does.
    fn run_in_place(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        give_way: GiveWay,
        slot: &mut dyn Any,
    ) -> Poll<()>;
    /// What is known of the value of an ended body, if the value was not taken.
    fn shown(&self) -> Option<Shown<'_>>;
}

impl dyn FrameOfThisThread + '_ {
    /// The value of an ended body as text: `_` if its type is not `Debug`. `None` if the value is not there, or is `()`.
    pub(crate) fn describe(&self) -> Option<String> {
        self.shown()?.text()
    }

    /// The error of an ended body whose value is an `Err`, by its `Display`, else by its `Debug`, else as "an error".
    pub(crate) fn error(&self) -> Option<String> {
        self.shown()?.error()
    }
}

/// A frame of any type: the unit that the loop stores and moves.
pub(crate) type AnyFrame = Pin<Box<dyn FrameOfThisThread>>;

/// The value of an ended body; before its end, how far it ran when it was primed.
///
/// Both are stored here, not in [`RawCoroutine`](super::raw::RawCoroutine): a coroutine is then two words, which are passed in
/// registers.
enum Outcome<T> {
    Before(PrimeState),
    Value(T),
}

pin_project! {
    /// A body, and its value when it has ended. The body's type need not be known to look at the value.
    pub(crate) struct Framed<T, F: ?Sized> {
        outcome: Outcome<T>,
        #[pin]
        future: F,
    }
}

pin_project! {
    /// `V` is a closure without captures: what the macro knows of the value's type.
    pub(super) struct Body<O, F: Future, V> {
        #[pin]
        framed: Framed<<F as Future>::Output, F>,
        value: V,
        origin: PhantomData<O>,
    }
}

impl<O: Origin, F: Future, V> Run for Body<O, F, V> {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().framed.poll(cx)
    }

    fn prime_state(&self) -> PrimeState {
        self.framed.prime_state()
    }

    fn site(&self) -> &'static Site {
        Site::of::<O>()
    }
}

impl<O: Origin, F, V> FrameOfThisThread for Body<O, F, V>
where
    F: Future<Output: 'static>,
    V: Fn(&F::Output) -> Shown<'_>,
{
    fn take(self: Pin<&mut Self>, slot: &mut dyn Any) {
        if let Some(slot) = slot.downcast_mut() {
            *slot = self.project().framed.take_value();
        }
    }

    fn run_in_place(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        give_way: GiveWay,
        slot: &mut dyn Any,
    ) -> Poll<()> {
        let ran = self.project().framed.run_in_place(cx, give_way);
        ran.map(|value| {
            if let Some(slot) = slot.downcast_mut() {
                *slot = Some(value);
            }
        })
    }

    fn shown(&self) -> Option<Shown<'_>> {
        match &self.framed.outcome {
            Outcome::Value(value) => Some((self.value)(value)),
            Outcome::Before(_) => None,
        }
    }
}

impl<T, F> Framed<T, F> {
    pub(super) fn new(future: F) -> Framed<T, F> {
        Framed {
            outcome: Outcome::Before(PrimeState::Unstarted),
            future,
        }
    }
}

impl<T, F: Future<Output = T> + ?Sized> Framed<T, F> {
    #[inline]
    pub(super) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let body = self.project();
        body.future
            .poll(cx)
            .map(|value| *body.outcome = Outcome::Value(value))
    }

    pub(super) fn prime_state(&self) -> PrimeState {
        match self.outcome {
            Outcome::Before(first) => first,
            Outcome::Value(_) => PrimeState::Ended,
        }
    }

    pub(super) fn future(&self) -> &F {
        &self.future
    }

    /// Runs the body as a part of the body that polls it. First it does what the body did when it was primed. One method, because
    /// each call of a frame's method costs.
    ///
    /// # Panics
    ///
    /// If the body awaits a future that is not the loop's.
    pub(super) fn run_in_place(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        give_way: GiveWay,
    ) -> Poll<T> {
        let body = self.as_mut().project();
        let state = match body.outcome {
            Outcome::Before(state) => *state,
            Outcome::Value(_) => PrimeState::Ended,
        };
        match state {
            // A body that was primed keeps its request until it is polled again.
            PrimeState::Unstarted | PrimeState::Asked => {
                let polled = body.future.poll(cx);
                if polled.is_ready() {
                    *body.outcome = Outcome::Before(PrimeState::Ended);
                }
                polled
            }
            PrimeState::Now => {
                if give_way() {
                    *body.outcome = Outcome::Before(PrimeState::Asked);
                }
                Poll::Pending
            }
            PrimeState::Ended | PrimeState::Panicked => {
                let value = self.take_value();
                Poll::Ready(
                    value.expect("a coroutine in place is polled to its end and no further"),
                )
            }
            PrimeState::Foreign => resume_unwind(foreign()),
        }
    }

    #[inline]
    pub(super) fn has_value(&self) -> bool {
        matches!(self.outcome, Outcome::Value(_))
    }

    /// The value, if the body has ended and the value was not taken before.
    #[inline]
    pub(super) fn take_value(self: Pin<&mut Self>) -> Option<T> {
        let taken = Outcome::Before(PrimeState::Ended);
        match mem::replace(self.project().outcome, taken) {
            Outcome::Value(value) => Some(value),
            Outcome::Before(_) => None,
        }
    }

    /// Records how far the body ran when it was primed, if it has not ended.
    pub(super) fn set_prime_state(self: Pin<&mut Self>, state: PrimeState) {
        if let Outcome::Before(before) = self.project().outcome {
            *before = state;
        }
    }
}

impl<O, F: Future, V> Body<O, F, V> {
    /// See [`Framed::set_prime_state`].
    pub(super) fn set_prime_state(self: Pin<&mut Self>, state: PrimeState) {
        self.project().framed.set_prime_state(state);
    }
}

/// In place of a coroutine that panicked when it was primed. It counts as ended, and its value is the panic's payload.
pub(super) struct Panicked {
    payload: Option<Payload>,
    site: &'static Site,
}

impl Panicked {
    pub(super) fn new(payload: Payload, site: &'static Site) -> Panicked {
        let payload = Some(payload);
        Panicked { payload, site }
    }

    fn take_payload(&mut self) -> Option<Payload> {
        self.payload.take()
    }

    /// Panics again, in the body that runs the coroutine in place.
    pub(super) fn go_on(&mut self) -> ! {
        let payload = self.take_payload();
        resume_unwind(payload.expect("a payload is taken once"))
    }
}

impl Run for Panicked {
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn prime_state(&self) -> PrimeState {
        PrimeState::Panicked
    }

    fn site(&self) -> &'static Site {
        self.site
    }
}

impl FrameOfThisThread for Panicked {
    fn take(self: Pin<&mut Self>, slot: &mut dyn Any) {
        if let Some(slot) = slot.downcast_mut() {
            *slot = self.get_mut().take_payload();
        }
    }

    fn run_in_place(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: GiveWay,
        _: &mut dyn Any,
    ) -> Poll<()> {
        self.get_mut().go_on()
    }

    fn shown(&self) -> Option<Shown<'_>> {
        None
    }
}

/// In place of a frame that was taken. It needs no allocation, and so the place needs no `Option`.
struct Taken;

impl Run for Taken {
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn prime_state(&self) -> PrimeState {
        PrimeState::Ended
    }

    fn site(&self) -> &'static Site {
        &Site {
            name: "nothing",
            file: "",
            line: 0,
        }
    }
}

impl FrameOfThisThread for Taken {
    fn take(self: Pin<&mut Self>, _: &mut dyn Any) {}

    fn run_in_place(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: GiveWay,
        _: &mut dyn Any,
    ) -> Poll<()> {
        Poll::Ready(())
    }

    fn shown(&self) -> Option<Shown<'_>> {
        None
    }
}

/// Takes a frame out of its place.
#[inline]
pub(crate) fn take(place: &mut AnyFrame) -> AnyFrame {
    mem::replace(place, Box::pin(Taken))
}

pub(super) fn body<O: Origin, F: Future, V>(future: F, value: V) -> Pin<Box<Body<O, F, V>>> {
    Box::pin(Body {
        framed: Framed::new(future),
        value,
        origin: PhantomData,
    })
}

/// The failure of a coroutine that came back without a request: it awaited a future that is not the loop's.
pub(crate) fn foreign() -> Payload {
    Box::new(
        "it awaited a future that is not one of the loop's: a coroutine can only wait through yield_!(request)",
    )
}

#[cfg(test)]
mod tests {
    use super::{Body, Outcome, Shown};

    /// What the macro knows of a value is in the type alone.
    #[test]
    fn a_frame_is_a_body_and_its_value() {
        fn sizes<F: Future<Output = u64>, V: Fn(&u64) -> Shown<'_>>(
            _: &F,
            _: &V,
        ) -> (usize, usize) {
            (size_of::<Body<(), F, V>>(), size_of::<(F, Outcome<u64>)>())
        }
        let body = async {
            std::future::ready(()).await;
            3
        };
        let (frame, needed) = sizes(&body, &|value: &u64| Shown::new(Some(value), None));
        assert_eq!(frame, needed);
    }
}
