//! Channels from which each value goes to one receiver.
//!
//! A task that is admitted has a promise: of a value, or of room for one. The value itself leaves or enters the channel when the
//! task goes on. So a cancelled receiver need not give back a value, and a cancelled sender has its value still.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use super::super::ask::{Holds, ask};
use super::errors::{SendError, TryRecvError, TrySendError};
use super::store::{Least, Store};
use crate::request::object::Registration;
use crate::request::{AnyObject, Asker, Object, ObjectKind, Request, RequestKind, Yield};

/// A channel for at most `capacity` values: a sender waits for room. The oldest value comes first.
///
/// ```
/// let (sender, receiver) = loop_core::sync::channel::bounded(2);
/// sender.try_send("a").unwrap();
/// assert_eq!(receiver.try_recv(), Ok("a"));
/// ```
///
/// # Panics
///
/// If `capacity` is 0.
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let (queue, receiver) = Queue::channel(capacity, Store::Fifo(VecDeque::new()));
    (Sender(End::new(queue)), receiver)
}

/// A channel for any number of values: no sender waits for room. The oldest value comes first.
///
/// Nothing slows the senders down. If they can be faster than the receivers for long, a [`bounded`] channel keeps memory within
/// limits.
///
/// ```
/// let (sender, receiver) = loop_core::sync::channel::unbounded();
/// sender.send("a").unwrap();
/// assert_eq!(receiver.try_recv(), Ok("a"));
/// ```
pub fn unbounded<T>() -> (UnboundedSender<T>, Receiver<T>) {
    let (queue, receiver) = Queue::channel(usize::MAX, Store::Fifo(VecDeque::new()));
    (UnboundedSender(End::new(queue)), receiver)
}

/// A channel for at most `capacity` values, from which the youngest one comes first.
///
/// ```
/// let (sender, receiver) = loop_core::sync::channel::lifo(2);
/// sender.try_send(1).unwrap();
/// sender.try_send(2).unwrap();
/// assert_eq!(receiver.try_recv(), Ok(2));
/// ```
///
/// # Panics
///
/// If `capacity` is 0.
pub fn lifo<T: 'static>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let (queue, receiver) = Queue::channel(capacity, Store::Other(Box::new(Vec::new())));
    (Sender(End::new(queue)), receiver)
}

/// A channel for at most `capacity` values, from which the least one comes first, and of equal ones the oldest.
///
/// For the greatest first, send [`Reverse(value)`](std::cmp::Reverse).
///
/// ```
/// let (sender, receiver) = loop_core::sync::channel::priority(2);
/// sender.try_send(2).unwrap();
/// sender.try_send(1).unwrap();
/// assert_eq!(receiver.try_recv(), Ok(1));
/// ```
///
/// # Panics
///
/// If `capacity` is 0.
pub fn priority<T: Ord + 'static>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let (queue, receiver) = Queue::channel(capacity, Store::Other(Box::new(Least::new())));
    (Sender(End::new(queue)), receiver)
}

struct Queue<T> {
    registration: Registration,
    values: RefCell<Store<T>>,
    capacity: usize,
    /// Receivers that have been admitted and have not gone on. The channel has a value for each, or is closed and empty.
    promised: Cell<usize>,
    /// Senders that have been admitted and have not gone on. The channel has room for each, or has no receiver.
    reserved: Cell<usize>,
    waiting_senders: Cell<usize>,
    senders: Cell<usize>,
    receivers: Cell<usize>,
    is_closed: Cell<bool>,
}

impl<T> Queue<T> {
    fn channel(capacity: usize, store: Store<T>) -> (Rc<Queue<T>>, Receiver<T>) {
        assert!(capacity > 0, "a channel has room for one value at least");
        let queue = Rc::new(Queue {
            registration: Registration::new(ObjectKind::Channel),
            values: RefCell::new(store),
            capacity,
            promised: Cell::new(0),
            reserved: Cell::new(0),
            waiting_senders: Cell::new(0),
            senders: Cell::new(0),
            receivers: Cell::new(0),
            is_closed: Cell::new(false),
        });
        let receiver = Receiver(End::new(Rc::clone(&queue)));
        (queue, receiver)
    }

