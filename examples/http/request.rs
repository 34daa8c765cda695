//! Requests, as a server reads them: bytes in, requests or a mistake out. Nothing here does input or output.

use std::mem::MaybeUninit;

use super::Mistake;
use super::body::{Decoder, Framing};
use super::head::Search;
use super::headers::{HEADERS, Headers};

/// How large a request may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The bytes of its head.
    pub head: usize,
    /// The bytes of its body.
    pub body: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: 8 * 1024,
            body: 1024 * 1024,
        }
    }
}

/// What a request wants done.
#[allow(missing_docs, reason = "they are HTTP's")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Method {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Delete,
    Options,
    Patch,
    Trace,
    Connect,
    /// None that HTTP has.
    Unknown,
}

impl Method {
    fn named(name: &str) -> Method {
        match name {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            "OPTIONS" => Method::Options,
            "PATCH" => Method::Patch,
            "TRACE" => Method::Trace,
            "CONNECT" => Method::Connect,
            _ => Method::Unknown,
        }
    }
}

/// A request that has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// What it wants done.
    pub method: Method,
    /// With what: mostly a path and a query, still encoded.
    pub target: String,
    /// Of HTTP/1: 0 or 1.
    pub minor_version: u8,
    /// Whether another request may follow.
    pub keep_alive: bool,
    /// What came with it.
    pub body: Vec<u8>,
}

/// How far the parser is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// More has to come.
    More,
    /// The client waits for a `100 Continue` before it sends the body.
    Continue,
    /// There is a request: [`Parser::request`].
    Request,
}

/// Takes requests out of what a client sends, in whatever pieces it comes.
///
/// A body grows as it comes, whatever length it says it has. The memory of the parser, and of its requests, is used again.
#[derive(Clone, Debug)]
pub struct Parser {
    limits: Limits,
    search: Search,
    request: Request,
    /// The body that comes, if one does.
    body: Option<Decoder>,
}

/// A body that was larger is not kept for the next one.
const KEPT: usize = 64 * 1024;

impl Parser {
    /// At the beginning of a connection.
    pub fn new(limits: Limits) -> Parser {
        Parser {
            limits,
            search: Search::default(),
            request: Request::default(),
            body: None,
        }
    }

    /// The request that has come last. The body may be taken.
    pub fn request(&mut self) -> &mut Request {
        &mut self.request
    }

    /// Whether a part of a request has come.
    pub fn is_within_a_request(&self) -> bool {
        self.body.is_some()
    }

    /// Goes on with what has come and is not used yet. Answers how many bytes of it are used now: they are not to come again. The others are,
    /// with what follows them. They are fewer than a head may have.
    ///
    /// # Errors
    ///
    /// If it is no request, or a limit is reached. The parser is of no use then.
    pub fn advance(&mut self, input: &[u8]) -> Result<(usize, Step), Mistake> {
        match &mut self.body {
            Some(decoder) => {
                let used = decoder.decode(input, &mut self.request.body)?;
                if !decoder.is_done() {
                    return Ok((used, Step::More));
                }
                self.body = None;
                Ok((used, Step::Request))
            }
            None => self.head(input),
        }
    }

    fn head(&mut self, input: &[u8]) -> Result<(usize, Step), Mistake> {
        let Parser {
            limits,
            search,
            request,
            ..
        } = self;
        let found = search.find(input, limits.head, |lines| head(lines, request))?;
        let Some((used, framing, waits)) = found else {
            return Ok((0, Step::More));
        };
        let body = Decoder::new(framing, limits.body)?;
        if body.is_done() {
            return Ok((used, Step::Request));
        }
        self.body = Some(body);
        match waits {
            true => Ok((used, Step::Continue)),
            false => self
                .advance(&input[used..])
                .map(|(more, step)| (used + more, step)),
        }
    }
}

/// A head, if it is all there: its length, the body that follows, and whether the client waits before it sends that.
fn head(lines: &[u8], request: &mut Request) -> Result<Option<(usize, Framing, bool)>, Mistake> {
    let mut space = [const { MaybeUninit::uninit() }; HEADERS];
    let mut head = httparse::Request::new(&mut []);
    let parsed = head.parse_with_uninit_headers(lines, &mut space)?;
    let httparse::Status::Complete(length) = parsed else {
        return Ok(None);
    };
    let headers = Headers::read(head.headers)?;
    let minor_version = head.version.unwrap_or_default();
    if headers.hosts > 1 || headers.hosts == 0 && minor_version > 0 {
        return Err(Mistake::Malformed("there has to be one Host"));
    }
    if headers.is_chunked && minor_version == 0 {
        return Err(Mistake::Malformed("HTTP/1.0 has no Transfer-Encoding"));
    }
    let framing = headers.framing()?.unwrap_or(Framing::Length(0));
    request.method = Method::named(head.method.unwrap_or_default());
    request.target.clear();
    request.target.push_str(head.path.unwrap_or_default());
    request.minor_version = minor_version;
    request.keep_alive = headers.keep_alive(minor_version);
    request.body.clear();
    request.body.shrink_to(KEPT);
    let waits = headers.expects_continue && minor_version > 0;
    Ok(Some((length, framing, waits)))
}
