//! [`AnyCoroutine`] and [`Value`]: a coroutine whose value may have any type, and such a value.

use std::any::Any;
use std::fmt;

use crate::coroutine::{AnyFrame, RawCoroutine, deep_drop, take};

/// Plumbing: a [`Coroutine`](crate::Coroutine) of any type, for the raw requests [`Yield::Spawn`](crate::Yield::Spawn) and
/// [`Yield::Chain`](crate::Yield::Chain).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::{Resume, Yield};
///
/// #[loop_core::coroutine]
/// fn seven() -> u32 {
///     7
/// }
///
/// #[loop_core::coroutine]
/// fn parent() -> Option<u32> {
///     match yield_!(Yield::Chain(seven().into())) {
///         Resume::Returned(value) => value.take().ok(),
///         _ => None,
///     }
/// }
///
/// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), Some(7));
/// ```
#[must_use = "a coroutine runs only to its first request until it is given to an event loop"]
pub struct AnyCoroutine(pub(crate) RawCoroutine);

impl fmt::Debug for AnyCoroutine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Plumbing: the value with which a coroutine ended. The loop does not know its type.
///
/// ```
/// use loop_core::{Resume, Value};
///
/// fn number(answer: Resume) -> Option<u32> {
///     match answer {
///         Resume::Returned(value) => value.take().ok(),
///         _ => None,
///     }
/// }
/// ```
pub struct Value(AnyFrame);

impl Value {
    pub(crate) fn of(ended: AnyFrame) -> Value {
        Value(ended)
    }

    /// The value, if it is a `T`.
    ///
    /// # Errors
    ///
    /// The value as it was, if it has another type, or was taken out of a value that was given back before.
    ///
    /// ```
    /// use loop_core::sim::Sim;
    /// use loop_core::{Resume, Yield};
    ///
    /// #[loop_core::coroutine]
    /// fn seven() -> u32 {
    ///     7
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() -> u32 {
    ///     let Resume::Returned(value) = yield_!(Yield::Chain(seven().into())) else { unreachable!() };
    ///     match value.take::<String>() {
    ///         Ok(_) => unreachable!("it is a number"),
    ///         Err(value) => value.take().unwrap(),
    ///     }
    /// }
    ///
    /// assert_eq!(Sim::new().run(parent).into_result().unwrap(), 7);
    /// ```
    #[inline]
    pub fn take<T: 'static>(mut self) -> Result<T, Value> {
        let mut frame = take(&mut self.0);
        // The frame was taken, so the destructor has nothing to do.
        std::mem::forget(self);
        let mut slot: Option<T> = None;
        frame.as_mut().take(&mut slot as &mut dyn Any);
        // The value has left the frame, so dropping the rest of the frame cannot nest, and needs no `deep_drop`.
        slot.ok_or_else(|| Value(frame))
    }

    /// The value, which must be a `T`.
    #[inline]
    pub(crate) fn expect<T: 'static>(self, what: &str) -> T {
        match self.take() {
            Ok(value) => value,
            Err(value) => panic!("{what} has its type, but this is the {value:?}"),
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        deep_drop(take(&mut self.0));
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value of {}", self.0.site().name)
    }
}