    fn len(&self) -> usize {
        self.values.borrow().len()
    }

    /// Whether there is a value that is promised to nobody.
    fn has_value(&self) -> bool {
        self.len() > self.promised.get()
    }

    fn waiting_receivers(&self) -> usize {
        self.registration.waiting() as usize - self.waiting_senders.get()
    }

    fn has_room(&self) -> bool {
        self.capacity - self.len().min(self.capacity) > self.reserved.get()
    }

    fn has_receivers(&self) -> bool {
        !self.is_closed.get() && self.receivers.get() > 0
    }

    /// No further value comes.
    fn has_ended(&self) -> bool {
        self.is_closed.get() || self.senders.get() == 0
    }

    fn push(&self, value: T) -> Result<(), SendError<T>> {
        if !self.has_receivers() {
            return Err(SendError(value));
        }
        self.values.borrow_mut().push(value);
        // A receiver that waits has been refused, so the value is promised to nobody.
        self.registration.changed_for(false, || {
            debug_assert!(self.has_value(), "a receiver waits for this value");
            self.promised.set(self.promised.get() + 1);
            true
        });
        Ok(())
    }

    fn pop(&self) -> Option<T> {
        let mut values = self.values.borrow_mut();
        let value = values.pop();
        let left = values.len();
        drop(values);
        self.registration.changed_for(true, || self.reserve(true));
        if left == self.promised.get() && !self.has_ended() {
            self.registration.refuse();
        }
        value
    }

    /// Whether a receiver may go on.
    #[inline]
    fn promise(&self) -> bool {
        let admits = self.has_value() || self.has_ended();
        self.promised.set(self.promised.get() + usize::from(admits));
        admits
    }

    /// Whether a sender may go on.
    #[inline]
    fn reserve(&self, has_waited: bool) -> bool {
        let overtakes = !has_waited && self.waiting_senders.get() > 0;
        let admits = !self.has_receivers() || self.has_room() && !overtakes;
        self.reserved.set(self.reserved.get() + usize::from(admits));
        match (has_waited, admits) {
            (false, false) => self.waiting_senders.set(self.waiting_senders.get() + 1),
            (true, true) => self.waiting_senders.set(self.waiting_senders.get() - 1),
            _ => {}
        }
        admits
    }

    fn close(&self) {
        self.is_closed.set(true);
        self.registration.changed();
    }
}

impl<T> Object for Queue<T> {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        match asker.request {
            RequestKind::Receive => self.promise(),
            _ => self.reserve(asker.has_waited),
        }
    }

    fn give_back(&self, request: RequestKind) {
        let promises = match request {
            RequestKind::Receive => &self.promised,
            _ => &self.reserved,
        };
        promises.set(promises.get() - 1);
        self.registration.changed();
    }

    fn left(&self, request: RequestKind) {
        if request == RequestKind::Send {
            self.waiting_senders.set(self.waiting_senders.get() - 1);
        }
    }
}

/// One end of a channel, which sends or receives: counts itself while it lives.
///
/// A request has an end of its own, so the channel is open while the task waits, whatever becomes of the end that was asked.
pub(super) struct End<T, const SENDS: bool> {
    queue: Rc<Queue<T>>,
}

impl<T, const SENDS: bool> End<T, SENDS> {
    fn new(queue: Rc<Queue<T>>) -> End<T, SENDS> {
        let end = End { queue };
        end.count().set(end.count().get() + 1);
        end
    }

    fn count(&self) -> &Cell<usize> {
        match SENDS {
            true => &self.queue.senders,
            false => &self.queue.receivers,
        }
    }
}

impl<T> End<T, false> {
    /// Request: waits for a value, of which `read` makes the answer.
    pub(super) fn receive<A>(self, read: impl FnOnce(Option<T>) -> A) -> impl Request<Answer = A>
    where
        T: 'static,
    {
        ask(Yield::Receive, self, |end| {
            let promised = &end.queue.promised;
            promised.set(promised.get() - 1);
            read(end.queue.pop())
        })
    }
}

