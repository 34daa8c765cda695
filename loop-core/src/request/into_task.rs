//! [`IntoTask`]: a coroutine that the loop can keep.

use super::chain::Coroutine;

/// A coroutine that an event loop can keep until it has ended: it owns what it uses.
///
/// [`Coroutine`] is the only one.
///
/// ```
/// use loop_core::{IntoTask, Spawn};
///
/// /// A request for a task with the name of its coroutine in capitals.
/// fn loud<C: IntoTask>(coroutine: C) -> loop_core::SpawnNamed<loop_core::Coroutine<C::Value>> {
///     let coroutine = coroutine.into_coroutine();
///     let name = coroutine.site().name.to_uppercase();
///     Spawn(coroutine).named(name)
/// }
/// # #[loop_core::coroutine] fn idle() {}
/// # #[loop_core::coroutine]
/// # fn parent() {
/// #     yield_!(loud(idle())).detach();
/// # }
/// # assert!(loop_core::sim::Sim::new().run(parent).trace().to_string().contains("IDLE"));
/// ```
#[diagnostic::on_unimplemented(
    message = "the event loop cannot keep `{Self}`",
    label = "not a coroutine that owns what it uses",
    note = "a coroutine that borrows can only run in place, within the coroutine from which it borrows: `yield_from!(…)`",
    note = "to yield, spawn or run it, let it take its arguments by value, or `Rc<…>` to share them",
    note = "of a request or a handle, make a coroutine that yields it; of a future, one that yields `Await(future)`"
)]
pub trait IntoTask {
    /// The type of the coroutine's value.
    type Value: 'static;

    /// The coroutine.
    ///
    /// ```
    /// use loop_core::{Error, EventLoop, IntoTask};
    ///
    /// fn run<C: IntoTask>(program: C) -> Result<C::Value, Error> {
    ///     let program = program.into_coroutine();
    ///     println!("running {}", program.site());
    ///     EventLoop::new().run_until_complete(program)
    /// }
    /// # #[loop_core::coroutine] fn seven() -> u32 { 7 }
    /// # assert_eq!(run(seven()).unwrap(), 7);
    /// ```
    fn into_coroutine(self) -> Coroutine<Self::Value>;
}

impl<T: 'static> IntoTask for Coroutine<T> {
    type Value = T;

    #[inline]
    fn into_coroutine(self) -> Coroutine<T> {
        self
    }
}
