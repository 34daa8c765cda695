//! [`Run`]: the outcome of a simulation.

use std::time::Duration;

use super::net::Faults;
use crate::error::Error;
use crate::request::TaskTree;
use crate::trace::Trace;

/// The outcome of a simulation.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn greet() -> std::io::Result<u32> {
///     yield_!(Print("hello\n"))?;
///     Ok(7)
/// }
///
/// let run = Sim::new().run(greet);
/// assert_eq!(run.stdout(), "hello\n");
/// assert_eq!(run.trace().to_string().lines().count(), 3);
/// assert_eq!(run.into_result().unwrap().unwrap(), 7);
/// ```
#[derive(Debug)]
#[must_use = "a run may have failed: look at its result"]
pub struct Run<T> {
    result: Result<T, Error>,
    trace: Trace,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    elapsed: Duration,
    tasks: TaskTree,
    faults: Faults,
}

impl<T> Run<T> {
    pub(super) fn new(
        result: Result<T, Error>,
        trace: Trace,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
        elapsed: Duration,
        tasks: TaskTree,
        faults: Faults,
    ) -> Run<T> {
        Run {
            result,
            trace,
            stdout,
            stderr,
            elapsed,
            tasks,
            faults,
        }
    }

    /// The coroutine's value, or why there is none.
    ///
    /// # Errors
    ///
    /// Why the run failed.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// let run = Sim::new().run(fails);
    /// assert!(run.result().is_err(), "{}", run.trace());
    /// ```
    pub fn result(&self) -> Result<&T, &Error> {
        self.result.as_ref()
    }

    /// The coroutine's value, or why there is none.
    ///
    /// # Errors
    ///
    /// Why the run failed.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn seven() -> u32 {
    ///     7
    /// }
    ///
    /// assert_eq!(Sim::new().run(seven).into_result()?, 7);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn into_result(self) -> Result<T, Error> {
        self.result
    }

    /// Every decision of the loop. Its text is the view [`steps`](Trace::steps).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn seven() -> u32 {
    ///     7
    /// }
    ///
    /// let run = Sim::new().run(seven);
    /// assert_eq!(run.trace().to_string(), "# steps  policy=fifo\nseven  primed  =>  finish 7\n");
    /// ```
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The text that was written to standard output. Bytes that are not UTF-8 are replaced.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Println("hello"))
    /// }
    ///
    /// assert_eq!(Sim::new().run(greet).stdout(), "hello\n");
    /// ```
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The text that was written to standard error. Bytes that are not UTF-8 are replaced.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn complain() -> std::io::Result<()> {
    ///     yield_!(Eprintln("no such file"))
    /// }
    ///
    /// assert_eq!(Sim::new().run(complain).stderr(), "no such file\n");
    /// ```
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// The tasks that had not ended when the run did. They are closed then.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn background() {
    ///     loop {
    ///         yield_!(Sleep(Duration::from_secs(60)));
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let _background = yield_!(Spawn(background()));
    /// }
    ///
    /// let run = Sim::new().run(program);
    /// let left: Vec<_> = run.tasks().tasks().iter().map(|task| &*task.name).collect();
    /// assert_eq!(left, ["program/1"]);
    /// ```
    pub fn tasks(&self) -> &TaskTree {
        &self.tasks
    }

    /// The time on the virtual clock at the end.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn nap() {
    ///     yield_!(Sleep(Duration::from_secs(3600)));
    /// }
    ///
    /// assert_eq!(Sim::new().run(nap).elapsed(), Duration::from_secs(3600));
    /// ```
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// How often the [network](super::Sim::network) was at fault.
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use loop_core::net::TcpStream;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> ErrorKind {
    ///     yield_!(TcpStream::connect("10.0.0.1:80")).unwrap_err().kind()
    /// }
    ///
    /// let run = Sim::new().network(Link::new().unreachable(1.0)).run(connects);
    /// assert_eq!(run.faults().unreachable, 1);
    /// assert_eq!(run.into_result().unwrap(), ErrorKind::HostUnreachable);
    /// ```
    pub fn faults(&self) -> Faults {
        self.faults
    }
}
