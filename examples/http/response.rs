//! Answers, as a client reads them: bytes in, an answer or a mistake out.

use std::mem::MaybeUninit;

use super::Mistake;
use super::body::{Decoder, Framing};
use super::head::Search;
use super::headers::{HEADERS, Headers};
use super::request::Limits;

/// An answer that has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Response {
    /// What its first line says: a number, and what it means.
    pub status: (u16, String),
    /// Where else to ask.
    pub location: Option<String>,
    /// What came with it.
    pub body: Vec<u8>,
}

/// Takes the answer to a `GET` out of what a server sends.
#[derive(Clone, Debug)]
pub(super) struct ResponseParser {
    limits: Limits,
    search: Search,
    response: Response,
    body: Option<Decoder>,
}

impl ResponseParser {
    pub(super) fn new(limits: Limits) -> ResponseParser {
        ResponseParser {
            limits,
            search: Search::default(),
            response: Response::default(),
            body: None,
        }
    }

    /// Goes on with what has come and is not used yet. Answers how many bytes of it are used now, and whether the answer is complete.
    pub(super) fn advance(&mut self, input: &[u8]) -> Result<(usize, bool), Mistake> {
        let mut used = 0;
        while self.body.is_none() {
            let ResponseParser {
                search, response, ..
            } = self;
            let parse = |lines: &[u8]| head(lines, response);
            let found = search.find(&input[used..], self.limits.head, parse)?;
            let Some((some, framing)) = found else {
                return Ok((used, false));
            };
            used += some;
            // What comes before the answer, as `100 Continue`, is skipped.
            if response.status.0 >= 200 {
                self.body = Some(Decoder::new(framing, self.limits.body)?);
            }
        }
        match &mut self.body {
            Some(body) => {
                used += body.decode(&input[used..], &mut self.response.body)?;
                Ok((used, body.is_done()))
            }
            None => Ok((used, false)),
        }
    }

    /// The answer, at its end or at that of the connection.
    pub(super) fn finish(self) -> Result<Response, Mistake> {
        match self.body.is_some_and(|body| body.may_end()) {
            true => Ok(self.response),
            false => Err(Mistake::Malformed("the answer ends too early")),
        }
    }
}

/// A head, if it is all there: its length, and the body that follows.
fn head(lines: &[u8], response: &mut Response) -> Result<Option<(usize, Framing)>, Mistake> {
    let mut space = [const { MaybeUninit::uninit() }; HEADERS];
    let mut head = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    let parsed = config.parse_response_with_uninit_headers(&mut head, lines, &mut space)?;
    let httparse::Status::Complete(length) = parsed else {
        return Ok(None);
    };
    let code = head.code.unwrap_or_default();
    response.status = (code, head.reason.unwrap_or_default().to_owned());
    let is_location = |name: &str| name.eq_ignore_ascii_case("location");
    let location = head.headers.iter().find(|header| is_location(header.name));
    response.location = location.map(|header| String::from_utf8_lossy(header.value).into_owned());
    let framing = match code {
        204 | 304 => Framing::Length(0),
        _ => Headers::read(head.headers)?
            .framing()?
            .unwrap_or(Framing::UntilClose),
    };
    Ok(Some((length, framing)))
}
