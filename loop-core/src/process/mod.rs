//! Child processes: started, written to, read and waited for, on the operating system and in the simulation.
//!
//! ```
//! use std::io;
//! use loop_core::prelude::*;
//! use loop_core::process::{Command, Stdio};
//!
//! #[loop_core::coroutine]
//! fn program() -> io::Result<()> {
//!     let mut child = yield_!(Command::new("sort").stdin(Stdio::Piped).stdout(Stdio::Piped).spawn())?;
//!     let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
//!     yield_!(input.write_all("pear\napple\n"))?;
//!     drop(input); // the end of its input
//!     assert_eq!(yield_!(output.read_line())?.as_deref(), Some("apple"));
//!     assert_eq!(yield_!(output.read_line())?.as_deref(), Some("pear"));
//!     assert!(yield_!(child.wait())?.success());
//!     Ok(())
//! }
//!
//! EventLoop::new().run_until_complete(program())??;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In a simulation the programs are those that it [is given](crate::sim::Sim::program).
//!
//! - A pipe holds little: 64 KiB on Linux. A child that writes more waits until it is read. So a program that writes much to a child
//!   and reads what comes out of it does both at a time, in two tasks.
//! - The output of a child is no input of another one: a task copies it. The example `process_pipe` does what `a | b` does in a shell.
//! - Writing to a child that no longer reads is an error of the kind [`BrokenPipe`](std::io::ErrorKind::BrokenPipe).
//! - Ctrl-C on a terminal goes to the children too, because they belong to the same group of processes.
//! - A child that is not waited for runs on when its [`Child`] is dropped, unless [`kill_on_drop`](Command::kill_on_drop) is set. It
//!   leaves no zombie: a loop that runs takes note of its end. If no loop runs when the child ends, the next loop that starts a process, or ends, does it.
//! - A child does not inherit the descriptors of the loop. Signals are in it as they were when the program was started, but `SIGPIPE`
//!   ends it.

mod ask;
mod child;
mod command;
mod pipes;

pub use self::ask::ProcessRequest;
pub use self::child::Child;
pub use self::command::Command;
pub use self::pipes::{ChildStderr, ChildStdin, ChildStdout};
pub use crate::world::Stdio;
