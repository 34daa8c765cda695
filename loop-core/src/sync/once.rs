//! [`Once`].

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::lock::Lock;
use crate::request::Coroutine;

/// A value that is made once, by a coroutine, when a task first asks for it: tokio's `OnceCell`.
///
/// All clones are the same value.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
/// use loop_core::sync::Once;
///
/// #[loop_core::coroutine]
/// fn load() -> String {
///     yield_!(Sleep(Duration::from_secs(5)));
///     "settings".to_owned()
/// }
///
/// #[loop_core::coroutine]
/// fn user(settings: Once<String>) -> usize {
///     yield_!(settings.get_or_init(load)).len()
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let settings = Once::new();
///     let first = yield_!(Spawn(user(settings.clone())));
///     assert_eq!(yield_!(user(settings)), 8);
///     assert_eq!(yield_!(first).unwrap(), 8);
/// }
///
/// assert_eq!(Sim::new().run(program()).elapsed(), Duration::from_secs(5));
/// ```
pub struct Once<T>(Rc<Inner<T>>);

struct Inner<T> {
    value: RefCell<Option<Rc<T>>>,
    /// The right to make the value.
    turn: Lock<()>,
}

impl<T> Once<T> {
    /// A value that has not been made.
    ///
    /// ```
    /// assert_eq!(loop_core::sync::Once::<u32>::new().get(), None);
    /// ```
    #[allow(
        clippy::new_without_default,
        reason = "a lock or an event is made on purpose"
    )]
    pub fn new() -> Once<T> {
        Once(Rc::new(Inner {
            value: RefCell::new(None),
            turn: Lock::new(()),
        }))
    }

    /// A coroutine that gives the value. Yield it. If the value has not been made, it makes it by the coroutine that `make` gives.
    /// Other tasks that ask meanwhile wait for it. If that coroutine panics or is cancelled, the next task that asked makes the value.
    ///
    /// `make` is not called if the value is there.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sync::Once;
    ///
    /// #[loop_core::coroutine]
    /// fn load(path: &'static str) -> String {
    ///     yield_!();
    ///     format!("the text of {path}")
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> usize {
    ///     let text = Once::new();
    ///     yield_!(text.get_or_init(|| load("a"))).len() + yield_!(text.get_or_init(|| load("b"))).len()
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), 26);
    /// ```
    pub fn get_or_init(&self, make: impl FnOnce() -> Coroutine<T> + 'static) -> Coroutine<Rc<T>>
    where
        T: 'static,
    {
        get_or_init(self.clone(), make)
    }

    /// The value, if it has been made.
    ///
    /// ```
    /// assert!(loop_core::sync::Once::<u32>::new().get().is_none());
    /// ```
    pub fn get(&self) -> Option<Rc<T>> {
        self.0.value.borrow().clone()
    }
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn get_or_init<T: 'static>(once: Once<T>, make: impl FnOnce() -> Coroutine<T> + 'static) -> Rc<T> {
    if let Some(value) = once.get() {
        return value;
    }
    let _turn = yield_!(once.0.turn.acquire());
    if let Some(value) = once.get() {
        return value;
    }
    let value = Rc::new(yield_!(make()));
    *once.0.value.borrow_mut() = Some(Rc::clone(&value));
    value
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Once<T> {
        Once(Rc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Once").field(&self.get()).finish()
    }
}
