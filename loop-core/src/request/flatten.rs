//! [`Flatten`]: a join whose task returns a `Result` of its own.

use super::handle::Handle;
use super::task_error::TaskError;
use super::typed::Request;
use super::yields::{Resume, Yield};

impl<T, E> Handle<Result<T, E>> {
    /// Joins a task that returns a `Result`, with one error for both ways to fail: the task's own `Err`, or the [`TaskError`] with
    /// which it failed, made an `E`. So one `?` is enough.
    ///
    /// `E` is an error that can be made of a [`TaskError`]: [`io::Error`](std::io::Error), `Box<dyn Error>`, or one of yours with `impl
    /// From<TaskError>`. With another one write `yield_!(handle)??`, in a function whose error can be made of both.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn number() -> io::Result<u32> {
    ///     let line = yield_!(Stdin)?.unwrap_or_default();
    ///     line.parse().map_err(io::Error::other)
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn doubled() -> io::Result<u32> {
    ///     let handle = yield_!(Spawn(number()));
    ///     Ok(2 * yield_!(handle.flatten())?)
    /// }
    ///
    /// let doubled = |text| Sim::new().stdin(text).run(doubled).into_result().unwrap();
    /// assert_eq!(doubled("21\n").unwrap(), 42);
    /// assert_eq!(doubled("x\n").unwrap_err().to_string(), "invalid digit found in string");
    /// ```
    pub fn flatten(self) -> Flatten<T, E> {
        Flatten(self)
    }
}

/// A join whose task returns a `Result` of its own. Made by [`Handle::flatten`].
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::Flatten;
///
/// #[loop_core::coroutine]
/// fn both(first: Handle<io::Result<u32>>, second: Handle<io::Result<u32>>) -> io::Result<u32> {
///     let second: Flatten<u32, io::Error> = second.flatten();
///     Ok(yield_!(first.flatten())? + yield_!(second)?)
/// }
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Flatten<T, E>(Handle<Result<T, E>>);

impl<T: 'static, E: From<TaskError> + 'static> Request for Flatten<T, E> {
    type Answer = Result<T, E>;

    fn into_yield(self) -> Yield {
        self.0.into_yield()
    }

    #[inline]
    fn answer(resume: Resume) -> Result<T, E> {
        Handle::answer(resume)?
    }
}