impl<T: 'static, const SENDS: bool> Holds for End<T, SENDS> {
    #[inline]
    fn object(&self) -> AnyObject {
        AnyObject::new(&self.queue)
    }
}

impl<T, const SENDS: bool> Clone for End<T, SENDS> {
    fn clone(&self) -> End<T, SENDS> {
        End::new(Rc::clone(&self.queue))
    }
}

impl<T, const SENDS: bool> Drop for End<T, SENDS> {
    fn drop(&mut self) {
        let count = self.count();
        count.set(count.get() - 1);
        if count.get() > 0 {
            return;
        }
        self.queue.registration.changed();
        if !SENDS {
            // Nobody can have the values any more. One at a time: a destructor may use the channel.
            while let Some(value) = self.queue.pop() {
                drop(value);
            }
        }
    }
}

/// The sending end of a [`bounded`], [`lifo`] or [`priority`] channel. All clones send to the same channel.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sync::channel::Sender;
///
/// #[loop_core::coroutine]
/// fn lines(to: Sender<String>) {
///     while let Ok(Some(line)) = yield_!(Stdin) {
///         if yield_!(to.send(line)).is_err() {
///             return; // no receiver is left
///         }
///     }
/// }
/// # let (sender, receiver) = loop_core::sync::channel::bounded(1);
/// # loop_core::sim::Sim::new().stdin("one\n").run(lines(sender)).into_result().unwrap();
/// # assert_eq!(receiver.try_recv(), Ok("one".to_owned()));
/// ```
pub struct Sender<T>(End<T, true>);

/// The sending end of an [`unbounded`] channel. All clones send to the same channel.
///
/// ```
/// let (sender, receiver) = loop_core::sync::channel::unbounded();
/// let other = sender.clone();
/// sender.send(1).unwrap();
/// other.send(2).unwrap();
/// assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(1), Ok(2)));
/// ```
pub struct UnboundedSender<T>(End<T, true>);

/// The receiving end of a channel. Each value goes to one of its clones.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sync::channel::{Receiver, unbounded};
///
/// /// One of several workers that share the work.
/// #[loop_core::coroutine]
/// fn worker(numbers: Receiver<u32>) -> u32 {
///     let mut sum = 0;
///     while let Some(number) = yield_!(numbers.recv()) {
///         sum += number;
///     }
///     sum
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> u32 {
///     let (sender, receiver) = unbounded();
///     for number in 1..=4 {
///         sender.send(number).unwrap();
///     }
///     drop(sender); // no more is to come
///     let workers = [worker(receiver.clone()), worker(receiver)];
///     yield_!(All(workers)).unwrap().iter().sum()
/// }
///
/// assert_eq!(loop_core::sim::Sim::new().run(program()).into_result().unwrap(), 10);
/// ```
pub struct Receiver<T>(pub(super) End<T, false>);

impl<T> Sender<T> {
    /// Request: waits until there is room, and sends the value.
    ///
    /// The answer is `Err`, with the value, if no receiver is left. A task that is cancelled while it waits has not sent its value.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::channel::{SendError, bounded};
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let (sender, receiver) = bounded(1);
    ///     assert_eq!(yield_!(sender.send("a")), Ok(()));
    ///     drop(receiver);
    ///     assert_eq!(yield_!(sender.send("b")), Err(SendError("b")));
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), ());
    /// ```
    pub fn send(&self, value: T) -> impl Request<Answer = Result<(), SendError<T>>> + use<T>
    where
        T: 'static,
    {
        ask(Yield::Send, self.0.clone(), move |end| {
            let reserved = &end.queue.reserved;
            reserved.set(reserved.get() - 1);
            end.queue.push(value)
        })
    }

    /// Sends a value if there is room, and no other sender waits for the room. A plain call, which never waits.
    ///
    /// # Errors
    ///
    /// If there is no room, or no receiver is left. The value comes back.
    ///
    /// ```
    /// use loop_core::sync::channel::{TrySendError, bounded};
    ///
    /// let (sender, receiver) = bounded(1);
    /// assert_eq!(sender.try_send("a"), Ok(()));
    /// assert_eq!(sender.try_send("b"), Err(TrySendError::Full("b")));
    /// # drop(receiver);
    /// ```
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let queue = &self.0.queue;
        if queue.has_receivers() && (!queue.has_room() || queue.waiting_senders.get() > 0) {
            return Err(TrySendError::Full(value));
        }
        queue
            .push(value)
            .map_err(|SendError(value)| TrySendError::Closed(value))
    }

    /// Whether no receiver is left, or one has [closed](Receiver::close) the channel.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::bounded::<u32>(1);
    /// assert!(!sender.is_closed());
    /// drop(receiver);
    /// assert!(sender.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        !self.0.queue.has_receivers()
    }

    /// How many values the channel has room for when it is empty.
    ///
    /// ```
    /// assert_eq!(loop_core::sync::channel::bounded::<u32>(3).0.capacity(), 3);
    /// ```
    pub fn capacity(&self) -> usize {
        self.0.queue.capacity
    }
}

