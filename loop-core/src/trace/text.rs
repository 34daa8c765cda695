//! The words of a trace: how each request, answer and cause is written.

use std::fmt::{self, Display, Formatter, Write as _};
use std::time::Duration;

use super::{Asked, Cause, Excerpt, Told};
use crate::id::TaskId;

impl Display for Excerpt {
    /// Quoted; bytes that are no text are escaped; cut at 32 bytes with `…` and the length.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for chunk in self.head().utf8_chunks() {
            write!(f, "{}", chunk.valid().escape_debug())?;
            // A character that the cut went through is left out; other bytes that are no text are shown.
            if !self.is_cut() || !is_begun(chunk.invalid()) {
                write!(f, "{}", chunk.invalid().escape_ascii())?;
            }
        }
        f.write_char('"')?;
        if self.is_cut() {
            write!(f, "…({})", self.length())?;
        }
        Ok(())
    }
}

/// Whether these bytes are the beginning of a character.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

impl Excerpt {
    fn is_cut(&self) -> bool {
        self.head().len() < self.length()
    }
}

/// How tasks are called.
type Naming<'a> = &'a dyn Fn(TaskId) -> String;

/// Something in whose text tasks are named.
pub(crate) struct In<'a, T>(pub(crate) &'a T, pub(crate) Naming<'a>);

impl Display for In<'_, Told> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Told::Start => f.write_str("start"),
            Told::Primed => f.write_str("primed"),
            Told::EndOfInput => f.write_str("eof"),
            Told::Error(kind) => write!(f, "err {kind:?}"),
            Told::JoinFailed => f.write_str("join failed"),
            told => match value(told, self.1) {
                Some(value) => write!(f, "ok {value}"),
                None => f.write_str("ok"),
            },
        }
    }
}

/// The value that an answer carries, as far as the loop knows it.
pub(super) fn value(told: &Told, name: Naming<'_>) -> Option<String> {
    match told {
        Told::Line(text) | Told::Bytes(text) => Some(text.to_string()),
        Told::EndOfInput => Some("eof".to_owned()),
        Told::Error(kind) => Some(format!("err {kind:?}")),
        Told::JoinFailed => Some("failed".to_owned()),
        Told::Spawned(task) => Some(name(*task)),
        Told::Time(time) => Some(time.to_string()),
        _ => None,
    }
}

impl Display for In<'_, Asked> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Asked::Now => f.write_str("now"),
            Asked::Stdin => f.write_str("stdin"),
            Asked::StdinBytes => f.write_str("stdin bytes"),
            Asked::Print(text) => write!(f, "print {text}"),
            Asked::Eprint(text) => write!(f, "eprint {text}"),
            Asked::Spawn(site) => write!(f, "spawn {}", site.name),
            Asked::Chain(site) => write!(f, "chain {}", site.name),
            Asked::Join(task) => write!(f, "join {}", self.1(*task)),
            Asked::JoinForeign => f.write_str("join a task of another loop"),
            Asked::Sleep(time) => write!(f, "sleep {}", Short(*time)),
            Asked::SleepUntil(time) => write!(f, "sleep until {time}"),
            Asked::Clock => f.write_str("clock"),
            Asked::Stop => f.write_str("stop"),
        }
    }
}

impl Display for In<'_, Cause> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Cause::Timer => f.write_str("timer"),
            Cause::Stdin(Told::Line(text)) => write!(f, "stdin line {text}"),
            Cause::Stdin(Told::Bytes(text)) => write!(f, "stdin bytes {text}"),
            Cause::Stdin(told) => write!(f, "stdin {}", In(told, self.1)),
            Cause::Stdout => f.write_str("stdout writable"),
            Cause::Stderr => f.write_str("stderr writable"),
            Cause::Join(task) => write!(f, "end of {}", self.1(*task)),
        }
    }
}

/// A duration, zero without a unit.
pub(super) struct Short(pub(super) Duration);

impl Display for Short {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Duration::ZERO => f.write_char('0'),
            time => write!(f, "{time:?}"),
        }
    }
}
