//! [`Call`] and [`Status`]: what a simulated program is told when it is started, and what it says when it ends.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use crate::world::Start;

/// How a [simulated program](super::Sim::program) was started.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::process::Command;
/// use loop_core::sim::{Call, Sim};
///
/// #[loop_core::coroutine]
/// fn printenv(call: Call) -> i32 {
///     let Some(value) = call.args().first().and_then(|name| call.env(name)) else { return 1 };
///     yield_!(Println(value)).unwrap();
///     0
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let output = yield_!(Command::new("printenv").arg("LANG").env("LANG", "C").output())?;
///     assert_eq!(output.stdout, b"C\n");
///     Ok(())
/// }
///
/// Sim::new().program("printenv", printenv).run(program).into_result().unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Call {
    name: String,
    args: Vec<String>,
    env: BTreeMap<String, String>,
    folder: Option<PathBuf>,
}

fn text(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

impl Call {
    pub(super) fn new(start: &Start) -> Call {
        let mut env = BTreeMap::new();
        for (name, value) in &start.environment {
            match value {
                Some(value) => env.insert(text(name), text(value)),
                None => env.remove(&text(name)),
            };
        }
        Call {
            name: text(&start.program),
            args: start
                .arguments
                .iter()
                .map(|argument| text(argument))
                .collect(),
            env,
            folder: start.folder.clone(),
        }
    }

    /// The name by which it was started.
    ///
    /// ```
    /// use loop_core::sim::Call;
    ///
    /// fn usage(call: &Call) -> String {
    ///     format!("usage: {} FILE", call.name())
    /// }
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its arguments, without its name.
    ///
    /// ```
    /// use loop_core::sim::Call;
    ///
    /// fn is_reverse(call: &Call) -> bool {
    ///     call.args().iter().any(|arg| arg == "-r")
    /// }
    /// ```
    pub fn args(&self) -> &[String] {
        &self.args
    }

    /// A variable of its environment. It has only those that the [`Command`](crate::process::Command) sets: a simulation has no
    /// environment that they inherit.
    ///
    /// ```
    /// use loop_core::sim::Call;
    ///
    /// fn home(call: &Call) -> &str {
    ///     call.env("HOME").unwrap_or("/")
    /// }
    /// ```
    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    /// The folder in which it was started, if that was said.
    ///
    /// ```
    /// use std::path::PathBuf;
    /// use loop_core::sim::Call;
    ///
    /// fn file(call: &Call, name: &str) -> PathBuf {
    ///     call.current_dir().unwrap_or("/".as_ref()).join(name)
    /// }
    /// ```
    pub fn current_dir(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

/// What the coroutine of a [simulated program](super::Sim::program) returns: `()`, an exit code, or a `Result` of one of them, as `main` does.
///
/// ```
/// use loop_core::sim::Status;
///
/// assert_eq!(().into_code(), Ok(0));
/// assert_eq!(3.into_code(), Ok(3));
/// assert_eq!(Err::<(), _>("no file").into_code(), Err(r#""no file""#.to_owned()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no exit status",
    label = "not `()`, an `i32`, or a `Result` of them whose error is `Debug`"
)]
pub trait Status: 'static {
    /// The exit code, or the text of the error, with which the code is 1.
    ///
    /// ```
    /// use loop_core::sim::Status;
    ///
    /// assert_eq!(Ok::<_, ()>(7).into_code(), Ok(7));
    /// ```
    ///
    /// # Errors
    ///
    /// If it is an error.
    fn into_code(self) -> Result<i32, String>;
}

impl Status for () {
    fn into_code(self) -> Result<i32, String> {
        Ok(0)
    }
}

impl Status for i32 {
    fn into_code(self) -> Result<i32, String> {
        Ok(self)
    }
}

impl<T: Status, E: Debug + 'static> Status for Result<T, E> {
    fn into_code(self) -> Result<i32, String> {
        match self {
            Ok(status) => status.into_code(),
            Err(error) => Err(format!("{error:?}")),
        }
    }
}
