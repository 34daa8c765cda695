//! The suspended body of a generator, seen from outside and from inside.

use std::cell::Cell;

use super::Generator;
use crate::switch::{Inside, Outside, Switched};

/// The body of a generator, suspended at one of its yields: Python's `gi_frame`.
///
/// Only the library implements it. It is public because it stands in the type that
/// [`#[generator]`](macro@crate::generator) functions return, and in the argument of a function that takes such a
/// generator without boxing it.
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

/// Keeps others from implementing [`Frame`].
pub trait Sealed {}

impl<Y, R, F: Future> Sealed for Outside<Y, Option<R>, F> {}
impl<Y, R, F: Future> Frame<Y, R, F::Output> for Outside<Y, Option<R>, F> {
    fn resume(&mut self, sent: Option<R>) -> Switched<Y, F::Output> {
        self.resume_with(sent)
    }
}

impl<Y, R, T> Sealed for Box<dyn Frame<Y, R, T> + '_> {}
impl<Y, R, T> Frame<Y, R, T> for Box<dyn Frame<Y, R, T> + '_> {
    fn resume(&mut self, sent: Option<R>) -> Switched<Y, T> {
        (**self).resume(sent)
    }
}

/// The controller of a generator's body: what its `yield_!` and `yield_from!` talk to.
#[doc(hidden)]
pub struct Yielder<Y, R> {
    inside: Inside<Y, Option<R>>,
    /// A `yield_!` has begun and not come back.
    waiting: Cell<bool>,
}

impl<Y, R> Yielder<Y, R> {
    pub(super) fn new(inside: Inside<Y, Option<R>>) -> Self {
        Yielder {
            inside,
            waiting: Cell::new(false),
        }
    }

    /// Hands `value` to whoever resumed the generator, and waits to be resumed.
    ///
    /// # Panics
    ///
    /// When another yield of the same body is still waiting. There is one place for a yielded value, so one of the two
    /// would be lost.
    pub async fn yield_(&self, value: Y) -> R {
        let alone = !self.waiting.replace(true);
        assert!(
            alone,
            "a `yield_!` began while another one of the same body was waiting, as in `join!`"
        );
        let sent = self.inside.yield_(value).await;
        self.waiting.set(false);
        sent.expect("only a body that has not begun is resumed without a value")
    }

    /// Runs `inner` to its end: what it yields is yielded here, what is sent here is sent to it. Gives its return value.
    ///
    /// `again` is what to resume it with when it has been started before.
    ///
    /// # Panics
    ///
    /// When it has been started before and there is no `again`, or when it has no return value to give.
    pub async fn yield_from<T, B>(&self, mut inner: Generator<Y, R, T, B>, again: Option<R>) -> T
    where
        B: Frame<Y, R, T>,
    {
        let mut yielded = inner.begin(again);
        while let Some(value) = yielded {
            let sent = self.yield_(value).await;
            yielded = inner.resume(Some(sent));
        }
        let name = inner.name();
        let gone =
            || panic!("yield_from!: `{name}` was closed, or its return value has been taken");
        inner.into_return().unwrap_or_else(gone)
    }
}
