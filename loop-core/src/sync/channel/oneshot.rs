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
