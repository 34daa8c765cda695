//! [`Sink`]: a coroutine that takes in values.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::body::{Asks, Body, Ran, Slot, SlotCo};
use super::returned::StreamReturn;
use crate::coroutine::{Origin, Site};
use crate::request::Request;

/// A coroutine that takes in values: the push side of a pipeline, whose stages may ask the event loop.
///
/// Calling a function with the attribute [`#[sink]`](macro@crate::sink) makes one. It takes in `R`s, may borrow for `'a`, and its function
/// returns a `T`: nothing, or a `Result<(), E>`. Its body receives a value with `receive!()`, which gives `None` once the sink is
/// [closed](Sink::close). See the [module](mod@crate::stream).
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::sink(receives = String)]
/// fn printer() -> io::Result<()> {
///     let mut lines = 0;
///     while let Some(line) = receive!() {
///         yield_!(Println(line))?;
///         lines += 1;
///     }
///     yield_!(Println(format!("{lines} lines")))
/// }
///
/// #[loop_core::sink(receives = String)]
/// fn grep(pattern: &'static str, mut to: Sink<'static, String, io::Result<()>>) -> io::Result<()> {
///     while let Some(line) = receive!() {
///         if line.contains(pattern) {
///             yield_!(to.send(line))?;
///         }
///     }
///     yield_!(to.close())
/// }
///
/// #[loop_core::coroutine]
/// fn follow() -> io::Result<()> {
///     let mut to = grep("python", printer());
///     while let Some(line) = yield_!(Stdin)? {
///         yield_!(to.send(line))?;
///     }
///     yield_!(to.close())
/// }
///
/// let run = Sim::new().stdin("a python\nno\npythons\n").run(follow());
/// assert_eq!(run.stdout(), "a python\npythons\n2 lines\n");
/// ```
#[must_use = "a sink does nothing until it is given values: `yield_!(sink.send(value))`"]
pub struct Sink<'a, R, T: StreamReturn = ()>(Body<'a, Exchange<R>, T>);

/// What a sink and those who send have in common.
pub struct Exchange<R> {
    value: Cell<Option<R>>,
    /// The sink waits for a value.
    wants: Cell<bool>,
    is_closed: Cell<bool>,
}

impl<R> Exchange<R> {
    /// Whether the sink has taken what was sent, and wants more.
    fn wants_more(&self) -> Option<()> {
        self.wants.replace(false).then_some(())
    }
}

impl<R> Slot for Exchange<R> {
    fn clear(&self) {
        self.value.take();
    }
}

impl<R, T: StreamReturn> Sink<'_, R, T> {
    /// Request: gives the sink a value, and runs it until it wants the next one.
    ///
    /// The answer is `Some(())`, or `None` if its function returns or has returned: then it takes nothing any more, and the value is
    /// dropped if it was not received. If its function returns an `io::Result<()>`, the answer is an `io::Result<Option<()>>`.
    ///
    /// The sink begins with the first value. If the coroutine that sends is cancelled while the sink waits, the sink is dropped.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::sink(receives = u32)]
    /// fn two() {
    ///     for _ in 0..2 {
    ///         let _value = receive!();
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut two = two();
    ///     assert_eq!(yield_!(two.send(1)), Some(()));
    ///     assert_eq!(yield_!(two.send(2)), None); // it has received it, and then returned
    ///     assert_eq!(yield_!(two.send(3)), None);
    /// }
    /// # Sim::new().run(program()).into_result().unwrap();
    /// ```
    pub fn send(&mut self, value: R) -> impl Request<Answer = T::Next<()>> {
        let mut value = Some(value);
        Asks::new(
            &mut self.0,
            || "sink.send(value)",
            move |body, cx| {
                if value.is_some() {
                    body.slot.value.set(value.take());
                }
                let ran = body.run(cx, Exchange::wants_more);
                ran.map(|ran| match ran {
                    Some(Ran::Arrived(())) => T::emitted(()),
                    Some(Ran::Returned(end)) => end.returned(),
                    None => T::nothing().returned(),
                })
            },
        )
    }

    /// Request: tells the sink that there are no more values, and runs it to its end. `receive!()` gives `None` from now on.
    ///
    /// The answer is what its function returns. If it has ended before, it is `()` or `Ok(())`: an error is answered once.
    ///
    /// Dropping a sink does not do this: its locals are dropped, and it does not go on.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::sink(receives = u32)]
    /// fn sum() -> std::io::Result<()> {
    ///     let mut sum = 0;
    ///     while let Some(n) = receive!() {
    ///         sum += n;
    ///     }
    ///     yield_!(Print(sum))
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> std::io::Result<()> {
    ///     let mut sum = sum();
    ///     for n in 1..=3 {
    ///         yield_!(sum.send(n))?;
    ///     }
    ///     yield_!(sum.close())
    /// }
    /// # assert_eq!(Sim::new().run(program()).stdout(), "6");
    /// ```
    pub fn close(&mut self) -> impl Request<Answer = T> {
        Asks::new(
            &mut self.0,
            || "sink.close()",
            |body, cx| {
                body.slot.is_closed.set(true);
                let ran = body.run(cx, |_| None::<()>);
                ran.map(|ran| match ran {
                    Some(Ran::Returned(end)) => end,
                    _ => T::nothing(),
                })
            },
        )
    }

    /// Whether its function has returned.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::sink(receives = u32)]
    /// fn takes_all() {
    ///     while let Some(_) = receive!() {}
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut sink = takes_all();
    ///     assert!(!sink.has_ended());
    ///     yield_!(sink.close());
    ///     assert!(sink.has_ended());
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
    /// #[loop_core::sink(receives = u32)]
    /// fn takes_all() {
    ///     while let Some(_) = receive!() {}
    /// }
    ///
    /// assert_eq!(takes_all().site().name, "takes_all");
    /// ```
    pub fn site(&self) -> &'static Site {
        self.0.site()
    }
}

impl<R, T: StreamReturn> fmt::Debug for Sink<'_, R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f, "Sink")
    }
}

impl<R> SlotCo<Exchange<R>> {
    /// Waits for a value. `None` once there are no more.
    #[inline]
    pub fn receive(&self) -> impl Future<Output = Option<R>> {
        Receiving { slot: &self.slot }
    }
}

struct Receiving<'s, R> {
    slot: &'s Exchange<R>,
}

impl<R> Future for Receiving<'_, R> {
    type Output = Option<R>;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<R>> {
        let value = self.slot.value.take();
        if value.is_some() || self.slot.is_closed.get() {
            return Poll::Ready(value);
        }
        self.slot.wants.set(true);
        Poll::Pending
    }
}

/// Makes a sink of a body that the macros have expanded.
#[doc(hidden)]
pub fn sink<'a, O: Origin, R: 'a, F>(
    origin: O,
    body: impl FnOnce(SlotCo<Exchange<R>>) -> F,
) -> Sink<'a, R, F::Output>
where
    F: Future<Output: StreamReturn> + 'a,
{
    let exchange = Exchange {
        value: Cell::new(None),
        wants: Cell::new(false),
        is_closed: Cell::new(false),
    };
    Sink(Body::new(origin, exchange, body))
}
