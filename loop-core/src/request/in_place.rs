//! `yield_from!`: a coroutine runs within the body of another one.
//!
//! The loop does not see it: what it asks for is a request of the body that runs it, and it is no entry on the task's stack. So it
//! may borrow what that body owns.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::borrowing::BorrowingCoroutine;
use super::chain::Coroutine;
use super::co::{Co, with_airlock};
use crate::coroutine::{Site, passes};

/// What `yield_from!` runs in place: a [`Coroutine`], or a [`BorrowingCoroutine`].
///
/// The coroutine's requests are the caller's, and its value is that of `yield_from!`. A panic in it is a panic in the caller. If
/// the caller is closed, so is the coroutine, before what it borrows.
///
/// It is no entry on the task's stack: there is no way through the loop, and coroutines that run each other in place use the machine's
/// stack, as calls do. A recursion that may be very deep needs `yield_!`.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn read_number(lines: &mut u32) -> Option<u32> {
///     let line = yield_!(Stdin).ok()??;
///     *lines += 1;
///     line.parse().ok()
/// }
///
/// #[loop_core::coroutine]
/// fn sum() -> (u32, u32) {
///     let (mut sum, mut lines) = (0, 0);
///     while let Some(number) = yield_from!(read_number(&mut lines)) {
///         sum += number;
///     }
///     (sum, lines)
/// }
///
/// assert_eq!(Sim::new().stdin("2\n40\n").run(sum()).into_result().unwrap(), (42, 2));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a coroutine, so it cannot run in place",
    label = "`yield_from!` takes a coroutine",
    note = "the event loop answers a request, or joins a handle, with `yield_!(…)`",
    note = "a generator is an iterator: `for value in generator {{ … }}`"
)]
pub trait YieldFrom {
    /// What `yield_from!` of it evaluates to.
    type Value;

    #[doc(hidden)]
    fn run_in_place(self) -> impl Future<Output = Self::Value>;
}

impl Co {
    /// What `yield_from!` was given.
    #[inline]
    pub fn given<C>(&self, coroutine: C) -> C {
        coroutine
    }

    /// Runs a coroutine in place: within the body that this is the controller of.
    #[inline]
    pub fn yield_from<C: YieldFrom>(&self, coroutine: C) -> impl Future<Output = C::Value> {
        coroutine.run_in_place()
    }
}

/// What can run in place.
trait Runs: Unpin {
    type Value;
    fn site(&self) -> &'static Site;
    fn run(&mut self, cx: &mut Context<'_>) -> Poll<Self::Value>;
}

impl<T: 'static> Runs for Coroutine<T> {
    type Value = T;

    fn site(&self) -> &'static Site {
        self.site()
    }

    #[inline]
    fn run(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        let mut slot: Option<T> = None;
        let frame = self.raw_mut().frame_mut();
        let polled = frame.run_in_place(cx, give_way, &mut slot);
        polled.map(|()| slot.expect("a coroutine's value has its type"))
    }
}

impl<T> Runs for BorrowingCoroutine<'_, T> {
    type Value = T;

    fn site(&self) -> &'static Site {
        self.site()
    }

    #[inline]
    fn run(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        self.frame_mut().as_mut().run(cx, give_way)
    }
}

/// If the running body is being primed, it begins again when the loop polls it: only that poll is traced.
fn give_way() -> bool {
    with_airlock(|airlock| {
        let now = !airlock.ask_later();
        if now {
            airlock.yield_now();
        }
        now
    })
}

impl<T: 'static> YieldFrom for Coroutine<T> {
    type Value = T;

    #[inline]
    fn run_in_place(self) -> impl Future<Output = T> {
        InPlace(self)
    }
}

impl<T> YieldFrom for BorrowingCoroutine<'_, T> {
    type Value = T;

    #[inline]
    fn run_in_place(self) -> impl Future<Output = T> {
        InPlace(self)
    }
}

/// A coroutine that runs in place, as a future of the body that runs it.
struct InPlace<C>(C);

impl<C: Runs> Future for InPlace<C> {
    type Output = C::Value;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Value> {
        let InPlace(coroutine) = self.get_mut();
        let polled = coroutine.run(cx);
        if polled.is_pending() {
            passes(|| coroutine.site());
        }
        polled
    }
}
