//! [`Lock`].

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::ask::ask;
use crate::request::object::Registration;
use crate::request::{Asker, Holder, Object, ObjectKind, Request, RequestKind, Yield};

/// A value that one task at a time can use, also across its yields: asyncio's `Lock`, with the value inside.
///
/// All clones are the same lock. No other task runs between two yields, so a value that is only used between two yields needs no
/// lock: a [`RefCell`](std::cell::RefCell) will do.
///
/// A guard that is dropped by a panic or a cancellation releases the lock too. There is no poisoning: the next task finds the value as
/// it was left.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Lock;
///
/// #[loop_core::coroutine]
/// fn deposit(account: Lock<u32>, amount: u32) {
///     let mut balance = yield_!(account.acquire());
///     let before = *balance;
///     yield_!(Sleep(Duration::from_secs(1))); // nobody else changes it meanwhile
///     *balance = before + amount;
/// }
///
/// #[loop_core::coroutine]
/// fn bank() -> u32 {
///     let account = Lock::new(0);
///     let first = yield_!(Spawn(deposit(account.clone(), 30)));
///     yield_!(deposit(account.clone(), 12));
///     yield_!(first).unwrap();
///     *yield_!(account.acquire())
/// }
///
/// assert_eq!(Sim::new().run(bank()).into_result().unwrap(), 42);
/// ```
pub struct Lock<T>(Rc<Inner<T>>);

struct Inner<T> {
    registration: Registration,
    /// The value, while no guard has it.
    value: Cell<Option<T>>,
    is_held: Cell<bool>,
    holder: Cell<Option<Holder>>,
}

impl<T> Lock<T> {
    /// A lock around a value.
    ///
    /// ```
    /// let account = loop_core::sync::Lock::new(100);
    /// assert_eq!(*account.try_acquire().unwrap(), 100);
    /// ```
    pub fn new(value: T) -> Lock<T> {
        Lock(Rc::new(Inner {
            registration: Registration::new(ObjectKind::Lock),
            value: Cell::new(Some(value)),
            is_held: Cell::new(false),
            holder: Cell::new(None),
        }))
    }

    /// Request: waits until the lock is free, and takes it. Dropping the guard releases it.
    ///
    /// A task that has the lock and asks for it again waits for itself: that is a [deadlock](crate::Deadlock).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::Lock;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> u32 {
    ///     let lock = Lock::new(1);
    ///     *yield_!(lock.acquire()) += 1; // for one statement
    ///     let mut guard = yield_!(lock.acquire()); // until `guard` is dropped
    ///     yield_!(); // other tasks run, and cannot use the value
    ///     *guard += 1;
    ///     *guard
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), 3);
    /// ```
    pub fn acquire(&self) -> impl Request<Answer = LockGuard<T>> + use<T>
    where
        T: 'static,
    {
        ask(Yield::Acquire, Rc::clone(&self.0), LockGuard::of)
    }

    /// Takes the lock if it is free and no task waits for it. A plain call, which never waits.
    ///
    /// ```
    /// let lock = loop_core::sync::Lock::new(1);
    /// let guard = lock.try_acquire().unwrap();
    /// assert!(lock.try_acquire().is_none());
    /// # drop(guard);
    /// ```
    pub fn try_acquire(&self) -> Option<LockGuard<T>> {
        if self.0.is_held.get() || self.0.registration.waiting() > 0 {
            return None;
        }
        self.0.is_held.set(true);
        Some(LockGuard::of(Rc::clone(&self.0)))
    }

    /// Whether a task has the lock.
    ///
    /// ```
    /// assert!(!loop_core::sync::Lock::new(1).is_held());
    /// ```
    pub fn is_held(&self) -> bool {
        self.0.is_held.get()
    }
}

impl<T> Inner<T> {
    fn release(&self) {
        self.is_held.set(false);
        self.holder.set(None);
        self.registration.changed();
    }
}

impl<T> Object for Inner<T> {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        let overtakes = !asker.has_waited && self.registration.waiting() > 0;
        let is_free = !self.is_held.get() && !overtakes;
        if is_free {
            self.is_held.set(true);
            self.holder.set(Some(asker.task));
        }
        is_free
    }

    fn give_back(&self, _: RequestKind) {
        self.release();
    }

    fn holder(&self) -> Option<Holder> {
        self.holder.get()
    }
}

impl<T: Default> Default for Lock<T> {
    fn default() -> Lock<T> {
        Lock::new(T::default())
    }
}

impl<T> Clone for Lock<T> {
    fn clone(&self) -> Lock<T> {
        Lock(Rc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Lock");
        text.field("is_held", &self.is_held())
            .finish_non_exhaustive()
    }
}

/// The right to use a [`Lock`]'s value. Dropping it releases the lock.
///
/// It has the value itself, not a reference, so a task can keep it across yields and hand it to another task of the same loop.
/// [`std::mem::forget`] of a guard takes the value away for good, and the lock is never released.
///
/// ```
/// let lock = loop_core::sync::Lock::new(vec![1]);
/// let mut guard = lock.try_acquire().unwrap();
/// guard.push(2);
/// drop(guard);
/// assert_eq!(*lock.try_acquire().unwrap(), [1, 2]);
/// ```
#[must_use = "dropping a guard releases the lock"]
pub struct LockGuard<T> {
    /// There until the guard is dropped.
    value: Option<T>,
    lock: Rc<Inner<T>>,
}

const VALUE: &str = "a guard has the value until it is dropped";

impl<T> LockGuard<T> {
    fn of(lock: Rc<Inner<T>>) -> LockGuard<T> {
        let value = lock.value.take();
        debug_assert!(value.is_some(), "a lock that is free has its value");
        LockGuard { value, lock }
    }

    /// The lock of a guard.
    ///
    /// ```
    /// use loop_core::sync::LockGuard;
    ///
    /// let lock = loop_core::sync::Lock::new(1);
    /// let guard = lock.try_acquire().unwrap();
    /// assert!(LockGuard::lock(&guard).is_held());
    /// ```
    pub fn lock(guard: &LockGuard<T>) -> Lock<T> {
        Lock(Rc::clone(&guard.lock))
    }
}

impl<T> Deref for LockGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect(VALUE)
    }
}

impl<T> DerefMut for LockGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect(VALUE)
    }
}

impl<T> Drop for LockGuard<T> {
    fn drop(&mut self) {
        self.lock.value.set(self.value.take());
        self.lock.release();
    }
}

impl<T: fmt::Debug> fmt::Debug for LockGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
