//! Our ends of a child's standard streams.

use std::fmt;
use std::io;
use std::rc::Rc;

use crate::net::{ByteStream, SocketRequest};
use crate::request::Coroutine;
use crate::request::socket::Socket;

/// Our end of a child's standard input.
///
/// Dropping it closes it: the child reads the end.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::process::{Command, Stdio};
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let mut child = yield_!(Command::new("cat").stdin(Stdio::Piped).stdout(Stdio::Piped).spawn())?;
///     let input = child.stdin.take().unwrap();
///     yield_!(input.write_all("hello\n"))?;
///     drop(input);
///     assert_eq!(yield_!(child.wait_with_output())?.stdout, b"hello\n");
///     Ok(())
/// }
///
/// EventLoop::new().run_until_complete(program())??;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ChildStdin(ByteStream);

impl ChildStdin {
    pub(super) fn new(socket: Rc<Socket>) -> ChildStdin {
        ChildStdin(ByteStream(socket))
    }

    /// Request: writes all of it. The answer is the buffer, empty, to be filled again.
    ///
    /// Those of several tasks do not mix. If the task is cancelled meanwhile, a part of it may be written.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::{Command, Stdio};
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("cat").stdin(Stdio::Piped).stdout(Stdio::Piped).spawn())?;
    ///     let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    ///     yield_!(input.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(output.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BrokenPipe`](std::io::ErrorKind::BrokenPipe) if the child has closed its end, mostly because it has ended.
    pub fn write_all(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<Vec<u8>> {
        self.0.write_all(bytes)
    }
}

impl fmt::Debug for ChildStdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChildStdin")
    }
}

/// Our end of a child's standard output or error.
///
/// Dropping it closes it: a child that goes on writing is ended by `SIGPIPE`.
///
/// ```
/// use std::io;
/// use std::os::unix::process::ExitStatusExt;
/// use loop_core::prelude::*;
/// use loop_core::process::{Command, Stdio};
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let mut child = yield_!(Command::new("yes").stdout(Stdio::Piped).spawn())?;
///     let output = child.stdout.take().unwrap();
///     assert_eq!(yield_!(output.read_line())?.as_deref(), Some("y"));
///     drop(output);
///     assert_eq!(yield_!(child.wait())?.signal(), Some(13));
///     Ok(())
/// }
///
/// EventLoop::new().run_until_complete(program())??;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ChildStdout(ByteStream);

/// Our end of a child's standard error: the same as that of its output.
pub type ChildStderr = ChildStdout;

impl ChildStdout {
    pub(super) fn new(socket: Rc<Socket>) -> ChildStdout {
        ChildStdout(ByteStream(socket))
    }

    /// Request: waits for some bytes, and appends them to the buffer, at most as many as it has capacity for; if it has none left, it gets room.
    /// The answer is the buffer; if nothing was appended, it is the end.
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
    ///     let mut buffer = yield_!(output.read(Vec::with_capacity(1024)))?;
    ///     assert_eq!(buffer, b"hello\n");
    ///     buffer.clear(); // to use it again
    ///     assert!(yield_!(output.read(buffer))?.is_empty());
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn read(&self, buffer: Vec<u8>) -> SocketRequest<Vec<u8>> {
        self.0.read(buffer)
    }

    /// Request: waits for `count` bytes.
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
    ///     assert_eq!(yield_!(output.read_exact(4))?, b"hell");
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnexpectedEof`](std::io::ErrorKind::UnexpectedEof) if the end comes before that; what has come is still there to be read. As
    /// [`read`](ChildStdout::read).
    pub fn read_exact(&self, count: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_exact(count)
    }

    /// Request: waits for the bytes up to `delimiter`, which is the last one of the answer. The answer has no delimiter only if the end has
    /// come, and is empty at the end.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::{Command, Stdio};
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("echo").arg("one;two").stdout(Stdio::Piped).spawn())?;
    ///     let output = child.stdout.take().unwrap();
    ///     assert_eq!(yield_!(output.read_until(b';', 100))?, b"one;");
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidData`](std::io::ErrorKind::InvalidData) if there is no delimiter among the first `limit` bytes; they are still there to be
    /// read. As [`read`](ChildStdout::read).
    pub fn read_until(&self, delimiter: u8, limit: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_until(delimiter, limit)
    }

    /// A coroutine that reads until the end, and gives all that has come: at most `limit` bytes, so that a child cannot fill the memory. If it is
    /// cancelled, what it has read is lost.
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
    ///     assert_eq!(yield_!(output.read_to_end(100))?, b"hello\n");
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidData`](std::io::ErrorKind::InvalidData) if there are more. As [`read`](ChildStdout::read).
    pub fn read_to_end(&self, limit: usize) -> Coroutine<io::Result<Vec<u8>>> {
        self.0.read_to_end(limit)
    }

    /// Request: waits for a line, at most 1 MiB long, and gives it without its end, `\n` or `\r\n`. `None` at the end.
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
    ///     assert_eq!(yield_!(output.read_line())?, None);
    ///     Ok(())
    /// }
    ///
    /// EventLoop::new().run_until_complete(program())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidData`](std::io::ErrorKind::InvalidData) if it is longer, or no UTF-8. As [`read`](ChildStdout::read).
    pub fn read_line(&self) -> SocketRequest<Option<String>> {
        self.0.read_line()
    }
}

impl fmt::Debug for ChildStdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChildStdout")
    }
}
