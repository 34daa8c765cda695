//! The halves of a stream.

use std::error;
use std::fmt;
use std::io;
use std::rc::Rc;

use super::ask::SocketRequest;
use super::stream::ByteStream;
use crate::request::Coroutine;
use crate::world::Address;

/// The half of a stream that reads. Made by [`TcpStream::into_split`](super::TcpStream::into_split).
///
/// Dropping it alone does nothing: the peer can go on writing, until there is no room. Dropping both halves closes the stream.
///
/// ```
/// use std::io;
/// use loop_core::net::{TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
///     yield_!(output.write_all("hello\n"))?;
///     assert_eq!(yield_!(input.read_line())?.as_deref(), Some("hello"));
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct ReadHalf(ByteStream);

impl ReadHalf {
    /// Request: as [`TcpStream::read`](super::TcpStream::read).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(output.write_all("hello"))?;
    ///     assert_eq!(yield_!(input.read(Vec::new()))?, b"hello");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read(&self, buffer: Vec<u8>) -> SocketRequest<Vec<u8>> {
        self.0.read(buffer)
    }

    /// Request: as [`TcpStream::read_exact`](super::TcpStream::read_exact).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(output.write_all([1, 2, 3]))?;
    ///     assert_eq!(yield_!(input.read_exact(2))?, [1, 2]);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_exact(&self, count: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_exact(count)
    }

    /// Request: as [`TcpStream::read_until`](super::TcpStream::read_until).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(output.write_all("one;two"))?;
    ///     assert_eq!(yield_!(input.read_until(b';', 100))?, b"one;");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_until(&self, delimiter: u8, limit: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_until(delimiter, limit)
    }

    /// A coroutine: as [`TcpStream::read_to_end`](super::TcpStream::read_to_end).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(output.write_all("all of it"))?;
    ///     drop(output);
    ///     assert_eq!(yield_!(input.read_to_end(100))?, b"all of it");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_to_end(&self, limit: usize) -> Coroutine<io::Result<Vec<u8>>> {
        self.0.read_to_end(limit)
    }

    /// Request: as [`TcpStream::read_line`](super::TcpStream::read_line).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(output.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(input.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_line(&self) -> SocketRequest<Option<String>> {
        self.0.read_line()
    }
}

impl fmt::Debug for ReadHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadHalf")
    }
}

/// The half of a stream that writes. Made by [`TcpStream::into_split`](super::TcpStream::into_split).
///
/// Dropping it ends its direction: the peer reads all that was written, and then the end. Dropping both halves closes the stream.
///
/// ```
/// use std::io;
/// use loop_core::net::{TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
///     yield_!(output.write_all("hello\n"))?;
///     drop(output);
///     assert_eq!(yield_!(input.read_line())?.as_deref(), Some("hello"));
///     assert_eq!(yield_!(input.read_line())?, None);
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct WriteHalf {
    stream: ByteStream,
    ends: bool,
}

impl WriteHalf {
    /// Request: as [`TcpStream::write`](super::TcpStream::write).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, client) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     let (written, bytes) = yield_!(client.write("hello"))?;
    ///     assert_eq!((written, &bytes[..]), (5, &b"hello"[..]));
    ///     assert_eq!(yield_!(server.read_exact(5))?, b"hello");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<(usize, Vec<u8>)> {
        self.stream.write(bytes)
    }

    /// Request: as [`TcpStream::write_all`](super::TcpStream::write_all).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (_input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     let (input, _output) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(output.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(input.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write_all(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<Vec<u8>> {
        self.stream.write_all(bytes)
    }
}

impl Drop for WriteHalf {
    fn drop(&mut self) {
        let socket = &self.stream.0;
        // Without the other half the socket is closed, which ends both directions.
        if self.ends && Rc::strong_count(socket) > 1 {
            socket.end_writing();
        }
    }
}

impl fmt::Debug for WriteHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteHalf")
    }
}

pub(super) fn split(stream: ByteStream) -> (ReadHalf, WriteHalf) {
    let read = ReadHalf(ByteStream(Rc::clone(&stream.0)));
    (read, WriteHalf { stream, ends: true })
}

/// `fits` says whether the peer's address is that of a stream of the right type.
pub(super) fn reunite(
    read: ReadHalf,
    mut write: WriteHalf,
    fits: impl FnOnce(&Address) -> bool,
) -> Result<ByteStream, ReuniteError> {
    let is_one = Rc::ptr_eq(&read.0.0, &write.stream.0);
    match is_one && read.0.0.peer().is_some_and(|peer| fits(&peer)) {
        true => {
            write.ends = false;
            Ok(read.0)
        }
        false => Err(ReuniteError(read, write)),
    }
}

/// The two halves are not of the same stream, or it is of another type. It has them.
///
/// ```
/// use std::io;
/// use loop_core::net::{ReuniteError, TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     let (input, _output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
///     let (_input, output) = yield_!(listener.accept())?.0.into_split();
///     let error = TcpStream::reunite(input, output).unwrap_err();
///     assert_eq!(error.to_string(), "the halves are not of one stream of this type");
///     let ReuniteError(_input, _output) = error;
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct ReuniteError(pub ReadHalf, pub WriteHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the halves are not of one stream of this type")
    }
}

impl error::Error for ReuniteError {}
