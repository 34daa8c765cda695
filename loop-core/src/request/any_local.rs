//! [`AnyLocal`] and [`LocalValue`]: the key of a task-local value of any type, and such a value.

use std::any::Any;
use std::fmt;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// What keys are told apart by: its address, because there is one of each.
pub(super) struct Key {
    name: &'static str,
    /// Is never used. A constant that has such a field cannot be borrowed for `'static`.
    _no_constant: AtomicBool,
}

impl Key {
    pub(super) const fn new(name: &'static str) -> Key {
        Key {
            name,
            _no_constant: AtomicBool::new(false),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }
}

/// Plumbing: a [`TaskLocal`](crate::TaskLocal) whose values may have any type, as it is in a [`Yield`](crate::Yield).
///
/// ```
/// use loop_core::{Request, TaskLocal, Yield};
///
/// static USER: TaskLocal<String> = TaskLocal::new("user");
///
/// let Yield::GetLocal(local) = USER.get().into_yield() else { unreachable!() };
/// assert_eq!(format!("{local:?}"), "AnyLocal(user)");
/// ```
#[derive(Clone, Copy)]
pub struct AnyLocal(&'static Key);

impl AnyLocal {
    pub(super) fn new(key: &'static Key) -> AnyLocal {
        AnyLocal(key)
    }

    pub(crate) fn name(self) -> &'static str {
        self.0.name
    }
}

impl PartialEq for AnyLocal {
    fn eq(&self, other: &AnyLocal) -> bool {
        ptr::eq(self.0, other.0)
    }
}

impl fmt::Debug for AnyLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyLocal({})", self.name())
    }
}

/// Plumbing: a value of a [`TaskLocal`](crate::TaskLocal), as it is in a [`Yield`](crate::Yield) and a [`Resume`](crate::Resume).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::{Request, Resume, TaskLocal};
///
/// static USER: TaskLocal<String> = TaskLocal::new("user");
///
/// #[loop_core::coroutine]
/// fn raw() -> bool {
///     yield_!(USER.set("Ada".to_owned()));
///     let answer = yield_!(USER.get().into_yield());
///     matches!(answer, Resume::Local(Some(value)) if format!("{value:?}") == "LocalValue")
/// }
///
/// assert!(loop_core::sim::Sim::new().run(raw).into_result().unwrap());
/// ```
#[derive(Clone)]
pub struct LocalValue(Rc<dyn Any>);

impl LocalValue {
    pub(super) fn new<T: 'static>(value: Rc<T>) -> LocalValue {
        LocalValue(value)
    }

    pub(super) fn expect<T: 'static>(self) -> Rc<T> {
        let value = self.0.downcast();
        value.expect("all values of a key have its type")
    }
}

impl fmt::Debug for LocalValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalValue")
    }
}
