//! [`Stream`]: a coroutine that gives out values.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::body::{Asks, Body, Ran, Slot, SlotCo};
use super::returned::StreamReturn;
use crate::coroutine::{Origin, Site};
use crate::request::Request;

/// A coroutine that gives out values: Python's asynchronous generator.
///
/// Calling a function with the attribute [`#[stream]`](macro@crate::stream) makes one. It gives out `Y`s, may borrow for `'a`, and its function
/// returns a `T`: nothing, or a `Result<(), E>`. See the [module](mod@crate::stream).
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::stream(yields = u32)]
/// fn countdown(from: u32) {
///     for n in (1..=from).rev() {
///         emit!(n);
///         yield_!(Sleep(Duration::from_secs(1)));
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn launch() -> std::io::Result<()> {
///     let mut countdown = countdown(3);
///     while let Some(n) = yield_!(countdown.next()) {
///         yield_!(Println(format!("{n}…")))?;
///     }
///     yield_!(Println("lift-off"))
/// }
///
/// let run = Sim::new().run(launch());
/// assert_eq!(run.stdout(), "3…\n2…\n1…\nlift-off\n");
/// assert_eq!(run.elapsed(), Duration::from_secs(3));
/// ```
#[must_use = "a stream does nothing until it is asked: `yield_!(stream.next())`"]
pub struct Stream<'a, Y, T: StreamReturn = ()>(Body<'a, Cell<Option<Y>>, T>);

impl<Y, T: StreamReturn> Stream<'_, Y, T> {
    /// Request: runs the stream to its next value.
    ///
    /// The answer is an `Option<Y>`, or an `io::Result<Option<Y>>` if the stream's function returns an `io::Result<()>`. It is `None` when
    /// the function has returned, and from then on. The task keeps its turn, unless the stream asks the loop for something that ends it.
    ///
    /// If the coroutine that asks is cancelled while the stream waits, the stream is closed.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::stream(yields = &'a str)]
    /// fn words<'a>(text: &'a str) {
    ///     for word in text.split(' ') {
    ///         emit!(word);
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let text = "to be".to_owned();
    ///     let mut words = words(&text);
    ///     assert_eq!(yield_!(words.next()), Some("to"));
    ///     assert_eq!(yield_!(words.next()), Some("be"));
    ///     assert_eq!(yield_!(words.next()), None);
    /// }
    /// # Sim::new().run(program()).into_result().unwrap();
    /// ```
    #[allow(
        clippy::should_implement_trait,
        reason = "the loop runs it, not the caller"
    )]
    pub fn next(&mut self) -> impl Request<Answer = T::Next<Y>> {
        self.asked(|ran| match ran {
            Ran::Arrived(value) => T::emitted(value),
            Ran::Returned(end) => end.returned(),
        })
    }

    /// Drops its body with all its locals, the last one first. It has ended then.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn count() {
    ///     for n in 0.. {
    ///         emit!(n);
    ///     }
    /// }
    ///
    /// let mut stream = count();
    /// stream.close();
    /// assert!(stream.has_ended());
    /// ```
    pub fn close(&mut self) {
        self.0.close();
    }

    /// Whether its function has returned, or it was closed.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn none() {}
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut stream = none();
    ///     assert!(!stream.has_ended()); // it has not begun
    ///     assert_eq!(yield_!(stream.next()), None);
    ///     assert!(stream.has_ended());
    /// }
    /// # loop_core::sim::Sim::new().run(program()).into_result().unwrap();
    /// ```
    pub fn has_ended(&self) -> bool {
        self.0.has_ended()
    }

    /// Name, file and line of the function that made it.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::stream(yields = u32)]
    /// fn none() {}
    ///
    /// assert_eq!(none().site().name, "none");
    /// ```
    pub fn site(&self) -> &'static Site {
        self.0.site()
    }

    /// Request: the next value, or what the function has returned.
    pub(super) fn step(&mut self) -> impl Request<Answer = Ran<Y, T>> {
        self.asked(|ran| ran)
    }

    #[inline]
    fn asked<A>(&mut self, answer: impl Fn(Ran<Y, T>) -> A) -> impl Request<Answer = A> {
        Asks::new(
            &mut self.0,
            || "stream.next()",
            move |body, cx| {
                let ran = body.run(cx, |slot| slot.take());
                ran.map(|ran| answer(ran.unwrap_or_else(|| Ran::Returned(T::nothing()))))
            },
        )
    }
}

impl<Y, T: StreamReturn> fmt::Debug for Stream<'_, Y, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f, "Stream")
    }
}

/// The value that has been given out and not been taken.
impl<Y> Slot for Cell<Option<Y>> {
    fn clear(&self) {
        self.take();
    }
}

impl<Y> SlotCo<Cell<Option<Y>>> {
    /// Gives out a value, and waits until the next one is asked for. Await it at once.
    #[inline]
    pub fn emit(&self, value: Y) -> impl Future<Output = ()> + use<Y> {
        self.slot.set(Some(value));
        Emitting { is_out: false }
    }
}

/// A value is in the slot. Its stream stands still once.
struct Emitting {
    is_out: bool,
}

impl Future for Emitting {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match std::mem::replace(&mut self.is_out, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

/// Makes a stream of a body that the macros have expanded.
#[doc(hidden)]
pub fn stream<'a, O: Origin, Y: 'a, F>(
    origin: O,
    body: impl FnOnce(SlotCo<Cell<Option<Y>>>) -> F,
) -> Stream<'a, Y, F::Output>
where
    F: Future<Output: StreamReturn> + 'a,
{
    Stream(Body::new(origin, Cell::new(None), body))
}
