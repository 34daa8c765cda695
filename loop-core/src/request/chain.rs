//! [`Coroutine`]: what calling a `#[coroutine]` function gives, and the request to wait for it.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::{Request, Resume, Yield, mismatch};
use crate::coroutine::{AnyFrame, RawCoroutine, Site, deep_drop, take};

/// A coroutine that will end with a `T`.
///
/// Calling a function marked `#[loop_core::coroutine]` makes one, and runs it to its first request. It goes on when
/// the loop runs it: [`EventLoop::run_until_complete`](crate::EventLoop::run_until_complete), [`Spawn`](crate::Spawn), or
/// by yielding it from another coroutine, which *chains* it: the caller waits, on the same task, and gets its value.
///
/// Dropping a coroutine closes it: its locals are dropped in reverse order, and what it waits for is not waited for.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn double(n: u64) -> u64 {
///     yield_!();
///     2 * n
/// }
///
/// #[loop_core::coroutine]
/// fn parent() -> u64 {
///     yield_!(double(yield_!(double(1))))
/// }
///
/// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), 4);
/// ```
#[must_use = "a coroutine runs only to its first request until it is spawned, yielded or given to an event loop"]
pub struct Coroutine<T> {
    raw: RawCoroutine,
    value: PhantomData<fn() -> T>,
}

impl<T> Coroutine<T> {
    pub(crate) fn from_raw(raw: RawCoroutine) -> Coroutine<T> {
        Coroutine {
            raw,
            value: PhantomData,
        }
    }

    pub(crate) fn into_raw(self) -> RawCoroutine {
        self.raw
    }

    /// Name, file and line of the function that made it.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// assert_eq!(idle().site().name, "idle");
    /// ```
    pub fn site(&self) -> &'static Site {
        self.raw.site()
    }
}

impl<T> fmt::Debug for Coroutine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coroutine {:?}", self.raw)
    }
}

impl<T: 'static> Request for Coroutine<T> {
    type Answer = T;

    fn into_yield(self) -> Yield {
        Yield::Chain(self.into())
    }

    #[inline]
    fn answer(resume: Resume) -> T {
        match resume {
            Resume::Returned(value) => value.expect("a coroutine's value"),
            other => mismatch("a chained coroutine", other),
        }
    }
}

/// A [`Coroutine`] of any type, for the raw requests [`Yield::Spawn`] and [`Yield::Chain`].
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

impl<T> From<Coroutine<T>> for AnyCoroutine {
    fn from(coroutine: Coroutine<T>) -> AnyCoroutine {
        AnyCoroutine(coroutine.into_raw())
    }
}

impl fmt::Debug for AnyCoroutine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The value with which a coroutine ended, its type not known to the loop.
///
/// ```
/// # use loop_core::{Resume, Value};
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
    #[inline]
    pub fn take<T: 'static>(mut self) -> Result<T, Value> {
        let mut frame = take(&mut self.0);
        // The frame is taken out, so the destructor has nothing to do.
        std::mem::forget(self);
        let mut slot: Option<T> = None;
        frame.as_mut().take(&mut slot as &mut dyn Any);
        // What is left in the frame is no value, so the rest of it is dropped without counting the depth.
        slot.ok_or_else(|| Value(frame))
    }

    /// The value, which surely is a `T`.
    #[inline]
    pub(super) fn expect<T: 'static>(self, what: &str) -> T {
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
