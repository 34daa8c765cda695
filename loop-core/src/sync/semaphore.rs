//! [`Semaphore`].

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::ask::ask;
use crate::request::object::Registration;
use crate::request::{Asker, Object, ObjectKind, Request, RequestKind, Yield};

/// A number of permits for tasks to take and give back, so that only so many do something at a time: asyncio's `Semaphore`.
///
/// All clones are the same semaphore.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Semaphore;
///
/// #[loop_core::coroutine]
/// fn download(connections: Semaphore) {
///     let _connection = yield_!(connections.acquire());
///     yield_!(Sleep(Duration::from_secs(1)));
/// }
///
/// #[loop_core::coroutine]
/// fn downloads() {
///     let connections = Semaphore::new(2);
///     let mut tasks = Vec::new();
///     for _ in 0..6 {
///         tasks.push(yield_!(Spawn(download(connections.clone()))));
///     }
///     for task in tasks {
///         yield_!(task).unwrap();
///     }
/// }
///
/// assert_eq!(Sim::new().run(downloads()).elapsed(), Duration::from_secs(3));
/// ```
#[derive(Clone)]
pub struct Semaphore(Rc<Inner>);

struct Inner {
    registration: Registration,
    available: Cell<usize>,
}

impl Semaphore {
    /// A semaphore with this number of permits.
    ///
    /// ```
    /// let connections = loop_core::sync::Semaphore::new(10);
    /// assert_eq!(connections.available(), 10);
    /// ```
    pub fn new(permits: usize) -> Semaphore {
        Semaphore(Rc::new(Inner {
            registration: Registration::new(ObjectKind::Semaphore),
            available: Cell::new(permits),
        }))
    }

    /// Request: waits until there is a permit, and takes it. Dropping the [`Permit`] gives it back.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::Semaphore;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> usize {
    ///     let connections = Semaphore::new(2);
    ///     let _connection = yield_!(connections.acquire()); // `let _ = …` would give it back at once
    ///     connections.available()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), 1);
    /// ```
    pub fn acquire(&self) -> impl Request<Answer = Permit> + use<> {
        ask(Yield::Acquire, Rc::clone(&self.0), |semaphore| {
            Permit(Some(semaphore))
        })
    }

    /// Takes a permit, if there is one and no task waits for it. A plain call, which never waits.
    ///
    /// ```
    /// let semaphore = loop_core::sync::Semaphore::new(1);
    /// let permit = semaphore.try_acquire().unwrap();
    /// assert!(semaphore.try_acquire().is_none());
    /// # drop(permit);
    /// ```
    pub fn try_acquire(&self) -> Option<Permit> {
        let is_free = self.0.registration.waiting() == 0 && self.0.take();
        is_free.then(|| Permit(Some(Rc::clone(&self.0))))
    }

    /// How many permits are left to take.
    ///
    /// ```
    /// assert_eq!(loop_core::sync::Semaphore::new(3).available(), 3);
    /// ```
    pub fn available(&self) -> usize {
        self.0.available.get()
    }

    /// Adds permits: new ones, or some that were [forgotten](Permit::forget).
    ///
    /// # Panics
    ///
    /// If there are more than `usize::MAX` then.
    ///
    /// ```
    /// let semaphore = loop_core::sync::Semaphore::new(1);
    /// semaphore.add_permits(2);
    /// assert_eq!(semaphore.available(), 3);
    /// ```
    pub fn add_permits(&self, permits: usize) {
        self.0.add(permits);
    }
}

impl Inner {
    fn take(&self) -> bool {
        let available = self.available.get();
        if available > 0 {
            self.available.set(available - 1);
        }
        available > 0
    }

    fn add(&self, permits: usize) {
        let available = self.available.get().checked_add(permits);
        self.available
            .set(available.expect("a semaphore has at most usize::MAX permits"));
        self.registration.changed();
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Semaphore");
        text.field("available", &self.available()).finish()
    }
}

impl Object for Inner {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        (asker.has_waited || self.registration.waiting() == 0) && self.take()
    }

    fn give_back(&self, _: RequestKind) {
        self.add(1);
    }
}

/// A permit of a [`Semaphore`]. Dropping it gives it back.
///
/// ```
/// let semaphore = loop_core::sync::Semaphore::new(1);
/// let permit = semaphore.try_acquire().unwrap();
/// assert_eq!(semaphore.available(), 0);
/// drop(permit);
/// assert_eq!(semaphore.available(), 1);
/// ```
#[must_use = "dropping a permit gives it back"]
pub struct Permit(Option<Rc<Inner>>);

impl Permit {
    /// Takes the permit away from the semaphore for good.
    ///
    /// ```
    /// let semaphore = loop_core::sync::Semaphore::new(2);
    /// semaphore.try_acquire().unwrap().forget();
    /// assert_eq!(semaphore.available(), 1);
    /// ```
    pub fn forget(mut self) {
        self.0 = None;
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(semaphore) = &self.0 {
            semaphore.add(1);
        }
    }
}
