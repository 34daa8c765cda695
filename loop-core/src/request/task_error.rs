//! [`TaskError`]: how a task ended without a value.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use super::limit::LimitReached;
use crate::coroutine::{Payload, Site};

/// How a task ended without a value: it panicked, or it was cancelled.
///
/// A task that joins the failed task gets it. The loop's `run` returns a panic that no task joins, in
/// [`Error::Failed`](crate::Error::Failed).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn fails() {
///     panic!("out of luck");
/// }
///
/// let Err(Error::Failed(failures)) = Sim::new().run(fails()).into_result() else { unreachable!() };
/// let error = &failures.errors()[0];
/// assert!(error.is_panic());
/// assert_eq!((error.task(), error.message()), ("fails", "out of luck"));
/// ```
pub struct TaskError(Box<Failure>);

struct Failure {
    task: String,
    site: Option<&'static Site>,
    /// The number of the failure among the failures of its loop.
    number: u64,
    message: String,
    /// The payload of a panic. The mutex is never locked: it is there because a payload is `Send` but not `Sync`, and an error
    /// should be both.
    payload: Option<Mutex<Payload>>,
    limit: Option<LimitReached>,
    flight_record: Option<String>,
    /// Who has cancelled the task, and why.
    by: Option<String>,
    reason: Option<String>,
    /// The loop has written it to standard error already, or a hook got it.
    is_reported: bool,
}

impl TaskError {
    pub(crate) fn panicked(
        task: String,
        site: Option<&'static Site>,
        number: u64,
        payload: Payload,
        flight_record: Option<String>,
    ) -> TaskError {
        TaskError(Box::new(Failure {
            task,
            site,
            number,
            message: panic_message(&payload).into_owned(),
            limit: payload.downcast_ref().copied(),
            payload: Some(Mutex::new(payload)),
            flight_record,
            by: None,
            reason: None,
            is_reported: false,
        }))
    }

    /// A task was cancelled, by another one or by the loop, in the coroutine of this site.
    pub(crate) fn cancelled(
        task: String,
        site: Option<&'static Site>,
        by: Option<String>,
        reason: Option<String>,
    ) -> TaskError {
        TaskError(Box::new(Failure {
            task,
            site,
            number: 0,
            message: "it was cancelled".to_owned(),
            payload: None,
            limit: None,
            flight_record: None,
            by,
            reason,
            is_reported: false,
        }))
    }

    /// The error of asking a loop for a task of another loop.
    pub(crate) fn foreign() -> TaskError {
        let payload: Payload = Box::new(
            "it belongs to another event loop: only its own loop can wait for it or cancel it",
        );
        TaskError::panicked("?".to_owned(), None, 0, payload, None)
    }

    /// Its number, by which failures are sorted in the order in which they happened.
    pub(crate) fn number(&self) -> u64 {
        self.0.number
    }

    pub(crate) fn set_reported(&mut self) {
        self.0.is_reported = true;
    }

    pub(crate) fn is_reported(&self) -> bool {
        self.0.is_reported
    }

    /// What the error says beside the task's name.
    pub(crate) fn how(&self) -> String {
        let verb = match self.0.limit {
            Some(_) => "failed",
            None => "panicked",
        };
        let how = match (self.is_cancelled(), self.0.site) {
            (true, site) => return self.how_cancelled(site),
            (false, Some(site)) => format!("{verb} in {site}: {}", self.message()),
            (false, None) => format!("{verb}: {}", self.message()),
        };
        match &self.0.flight_record {
            Some(record) => format!("{how}\n{record}"),
            None => how,
        }
    }

    fn how_cancelled(&self, site: Option<&Site>) -> String {
        let mut how = "was cancelled".to_owned();
        if let Some(by) = &self.0.by {
            how += &format!(" by {by}");
        }
        if let Some(site) = site {
            how += &format!(" in {site}");
        }
        if let Some(reason) = &self.0.reason {
            how += &format!(": {reason}");
        }
        how
    }

    /// The task's name.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn joins() {
    ///     let worker = yield_!(Spawn(fails()).named("worker"));
    ///     let error = yield_!(worker).unwrap_err();
    ///     assert_eq!(error.task(), "worker");
    /// }
    /// # loop_core::sim::Sim::new().run(joins).into_result().unwrap();
    /// ```
    pub fn task(&self) -> &str {
        &self.0.task
    }

