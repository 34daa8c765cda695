//! [`Program`]: what a simulation runs.

use crate::request::Coroutine;

/// What [`Sim::run`](super::Sim::run) runs: a function that makes a coroutine, or a coroutine.
///
/// A function is called after the loop is made, so what the coroutine does while it is primed is part of the run. A function
/// can be called again, so one program can be run with many seeds.
#[diagnostic::on_unimplemented(
    message = "a simulation cannot run `{Self}`",
    label = "neither a coroutine that owns what it uses, nor a function that makes one",
    note = "a coroutine that borrows can only run in place, within the coroutine from which it borrows: `yield_from!(…)`"
)]
pub trait Program {
    /// The type of the coroutine's value.
    type Value: 'static;

    /// Makes the coroutine.
    fn make(self) -> Coroutine<Self::Value>;
}

impl<T: 'static> Program for Coroutine<T> {
    type Value = T;

    fn make(self) -> Coroutine<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static, F: FnOnce() -> Coroutine<T>> Program for F {
    type Value = T;

    fn make(self) -> Coroutine<T> {
        self()
    }
}
