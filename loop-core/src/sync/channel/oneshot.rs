//! A channel for one value.

use super::errors::Closed;
use super::queue::{Receiver, UnboundedSender, unbounded};
use crate::request::Request;

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

/// The sending end of a [`oneshot`] channel. [`send`](OneshotSender::send) uses it up.
///
/// ```
/// use loop_core::sync::channel::OneshotSender;
///
/// fn reply(question: &str, answer: OneshotSender<usize>) {
///     let _ = answer.send(question.len()); // whoever asked may have gone
/// }
/// # let (sender, mut receiver) = loop_core::sync::channel::oneshot();
/// # reply("abc", sender);
/// # assert_eq!(receiver.try_recv(), Some(3));
/// ```
#[derive(Debug)]
pub struct OneshotSender<T>(UnboundedSender<T>);

/// The receiving end of a [`oneshot`] channel. [`recv`](OneshotReceiver::recv) uses it up.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sync::channel::OneshotReceiver;
///
/// #[loop_core::coroutine]
/// fn wait_for(answer: OneshotReceiver<u32>) -> Option<u32> {
///     yield_!(answer.recv()).ok()
/// }
/// # let (sender, receiver) = loop_core::sync::channel::oneshot();
/// # sender.send(3).unwrap();
/// # assert_eq!(loop_core::sim::Sim::new().run(wait_for(receiver)).into_result().unwrap(), Some(3));
/// ```
#[derive(Debug)]
pub struct OneshotReceiver<T>(Receiver<T>);

impl<T> OneshotSender<T> {
    /// Sends the value. It never waits, so it is a plain call.
    ///
    /// # Errors
    ///
    /// The value itself, if the receiver was dropped.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::oneshot();
    /// drop(receiver);
    /// assert_eq!(sender.send(1), Err(1));
    /// ```
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
    /// Request: waits for the value. The answer is `Err` if the sender was dropped without one.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::channel::{Closed, oneshot};
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let (sender, receiver) = oneshot::<u32>();
    ///     drop(sender);
    ///     assert_eq!(yield_!(receiver.recv()), Err(Closed));
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), ());
    /// ```
    pub fn recv(self) -> impl Request<Answer = Result<T, Closed>> + use<T>
    where
        T: 'static,
    {
        self.0.0.receive(|value| value.ok_or(Closed))
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
