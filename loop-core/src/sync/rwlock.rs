//! [`RwLock`].

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::ask::ask;
use crate::request::object::Registration;
use crate::request::{Asker, Holder, Object, ObjectKind, Request, RequestKind, Yield};

/// A value that several tasks can read at a time, or one can change, also across their yields.
///
/// All clones are the same lock. Readers and writers are served in the order in which they asked: a reader that comes after a waiting
/// writer waits for it, so no writer waits for ever.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::RwLock;
///
/// #[loop_core::coroutine]
/// fn program() {
///     let lock = RwLock::new(vec![1]);
///     let (first, second) = (yield_!(lock.read()), yield_!(lock.read()));
///     assert_eq!(*first, *second);
///     drop((first, second));
///     yield_!(lock.write()).push(2);
///     assert_eq!(*yield_!(lock.read()), [1, 2]);
/// }
///
/// Sim::new().run(program()).into_result().unwrap();
/// ```
pub struct RwLock<T>(Rc<Inner<T>>);

struct Inner<T> {
    registration: Registration,
    /// The value, which readers share; `None` while a writer has it.
    value: Cell<Option<Rc<T>>>,
    readers: Cell<u32>,
    is_written: Cell<bool>,
    writer: Cell<Option<Holder>>,
}

impl<T> RwLock<T> {
    /// A lock around a value.
    ///
    /// ```
    /// let settings = loop_core::sync::RwLock::new("dark");
    /// assert_eq!(*settings.try_read().unwrap(), "dark");
    /// ```
    pub fn new(value: T) -> RwLock<T> {
        RwLock(Rc::new(Inner {
            registration: Registration::new(ObjectKind::RwLock),
            value: Cell::new(Some(Rc::new(value))),
            readers: Cell::new(0),
            is_written: Cell::new(false),
            writer: Cell::new(None),
        }))
    }

    /// Request: waits until no task has the lock to write and all that asked before have been served, and takes the lock to read.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::RwLock;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> usize {
    ///     let names = RwLock::new(vec!["a", "b"]);
    ///     let guard = yield_!(names.read());
    ///     yield_!(names.read()).len() + guard.len() // several guards to read at a time
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), 4);
    /// ```
    pub fn read(&self) -> impl Request<Answer = ReadGuard<T>> + use<T>
    where
        T: 'static,
    {
        ask(Yield::Share, Rc::clone(&self.0), ReadGuard::of)
    }

    /// Request: waits until no task has the lock, to read or to write, and takes it to write.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::RwLock;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> usize {
    ///     let names = RwLock::new(vec!["a"]);
    ///     yield_!(names.write()).push("b");
    ///     yield_!(names.read()).len()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), 2);
    /// ```
    pub fn write(&self) -> impl Request<Answer = WriteGuard<T>> + use<T>
    where
        T: 'static,
    {
        ask(Yield::Acquire, Rc::clone(&self.0), WriteGuard::of)
    }

    /// Takes the lock to read, if that is possible at once and no task waits for it. A plain call, which never waits.
    ///
    /// ```
    /// let lock = loop_core::sync::RwLock::new(1);
    /// let (first, second) = (lock.try_read().unwrap(), lock.try_read().unwrap());
    /// assert!(lock.try_write().is_none());
    /// # drop((first, second));
    /// ```
    pub fn try_read(&self) -> Option<ReadGuard<T>> {
        let is_free = self.0.registration.waiting() == 0 && self.0.share();
        is_free.then(|| ReadGuard::of(Rc::clone(&self.0)))
    }

    /// Takes the lock to write, if that is possible at once and no task waits for it. A plain call, which never waits.
    ///
    /// ```
    /// let lock = loop_core::sync::RwLock::new(1);
    /// *lock.try_write().unwrap() = 2;
    /// assert_eq!(*lock.try_read().unwrap(), 2);
    /// ```
    pub fn try_write(&self) -> Option<WriteGuard<T>> {
        let is_free = self.0.registration.waiting() == 0 && self.0.write();
        is_free.then(|| WriteGuard::of(Rc::clone(&self.0)))
    }
}

