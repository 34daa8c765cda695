//! A channel for one value.

use super::errors::Closed;
use super::queue::{Receiver, UnboundedSender, unbounded};
use crate::request::{Request, Resume, Yield};

/// A channel for one value: asyncio's `Future`.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::channel::{OneshotSender, oneshot};
///
/// #[loop_core::coroutine]
/// fn answers(question: u32, reply: OneshotSender<u32>) {
///     yield_!();
///     reply.send(question + 1).unwrap();
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let (reply, answer) = oneshot();
///     yield_!(Spawn(answers(41, reply))).detach();
///     assert_eq!(yield_!(answer.recv()), Ok(42));
/// }
///
/// Sim::new().run(program()).into_result().unwrap();
/// ```
pub fn oneshot<T>() -> (OneshotSender<T>, OneshotReceiver<T>) {
    let (sender, receiver) = unbounded();
    (OneshotSender(sender), OneshotReceiver(receiver))
}

/// The end of a [`oneshot`] channel that sends.
#[derive(Debug)]
pub struct OneshotSender<T>(UnboundedSender<T>);

/// The end of a [`oneshot`] channel that receives.
#[derive(Debug)]
pub struct OneshotReceiver<T>(Receiver<T>);

impl<T> OneshotSender<T> {
    /// Sends the value.
    ///
    /// # Errors
    ///
    /// The value itself, if the receiver was dropped.
    pub fn send(self, value: T) -> Result<(), T> {
        self.0.send(value).map_err(|error| error.0)
    }

    /// Whether the receiver was dropped.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::oneshot::<u32>();
    /// drop(receiver);
    /// assert!(sender.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl<T> OneshotReceiver<T> {
    /// Request: waits for the value. `Err` if the sender was dropped.
    pub fn recv(self) -> impl Request<Answer = Result<T, Closed>> + use<T>
    where
        T: 'static,
    {
        Once {
            request: self.0.recv(),
            receiver: self.0,
        }
    }

    /// Takes the value, if it has been sent.
    ///
    /// ```
    /// let (sender, mut receiver) = loop_core::sync::channel::oneshot();
    /// assert_eq!(receiver.try_recv(), None);
    /// sender.send(1).unwrap();
    /// assert_eq!(receiver.try_recv(), Some(1));
    /// ```
    pub fn try_recv(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

/// A request whose answer is `Err` where the other one's is `None`. It keeps the receiver, without which the channel is closed.
struct Once<T, R> {
    request: R,
    receiver: Receiver<T>,
}

impl<T, R: Request<Answer = Option<T>>> Request for Once<T, R> {
    type Answer = Result<T, Closed>;

    fn into_yield(self) -> Yield {
        self.request.into_yield()
    }

    fn answer(resume: Resume) -> Result<T, Closed> {
        R::answer(resume).ok_or(Closed)
    }

    #[inline]
    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> Result<T, Closed>) {
        let Once { request, receiver } = self;
        let (request, answer) = request.loop_core_ask();
        let answer = move |resume| {
            let value = answer(resume);
            drop(receiver);
            value.ok_or(Closed)
        };
        (request, answer)
    }
}
