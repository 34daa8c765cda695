//! The headers that say where a message ends, and what becomes of its connection. All others are the user's.

use httparse::Header;

use super::Mistake;
use super::body::Framing;

/// How many headers a message may have.
pub(super) const HEADERS: usize = 64;

/// What the headers of a message say.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) length: Option<u64>,
    pub(super) is_chunked: bool,
    pub(super) hosts: usize,
    pub(super) closes: bool,
    pub(super) keeps_alive: bool,
    pub(super) expects_continue: bool,
}

impl Headers {
    /// Two messages in one are a danger (request smuggling): another program on the way may see the end of the first one elsewhere. So what could
    /// be read in two ways is refused.
    pub(super) fn read(headers: &[Header<'_>]) -> Result<Headers, Mistake> {
        let mut read = Headers::default();
        for header in headers {
            // Most names have another length.
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            match header.name.len() {
                4 if is("host") => read.hosts += 1,
                6 if is("expect") => {
                    read.expects_continue = header.value.eq_ignore_ascii_case(b"100-continue");
                }
                10 if is("connection") => {
                    read.closes |= names(header.value, b"close");
                    read.keeps_alive |= names(header.value, b"keep-alive");
                }
                14 if is("content-length") => {
                    let before = read.length.replace(length(header.value)?);
                    if before.is_some() {
                        return Err(Mistake::Malformed("there are two lengths of the body"));
                    }
                }
                17 if is("transfer-encoding") => {
                    if read.is_chunked {
                        return Err(Mistake::Malformed("there are two codings of the body"));
                    }
                    if !header.value.eq_ignore_ascii_case(b"chunked") {
                        return Err(Mistake::UnknownCoding);
                    }
                    read.is_chunked = true;
                }
                _ => {}
            }
        }
        Ok(read)
    }

    /// `None` if they say nothing about a body.
    pub(super) fn framing(&self) -> Result<Option<Framing>, Mistake> {
        match (self.length, self.is_chunked) {
            (Some(_), true) => Err(Mistake::Malformed(
                "both Content-Length and Transfer-Encoding",
            )),
            (None, true) => Ok(Some(Framing::Chunked)),
            (Some(length), false) => Ok(Some(Framing::Length(length))),
            (None, false) => Ok(None),
        }
    }

    /// Whether another message may follow on the connection.
    pub(super) fn keep_alive(&self, minor_version: u8) -> bool {
        match minor_version {
            0 => self.keeps_alive && !self.closes,
            _ => !self.closes,
        }
    }
}

/// Whether a list has this entry.
fn names(list: &[u8], entry: &[u8]) -> bool {
    let mut entries = list.split(|byte| *byte == b',');
    entries.any(|found| found.trim_ascii().eq_ignore_ascii_case(entry))
}

/// Digits and nothing else, not even a sign. What is too large for a number is too large for a body too.
fn length(value: &[u8]) -> Result<u64, Mistake> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    if value.is_empty() || !value.iter().all(digit) {
        return Err(Mistake::Malformed("the length of the body is no number"));
    }
    Ok(value.iter().fold(0, |number: u64, digit| {
        let number = number.saturating_mul(10);
        number.saturating_add((digit - b'0').into())
    }))
}

/// What the parser of the heads says.
impl From<httparse::Error> for Mistake {
    fn from(error: httparse::Error) -> Mistake {
        match error {
            httparse::Error::TooManyHeaders => Mistake::HeadTooLarge,
            httparse::Error::HeaderName => Mistake::Malformed("a header's name is malformed"),
            httparse::Error::HeaderValue => Mistake::Malformed("a header's value is malformed"),
            httparse::Error::Version => Mistake::UnknownVersion,
            _ => Mistake::Malformed("the head is malformed"),
        }
    }
}