    /// The coroutine that panicked, or in which the task was cancelled: the innermost one on the task's stack.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn joins() {
    ///     let worker = yield_!(Spawn(fails()).named("worker"));
    ///     let error = yield_!(worker).unwrap_err();
    ///     assert_eq!(error.site().unwrap().name, "fails");
    /// }
    /// # loop_core::sim::Sim::new().run(joins).into_result().unwrap();
    /// ```
    pub fn site(&self) -> Option<&'static Site> {
        self.0.site
    }

    /// The panic's message, if it is a text.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn joins() {
    ///     let worker = yield_!(Spawn(fails()).named("worker"));
    ///     let error = yield_!(worker).unwrap_err();
    ///     assert_eq!(error.message(), "out of luck");
    /// }
    /// # loop_core::sim::Sim::new().run(joins).into_result().unwrap();
    /// ```
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the task panicked.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn joins() {
    ///     let worker = yield_!(Spawn(fails()).named("worker"));
    ///     let error = yield_!(worker).unwrap_err();
    ///     assert!(error.is_panic());
    /// }
    /// # loop_core::sim::Sim::new().run(joins).into_result().unwrap();
    /// ```
    pub fn is_panic(&self) -> bool {
        self.0.payload.is_some()
    }

    /// The limit for which the task has failed, if that is why. Such a failure counts as a panic, whose payload is the [`LimitReached`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::LimitReached;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn naps() {
    ///     yield_!(Sleep(Duration::from_secs(1)));
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let first = yield_!(Spawn(naps()));
    ///     let second = yield_!(Spawn(naps()));
    ///     let error = yield_!(second).unwrap_err();
    ///     assert_eq!(error.limit(), Some(LimitReached::Tasks(2)));
    ///     yield_!(first).unwrap();
    /// }
    ///
    /// Sim::new().max_tasks(2).run(program).into_result().unwrap();
    /// ```
    pub fn limit(&self) -> Option<LimitReached> {
        self.0.limit
    }

    /// The name of the task that has cancelled this one. `None` if it was not cancelled, or by no task.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn naps() {
    ///     yield_!(Sleep(std::time::Duration::from_secs(1)));
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn parent() {
    ///     let handle = yield_!(Spawn(naps()));
    ///     let error = yield_!(Cancel(handle).because("it is late")).unwrap_err();
    ///     assert_eq!((error.cancelled_by(), error.reason()), (Some("parent"), Some("it is late")));
    /// }
    ///
    /// Sim::new().run(parent()).into_result().unwrap();
    /// ```
    pub fn cancelled_by(&self) -> Option<&str> {
        self.0.by.as_deref()
    }

    /// Why the task was cancelled, if that was [said](crate::Cancel::because).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn cancels() -> String {
    ///     let task = yield_!(Spawn(idle()));
    ///     let error = yield_!(Cancel(task).because("the file is complete")).unwrap_err();
    ///     error.reason().unwrap_or("no reason was given").to_owned()
    /// }
    ///
    /// assert_eq!(Sim::new().run(cancels).into_result().unwrap(), "the file is complete");
    /// ```
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Whether the task was cancelled.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn cancels() -> bool {
    ///     let task = yield_!(Spawn(idle()));
    ///     yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled())
    /// }
    ///
    /// assert!(Sim::new().run(cancels).into_result().unwrap());
    /// ```
    pub fn is_cancelled(&self) -> bool {
        !self.is_panic()
    }

    /// The panic's payload, for [`std::panic::resume_unwind`].
    ///
    /// # Panics
    ///
    /// If the task did not panic, but was cancelled. See [`try_into_panic`](TaskError::try_into_panic).
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn joins() {
    ///     let worker = yield_!(Spawn(fails()).named("worker"));
    ///     let error = yield_!(worker).unwrap_err();
    ///     let payload = error.into_panic();
    ///     assert_eq!(payload.downcast_ref(), Some(&"out of luck"));
    /// }
    /// # loop_core::sim::Sim::new().run(joins).into_result().unwrap();
    /// ```
    pub fn into_panic(self) -> Box<dyn std::any::Any + Send> {
        match self.try_into_panic() {
            Ok(payload) => payload,
            Err(error) => panic!("{error}: there is no panic to be had"),
        }
    }

    /// The panic's payload.
    ///
    /// # Errors
    ///
    /// The error itself if the task did not panic.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn joins() {
    ///     let worker = yield_!(Spawn(fails()).named("worker"));
    ///     let error = yield_!(worker).unwrap_err();
    ///     match error.try_into_panic() {
    ///         Ok(payload) => assert_eq!(payload.downcast_ref(), Some(&"out of luck")), // or resume_unwind(payload)
    ///         Err(error) => println!("{error}"),
    ///     }
    /// }
    /// # loop_core::sim::Sim::new().run(joins).into_result().unwrap();
    /// ```
    pub fn try_into_panic(mut self) -> Result<Box<dyn std::any::Any + Send>, TaskError> {
        match self.0.payload.take() {
            Some(payload) => Ok(payload.into_inner().unwrap_or_else(PoisonError::into_inner)),
            None => Err(self),
        }
    }

    /// The last events before the failure, if the loop's recorder [keeps them](crate::trace::Ring).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::trace::Ring;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Ring::new(2)).build();
    /// let Err(Error::Failed(failures)) = event_loop.run_until_complete(fails()) else { unreachable!() };
    /// let record = failures.errors()[0].flight_record().unwrap();
    /// assert!(record.ends_with("fails  start  =>  panic \"out of luck\"\n"));
    /// ```
    pub fn flight_record(&self) -> Option<&str> {
        self.0.flight_record.as_deref()
    }
}

pub(crate) fn panic_message(payload: &Payload) -> Cow<'_, str> {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        Cow::Borrowed(text)
    } else if let Some(text) = payload.downcast_ref::<String>() {
        Cow::Borrowed(text)
    } else if let Some(limit) = payload.downcast_ref::<LimitReached>() {
        Cow::Owned(limit.to_string())
    } else {
        Cow::Borrowed("(a panic without a message)")
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task `{}` {}", self.0.task, self.how())
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskError")
            .field("task", &self.0.task)
            .field("site", &self.0.site)
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for TaskError {}

impl From<TaskError> for io::Error {
    /// For a coroutine that returns `io::Result`. The error stays inside, as the [source](io::Error::get_ref).
    fn from(error: TaskError) -> io::Error {
        io::Error::other(error)
    }
}
