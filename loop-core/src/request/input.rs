//! Requests for standard input: [`Stdin`] by lines, [`StdinBytes`] by bytes.

use std::fmt;
use std::io;

use super::typed::{Request, cannot_be_tried, mismatch};
use super::yields::{Resume, Yield};

/// Waits for a line of standard input.
///
/// The answer is the line without its end (`\n` or `\r\n`), or `None` at the end of input, which is final: asked again
/// it is `None` again. A last line without an end is a line. Several tasks may wait; each gets one line, in the order in which
/// they asked. What was read for a task that is cancelled before it gets it goes to the next task that asks, byte for byte if that
/// one wants [bytes](StdinBytes); only of a line that is too long the bytes are gone.
///
/// The loop reads only while a task waits, but then it reads what there is, up to 64 KiB. What nobody has asked for by the end of a run is
/// there for the next run, also of another loop in this process; and for another program, if standard input is a file, as its
/// offset is put back. Of a pipe, a socket or a terminal the rest is lost to other programs: bytes cannot be put back there. If another
/// program is to read on, give it the rest yourself, or give this one only its part: `head -n 1 | program; …`. A program that shares its
/// standard input with others that read at the same time may find nothing where the system said that there was something. On a
/// terminal, or not on Linux, its loop then stands still until more comes.
///
/// # Errors
///
/// A line that is not UTF-8 is an error that carries its bytes ([`LineError::NotUtf8`]), and one that is longer than the limit
/// (1 MiB unless [set](crate::Builder::line_limit)) is an error that carries its beginning ([`LineError::TooLong`]); the next
/// line still works. What the operating system refuses (a directory, a descriptor open only for
/// writing) is an error too.
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn count() -> io::Result<usize> {
///     let mut lines = 0;
///     while let Some(_line) = yield_!(Stdin)? {
///         lines += 1;
///     }
///     Ok(lines)
/// }
///
/// let run = Sim::new().stdin("one\ntwo\nthree").run(count());
/// assert_eq!(run.into_result().unwrap().unwrap(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Stdin;

impl Stdin {
    cannot_be_tried!();
}

impl Request for Stdin {
    type Answer = io::Result<Option<String>>;

    fn into_yield(self) -> Yield {
        Yield::Stdin
    }

    #[inline]
    fn answer(resume: Resume) -> Self::Answer {
        match resume {
            Resume::Line(line) => line,
            other => mismatch("Stdin", other),
        }
    }
}

/// Waits for bytes of standard input. The answer is all the bytes that have come, at least one; or `None` at the end of input.
///
/// # Errors
///
/// What the operating system refuses, as for [`Stdin`].
///
/// ```
/// use std::io;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn first() -> io::Result<Option<Vec<u8>>> {
///     yield_!(StdinBytes)
/// }
///
/// let run = Sim::new().stdin(b"\xffraw").run(first());
/// assert_eq!(run.into_result().unwrap().unwrap().unwrap(), b"\xffraw");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct StdinBytes;

impl StdinBytes {
    cannot_be_tried!();
}

impl Request for StdinBytes {
    type Answer = io::Result<Option<Vec<u8>>>;

    fn into_yield(self) -> Yield {
        Yield::StdinBytes
    }

    #[inline]
    fn answer(resume: Resume) -> Self::Answer {
        match resume {
            Resume::Bytes(bytes) => bytes,
            other => mismatch("StdinBytes", other),
        }
    }
}

/// What is wrong with a line of input: the inner error of an [`io::Error`] of kind `InvalidData`.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::LineError;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn bytes_of_a_bad_line() -> Option<Vec<u8>> {
///     let error = yield_!(Stdin).unwrap_err();
///     match error.get_ref()?.downcast_ref()? {
///         LineError::NotUtf8 { bytes, .. } => Some(bytes.clone()),
///         _ => None,
///     }
/// }
///
/// let run = Sim::new().stdin(b"caf\xe9\n").run(bytes_of_a_bad_line());
/// assert_eq!(run.into_result().unwrap().unwrap(), b"caf\xe9");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineError {
    /// The line is not UTF-8.
    #[non_exhaustive]
    NotUtf8 {
        /// The whole line, without its end.
        bytes: Vec<u8>,
    },
    /// The line is longer than the limit; the rest of it is skipped.
    #[non_exhaustive]
    TooLong {
        /// The limit, in bytes.
        limit: usize,
        /// The line's first bytes.
        prefix: Vec<u8>,
    },
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineError::NotUtf8 { bytes } => {
                write!(
                    f,
                    "a line of input is not UTF-8: \"{}\"",
                    bytes.escape_ascii()
                )
            }
            LineError::TooLong { limit, prefix } => write!(
                f,
                "a line of input is longer than {limit} bytes; it begins with \"{}\"",
                prefix.escape_ascii()
            ),
        }
    }
}

impl std::error::Error for LineError {}

impl From<LineError> for io::Error {
    fn from(error: LineError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}
