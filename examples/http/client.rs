//! A client, for one answer.

use std::io::{self, ErrorKind};
use std::time::Duration;

use loop_core::net::TcpStream;
use loop_core::prelude::*;

use super::Mistake;
use super::request::Limits;
use super::response::{Response, ResponseParser};
use super::url::Url;

/// How large an answer may be.
const LIMITS: Limits = Limits {
    head: 64 * 1024,
    body: 64 * 1024 * 1024,
};

/// How many redirections are followed.
const REDIRECTIONS: usize = 5;

/// Asks a server for what is at a URL, within a time limit. An error names the URL.
#[loop_core::coroutine(lazy)]
pub fn get(url: Url, limit: Duration) -> io::Result<Response> {
    let result = match yield_!(Timeout(limit, follow(url.clone()))) {
        Ok(result) => result,
        Err(_) => Err(io::Error::new(
            ErrorKind::TimedOut,
            format!("there is no answer within {limit:?}"),
        )),
    };
    result.map_err(|error| io::Error::new(error.kind(), format!("{url}: {error}")))
}

/// Asks there, and then where the answer leads to.
#[loop_core::coroutine(lazy)]
fn follow(mut url: Url) -> io::Result<Response> {
    for _ in 0..=REDIRECTIONS {
        let response = yield_!(ask(url.clone()))?;
        let leads = matches!(response.status.0, 301 | 302 | 303 | 307 | 308);
        match &response.location {
            Some(location) if leads => {
                url = url.join(location).map_err(io::Error::other)?;
            }
            _ => return Ok(response),
        }
    }
    Err(io::Error::other("there are too many redirections"))
}

#[loop_core::coroutine(lazy)]
fn ask(url: Url) -> io::Result<Response> {
    // Another thread resolves the name, if it is one.
    let stream = yield_!(TcpStream::connect((url.host.clone(), url.port)))?;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        url.target,
        url.authority()
    );
    yield_!(stream.write_all(request))?;
    let mut parser = ResponseParser::new(LIMITS);
    let mut input = Vec::with_capacity(LIMITS.head);
    loop {
        let before = input.len();
        input = yield_!(stream.read(input))?;
        if input.len() == before {
            break;
        }
        let (used, is_done) = parser.advance(&input).map_err(invalid)?;
        if is_done {
            break;
        }
        input.drain(..used);
    }
    parser.finish().map_err(invalid)
}

fn invalid(mistake: Mistake) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, mistake)
}