impl<T> Inner<T> {
    /// Counts a reader, if nobody writes.
    fn share(&self) -> bool {
        let is_free = !self.is_written.get();
        if is_free {
            self.readers.set(self.readers.get() + 1);
        }
        is_free
    }

    /// Notes a writer, if nobody reads or writes.
    fn write(&self) -> bool {
        let is_free = !self.is_written.get() && self.readers.get() == 0;
        if is_free {
            self.is_written.set(true);
        }
        is_free
    }

    fn end_of_reading(&self) {
        self.readers.set(self.readers.get() - 1);
        self.registration.changed();
    }

    fn end_of_writing(&self) {
        self.is_written.set(false);
        self.writer.set(None);
        self.registration.changed();
    }
}

impl<T> Object for Inner<T> {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn admit(&self, asker: Asker) -> bool {
        if !asker.has_waited && self.registration.waiting() > 0 {
            return false;
        }
        if asker.request == RequestKind::Share {
            return self.share();
        }
        let is_free = self.write();
        if is_free {
            self.writer.set(Some(asker.task));
        }
        is_free
    }

    fn give_back(&self, request: RequestKind) {
        match request {
            RequestKind::Share => self.end_of_reading(),
            _ => self.end_of_writing(),
        }
    }

    fn holder(&self) -> Option<Holder> {
        self.writer.get()
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T> Clone for RwLock<T> {
    fn clone(&self) -> RwLock<T> {
        RwLock(Rc::clone(&self.0))
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock")
            .field("readers", &self.0.readers.get())
            .field("is_written", &self.0.is_written.get())
            .finish_non_exhaustive()
    }
}

/// The right to read an [`RwLock`]'s value. Dropping it releases the lock.
///
/// ```
/// let lock = loop_core::sync::RwLock::new(1);
/// let guard = lock.try_read().unwrap();
/// assert_eq!(*guard, 1);
/// assert!(lock.try_write().is_none());
/// # drop(guard);
/// ```
#[must_use = "dropping a guard releases the lock"]
pub struct ReadGuard<T> {
    /// There until the guard is dropped.
    value: Option<Rc<T>>,
    lock: Rc<Inner<T>>,
}

/// The right to change an [`RwLock`]'s value. Dropping it releases the lock.
///
/// ```
/// let lock = loop_core::sync::RwLock::new(1);
/// let mut guard = lock.try_write().unwrap();
/// *guard += 1;
/// drop(guard);
/// assert_eq!(*lock.try_read().unwrap(), 2);
/// ```
#[must_use = "dropping a guard releases the lock"]
pub struct WriteGuard<T> {
    /// There until the guard is dropped. No other reference exists.
    value: Option<Rc<T>>,
    lock: Rc<Inner<T>>,
}

const VALUE: &str = "a guard has the value until it is dropped";

impl<T> ReadGuard<T> {
    fn of(lock: Rc<Inner<T>>) -> ReadGuard<T> {
        let value = lock.value.take();
        lock.value.set(value.clone());
        debug_assert!(value.is_some(), "a lock that is not written has its value");
        ReadGuard { value, lock }
    }
}

impl<T> WriteGuard<T> {
    fn of(lock: Rc<Inner<T>>) -> WriteGuard<T> {
        let value = lock.value.take();
        debug_assert!(value.is_some(), "a lock that is free has its value");
        WriteGuard { value, lock }
    }
}

impl<T> Deref for ReadGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect(VALUE)
    }
}

impl<T> Deref for WriteGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect(VALUE)
    }
}

impl<T> DerefMut for WriteGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        let value = self.value.as_mut().expect(VALUE);
        Rc::get_mut(value).expect("nobody reads while a task writes")
    }
}

impl<T> Drop for ReadGuard<T> {
    fn drop(&mut self) {
        // First: a writer must find no other reference.
        drop(self.value.take());
        self.lock.end_of_reading();
    }
}

impl<T> Drop for WriteGuard<T> {
    fn drop(&mut self) {
        self.lock.value.set(self.value.take());
        self.lock.end_of_writing();
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
