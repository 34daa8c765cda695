//! How waiting for tasks can fail.

use std::convert::Infallible;
use std::fmt;
use std::io;

use crate::request::{TaskError, Waiting};

/// The time limit of a [`Timeout`](crate::Timeout) is over. Its text says what the coroutine waited for.
///
/// It becomes an [`io::Error`] of the kind [`TimedOut`](io::ErrorKind::TimedOut) by `From`, and so by `?`.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::{Input, Sim};
///
/// #[loop_core::coroutine]
/// fn read() {
///     let _ = yield_!(Stdin);
/// }
///
/// #[loop_core::coroutine]
/// fn impatient() -> String {
///     let answer = yield_!(Timeout(Duration::from_secs(5), read()));
///     answer.unwrap_err().to_string()
/// }
///
/// let run = Sim::new().stdin(Input::new().stays_open()).run(impatient());
/// assert!(run.into_result().unwrap().starts_with("timed out: impatient/1 waits for standard input, in `read`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elapsed {
    waits: Vec<Waiting>,
}

impl Elapsed {
    pub(super) fn new(waits: Vec<Waiting>) -> Elapsed {
        Elapsed { waits }
    }

    /// What was waited for: the tasks that waited, each with what for, and in which coroutines.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    /// use std::time::Duration;
    ///
    /// #[loop_core::coroutine]
    /// fn read() {
    ///     let _ = yield_!(Stdin);
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn impatient() -> Duration {
    ///     let elapsed = yield_!(Timeout(Duration::from_secs(5), read())).unwrap_err();
    ///     elapsed.waits()[0].waited.unwrap() // a simulation keeps it
    /// }
    /// # let run = Sim::new().stdin(Input::new().stays_open()).run(impatient);
    /// # assert_eq!(run.into_result().unwrap(), Duration::from_secs(5));
    /// ```
    pub fn waits(&self) -> &[Waiting] {
        &self.waits
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")?;
        for (number, wait) in self.waits.iter().enumerate() {
            let before = if number == 0 { ": " } else { "; " };
            write!(f, "{before}{wait}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> io::Error {
        io::Error::new(io::ErrorKind::TimedOut, elapsed)
    }
}

/// How a task of a [`Group`](crate::Group) failed.
///
/// ```
/// use loop_core::Failure;
///
/// fn advice(failure: &Failure<std::io::Error>) -> &'static str {
///     match failure {
///         Failure::Returned(_) => "try again",
///         _ => "mend the program",
///     }
/// }
/// # assert_eq!(advice(&Failure::Returned(std::io::ErrorKind::TimedOut.into())), "try again");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure<E> {
    /// It panicked.
    Panicked(TaskError),
    /// It was cancelled, but not by its group: a [policy](crate::policy::Policy::cancels) does that.
    Cancelled(TaskError),
    /// It returned this error.
    Returned(E),
}

/// A task of a [`Group`](crate::Group) failed, and the others were cancelled.
///
/// If the tasks return an `io::Result`, or are in a [`Group`](crate::Group), `?` makes an [`io::Error`] of it, whose kind is that of the error
/// that was returned, and [`Other`](io::ErrorKind::Other) after a panic. Of the errors of other types, `map_err(io::Error::other)?` makes one.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn fails(why: &'static str) -> Result<(), &'static str> {
///     yield_!();
///     Err(why)
/// }
///
/// #[loop_core::coroutine]
/// fn parent() -> String {
///     let mut group = loop_core::TryGroup::new();
///     yield_!(group.spawn(fails("no luck")));
///     yield_!(group.spawn(fails("no fuel")));
///     yield_!(group.join()).unwrap_err().to_string()
/// }
///
/// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), "a task of the group failed: no luck");
/// ```
#[derive(Debug)]
pub struct GroupError<E> {
    first: Failure<E>,
    others: Vec<Failure<E>>,
}

impl<E> GroupError<E> {
    pub(super) fn new(first: Failure<E>, others: Vec<Failure<E>>) -> GroupError<E> {
        GroupError { first, others }
    }

    /// The failure for which the others were cancelled.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Failure;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     yield_!();
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() -> bool {
    ///     let mut group = Group::new();
    ///     yield_!(group.spawn(fails()));
    ///     let error = yield_!(group.join()).unwrap_err();
    ///     matches!(error.first(), Failure::Panicked(error) if error.message() == "out of luck")
    /// }
    ///
    /// assert!(Sim::new().run(parent).into_result().unwrap());
    /// ```
    pub fn first(&self) -> &Failure<E> {
        &self.first
    }

    /// The failure for which the others were cancelled, by value.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::Failure;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() -> io::Result<()> {
    ///     Err(io::ErrorKind::NotFound.into())
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() -> io::Result<()> {
    ///     let mut group = TryGroup::new();
    ///     yield_!(group.spawn(fails()));
    ///     match yield_!(group.join()).map_err(|error| error.into_first()) {
    ///         Ok(_) => Ok(()),
    ///         Err(Failure::Returned(error)) => Err(error), // as it was
    ///         Err(panicked) => Err(io::Error::other(panicked.to_string())),
    ///     }
    /// }
    ///
    /// let error = Sim::new().run(parent).into_result().unwrap().unwrap_err();
    /// assert_eq!(error.kind(), io::ErrorKind::NotFound);
    /// ```
    pub fn into_first(self) -> Failure<E> {
        self.first
    }

    /// Further failures, of tasks that could not be cancelled at once: they were [shielded](crate::Shield), and failed before the
    /// shield was over.
    ///
    /// ```
    /// use loop_core::GroupError;
    ///
    /// fn failures<E>(error: &GroupError<E>) -> usize {
    ///     1 + error.others().len()
    /// }
    /// ```
    pub fn others(&self) -> &[Failure<E>] {
        &self.others
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Panicked(error) | Failure::Cancelled(error) => error.fmt(f),
            Failure::Returned(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Display> fmt::Display for GroupError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a task of the group failed: {}", self.first)?;
        match self.others.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for GroupError<E> {}

impl From<GroupError<io::Error>> for io::Error {
    /// The kind is that of the first failure. The error stays inside, as what [`get_ref`](io::Error::get_ref) gives.
    fn from(error: GroupError<io::Error>) -> io::Error {
        let kind = match &error.first {
            Failure::Returned(error) => error.kind(),
            Failure::Panicked(_) | Failure::Cancelled(_) => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

impl From<GroupError<Infallible>> for io::Error {
    /// The error stays inside, as what [`get_ref`](io::Error::get_ref) gives.
    fn from(error: GroupError<Infallible>) -> io::Error {
        io::Error::other(error)
    }
}
