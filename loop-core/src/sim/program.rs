//! [`Program`]: what a simulation runs.

use crate::request::Coroutine;

/// What [`Sim::run`](super::Sim::run) runs: a function that makes a coroutine, or a coroutine.
///
/// A function is called after the loop is made, so what the coroutine does while it is primed is part of the run. A function
/// can be called again, so one program can be run with many seeds.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::{Program, Sim};
///
/// /// The seeds with which a program ends with an `Err`.
/// fn failing<M, T, E>(program: M) -> Vec<u64>
/// where
///     M: Program<Value = Result<T, E>> + Clone,
/// {
///     let fails = |seed: &u64| Sim::new().seed(*seed).run(program.clone()).into_result().unwrap().is_err();
///     (0..10).filter(fails).collect()
/// }
///
/// #[loop_core::coroutine]
/// fn works() -> std::io::Result<()> {
///     yield_!(Println("well"))
/// }
///
/// assert_eq!(failing(works), []);
/// ```
#[diagnostic::on_unimplemented(
    message = "a simulation cannot run `{Self}`",
    label = "neither a coroutine that owns what it uses, nor a function that makes one",
    note = "a coroutine that borrows can only run in place, within the coroutine from which it borrows: `yield_from!(…)`"
)]
pub trait Program {
    /// The type of the coroutine's value.
    type Value: 'static;

    /// Makes the coroutine.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Program;
    ///
    /// #[loop_core::coroutine]
    /// fn seven() -> u32 {
    ///     7
    /// }
    ///
    /// assert_eq!(seven.make().site().name, "seven");
    /// assert_eq!(seven().make().site().name, "seven");
    /// ```
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
