//! A frame: one coroutine's body and, when it has ended, its value. One allocation.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
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
    /// Primed: it awaits a future that is not the loop's. See [`foreign`](super::raw::foreign).
    Foreign,
}

/// What the loop can do with a coroutine's body, whatever its type.
pub(crate) trait Frame {
    /// Runs the body to its next request (`Pending`) or to its end (`Ready`).
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;
    /// Moves the value of an ended body into `slot`, an `&mut Option<T>` of the body's own `T`.
    fn take(self: Pin<&mut Self>, slot: &mut dyn Any);
    fn prime_state(&self) -> PrimeState;
    fn site(&self) -> &'static Site;
    /// What is known of the value of an ended body, if the value was not taken.
    fn shown(&self) -> Option<Shown<'_>>;
}

impl dyn Frame + '_ {
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
pub(crate) type AnyFrame = Pin<Box<dyn Frame>>;

/// The value of an ended body; before its end, how far it ran when it was primed.
///
/// Both are stored here, not in [`RawCoroutine`](super::raw::RawCoroutine): a coroutine is then two words, which are passed in
/// registers.
enum Outcome<T> {
    Before(PrimeState),
    Value(T),
}

pin_project! {
    /// `V` is a closure without captures: what the macro knows of the value's type.
    pub(super) struct Body<O, F: Future, V> {
        #[pin]
        future: F,
        outcome: Outcome<<F as Future>::Output>,
        value: V,
        origin: PhantomData<O>,
    }
}

impl<O: Origin, F, V> Frame for Body<O, F, V>
where
    F: Future<Output: 'static>,
    V: Fn(&F::Output) -> Shown<'_>,
{
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let body = self.project();
        body.future
            .poll(cx)
            .map(|value| *body.outcome = Outcome::Value(value))
    }

    fn take(self: Pin<&mut Self>, slot: &mut dyn Any) {
        if let Some(slot) = slot.downcast_mut() {
            let taken = Outcome::Before(PrimeState::Ended);
            *slot = match mem::replace(self.project().outcome, taken) {
                Outcome::Value(value) => Some(value),
                Outcome::Before(_) => None,
            };
        }
    }

    fn prime_state(&self) -> PrimeState {
        match self.outcome {
            Outcome::Before(first) => first,
            Outcome::Value(_) => PrimeState::Ended,
        }
    }

    fn site(&self) -> &'static Site {
        const {
            &Site {
                name: O::NAME,
                file: O::FILE,
                line: O::LINE,
            }
        }
    }

    fn shown(&self) -> Option<Shown<'_>> {
        match &self.outcome {
            Outcome::Value(value) => Some((self.value)(value)),
            Outcome::Before(_) => None,
        }
    }
}

impl<O, F: Future, V> Body<O, F, V> {
    /// Records how far the body ran when it was primed, if it has not ended.
    pub(super) fn set_prime_state(self: Pin<&mut Self>, state: PrimeState) {
        if let Outcome::Before(before) = self.project().outcome {
            *before = state;
        }
    }
}

/// In place of a coroutine that panicked when it was primed. It counts as ended, and its value is the panic's payload.
struct Panicked {
    payload: Option<Payload>,
    site: &'static Site,
}

impl Frame for Panicked {
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn take(self: Pin<&mut Self>, slot: &mut dyn Any) {
        if let Some(slot) = slot.downcast_mut() {
            *slot = self.get_mut().payload.take();
        }
    }

    fn prime_state(&self) -> PrimeState {
        PrimeState::Panicked
    }

    fn site(&self) -> &'static Site {
        self.site
    }

    fn shown(&self) -> Option<Shown<'_>> {
        None
    }
}

pub(super) fn panicked(payload: Payload, site: &'static Site) -> AnyFrame {
    let payload = Some(payload);
    Box::pin(Panicked { payload, site })
}

/// In place of a frame that was taken. It needs no allocation, and so the place needs no `Option`.
struct Taken;

impl Frame for Taken {
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn take(self: Pin<&mut Self>, _: &mut dyn Any) {}

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
        future,
        outcome: Outcome::Before(PrimeState::Unstarted),
        value,
        origin: PhantomData,
    })
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
