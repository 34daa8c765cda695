//! [`AsCompleted`].

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::members::{Outcome, Owner};
use super::outcomes::InTurn;
use super::turns::{Next, Unasked};
use crate::request::{AnyCoroutine, Coroutine, Request, TaskError};

/// Runs coroutines at the same time, each as a task, and gives their values in the order in which they end: asyncio's `as_completed`.
///
/// Dropping it cancels those that have not ended. One that panics does not cancel the others: its turn gives the [`TaskError`].
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::AsCompleted;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn takes(seconds: u64) -> u64 {
///     yield_!(Sleep(Duration::from_secs(seconds)));
///     seconds
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let mut all = AsCompleted::new([takes(3), takes(1), takes(2)]);
///     let mut seen = Vec::new();
///     while let Some((number, seconds)) = yield_!(all.next()) {
///         seen.push((number, seconds.unwrap()));
///     }
///     assert_eq!(seen, [(1, 1), (2, 2), (0, 3)]);
/// }
///
/// Sim::new().run(program()).into_result().unwrap();
/// ```
pub struct AsCompleted<T> {
    owner: Owner<InTurn>,
    coroutines: Unasked,
    value: PhantomData<fn() -> T>,
}

impl<T: 'static> AsCompleted<T> {
    /// The coroutines become tasks with the first [`next`](AsCompleted::next).
    ///
    /// ```
    /// #[loop_core::coroutine]
    /// fn page(number: u32) -> String {
    ///     number.to_string()
    /// }
    ///
    /// let pages = loop_core::AsCompleted::new((1..=3).map(page));
    /// # drop(pages);
    /// ```
    pub fn new(coroutines: impl IntoIterator<Item = Coroutine<T>>) -> AsCompleted<T> {
        let coroutines = coroutines.into_iter().map(AnyCoroutine::from).collect();
        AsCompleted {
            owner: Owner::new(InTurn::default()),
            coroutines: Rc::new(RefCell::new(coroutines)),
            value: PhantomData,
        }
    }

    /// Request: waits until a further one has ended.
    ///
    /// The answer is its place among the coroutines, from 0, with its value or the error with which it failed. It is `None` after the
    /// last one.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::AsCompleted;
    ///
    /// #[loop_core::coroutine]
    /// fn page(number: u32) -> String {
    ///     number.to_string()
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let mut pages = AsCompleted::new([page(7)]);
    ///     let (place, page) = yield_!(pages.next()).unwrap();
    ///     assert_eq!((place, page.unwrap().as_str()), (0, "7"));
    ///     assert!(yield_!(pages.next()).is_none());
    /// }
    /// # assert_eq!(loop_core::sim::Sim::new().run(program).into_result().unwrap(), ());
    /// ```
    #[allow(clippy::should_implement_trait, reason = "the answer is the loop's")]
    pub fn next(
        &mut self,
    ) -> impl Request<Answer = Option<(usize, Result<T, TaskError>)>> + use<T> {
        let unasked = Some(Rc::clone(&self.coroutines));
        Next::new(
            self.owner.members(),
            unasked,
            |next: Option<(usize, Outcome)>, _: &InTurn| {
                let (number, how) = next?;
                Some((number, how.map(|value| value.expect("a coroutine's value"))))
            },
        )
    }
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("AsCompleted");
        text.field("living", &self.owner.members().living())
            .finish_non_exhaustive()
    }
}
