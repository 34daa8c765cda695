//! [`Input`]: what standard input gives, and when.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use crate::time::Time;

/// What one read gives.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Bytes(Vec<u8>),
    End,
    Error(io::ErrorKind),
}

/// A script for standard input: pieces and their times. One read gives one piece.
///
/// The input ends after the last piece, except with [`stays_open`](Input::stays_open).
///
/// ```
/// use std::io;
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::sim::{Input, Sim};
///
/// #[loop_core::coroutine]
/// fn first_two() -> (Option<String>, io::ErrorKind) {
///     let line = yield_!(Stdin).unwrap();
///     let error = yield_!(Stdin).unwrap_err();
///     (line, error.kind())
/// }
///
/// let torn = Input::new()
///     .at(Duration::from_millis(1), "hel")
///     .at(Duration::from_millis(2), "lo\n")
///     .error_at(Duration::from_millis(3), io::ErrorKind::ConnectionReset);
/// let run = Sim::new().stdin(torn).run(first_two());
/// assert_eq!(run.elapsed(), Duration::from_millis(3));
/// assert_eq!(run.into_result().unwrap(), (Some("hello".to_owned()), io::ErrorKind::ConnectionReset));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "an input is for a `Sim`"]
pub struct Input {
    pieces: Vec<(Time, Piece)>,
    stays_open: bool,
}

impl Input {
    /// Input that ends at once.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let run = Sim::new().stdin(Input::new()).run(echo);
    /// assert_eq!(run.stdout(), "");
    /// ```
    pub fn new() -> Input {
        Input::default()
    }

    /// Adds bytes that come at `time` after the beginning. Times may be given in any order; pieces with the same time come in
    /// the order in which they were added.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let input = Input::new()
    ///     .at(Duration::from_secs(1), "hel")
    ///     .at(Duration::from_secs(2), "lo\n");
    /// let run = Sim::new().stdin(input).run(echo);
    /// assert_eq!(run.stdout(), "hello\n");
    /// assert_eq!(run.elapsed(), Duration::from_secs(2));
    /// ```
    pub fn at(self, time: Duration, bytes: impl AsRef<[u8]>) -> Input {
        self.add(time, Piece::Bytes(bytes.as_ref().to_vec()))
    }

    /// Ends the input at `time`; pieces with a later time never come.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let input = Input::from("one\n").end_at(Duration::from_secs(60));
    /// assert_eq!(Sim::new().stdin(input).run(echo).elapsed(), Duration::from_secs(60));
    /// ```
    pub fn end_at(self, time: Duration) -> Input {
        self.add(time, Piece::End)
    }

    /// Makes reading fail at `time`, and from then on.
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let input = Input::from("one\n").error_at(Duration::ZERO, ErrorKind::ConnectionReset);
    /// let run = Sim::new().stdin(input).run(echo);
    /// assert_eq!(run.stdout(), "one\n");
    /// assert_eq!(run.into_result().unwrap().unwrap_err().kind(), ErrorKind::ConnectionReset);
    /// ```
    pub fn error_at(self, time: Duration, error: io::ErrorKind) -> Input {
        self.add(time, Piece::Error(error))
    }

    /// Gives every byte a read of its own.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let whole = Input::from("one\n");
    /// let run = Sim::new().stdin(whole.clone().torn()).run(echo);
    /// assert_eq!(run.stdout(), Sim::new().stdin(whole).run(echo).stdout());
    /// ```
    pub fn torn(mut self) -> Input {
        let pieces = std::mem::take(&mut self.pieces);
        for (time, piece) in pieces {
            match piece {
                Piece::Bytes(bytes) => self
                    .pieces
                    .extend(bytes.iter().map(|byte| (time, Piece::Bytes(vec![*byte])))),
                other => self.pieces.push((time, other)),
            }
        }
        self
    }

    /// Does not end the input after the last piece: nothing more comes, as from a user who does not type.
    ///
    /// ```
    /// use loop_core::Error;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let run = Sim::new().stdin(Input::from("one\n").stays_open()).run(echo);
    /// assert_eq!(run.stdout(), "one\n");
    /// assert!(matches!(run.result(), Err(Error::Deadlock(_)))); // it waits for more, and nothing can come
    /// ```
    pub fn stays_open(mut self) -> Input {
        self.stays_open = true;
        self
    }

    fn add(mut self, time: Duration, piece: Piece) -> Input {
        self.pieces.push((Time::ZERO + time, piece));
        self
    }

    /// The pieces in the order in which they come, and when the input ends behind them.
    pub(super) fn into_script(self) -> (VecDeque<(Time, Piece)>, Option<Time>) {
        let mut pieces = self.pieces;
        pieces.retain(|(_, piece)| !matches!(piece, Piece::Bytes(bytes) if bytes.is_empty()));
        pieces.sort_by_key(|(time, _)| *time);
        let last = pieces.last().map_or(Time::ZERO, |(time, _)| *time);
        (pieces.into(), (!self.stays_open).then_some(last))
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Input {
        Input::from(text.as_bytes())
    }
}

impl From<String> for Input {
    fn from(text: String) -> Input {
        Input::from(text.as_bytes())
    }
}

impl From<&[u8]> for Input {
    fn from(bytes: &[u8]) -> Input {
        Input::new().at(Duration::ZERO, bytes)
    }
}

impl<const N: usize> From<&[u8; N]> for Input {
    fn from(bytes: &[u8; N]) -> Input {
        Input::from(bytes.as_slice())
    }
}
