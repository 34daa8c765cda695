//! A channel whose values go to every receiver.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use super::super::ask::ask;
use super::errors::RecvError;
use super::subscribers::{Sending, Subscriber, Subscribers};
use crate::request::{Request, Yield};

/// A channel whose values go to every receiver. Sending never waits: the channel keeps the last `capacity` values, and a receiver that
/// is slower loses the older ones, and is [told so](RecvError::Lagged).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::channel::broadcast;
///
/// #[loop_core::coroutine]
/// fn program() {
///     let (sender, first) = broadcast(16);
///     let second = sender.subscribe();
///     sender.send("news");
///     assert_eq!(yield_!(first.recv()), Ok("news"));
///     assert_eq!(yield_!(second.recv()), Ok("news"));
/// }
///
/// Sim::new().run(program()).into_result().unwrap();
/// ```
///
/// # Panics
///
/// If `capacity` is 0.
pub fn broadcast<T: Clone>(capacity: usize) -> (BroadcastSender<T>, BroadcastReceiver<T>) {
    assert!(capacity > 0, "a channel has room for one value at least");
    let subscribers = Subscribers::new();
    let sender = BroadcastSender {
        sending: Sending::new(&subscribers),
        values: Rc::new(RefCell::new(VecDeque::new())),
        capacity,
    };
    let receiver = sender.subscribe();
    (sender, receiver)
}

/// The sending end of a [`broadcast`] channel. All clones send to the same channel.
///
/// ```
/// let (sender, _receiver) = loop_core::sync::channel::broadcast(1);
/// assert_eq!(sender.clone().send("news"), 1);
/// ```
pub struct BroadcastSender<T> {
    sending: Sending,
    /// The last values.
    values: Rc<RefCell<VecDeque<T>>>,
    capacity: usize,
}

/// The receiving end of a [`broadcast`] channel. It is not cloned: [`subscribe`](BroadcastSender::subscribe) makes a further one.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sync::channel::{BroadcastReceiver, RecvError};
///
/// /// Counts the values. Those that it was too slow for count too.
/// #[loop_core::coroutine]
/// fn count(values: BroadcastReceiver<String>) -> u64 {
///     let mut count = 0;
///     loop {
///         match yield_!(values.recv()) {
///             Ok(_) => count += 1,
///             Err(RecvError::Lagged(lost)) => count += lost,
///             Err(_) => return count, // no sender is left
///         }
///     }
/// }
/// # let (sender, receiver) = loop_core::sync::channel::broadcast(1);
/// # for _ in 0..3 { sender.send(String::new()); }
/// # drop(sender);
/// # assert_eq!(loop_core::sim::Sim::new().run(count(receiver)).into_result().unwrap(), 3);
/// ```
pub struct BroadcastReceiver<T> {
    subscriber: Rc<Subscriber>,
    subscribers: Rc<Subscribers>,
    values: Rc<RefCell<VecDeque<T>>>,
}

impl<T: Clone> BroadcastSender<T> {
    /// Sends a value to every receiver, and says how many there are. It never waits, so it is a plain call.
    ///
    /// ```
    /// let (sender, first) = loop_core::sync::channel::broadcast(16);
    /// let second = sender.subscribe();
    /// assert_eq!(sender.send("news"), 2);
    /// # drop((first, second));
    /// ```
    pub fn send(&self, value: T) -> usize {
        let subscribers = &self.sending.0;
        let oldest = {
            let mut values = self.values.borrow_mut();
            let is_full = values.len() == self.capacity;
            let oldest = is_full.then(|| values.pop_front()).flatten();
            values.push_back(value);
            oldest
        };
        subscribers.sent.set(subscribers.sent.get() + 1);
        subscribers.changed();
        // Last: a destructor may use the channel.
        drop(oldest);
        subscribers.len()
    }

    /// A further receiver. It gets the values that are sent from now on.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::broadcast(1);
    /// drop(receiver);
    /// assert_eq!(sender.send(1), 0);
    /// let _receiver = sender.subscribe();
    /// assert_eq!(sender.send(2), 1);
    /// ```
    pub fn subscribe(&self) -> BroadcastReceiver<T> {
        let subscribers = &self.sending.0;
        BroadcastReceiver {
            subscriber: subscribers.add(subscribers.sent.get()),
            subscribers: Rc::clone(subscribers),
            values: Rc::clone(&self.values),
        }
    }
}

impl<T: Clone> BroadcastReceiver<T> {
    /// Request: waits for the next value.
    ///
    /// The answer is `Err` if no sender is left, or if this receiver has lost values.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::channel::{RecvError, broadcast};
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let (sender, receiver) = broadcast(16);
    ///     sender.send(1);
    ///     drop(sender);
    ///     assert_eq!(yield_!(receiver.recv()), Ok(1));
    ///     assert_eq!(yield_!(receiver.recv()), Err(RecvError::Closed));
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), ());
    /// ```
    pub fn recv(&self) -> impl Request<Answer = Result<T, RecvError>> + use<T>
    where
        T: 'static,
    {
        let (values, subscribers) = (Rc::clone(&self.values), Rc::clone(&self.subscribers));
        ask(
            Yield::Receive,
            Rc::clone(&self.subscriber),
            move |subscriber| next(&subscriber, &subscribers, &values),
        )
    }
}

fn next<T: Clone>(
    subscriber: &Subscriber,
    subscribers: &Subscribers,
    values: &RefCell<VecDeque<T>>,
) -> Result<T, RecvError> {
    subscriber.keep_promise();
    let (seen, sent) = (subscriber.seen.get(), subscribers.sent.get());
    let values = values.borrow();
    let oldest = sent - values.len() as u64;
    if seen < oldest {
        subscriber.seen.set(oldest);
        return Err(RecvError::Lagged(oldest - seen));
    }
    let value = values.get((seen - oldest) as usize).cloned();
    subscriber.seen.set(seen + u64::from(value.is_some()));
    value.ok_or(RecvError::Closed)
}

impl<T> Clone for BroadcastSender<T> {
    fn clone(&self) -> BroadcastSender<T> {
        BroadcastSender {
            sending: self.sending.clone(),
            values: Rc::clone(&self.values),
            capacity: self.capacity,
        }
    }
}

impl<T> fmt::Debug for BroadcastSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadcastSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for BroadcastReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadcastReceiver").finish_non_exhaustive()
    }
}
