//! Reading and writing bytes, for whatever has a socket.

use std::io;
use std::net::Shutdown;
use std::rc::Rc;

use super::ask::SocketRequest;
use crate::request::socket::{Got, Socket, Wanted};
use crate::request::{AnyObject, Coroutine, Yield};
use crate::world::SocketOption;

/// How long a line may be.
const LINE: usize = 1024 * 1024;

/// A socket whose bytes can be read and written. The public types have one, and say in their docs what the requests do.
pub(crate) struct ByteStream(pub(crate) Rc<Socket>);

impl ByteStream {
    fn asks<T>(
        &self,
        request: fn(AnyObject) -> Yield,
        wanted: Wanted,
        answer: fn(Rc<Socket>, Got) -> io::Result<T>,
    ) -> SocketRequest<T> {
        SocketRequest::new(request, Ok((Rc::clone(&self.0), wanted)), answer)
    }

    pub(crate) fn read(&self, buffer: Vec<u8>) -> SocketRequest<Vec<u8>> {
        self.asks(Yield::Read, Wanted::Some(buffer), all_bytes)
    }

    pub(crate) fn read_exact(&self, count: usize) -> SocketRequest<Vec<u8>> {
        self.asks(Yield::Read, Wanted::Exact(count), all_bytes)
    }

    pub(crate) fn read_until(&self, delimiter: u8, limit: usize) -> SocketRequest<Vec<u8>> {
        self.asks(Yield::Read, Wanted::Until(delimiter, limit), all_bytes)
    }

    pub(crate) fn read_to_end(&self, limit: usize) -> Coroutine<io::Result<Vec<u8>>> {
        read_to_end(ByteStream(Rc::clone(&self.0)), limit)
    }

    pub(crate) fn read_line(&self) -> SocketRequest<Option<String>> {
        self.asks(Yield::Read, Wanted::Until(b'\n', LINE), line)
    }

    pub(crate) fn write(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<(usize, Vec<u8>)> {
        self.asks(
            Yield::Write,
            Wanted::WriteSome(bytes.into()),
            |_, got| match got {
                Got::Wrote(wrote, bytes) => Ok((wrote, bytes)),
                _ => Err(io::ErrorKind::WriteZero.into()),
            },
        )
    }

    pub(crate) fn write_all(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<Vec<u8>> {
        self.asks(Yield::Write, Wanted::Write(bytes.into(), 0), all_bytes)
    }

    pub(crate) fn shutdown(&self, how: Shutdown) -> SocketRequest<()> {
        self.asks(Yield::Shutdown, Wanted::Shutdown(how), |_, _| Ok(()))
    }

    pub(crate) fn set(&self, option: SocketOption) -> SocketRequest<()> {
        self.asks(Yield::SetOption, Wanted::Set(option), |_, _| Ok(()))
    }
}

/// All that comes until the end. It is read by turns, so that a peer that never ends leaves the others theirs.
#[loop_macros::coroutine(lazy, skip(stream, limit), crate = crate)]
fn read_to_end(stream: ByteStream, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        bytes = yield_!(stream.read(bytes))?;
        if bytes.len() > limit {
            let why = format!("there are more than {limit} bytes");
            return Err(stream.0.invalid(why));
        }
        if bytes.len() == before {
            return Ok(bytes);
        }
    }
}

/// The answer is the bytes.
pub(super) fn all_bytes(_: Rc<Socket>, got: Got) -> io::Result<Vec<u8>> {
    Ok(got.into_bytes())
}

/// The answer is the line without its end. `None` if there is nothing at all.
fn line(socket: Rc<Socket>, got: Got) -> io::Result<Option<String>> {
    let mut bytes = got.into_bytes();
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.pop_if(|last| *last == b'\n').is_some() {
        bytes.pop_if(|last| *last == b'\r');
    }
    let line = String::from_utf8(bytes);
    line.map(Some)
        .map_err(|error| socket.invalid(format!("the line is not UTF-8: {error}")))
}
