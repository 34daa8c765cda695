//! [`Condition`].

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::ask::ask;
use super::lock::LockGuard;
use crate::request::object::Registration;
use crate::request::{Asker, Coroutine, Object, ObjectKind, Request, RequestKind, Yield};

/// Lets tasks wait until another task has changed the value of a [`Lock`](crate::sync::Lock): asyncio's `Condition`.
///
/// All clones are the same condition. It does not belong to a lock: the guard that a task waits with says which lock it is. Tasks that
/// are notified take the lock again, one after the other.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::{Condition, Lock};
///
/// #[loop_core::coroutine]
/// fn consumer(stock: Lock<u32>, changed: Condition) -> u32 {
///     let stock = yield_!(stock.acquire());
///     let mut stock = yield_!(changed.wait_while(stock, |stock| *stock < 3));
///     *stock -= 3;
///     *stock
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> u32 {
///     let (stock, changed) = (Lock::new(0), Condition::new());
///     let consumer = yield_!(Spawn(consumer(stock.clone(), changed.clone())));
///     for _ in 0..5 {
///         *yield_!(stock.acquire()) += 1;
///         changed.notify_one();
///     }
///     yield_!(consumer).unwrap()
/// }
///
/// assert!(Sim::new().run(program()).into_result().unwrap() <= 2);
/// ```
#[derive(Clone)]
pub struct Condition(Rc<Inner>);

struct Inner {
    registration: Registration,
    /// How many of those who wait have been notified.
    notified: Cell<u32>,
}

impl Default for Condition {
    fn default() -> Condition {
        Condition::new()
    }
}

impl Condition {
    /// A condition for which no task waits.
    ///
    /// ```
    /// let changed = loop_core::sync::Condition::new();
    /// changed.notify_all(); // nobody is there
    /// ```
    pub fn new() -> Condition {
        Condition(Rc::new(Inner {
            registration: Registration::new(ObjectKind::Condition),
            notified: Cell::new(0),
        }))
    }

    /// A coroutine that releases the lock, waits for a notification, and takes the lock again. Yield it.
    ///
    /// Another task may change the value between the notification and the moment when this task has the lock. So look at the value
    /// again, or use [`wait_while`](Condition::wait_while), which does.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::sync::{Condition, Lock};
    ///
    /// #[loop_core::coroutine]
    /// fn waits(lock: Lock<u32>, changed: Condition) -> u32 {
    ///     let guard = yield_!(lock.acquire());
    ///     *yield_!(changed.wait(guard))
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> u32 {
    ///     let (lock, changed) = (Lock::new(0), Condition::new());
    ///     let task = yield_!(Spawn(waits(lock.clone(), changed.clone())));
    ///     yield_!(Sleep(std::time::Duration::from_secs(1)));
    ///     *yield_!(lock.acquire()) = 7;
    ///     changed.notify_one();
    ///     yield_!(task).unwrap()
    /// }
    ///
    /// assert_eq!(Sim::new().run(program()).into_result().unwrap(), 7);
    /// ```
    pub fn wait<T: 'static>(&self, guard: LockGuard<T>) -> Coroutine<LockGuard<T>> {
        wait(self.clone(), guard)
    }

    /// A coroutine that waits as long as `holds` is true of the value, and then gives the guard back. It looks at the value after each
    /// notification, and does not wait at all if `holds` is false at once. Yield it.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::{Condition, Lock};
    ///
    /// #[loop_core::coroutine]
    /// fn takes(stock: Lock<Vec<u32>>, changed: Condition) -> u32 {
    ///     let stock = yield_!(stock.acquire());
    ///     let mut stock = yield_!(changed.wait_while(stock, |stock| stock.is_empty()));
    ///     stock.remove(0)
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> u32 {
    ///     let (stock, changed) = (Lock::new(Vec::new()), Condition::new());
    ///     let task = yield_!(Spawn(takes(stock.clone(), changed.clone())));
    ///     yield_!(stock.acquire()).push(7);
    ///     changed.notify_one();
    ///     yield_!(task).unwrap()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), 7);
    /// ```
    pub fn wait_while<T: 'static>(
        &self,
        guard: LockGuard<T>,
        holds: impl FnMut(&mut T) -> bool + 'static,
    ) -> Coroutine<LockGuard<T>> {
        wait_while(self.clone(), guard, holds)
    }

    /// Lets the task go on that has waited longest. If no task waits, nothing happens: a task that waits later is not notified.
    ///
    /// ```
    /// loop_core::sync::Condition::new().notify_one();
    /// ```
    pub fn notify_one(&self) {
        self.notify(1);
    }

    /// Lets up to `tasks` tasks go on, those that have waited longest.
    ///
    /// ```
    /// loop_core::sync::Condition::new().notify(3);
    /// ```
    pub fn notify(&self, tasks: usize) {
        let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
        self.0.notify(tasks);
    }

    /// Lets all tasks go on that wait now.
    ///
    /// ```
    /// loop_core::sync::Condition::new().notify_all();
    /// ```
    pub fn notify_all(&self) {
        self.0.notify(u32::MAX);
    }

    fn notified(&self) -> impl Request<Answer = ()> + use<> {
        ask(Yield::Wait, Rc::clone(&self.0), |_| ())
    }
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn wait<T: 'static>(condition: Condition, guard: LockGuard<T>) -> LockGuard<T> {
    let lock = LockGuard::lock(&guard);
    drop(guard);
    yield_!(condition.notified());
    let mut notification = Notification(Some(condition));
    let guard = yield_!(lock.acquire());
    notification.0 = None;
    guard
}

/// A notification of a task that has not the lock yet. If the task is cancelled, another one is notified.
struct Notification(Option<Condition>);

impl Drop for Notification {
    fn drop(&mut self) {
        if let Some(condition) = &self.0 {
            condition.notify_one();
        }
    }
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn wait_while<T: 'static>(
    condition: Condition,
    mut guard: LockGuard<T>,
    mut holds: impl FnMut(&mut T) -> bool + 'static,
) -> LockGuard<T> {
    while holds(&mut guard) {
        guard = yield_!(wait(condition.clone(), guard));
    }
    guard
}

impl Inner {
    fn notify(&self, tasks: u32) {
        let waiting = self.registration.waiting();
        self.notified
            .set(self.notified.get().saturating_add(tasks).min(waiting));
        self.registration.changed();
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Condition")
    }
}

impl Object for Inner {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        let notified = self.notified.get();
        let goes_on = asker.has_waited && notified > 0;
        if goes_on {
            self.notified.set(notified - 1);
        }
        goes_on
    }

    fn give_back(&self, _: RequestKind) {
        self.notify(1);
    }

    fn left(&self, _: RequestKind) {
        let waiting = self.registration.waiting();
        self.notified.set(self.notified.get().min(waiting));
    }
}
