//! [`Payload`]: the detail from which an event is made.

use std::io;
use std::time::Duration;

use super::detail::{Made, Options, Wait};
use super::excerpt::Excerpt;
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::request::{ObjectName, Resume};
use crate::time::Time;

/// A [`Detail`](super::Detail), owned.
pub(crate) enum Payload {
    None,
    Text(Excerpt),
    EndOfInput,
    Error(io::ErrorKind),
    Task(TaskId),
    Foreign,
    Object(ObjectName),
    Site(&'static Site),
    InPlace(&'static Site, Box<[&'static Site]>),
    Call {
        site: &'static Site,
        arguments: Option<String>,
        depth: u8,
    },
    Value(Option<String>),
    Duration(Duration),
    Time(Time),
    Made(Made),
    Options(Options),
    /// The tasks that wait, and how many more do.
    Waits(Vec<Wait>, usize),
}

impl Payload {
    /// A text of which at most `limit` bytes are kept.
    pub(crate) fn text(bytes: impl AsRef<[u8]>, limit: usize) -> Payload {
        Payload::Text(Excerpt::of(bytes, limit))
    }

    /// The detail of an answer. Other answers have none, or the kernel records it because it knows more, such as which task was
    /// joined. Of a text at most `limit` bytes are kept.
    pub(crate) fn of(answer: &Resume, limit: usize) -> Payload {
        match answer {
            Resume::Line(Ok(Some(line))) => Payload::text(line, limit),
            Resume::Bytes(Ok(Some(bytes))) => Payload::text(bytes, limit),
            Resume::Line(Ok(None)) | Resume::Bytes(Ok(None)) => Payload::EndOfInput,
            Resume::Line(Err(error)) | Resume::Bytes(Err(error)) | Resume::Written(Err(error)) => {
                Payload::Error(error.kind())
            }
            Resume::Spawned(handle) => Payload::Task(handle.task()),
            Resume::Time(time) => Payload::Time(*time),
            _ => Payload::None,
        }
    }
}
