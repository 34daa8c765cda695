//! A channel of which only the last value counts.

use std::cell::{Ref, RefCell};
use std::fmt;
use std::rc::Rc;

use super::super::ask::ask;
use super::errors::Closed;
use super::subscribers::{Sending, Subscriber, Subscribers};
use crate::request::{Request, Yield};

/// A value that changes, and receivers that wait for its changes. A receiver that is slow sees only the last value.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::channel::watch;
///
/// #[loop_core::coroutine]
/// fn program() {
///     let (sender, receiver) = watch("starting");
///     assert_eq!(*receiver.borrow(), "starting");
///     sender.send("running");
///     sender.send("stopping");
///     assert_eq!(yield_!(receiver.changed()), Ok(()));
///     assert_eq!(*receiver.borrow(), "stopping");
/// }
///
/// Sim::new().run(program()).into_result().unwrap();
/// ```
pub fn watch<T>(value: T) -> (WatchSender<T>, WatchReceiver<T>) {
    let subscribers = Subscribers::new();
    let sender = WatchSender {
        sending: Sending::new(&subscribers),
        value: Rc::new(RefCell::new(value)),
    };
    let receiver = sender.subscribe();
    (sender, receiver)
}

/// The end of a [`watch`] channel that changes the value.
///
/// ```
/// use loop_core::sync::channel::WatchSender;
///
/// fn dim(brightness: &WatchSender<u32>) {
///     let before = brightness.send(10);
///     println!("it was {before}");
/// }
/// # let (sender, receiver) = loop_core::sync::channel::watch(100);
/// # dim(&sender);
/// # assert_eq!(*receiver.borrow(), 10);
/// ```
pub struct WatchSender<T> {
    sending: Sending,
    value: Rc<RefCell<T>>,
}

/// The end of a [`watch`] channel that sees the value. A clone has seen what the original has seen.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sync::channel::WatchReceiver;
///
/// #[loop_core::coroutine]
/// fn lamp(brightness: WatchReceiver<u32>) -> std::io::Result<()> {
///     while yield_!(brightness.changed()).is_ok() {
///         let percent = *brightness.borrow();
///         yield_!(Println(format!("{percent} %")))?;
///     }
///     Ok(()) // the sender was dropped
/// }
/// # let (sender, receiver) = loop_core::sync::channel::watch(100);
/// # sender.send(10);
/// # drop(sender);
/// # assert_eq!(loop_core::sim::Sim::new().run(lamp(receiver)).stdout(), "10 %\n");
/// ```
pub struct WatchReceiver<T> {
    subscriber: Rc<Subscriber>,
    subscribers: Rc<Subscribers>,
    value: Rc<RefCell<T>>,
}

impl<T> WatchSender<T> {
    /// Replaces the value, and gives the old one. It never waits, so it is a plain call.
    ///
    /// # Panics
    ///
    /// If the value is [borrowed](WatchReceiver::borrow).
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::watch(1);
    /// assert_eq!(sender.send(2), 1);
    /// assert_eq!(*receiver.borrow(), 2);
    /// ```
    pub fn send(&self, value: T) -> T {
        let old = self.value.replace(value);
        let subscribers = &self.sending.0;
        subscribers.sent.set(subscribers.sent.get() + 1);
        subscribers.changed();
        old
    }

    /// A further receiver, which has seen the present value.
    ///
    /// ```
    /// let (sender, _receiver) = loop_core::sync::channel::watch(1);
    /// assert_eq!(*sender.subscribe().borrow(), 1);
    /// ```
    pub fn subscribe(&self) -> WatchReceiver<T> {
        let subscribers = &self.sending.0;
        WatchReceiver {
            subscriber: subscribers.add(subscribers.sent.get()),
            subscribers: Rc::clone(subscribers),
            value: Rc::clone(&self.value),
        }
    }
}

impl<T> WatchReceiver<T> {
    /// Request: waits until the value is one that this receiver has not seen. From then on it has seen it. The answer is `Err` if the
    /// sender was dropped and the last value was seen.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::channel::{Closed, watch};
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let (sender, receiver) = watch(1);
    ///     sender.send(2);
    ///     drop(sender);
    ///     assert_eq!(yield_!(receiver.changed()), Ok(()));
    ///     assert_eq!(yield_!(receiver.changed()), Err(Closed));
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), ());
    /// ```
    pub fn changed(&self) -> impl Request<Answer = Result<(), Closed>> + use<T>
    where
        T: 'static,
    {
        let subscribers = Rc::clone(&self.subscribers);
        ask(
            Yield::Receive,
            Rc::clone(&self.subscriber),
            move |subscriber: Rc<Subscriber>| {
                let has_news = subscriber.has_news();
                subscriber.seen.set(subscribers.sent.get());
                subscriber.keep_promise();
                has_news.then_some(()).ok_or(Closed)
            },
        )
    }

    /// The present value. Do not keep the borrow across a yield: a sender that replaces the value meanwhile panics.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::watch("starting");
    /// assert_eq!(*receiver.borrow(), "starting");
    /// sender.send("running");
    /// assert_eq!(*receiver.borrow(), "running");
    /// ```
    pub fn borrow(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    /// Whether the value is one that this receiver has not seen. A value counts as seen when [`changed`](WatchReceiver::changed) has
    /// answered.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::watch(1);
    /// assert!(!receiver.has_changed());
    /// sender.send(2);
    /// assert!(receiver.has_changed());
    /// ```
    pub fn has_changed(&self) -> bool {
        self.subscriber.has_news()
    }
}

impl<T> Clone for WatchReceiver<T> {
    fn clone(&self) -> WatchReceiver<T> {
        WatchReceiver {
            subscriber: self.subscribers.add(self.subscriber.seen.get()),
            subscribers: Rc::clone(&self.subscribers),
            value: Rc::clone(&self.value),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.borrow();
        f.debug_tuple("WatchSender").field(&value).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for WatchReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WatchReceiver")
            .field(&self.borrow())
            .finish()
    }
}
