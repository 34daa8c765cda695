//! [`Coroutine`]: what calling a `#[coroutine]` function gives, and the request to wait for it.

use std::fmt;
use std::marker::PhantomData;

use super::any_coroutine::AnyCoroutine;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};
use crate::coroutine::{RawCoroutine, Site};

/// A coroutine that will end with a `T`.
///
/// Calling a function with the attribute `#[loop_core::coroutine]` makes one, and runs it to its first request. A loop then
/// runs it further: give it to [`EventLoop::run_until_complete`](crate::EventLoop::run_until_complete) or to
/// [`Spawn`](crate::Spawn), or yield it from another coroutine. Yielding it *chains* it: the caller waits, on the same task,
/// and gets its value.
///
/// Dropping a coroutine closes it: its locals are dropped in reverse order, and its request is not made.
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

    pub(crate) fn raw(&self) -> &RawCoroutine {
        &self.raw
    }

    pub(super) fn raw_mut(&mut self) -> &mut RawCoroutine {
        &mut self.raw
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

    #[inline]
    fn loop_core_coroutine(self) -> AnyCoroutine {
        self.into()
    }
}

impl<T> From<Coroutine<T>> for AnyCoroutine {
    fn from(coroutine: Coroutine<T>) -> AnyCoroutine {
        AnyCoroutine(coroutine.into_raw())
    }
}
