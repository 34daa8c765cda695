//! What can be wrong with a message.

use std::error::Error;
use std::fmt;

use super::Status;

/// Why a message cannot be read. Where the next one begins is unknown then, so the connection ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mistake {
    /// It is not HTTP, for this reason.
    Malformed(&'static str),
    /// Its head is too large.
    HeadTooLarge,
    /// Its body is too large.
    BodyTooLarge,
    /// Its body has a coding that is not known here.
    UnknownCoding,
    /// It is of another version of HTTP.
    UnknownVersion,
}

impl Mistake {
    /// What a server answers.
    pub fn status(self) -> Status {
        match self {
            Mistake::Malformed(_) => Status::BAD_REQUEST,
            Mistake::HeadTooLarge => Status::HEAD_TOO_LARGE,
            Mistake::BodyTooLarge => Status::BODY_TOO_LARGE,
            Mistake::UnknownCoding => Status::NOT_IMPLEMENTED,
            Mistake::UnknownVersion => Status::UNKNOWN_VERSION,
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mistake::Malformed(why) => why,
            Mistake::HeadTooLarge => "the head is too large",
            Mistake::BodyTooLarge => "the body is too large",
            Mistake::UnknownCoding => "the body has an unknown coding",
            Mistake::UnknownVersion => "the version of HTTP is unknown",
        })
    }
}

impl Error for Mistake {}
