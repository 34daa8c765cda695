//! The suspended body of a generator, seen from outside and from inside.

use std::cell::Cell;

use crate::switch::{Inside, Outside, Switched};

/// The body of a generator, suspended at one of its yields: Python's `gi_frame`.
///
/// Only the library implements it. It is public because it is part of the type that
/// [`#[generator]`](macro@crate::generator) functions return, and of the arguments of functions that take such a generator
/// without boxing it.
///
/// ```
/// use loop_core::Generator;
/// use loop_core::generator::Frame;
///
/// fn total<T>(numbers: Generator<u32, (), T, impl Frame<u32, (), T>>) -> u32 {
///     numbers.sum()
/// }
///
/// #[loop_core::generator(yields = u32)]
/// fn up_to(end: u32) {
///     for n in 1..=end {
///         yield_!(n);
///     }
/// }
///
/// assert_eq!(total(up_to(4)), 10);
/// ```
pub trait Frame<Y, R, T>: Sealed {
    /// Runs the body to its next yield or to its end. `None` starts it.
    #[doc(hidden)]
    fn resume(&mut self, sent: Option<R>) -> Switched<Y, T>;
}

/// Prevents other crates from implementing [`Frame`].
pub trait Sealed {}

impl<Y, S: Slot, F: Future> Sealed for Outside<Y, S, F> {}
impl<Y, S: Slot, F: Future> Frame<Y, S::Received, F::Output> for Outside<Y, S, F> {
    #[inline]
    fn resume(&mut self, sent: Option<S::Received>) -> Switched<Y, F::Output> {
        self.resume_with(S::holding(sent))
    }
}

impl<Y, R, T> Sealed for Box<dyn Frame<Y, R, T> + '_> {}
impl<Y, R, T> Frame<Y, R, T> for Box<dyn Frame<Y, R, T> + '_> {
    #[inline]
    fn resume(&mut self, sent: Option<R>) -> Switched<Y, T> {
        (**self).resume(sent)
    }
}

/// A place for a value on its way into the body. The switch needs a value at the start too, when there is none to send. So it
/// is an `Option`; for an iterator, which is resumed with `()`, it is `()`, because the check of an `Option` costs time.
#[doc(hidden)]
pub trait Slot {
    /// The type of the value.
    type Received;
    /// Puts a value in.
    fn holding(sent: Option<Self::Received>) -> Self;
    /// Takes it out.
    fn received(self) -> Self::Received;
    /// The value `()`, if that is the type.
    fn nothing() -> Option<Self::Received>;
}

impl Slot for () {
    type Received = ();

    #[inline]
    fn holding(_: Option<()>) {}

    #[inline]
    fn received(self) {}

    fn nothing() -> Option<()> {
        Some(())
    }
}

impl<R> Slot for Option<R> {
    type Received = R;

    #[inline]
    fn holding(sent: Option<R>) -> Self {
        sent
    }

    #[inline]
    fn received(self) -> R {
        self.expect("only a body that has not begun is resumed without a value")
    }

    fn nothing() -> Option<R> {
        None
    }
}

/// The controller of a generator's body: its `yield_!` and `yield_from!` call it.
#[doc(hidden)]
pub struct Yielder<Y, S> {
    inside: Inside<Y, S>,
    /// A yield has begun and not come back.
    waiting: Cell<bool>,
}

impl<Y, S: Slot> Yielder<Y, S> {
    pub(super) fn new(inside: Inside<Y, S>) -> Self {
        Yielder {
            inside,
            waiting: Cell::new(false),
        }
    }

    /// Gives `value` to the caller that resumed the generator, and waits to be resumed. [`received`](Yielder::received) gives the
    /// answer. There are two calls, so that the future of this one is no larger than the switch's own.
    ///
    /// # Panics
    ///
    /// When another yield of the same body is still waiting. There is one place for a yielded value, so one of the two
    /// would be lost.
    #[inline]
    pub fn yield_(&self, value: Y) -> impl Future<Output = S> {
        if self.waiting.replace(true) {
            two_at_a_time();
        }
        self.inside.yield_(value)
    }

    /// The value that was sent to the yield that has come back.
    #[inline]
    pub fn received(answer: S, yielder: &Self) -> S::Received {
        yielder.waiting.set(false);
        answer.received()
    }
}

/// What a generator can yield that yields nothing: `()`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this generator yields nothing, so it can't yield a value",
    label = "the value is a `{Self}`",
    note = "say what it yields: `#[loop_core::generator(yields = …)]`",
    note = "a function that asks the event loop is `#[loop_core::coroutine]`"
)]
pub trait Nothing {}

impl Nothing for () {}

/// The `()` that such a generator yields. It does not suspend by itself, because rustc would report the bound again for the `.await`.
#[doc(hidden)]
#[inline]
pub fn nothing<N: Nothing>(_: N) {}

#[cold]
fn two_at_a_time() -> ! {
    panic!("a `yield_!` began while another one of the same body was waiting, as in `join!`")
}
