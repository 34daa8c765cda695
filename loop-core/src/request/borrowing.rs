//! [`BorrowingCoroutine`]: a coroutine that the loop cannot keep.

use std::fmt;
use std::future::Future;

use super::chain::Coroutine;
use super::co::{Co, with_airlock};
use super::into_task::IntoTask;
use super::typed::Request;
use super::yields::{Resume, Yield};
use crate::coroutine::{self, AnyBorrowingFrame, Arguments, Origin, Site};

/// A coroutine that borrows its arguments, and that will end with a `T`.
///
/// Calling a function with the attribute `#[loop_core::coroutine]` and with a borrowed argument makes one, and runs it to its first
/// request. The event loop cannot keep it. Another coroutine runs it in place, with `yield_from!`.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// struct Counter {
///     count: u32,
/// }
///
/// impl Counter {
///     #[loop_core::coroutine]
///     fn tick(&mut self) -> u32 {
///         yield_!();
///         self.count += 1;
///         self.count
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn twice() -> u32 {
///     let mut counter = Counter { count: 0 };
///     yield_from!(counter.tick());
///     yield_from!(counter.tick())
/// }
///
/// assert_eq!(Sim::new().run(twice()).into_result().unwrap(), 2);
/// ```
#[must_use = "a coroutine runs only to its first request until `yield_from!` runs it in place"]
pub struct BorrowingCoroutine<'a, T> {
    frame: AnyBorrowingFrame<'a, T>,
}

impl<'a, T> BorrowingCoroutine<'a, T> {
    /// The frame, while the coroutine runs in place.
    #[inline]
    pub(super) fn frame_mut(&mut self) -> &mut AnyBorrowingFrame<'a, T> {
        &mut self.frame
    }

    /// What `yield_!` calls, which says why the loop cannot run it.
    #[doc(hidden)]
    pub fn loop_core_detached(self) -> Coroutine<T>
    where
        Self: IntoTask<Value = T>,
        T: 'static,
    {
        self.into_coroutine()
    }

    /// Name, file and line of the function that made it.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn length(text: &str) -> usize {
    ///     text.len()
    /// }
    ///
    /// assert_eq!(length("abc").site().name, "length");
    /// ```
    pub fn site(&self) -> &'static Site {
        self.frame.site()
    }
}

/// Never: the loop cannot keep it. The bound says so where a request is wanted.
#[doc(hidden)]
impl<T> Request for BorrowingCoroutine<'_, T>
where
    Self: IntoTask,
{
    type Answer = <Self as IntoTask>::Value;

    fn into_yield(self) -> Yield {
        self.into_coroutine().into_yield()
    }

    fn answer(resume: Resume) -> Self::Answer {
        Coroutine::answer(resume)
    }
}

impl<T> fmt::Debug for BorrowingCoroutine<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BorrowingCoroutine {}", self.site().name)
    }
}

/// As [`prime`](super::co::prime), for a body that borrows.
pub fn prime_borrowing<'a, O: Origin, F>(
    _: O,
    arguments: Arguments,
    body: impl FnOnce(Co) -> F,
) -> BorrowingCoroutine<'a, F::Output>
where
    F: Future + 'a,
{
    let frame = with_airlock(|airlock| {
        let body = body(Co::new());
        coroutine::prime_borrowing::<O, F, _, _>(airlock, body, arguments)
    });
    BorrowingCoroutine { frame }
}

/// As [`lazy`](super::co::lazy), for a body that borrows. No trace shows its arguments.
pub fn lazy_borrowing<'a, O: Origin, F>(
    _: O,
    _: Arguments,
    body: impl FnOnce(Co) -> F,
) -> BorrowingCoroutine<'a, F::Output>
where
    F: Future + 'a,
{
    let frame = coroutine::lazy_borrowing::<O, F>(body(Co::new()));
    BorrowingCoroutine { frame }
}
