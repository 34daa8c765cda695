//! [`Start`]: what process to start.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What a process to be started does with a standard stream.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::process::{Command, Stdio};
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let mut child = yield_!(Command::new("cat").stdin(Stdio::Null).stdout(Stdio::Piped).spawn())?;
///     let output = child.stdout.take().unwrap();
///     assert_eq!(yield_!(output.read_line())?, None);
///     assert!(yield_!(child.wait())?.success());
///     Ok(())
/// }
///
/// EventLoop::new().run_until_complete(program())??;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Stdio {
    /// It has the stream of the program that starts it.
    Inherit,
    /// It reads nothing, and what it writes is lost: `/dev/null`.
    Null,
    /// It has one end of a pipe, and the program that starts it the other one.
    Piped,
}

/// What process to start: what an [`Op::Start`](super::Op::Start) is told. Made by a [`Command`](crate::process::Command).
///
/// ```
/// use loop_core::world::Start;
///
/// /// What a shell would be told.
/// fn line(start: &Start) -> String {
///     let words = [&start.program].into_iter().chain(&start.arguments);
///     let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
///     words.join(" ")
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Start {
    /// The program: a path, or a name that is looked up.
    pub program: OsString,
    /// Its arguments, without its name.
    pub arguments: Vec<OsString>,
    /// Whether it gets nothing of the environment of the program that starts it.
    pub clears_environment: bool,
    /// What is set in its environment, and with `None` what is removed, one after the other.
    pub environment: Vec<(OsString, Option<OsString>)>,
    /// The folder in which it starts, if not in that of the program that starts it.
    pub folder: Option<PathBuf>,
    /// Its standard input, output and error.
    pub streams: [Stdio; 3],
    /// Whether it is killed when its source is closed before it has ended.
    pub is_killed_on_close: bool,
}

impl Start {
    pub(crate) fn new(program: &OsStr) -> Start {
        Start {
            program: program.to_owned(),
            arguments: Vec::new(),
            clears_environment: false,
            environment: Vec::new(),
            folder: None,
            streams: [Stdio::Inherit; 3],
            is_killed_on_close: false,
        }
    }
}
