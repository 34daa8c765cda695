//! A connection of a server.

use std::cell::Cell;
use std::io;
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use loop_core::Time;
use loop_core::net::TcpStream;
use loop_core::prelude::*;

use super::answer::{Answer, Status};
use super::files::{Rest, read_on};
use super::request::{Method, Parser, Request, Step};
use super::server::{Reply, Server};

/// Answers are written together until they are as large as this.
const OUTPUT: usize = 64 * 1024;

/// How long, and for how many bytes, a connection is read that is going to be closed.
const LINGERS: Duration = Duration::from_secs(1);
const LINGERS_FOR: usize = 1024 * 1024;

/// What a connection does, for the one who watches it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Nothing of a request has come.
    Idle,
    /// A part of a request has come.
    Reads,
    /// A request is answered.
    Answers,
}

/// How far a connection is.
#[derive(Debug)]
struct Progress {
    phase: Cell<Phase>,
    since: Cell<Time>,
}

impl Progress {
    fn set(&self, phase: Phase, since: Time) {
        self.phase.set(phase);
        self.since.set(since);
    }
}

/// Serves a client until one of them does not want any more. No error of it goes further.
#[loop_core::coroutine(lazy)]
pub(super) fn connection(stream: TcpStream, server: Rc<Server>) {
    let stream = Rc::new(stream);
    let progress = Rc::new(Progress {
        phase: Cell::new(Phase::Idle),
        since: Cell::new(yield_!(Clock)),
    });
    let serving = requests(Rc::clone(&stream), Rc::clone(&server), Rc::clone(&progress));
    let watching = watch(Rc::clone(&server), Rc::clone(&progress));
    match yield_!(Race((serving, watching))) {
        Ok((None, _)) if progress.phase.get() == Phase::Reads => {
            let answer = Answer::error(Status::TIMEOUT, "the request has not come in time");
            let _ = yield_!(refuse(stream, server, answer, Vec::new()));
        }
        // A client that has gone is nothing to be told: it happens all the time.
        Ok(_) => {}
        Err(panic) => {
            let _ = yield_!(Eprintln(format!("a connection has failed: {panic}")));
        }
    }
}

/// Ends when the client has used up the server's patience, or waits for nothing when the server is closing. It has one timer, and looks when that
/// is over how far the connection is: so a request costs no timer.
#[loop_core::coroutine(lazy, skip(progress))]
fn watch(server: Rc<Server>, progress: Rc<Progress>) {
    loop {
        let end = progress.since.get() + server.patience;
        let left = end - yield_!(Clock);
        if left.is_zero() || server.closing.is_set() && progress.phase.get() == Phase::Idle {
            return;
        }
        match server.closing.is_set() {
            true => yield_!(SleepUntil(end)),
            false => drop(yield_!(Timeout(left, server.closing.wait()))),
        }
    }
}

/// Reads requests and answers them. Those that come together are answered together.
#[loop_core::coroutine(lazy, skip(progress))]
fn requests(stream: Rc<TcpStream>, server: Rc<Server>, progress: Rc<Progress>) -> io::Result<()> {
    let mut parser = Parser::new(server.limits);
    let mut input = Vec::with_capacity(server.limits.head);
    let mut output = Vec::new();
    let mut now = progress.since.get();
    // The answers that are written one after the other must not wait for each other's acknowledgement.
    yield_!(stream.set_nodelay(true))?;
    loop {
        let mut used = 0;
        loop {
            let (some, step) = match parser.advance(&input[used..]) {
                Ok(advanced) => advanced,
                Err(mistake) => {
                    progress.set(Phase::Answers, now);
                    let answer = Answer::error(mistake.status(), mistake);
                    return yield_!(refuse(stream, server, answer, output));
                }
            };
            used += some;
            match step {
                Step::More => break,
                Step::Continue => output.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n"),
                Step::Request => {
                    progress.set(Phase::Answers, now);
                    let request = parser.request();
                    let answer = match (server.handler)(request) {
                        Reply::Now(answer) => answer,
                        Reply::Later(answer) => {
                            let answer = yield_!(answer);
                            now = yield_!(Clock);
                            progress.since.set(now);
                            answer
                        }
                    };
                    let goes_on = request.keep_alive && !server.closing.is_set();
                    server.write(&answer, request, goes_on, now, &mut output);
                    if let Some(rest) = answer.rest
                        && request.method != Method::Head
                    {
                        let (stream, progress) = (Rc::clone(&stream), Rc::clone(&progress));
                        output = yield_!(send(stream, progress, output, rest))?;
                    }
                    if !goes_on {
                        return yield_!(finish(stream, output, used < input.len()));
                    }
                    if output.len() > OUTPUT {
                        output = yield_!(stream.write_all(output))?;
                        now = yield_!(Clock);
                    }
                }
            }
        }
        input.drain(..used);
        if !output.is_empty() {
            output = yield_!(stream.write_all(output))?;
        }
        let before = input.len();
        if before == 0 && !parser.is_within_a_request() {
            progress.set(Phase::Idle, yield_!(Clock));
        } else if progress.phase.get() != Phase::Reads {
            progress.set(Phase::Reads, yield_!(Clock));
        }
        input = yield_!(stream.read(input))?;
        if input.len() == before {
            return Ok(());
        }
        now = yield_!(Clock);
        if progress.phase.get() == Phase::Idle {
            progress.set(Phase::Reads, now);
        }
    }
}

/// Writes what there is, and then a file.
#[loop_core::coroutine(lazy, skip_all)]
fn send(
    stream: Rc<TcpStream>,
    progress: Rc<Progress>,
    mut output: Vec<u8>,
    mut rest: Rest,
) -> io::Result<Vec<u8>> {
    while rest.left() > 0 {
        output = yield_!(stream.write_all(output))?;
        // The client goes on reading.
        progress.since.set(yield_!(Clock));
        (rest, output) = yield_!(read_on(rest, output))?;
    }
    Ok(output)
}

/// Writes a last answer after those that are there.
#[loop_core::coroutine(lazy, skip_all)]
fn refuse(
    stream: Rc<TcpStream>,
    server: Rc<Server>,
    answer: Answer,
    mut output: Vec<u8>,
) -> io::Result<()> {
    let now = yield_!(Clock);
    server.write(&answer, &Request::default(), false, now, &mut output);
    yield_!(Timeout(server.patience, finish(stream, output, true)))?
}

/// Writes the last answers. If the client has sent more, or may be about to, that is read for a while: a connection that is closed with something in it
/// that was not read is reset, and the client may lose the answers.
#[loop_core::coroutine(lazy, skip_all)]
fn finish(stream: Rc<TcpStream>, output: Vec<u8>, sends_more: bool) -> io::Result<()> {
    yield_!(stream.write_all(output))?;
    if sends_more {
        yield_!(stream.shutdown(Shutdown::Write))?;
        yield_!(Timeout(LINGERS, discard(stream)))??;
    }
    Ok(())
}

#[loop_core::coroutine(lazy, skip_all)]
fn discard(stream: Rc<TcpStream>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(8 * 1024);
    let mut left = LINGERS_FOR;
    while left > 0 {
        buffer = yield_!(stream.read(buffer))?;
        if buffer.is_empty() {
            break;
        }
        left = left.saturating_sub(buffer.len());
        buffer.clear();
    }
    Ok(())
}
