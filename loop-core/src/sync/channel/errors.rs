//! The errors of channels.

use std::fmt;

/// The value could not be sent, because no receiver is left or the channel is [closed](super::Receiver::close). It comes back.
///
/// ```
/// use loop_core::sync::channel::{self, SendError};
///
/// let (sender, receiver) = channel::unbounded();
/// drop(receiver);
/// assert_eq!(sender.send(3), Err(SendError(3)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SendError<T>(pub T);

/// The value could not be sent without waiting. It comes back.
///
/// ```
/// use loop_core::sync::channel::{self, TrySendError};
///
/// let (sender, _receiver) = channel::bounded(1);
/// assert_eq!(sender.try_send(1), Ok(()));
/// assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// The channel is full, or other senders wait for room.
    Full(T),
    /// No receiver is left, or the channel is closed.
    Closed(T),
}

/// There is no value to take without waiting.
///
/// ```
/// use loop_core::sync::channel::{self, TryRecvError};
///
/// let (sender, receiver) = channel::unbounded::<u32>();
/// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
/// drop(sender);
/// assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryRecvError {
    /// The channel is empty, or its values are for receivers that wait or have waited.
    Empty,
    /// No sender is left or the channel is closed, and it is empty.
    Closed,
}

/// Why a receiver of a [`broadcast`](super::broadcast()) has no value.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::channel::{self, RecvError};
///
/// #[loop_core::coroutine]
/// fn slow() {
///     let (sender, receiver) = channel::broadcast(2);
///     for number in 1..=5 {
///         sender.send(number);
///     }
///     assert_eq!(yield_!(receiver.recv()), Err(RecvError::Lagged(3)));
///     assert_eq!(yield_!(receiver.recv()), Ok(4));
/// }
///
/// Sim::new().run(slow()).into_result().unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecvError {
    /// No sender is left, and the receiver has had all values.
    Closed,
    /// The receiver was too slow, and has lost this number of values. The next one that it gets is the oldest that is left.
    Lagged(u64),
}

/// The other side of the channel was dropped.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::channel::{self, Closed};
///
/// #[loop_core::coroutine]
/// fn forsaken() {
///     let (sender, receiver) = channel::oneshot::<u32>();
///     drop(sender);
///     assert_eq!(yield_!(receiver.recv()), Err(Closed));
/// }
///
/// Sim::new().run(forsaken()).into_result().unwrap();
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Closed;

// `Debug` without the value, so that `unwrap` works for values of any type.
impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendError(..)")
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrySendError::Full(_) => "Full(..)",
            TrySendError::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no receiver is left")
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrySendError::Full(_) => "the channel is full",
            TrySendError::Closed(_) => "no receiver is left",
        })
    }
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryRecvError::Empty => "the channel is empty",
            TryRecvError::Closed => "no sender is left, and the channel is empty",
        })
    }
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecvError::Closed => f.write_str("no sender is left"),
            RecvError::Lagged(lost) => {
                write!(f, "the receiver was too slow: {lost} values are lost")
            }
        }
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the other side of the channel was dropped")
    }
}

impl<T> std::error::Error for SendError<T> {}
impl<T> std::error::Error for TrySendError<T> {}
impl std::error::Error for TryRecvError {}
impl std::error::Error for RecvError {}
impl std::error::Error for Closed {}
