//! [`Spawn`]: a new task.

use super::any_coroutine::AnyCoroutine;
use super::handle::Handle;
use super::into_task::IntoTask;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};

/// Makes a coroutine a task of its own, which runs beside the one that asks.
///
/// The answer is a [`Handle`]: yield it to wait for the task's value, or drop it to detach the task. The new task goes to the
/// back of the ready queue. The task that asks keeps its turn, so it has the handle before the new task runs. A coroutine that
/// has ended already never enters the queue.
///
/// The new task does not end with the one that has spawned it, however that ends. Tasks that are to end with their parent are in a
/// [`Group`](crate::Group).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn square(n: u64) -> u64 {
///     yield_!();
///     n * n
/// }
///
/// #[loop_core::coroutine]
/// fn parent() -> u64 {
///     let handles = [yield_!(Spawn(square(3))), yield_!(Spawn(square(4)))];
///     let mut sum = 0;
///     for handle in handles {
///         sum += yield_!(handle).unwrap();
///     }
///     sum
/// }
///
/// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), 25);
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Spawn<C>(pub C);

impl<C: IntoTask> Request for Spawn<C> {
    type Answer = Handle<C::Value>;

    fn into_yield(self) -> Yield {
        Yield::Spawn(AnyCoroutine::from(self.0.into_coroutine()))
    }

    #[inline]
    fn answer(resume: Resume) -> Handle<C::Value> {
        match resume {
            Resume::Spawned(any) => Handle::from_any(any),
            other => mismatch("Spawn", other),
        }
    }
}

impl<C> Spawn<C> {
    /// Names the task, in traces and in reports. Its children are then `name/1`, `name/2` and so on.
    ///
    /// Two tasks may have the same name; the loop uses names for nothing else.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn work() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() -> String {
    ///     let handle = yield_!(Spawn(work()).named("worker"));
    ///     yield_!(handle).unwrap_err().task().to_owned()
    /// }
    ///
    /// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), "worker");
    /// ```
    pub fn named(self, name: impl Into<String>) -> SpawnNamed<C> {
        SpawnNamed {
            coroutine: self.0,
            name: name.into(),
        }
    }
}

/// A [`Spawn`] with a name for the task. Made by [`Spawn::named`].
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::SpawnNamed;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn work() {}
///
/// fn worker(number: u32) -> SpawnNamed<Coroutine<()>> {
///     Spawn(work()).named(format!("worker {number}"))
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     yield_!(worker(1)).detach();
///     yield_!(worker(2)).detach();
/// }
///
/// assert!(Sim::new().run(program).trace().to_string().contains("spawned worker 2"));
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct SpawnNamed<C> {
    coroutine: C,
    name: String,
}

impl<C: IntoTask> Request for SpawnNamed<C> {
    type Answer = Handle<C::Value>;

    fn into_yield(self) -> Yield {
        let coroutine = AnyCoroutine::from(self.coroutine.into_coroutine());
        Yield::SpawnNamed(Box::new((coroutine, self.name)))
    }

    #[inline]
    fn answer(resume: Resume) -> Handle<C::Value> {
        Spawn::<C>::answer(resume)
    }
}