impl<T> UnboundedSender<T> {
    /// Sends a value. It never waits, so it is a plain call.
    ///
    /// # Errors
    ///
    /// If no receiver is left. The value comes back.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::unbounded();
    /// sender.send("a").unwrap();
    /// drop(receiver);
    /// assert_eq!(sender.send("b").unwrap_err().0, "b");
    /// ```
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.queue.push(value)
    }

    /// Whether no receiver is left, or one has [closed](Receiver::close) the channel.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::unbounded::<u32>();
    /// assert!(!sender.is_closed());
    /// drop(receiver);
    /// assert!(sender.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        !self.0.queue.has_receivers()
    }
}

impl<T> Receiver<T> {
    /// Request: waits for a value. The answer is `None` when the channel is empty and no more can come, because no sender is left or the
    /// channel was [closed](Receiver::close).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::sync::channel;
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let (sender, receiver) = channel::unbounded();
    ///     sender.send(1).unwrap();
    ///     drop(sender);
    ///     assert_eq!(yield_!(receiver.recv()), Some(1));
    ///     assert_eq!(yield_!(receiver.recv()), None);
    /// }
    ///
    /// Sim::new().run(program()).into_result().unwrap();
    /// ```
    pub fn recv(&self) -> impl Request<Answer = Option<T>> + use<T>
    where
        T: 'static,
    {
        self.0.clone().receive(|value| value)
    }

    /// Takes a value, if there is one, and it is not for a receiver that waited for it. A plain call, which never waits.
    ///
    /// # Errors
    ///
    /// If there is none at the moment, or none will come.
    ///
    /// ```
    /// use loop_core::sync::channel::{TryRecvError, unbounded};
    ///
    /// let (sender, receiver) = unbounded();
    /// sender.send(1).unwrap();
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    /// drop(sender);
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
    /// ```
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let queue = &self.0.queue;
        let promised = queue.promised.get() + queue.waiting_receivers();
        if queue.len() <= promised {
            return Err(match queue.has_ended() && queue.len() == 0 {
                true => TryRecvError::Closed,
                false => TryRecvError::Empty,
            });
        }
        queue.pop().ok_or(TryRecvError::Empty)
    }

    /// Closes the channel for all its senders: from now on they get their values back. What is in the channel can still be received.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::unbounded();
    /// sender.send(1).unwrap();
    /// receiver.close();
    /// assert!(sender.send(2).is_err());
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// ```
    pub fn close(&self) {
        self.0.queue.close();
    }

    /// How many values are in the channel.
    ///
    /// ```
    /// let (sender, receiver) = loop_core::sync::channel::unbounded();
    /// sender.send(1).unwrap();
    /// assert_eq!(receiver.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.0.queue.len()
    }

    /// Whether no value is in the channel.
    ///
    /// ```
    /// assert!(loop_core::sync::channel::unbounded::<u32>().1.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender(self.0.clone())
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> UnboundedSender<T> {
        UnboundedSender(self.0.clone())
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        Receiver(self.0.clone())
    }
}

impl<T, const SENDS: bool> fmt::Debug for End<T, SENDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("channel")
            .field("len", &self.queue.len())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.0).finish()
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnboundedSender").field(&self.0).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.0).finish()
    }
}
