//! [`Command`].

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Output};

use super::ask::ProcessRequest;
use super::child::{self, Child};
use crate::request::process::{Process, Wish};
use crate::request::{Coroutine, Yield};
use crate::world::{Start, Stdio};

/// What program to start, and how. It can be used several times.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::process::Command;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let output = yield_!(Command::new("sh").args(["-c", "echo $GREETING"]).env("GREETING", "hello").output())?;
///     assert_eq!(output.stdout, b"hello\n");
///     Ok(())
/// }
///
/// EventLoop::new().run_until_complete(program())??;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a command does nothing until it is spawned"]
pub struct Command {
    start: Start,
    /// The streams that were set.
    set: [bool; 3],
}

impl Command {
    /// A program, by its path, or by its name, which is looked up in the folders of `PATH`. Unless it is said otherwise, the child has the
    /// standard streams, the environment and the folder of this program.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("sort");
    /// ```
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        Command {
            start: Start::new(program.as_ref()),
            set: [false; 3],
        }
    }

    /// Adds an argument.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("sort").arg("-r");
    /// ```
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Command {
        self.start.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("sort").args(["-r", "-u"]);
    /// ```
    pub fn args(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        arguments.into_iter().fold(self, Command::arg)
    }

    /// Sets a variable of the child's environment.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("sort").env("LC_ALL", "C");
    /// ```
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Command {
        let value = Some(value.as_ref().to_owned());
        let name = name.as_ref().to_owned();
        self.start.environment.push((name, value));
        self
    }

    /// Removes a variable of the child's environment.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("sort").env_remove("LC_ALL");
    /// ```
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Command {
        let name = name.as_ref().to_owned();
        self.start.environment.push((name, None));
        self
    }

    /// Removes all variables of the child's environment, also those that were set before.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("/usr/bin/sort").env_clear().env("LC_ALL", "C");
    /// ```
    pub fn env_clear(mut self) -> Command {
        self.start.clears_environment = true;
        self.start.environment.clear();
        self
    }

    /// Sets the folder in which the child starts.
    ///
    /// ```
    /// use loop_core::process::Command;
    ///
    /// let command = Command::new("ls").current_dir("/tmp");
    /// ```
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Command {
        self.start.folder = Some(folder.as_ref().to_owned());
        self
    }

    fn stream(mut self, which: usize, what: Stdio) -> Command {
        self.start.streams[which] = what;
        self.set[which] = true;
        self
    }

    /// Sets the child's standard input.
    ///
    /// ```
    /// use loop_core::process::{Command, Stdio};
    ///
    /// let command = Command::new("sort").stdin(Stdio::Piped);
    /// ```
    pub fn stdin(self, what: Stdio) -> Command {
        self.stream(0, what)
    }

    /// Sets the child's standard output.
    ///
    /// ```
    /// use loop_core::process::{Command, Stdio};
    ///
    /// let command = Command::new("sort").stdout(Stdio::Null);
    /// ```
    pub fn stdout(self, what: Stdio) -> Command {
        self.stream(1, what)
    }

    /// Sets the child's standard error.
    ///
    /// ```
    /// use loop_core::process::{Command, Stdio};
    ///
    /// let command = Command::new("sort").stderr(Stdio::Inherit);
    /// ```
    pub fn stderr(self, what: Stdio) -> Command {
        self.stream(2, what)
    }

    /// Says whether the child is killed when its [`Child`] is dropped before it has ended.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let _child = yield_!(Command::new("sleep").arg("1000").kill_on_drop(true).spawn())?;
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kill_on_drop(mut self, is_killed: bool) -> Command {
        self.start.is_killed_on_close = is_killed;
        self
    }

    /// Request: starts the program. It never waits.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("true").spawn())?;
    ///     assert!(yield_!(child.wait())?.success());
    ///     let error = yield_!(Command::new("nosuch").spawn()).unwrap_err();
    ///     assert_eq!(error.kind(), io::ErrorKind::NotFound);
    ///     assert!(error.to_string().starts_with("cannot start `nosuch`: "));
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it cannot be started: mostly because there is no such program, or no such [folder](Command::current_dir).
    pub fn spawn(&self) -> ProcessRequest<Child> {
        let process = Process::new(&self.start);
        let wish = Wish::Start(self.start.clone());
        ProcessRequest::new(process, wish, Yield::Start, Child::of)
    }

    /// A coroutine that starts the program, waits for its end, and gives what it has printed. Its input is empty and its output and error
    /// are collected, unless they were set.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let output = yield_!(Command::new("echo").arg("hello").output())?;
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
    /// If it cannot be started.
    pub fn output(&self) -> Coroutine<io::Result<Output>> {
        let mut command = self.clone();
        let streams = [Stdio::Null, Stdio::Piped, Stdio::Piped];
        for (which, stream) in streams.into_iter().enumerate() {
            if !self.set[which] {
                command.start.streams[which] = stream;
            }
        }
        child::output_of(command.spawn())
    }

    /// A coroutine that starts the program and waits for its end.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::Command;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     assert_eq!(yield_!(Command::new("false").status())?.code(), Some(1));
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub fn status(&self) -> Coroutine<io::Result<ExitStatus>> {
        child::status_of(self.spawn())
    }
}
