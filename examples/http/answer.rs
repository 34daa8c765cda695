//! Answers, as a server writes them.

use std::borrow::Cow;
use std::io::Write;

use super::files::Rest;
use super::request::{Method, Request};

/// The first line of an answer: a number and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Status(pub u16, pub &'static str);

#[allow(missing_docs, reason = "they are HTTP's")]
impl Status {
    pub const OK: Status = Status(200, "OK");
    pub const BAD_REQUEST: Status = Status(400, "Bad Request");
    pub const FORBIDDEN: Status = Status(403, "Forbidden");
    pub const NOT_FOUND: Status = Status(404, "Not Found");
    pub const METHOD_NOT_ALLOWED: Status = Status(405, "Method Not Allowed");
    pub const TIMEOUT: Status = Status(408, "Request Timeout");
    pub const BODY_TOO_LARGE: Status = Status(413, "Content Too Large");
    pub const HEAD_TOO_LARGE: Status = Status(431, "Request Header Fields Too Large");
    pub const ERROR: Status = Status(500, "Internal Server Error");
    pub const NOT_IMPLEMENTED: Status = Status(501, "Not Implemented");
    pub const UNKNOWN_VERSION: Status = Status(505, "HTTP Version Not Supported");
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its first line.
    pub status: Status,
    /// What the body is.
    pub content_type: &'static str,
    /// The methods that may be used, if another one was.
    pub allow: Option<&'static str>,
    /// The body, or its beginning.
    pub body: Cow<'static, [u8]>,
    /// What else is in the body.
    pub rest: Option<Rest>,
}

impl Answer {
    /// With a body of this type.
    pub fn new(content_type: &'static str, body: impl Into<Cow<'static, [u8]>>) -> Answer {
        Answer {
            status: Status::OK,
            content_type,
            allow: None,
            body: body.into(),
            rest: None,
        }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Answer {
        Answer::new("text/plain; charset=utf-8", text.into().into_bytes())
    }

    /// That it does not work, and why.
    pub fn error(status: Status, why: impl std::fmt::Display) -> Answer {
        Answer {
            status,
            ..Answer::text(format!("{} {}: {why}\n", status.0, status.1))
        }
    }

    /// That what is asked for has other methods.
    pub fn only(allow: &'static str) -> Answer {
        Answer {
            allow: Some(allow),
            ..Answer::error(Status::METHOD_NOT_ALLOWED, allow)
        }
    }

    /// How long the body is.
    fn length(&self) -> u64 {
        self.body.len() as u64 + self.rest.as_ref().map_or(0, Rest::left)
    }

    /// Adds the answer to what is to be written, without the rest of its body. `goes_on` says whether the connection does.
    pub(super) fn write(&self, request: &Request, goes_on: bool, date: &str, output: &mut Vec<u8>) {
        match self.status {
            Status::OK => output.extend_from_slice(b"HTTP/1.1 200 OK\r\nContent-Length: "),
            Status(number, meaning) => {
                // Writing to a `Vec` does not fail.
                let _ = write!(output, "HTTP/1.1 {number} {meaning}\r\nContent-Length: ");
            }
        }
        decimal(self.length(), output);
        output.extend_from_slice(b"\r\nContent-Type: ");
        output.extend_from_slice(self.content_type.as_bytes());
        output.extend_from_slice(b"\r\nDate: ");
        output.extend_from_slice(date.as_bytes());
        if let Some(allow) = self.allow {
            output.extend_from_slice(b"\r\nAllow: ");
            output.extend_from_slice(allow.as_bytes());
        }
        match (goes_on, request.minor_version) {
            (false, _) => output.extend_from_slice(b"\r\nConnection: close"),
            (true, 0) => output.extend_from_slice(b"\r\nConnection: keep-alive"),
            (true, _) => {}
        }
        output.extend_from_slice(b"\r\n\r\n");
        if request.method != Method::Head {
            output.extend_from_slice(&self.body);
        }
    }
}

/// Adds a number. Every answer has one, and the general formatting is slower.
fn decimal(mut number: u64, output: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    output.extend_from_slice(&digits[start..]);
}
