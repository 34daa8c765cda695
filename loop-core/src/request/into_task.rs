//! [`IntoTask`]: a coroutine that the loop can keep.

use super::chain::Coroutine;

/// A coroutine that an event loop can keep until it has ended: it owns what it uses.
///
/// [`Coroutine`] is the only one.
#[diagnostic::on_unimplemented(
    message = "the event loop cannot keep `{Self}`",
    label = "not a coroutine that owns what it uses",
    note = "a coroutine that borrows can only run in place, within the coroutine from which it borrows: `yield_from!(…)`",
    note = "to yield, spawn or run it, let it take its arguments by value, or `Rc<…>` to share them"
)]
pub trait IntoTask {
    /// The type of the coroutine's value.
    type Value: 'static;

    /// The coroutine.
    fn into_coroutine(self) -> Coroutine<Self::Value>;
}

impl<T: 'static> IntoTask for Coroutine<T> {
    type Value = T;

    #[inline]
    fn into_coroutine(self) -> Coroutine<T> {
        self
    }
}
