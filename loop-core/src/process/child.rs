//! [`Child`].

use std::fmt;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Output};
use std::rc::Rc;

use super::ask::ProcessRequest;
use super::pipes::{ChildStderr, ChildStdin, ChildStdout};
use crate::groups::TryAll;
use crate::request::process::{Process, Wish};
use crate::request::{AnyObject, Coroutine, Yield};
use crate::signal::SignalKind;

/// A child process.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::process::{Command, Stdio};
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let mut child = yield_!(Command::new("echo").arg("hello").stdout(Stdio::Piped).spawn())?;
///     let output = child.stdout.take().unwrap();
///     assert_eq!(yield_!(output.read_line())?.as_deref(), Some("hello"));
///     assert!(yield_!(child.wait())?.success());
///     Ok(())
/// }
///
/// EventLoop::new().run_until_complete(program())??;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Child {
    process: Rc<Process>,
    /// Our end of its standard input, if that is [piped](super::Stdio::Piped).
    pub stdin: Option<ChildStdin>,
    /// Our end of its standard output, if that is [piped](super::Stdio::Piped).
    pub stdout: Option<ChildStdout>,
    /// Our end of its standard error, if that is [piped](super::Stdio::Piped).
    pub stderr: Option<ChildStderr>,
}

impl Child {
    pub(super) fn of(process: Rc<Process>) -> io::Result<Child> {
        process.result()?;
        Ok(Child {
            stdin: process.take_stream(0).map(ChildStdin::new),
            stdout: process.take_stream(1).map(ChildStdout::new),
            stderr: process.take_stream(2).map(ChildStderr::new),
            process,
        })
    }

    fn asks<T>(
        &self,
        wish: Wish,
        request: fn(AnyObject) -> Yield,
        answer: fn(Rc<Process>) -> io::Result<T>,
    ) -> ProcessRequest<T> {
        ProcessRequest::new(Rc::clone(&self.process), wish, request, answer)
    }

    /// The number of the process.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("true").spawn())?;
    ///     assert_ne!(child.id(), std::process::id());
    ///     yield_!(child.wait())?;
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn id(&self) -> u32 {
        self.process.number()
    }

    /// Request: closes the child's input, if it is still in [`stdin`](Child::stdin), and waits for the child's end. Several tasks can wait, and it
    /// can be asked again.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("sh").args(["-c", "exit 3"]).spawn())?;
    ///     assert_eq!(yield_!(child.wait())?.code(), Some(3));
    ///     assert_eq!(yield_!(child.wait())?.code(), Some(3));
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If somebody else has waited for it, or the program ignores `SIGCHLD`.
    pub fn wait(&mut self) -> ProcessRequest<ExitStatus> {
        self.stdin = None;
        self.asks(Wish::Status, Yield::WaitChild, |process| {
            let status = process.status()?;
            Ok(ExitStatus::from_raw(
                status.expect("who waits goes on when it has ended"),
            ))
        })
    }

    /// Request: how the child has ended; `None` if it has not. It never waits.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::{Command, Stdio};
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("cat").stdin(Stdio::Piped).spawn())?;
    ///     assert_eq!(yield_!(child.try_wait())?, None);
    ///     yield_!(child.wait())?;
    ///     assert!(yield_!(child.try_wait())?.unwrap().success());
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    pub fn try_wait(&self) -> ProcessRequest<Option<ExitStatus>> {
        self.asks(Wish::Look, Yield::LookAt, |process| {
            Ok(process.status()?.map(ExitStatus::from_raw))
        })
    }

    /// Request: kills the child, by `SIGKILL`. It never waits: the end is still to be waited for.
    ///
    /// ```
    /// use std::io;
    /// use std::os::unix::process::ExitStatusExt;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("sleep").arg("1000").spawn())?;
    ///     yield_!(child.kill())?;
    ///     assert_eq!(yield_!(child.wait())?.signal(), Some(9));
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error. That the child has ended is none.
    pub fn kill(&self) -> ProcessRequest<()> {
        self.signal(SignalKind::from_raw(9))
    }

    /// Request: sends a signal to the child. It never waits.
    ///
    /// ```
    /// use std::io;
    /// use std::os::unix::process::ExitStatusExt;
    /// use loop_core::prelude::*;
    /// use loop_core::SignalKind;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("sleep").arg("1000").spawn())?;
    ///     yield_!(child.signal(SignalKind::terminate()))?;
    ///     assert_eq!(yield_!(child.wait())?.signal(), Some(15));
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error. That the child has ended is none.
    pub fn signal(&self, signal: SignalKind) -> ProcessRequest<()> {
        self.asks(Wish::Signal(signal), Yield::Kill, |process| {
            process.result()
        })
    }

    /// A coroutine that closes the child's input, if it is still in [`stdin`](Child::stdin), reads what comes from its output and error until
    /// their ends, and waits for the child's end.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::{Command, Stdio};
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let child = yield_!(Command::new("echo").arg("hello").stdout(Stdio::Piped).spawn())?;
    ///     let output = yield_!(child.wait_with_output())?;
    ///     assert!(output.status.success());
    ///     assert_eq!(output.stdout, b"hello\n");
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If reading or waiting fails.
    pub fn wait_with_output(self) -> Coroutine<io::Result<Output>> {
        finish(self)
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Child")
    }
}

/// All that comes until the end, if there is such a stream.
#[loop_macros::coroutine(lazy, skip(stream), crate = crate)]
fn all_of(stream: Option<ChildStdout>) -> io::Result<Vec<u8>> {
    match stream {
        Some(stream) => yield_!(stream.read_to_end(usize::MAX)),
        None => Ok(Vec::new()),
    }
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn finish(mut child: Child) -> io::Result<Output> {
    child.stdin = None;
    let [stdout, stderr] = [child.stdout.take(), child.stderr.take()];
    let (stdout, stderr) = yield_!(TryAll((all_of(stdout), all_of(stderr))))?;
    let status = yield_!(child.wait())?;
    Ok(Output {
        status,
        stdout,
        stderr,
    })
}

#[loop_macros::coroutine(lazy, crate = crate)]
pub(super) fn output_of(spawn: ProcessRequest<Child>) -> io::Result<Output> {
    let child = yield_!(spawn)?;
    yield_!(finish(child))
}

#[loop_macros::coroutine(lazy, crate = crate)]
pub(super) fn status_of(spawn: ProcessRequest<Child>) -> io::Result<ExitStatus> {
    let mut child = yield_!(spawn)?;
    yield_!(child.wait())
}
