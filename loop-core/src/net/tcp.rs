//! TCP.

use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use super::address::ToAddress;
use super::ask::SocketRequest;
#[cfg(feature = "futures-io")]
use super::async_io::{AsyncStream, into_async_io};
use super::lookup::by_name;
use super::split::{ReadHalf, ReuniteError, WriteHalf, reunite, split};
use super::stream::ByteStream;
use crate::request::socket::{Got, Socket, Wanted};
use crate::request::{Coroutine, Yield};
use crate::world::{Address, SocketOption, SocketOptions};

/// A socket that listens for connections.
///
/// Dropping it closes it: who connects is refused then.
///
/// ```
/// use std::io;
/// use loop_core::net::TcpListener;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
///     assert_ne!(listener.local_addr()?.port(), 0);
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct TcpListener(Rc<Socket>);

impl TcpListener {
    /// Request: listens at an address. Port 0 means any that is free. The addresses of a host are [looked up](super::lookup_host), and the first
    /// one at which it can listen is taken.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::TcpListener;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    ///     assert_ne!(listener.local_addr()?.port(), 0);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no address, or the operating system refuses it: mostly because it is in use. As [`lookup_host`](super::lookup_host).
    pub fn bind(to: impl ToAddress) -> SocketRequest<TcpListener> {
        TcpListener::bind_with(to, SocketOptions::new())
    }

    /// Request: listens at an address, with options.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{SocketOptions, TcpListener};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let options = SocketOptions::new().reuse_port(true);
    ///     let _one = yield_!(TcpListener::bind_with("127.0.0.1:80", options))?;
    ///     let _other = yield_!(TcpListener::bind_with("127.0.0.1:80", options))?;
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bind`](TcpListener::bind).
    pub fn bind_with(to: impl ToAddress, options: SocketOptions) -> SocketRequest<TcpListener> {
        if let Some((host, port)) = to.host() {
            let request = move |address| TcpListener::bind_with(address, options);
            return SocketRequest::of(|answer| by_name(host.to_owned(), port, request, answer));
        }
        let what = to.to_address().map(|address| {
            let wanted = Wanted::Listen(Box::new((Address::Inet(address), options)));
            (Socket::listener(), wanted)
        });
        SocketRequest::new(Yield::Listen, what, |socket, _| Ok(TcpListener(socket)))
    }

    /// Request: waits for a connection, and gives it with the peer's address.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     assert_eq!(server.peer_addr()?, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there are no descriptors left. The connection waits then, and `accept` gives the next error, or the
    /// connection, after a pause. So a server says what it was, and asks again: with `accept()?` it would end.
    pub fn accept(&self) -> SocketRequest<(TcpStream, SocketAddr)> {
        let what = Ok((Rc::clone(&self.0), Wanted::Accept));
        SocketRequest::new(Yield::Accept, what, |_, got| match got {
            Got::Accepted(accepted) => {
                let (socket, peer) = *accepted;
                let peer = peer.inet()?;
                Ok((TcpStream(ByteStream(socket)), peer))
            }
            _ => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    /// The address at which it listens.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::TcpListener;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    ///     assert_ne!(listener.local_addr()?.port(), 0);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        inet(self.0.local())
    }
}

/// The address of a socket that is open.
pub(super) fn inet(address: Option<Address>) -> io::Result<SocketAddr> {
    let address = address.ok_or(io::ErrorKind::NotConnected)?;
    address.inet()
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TcpListener")
    }
}

/// A connection.
///
/// Two tasks can have a [half](TcpStream::into_split) of it each. More tasks can share it in an [`Rc`], because its requests take it by
/// reference: those that read are served in their order, and those that write too.
///
/// Dropping it closes it, and what has come and was not read is lost.
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
///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
///     let (server, _) = yield_!(listener.accept())?;
///     yield_!(client.write_all("hello\n"))?;
///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct TcpStream(ByteStream);

impl TcpStream {
    /// Request: makes a connection to an address. The addresses of a host are [looked up](super::lookup_host), and tried one after the other.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no address, or there is no connection: mostly because nobody listens. If a host has several addresses, the error of the
    /// last one. As [`lookup_host`](super::lookup_host).
    pub fn connect(to: impl ToAddress) -> SocketRequest<TcpStream> {
        TcpStream::connect_with(to, SocketOptions::new())
    }

    /// Request: makes a connection to an address, with options.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{SocketOptions, TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let options = SocketOptions::new().nodelay(true);
    ///     let _client = yield_!(TcpStream::connect_with("127.0.0.1:80", options))?;
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`connect`](TcpStream::connect).
    pub fn connect_with(to: impl ToAddress, options: SocketOptions) -> SocketRequest<TcpStream> {
        if let Some((host, port)) = to.host() {
            let request = move |address| TcpStream::connect_with(address, options);
            return SocketRequest::of(|answer| by_name(host.to_owned(), port, request, answer));
        }
        let what = to.to_address().map(|address| {
            let address = Address::Inet(address);
            let wanted = Wanted::Connect(Box::new((address.clone(), options)));
            (Socket::connecting(address), wanted)
        });
        SocketRequest::new(Yield::Connect, what, |socket, _| {
            Ok(TcpStream(ByteStream(socket)))
        })
    }

    /// Request: waits for some bytes, and appends them to the buffer, at most as many as it has capacity for; if it has none left, it gets room.
    /// The answer is the buffer; if nothing was appended, the peer has ended its direction.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("hello"))?;
    ///     let mut buffer = yield_!(server.read(Vec::with_capacity(1024)))?;
    ///     assert_eq!(buffer, b"hello");
    ///     buffer.clear(); // to use it again
    ///     drop(client);
    ///     assert!(yield_!(server.read(buffer))?.is_empty()); // the end
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that the peer has reset the connection.
    pub fn read(&self, buffer: Vec<u8>) -> SocketRequest<Vec<u8>> {
        self.0.read(buffer)
    }

    /// Request: waits for `count` bytes.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all([1, 2, 3]))?;
    ///     assert_eq!(yield_!(server.read_exact(2))?, [1, 2]);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if the peer ends before that; what has come is still there to be read. As
    /// [`read`](TcpStream::read).
    pub fn read_exact(&self, count: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_exact(count)
    }

    /// Request: waits for the bytes up to `delimiter`, and gives them with it. If the peer ends before there is one, the answer is
    /// what has come until then: nothing at all, if all was read before.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("one;two"))?;
    ///     assert_eq!(yield_!(server.read_until(b';', 100))?, b"one;");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidData`](io::ErrorKind::InvalidData) if there is no delimiter among the first `limit` bytes; they are still there to be read.
    /// As [`read`](TcpStream::read).
    pub fn read_until(&self, delimiter: u8, limit: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_until(delimiter, limit)
    }

    /// A coroutine that reads until the end, and gives all that has come: at most `limit` bytes, so that a peer cannot fill the memory. If it is
    /// cancelled, what it has read is lost.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("all of it"))?;
    ///     drop(client);
    ///     assert_eq!(yield_!(server.read_to_end(100))?, b"all of it");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidData`](io::ErrorKind::InvalidData) if there are more. As [`read`](TcpStream::read).
    pub fn read_to_end(&self, limit: usize) -> Coroutine<io::Result<Vec<u8>>> {
        self.0.read_to_end(limit)
    }

    /// Request: waits for a line, at most 1 MiB long, and gives it without its end, `\n` or `\r\n`. `None` at the end.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidData`](io::ErrorKind::InvalidData) if it is longer, or not UTF-8; then the line is taken all the same. As [`read`](TcpStream::read).
    pub fn read_line(&self) -> SocketRequest<Option<String>> {
        self.0.read_line()
    }

    /// Request: writes some of it, as much as there is room for, and waits until there is some. The answer is how many bytes were written,
    /// which is 0 only if there are none, and the buffer as it was. Mostly [`write_all`](TcpStream::write_all) is what is wanted.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
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
    /// As [`write_all`](TcpStream::write_all).
    pub fn write(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<(usize, Vec<u8>)> {
        self.0.write(bytes)
    }

    /// Request: writes all of it. The answer is the buffer, empty, to be filled again.
    ///
    /// Those of several tasks do not mix. If the task is cancelled meanwhile, a part of it may be written.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that the peer has closed the connection.
    pub fn write_all(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<Vec<u8>> {
        self.0.write_all(bytes)
    }

    /// Request: ends a direction, or both. The peer reads all that was written, and then the end. It never waits.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use std::net::Shutdown;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.shutdown(Shutdown::Write))?;
    ///     assert_eq!(yield_!(server.read_line())?, None);
    ///     yield_!(server.write_all("bye\n"))?; // the other direction is still there
    ///     assert_eq!(yield_!(client.read_line())?.as_deref(), Some("bye"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there is no connection any more.
    pub fn shutdown(&self, how: Shutdown) -> SocketRequest<()> {
        self.0.shutdown(how)
    }

    /// Request: whether small pieces are sent at once (`TCP_NODELAY`). It never waits.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     yield_!(client.set_nodelay(true))?;
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn set_nodelay(&self, yes: bool) -> SocketRequest<()> {
        self.0.set(SocketOption::Nodelay(yes))
    }

    /// Request: after how long without traffic the peer is asked whether it is still there (`SO_KEEPALIVE`, `TCP_KEEPIDLE`), in whole
    /// seconds, at least one; `None` is never. It never waits.
    ///
    /// ```
    /// use std::io;
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     yield_!(client.set_keepalive(Some(Duration::from_secs(60))))?;
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn set_keepalive(&self, after: Option<Duration>) -> SocketRequest<()> {
        self.0.set(SocketOption::Keepalive(after))
    }

    /// Makes two halves of it, one that reads and one that writes, which two tasks can have.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{ReadHalf, TcpListener, TcpStream, WriteHalf};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn asks(output: WriteHalf) -> io::Result<()> {
    ///     yield_!(output.write_all("1\n"))?;
    ///     yield_!(output.write_all("2\n"))?;
    ///     Ok(()) // it is dropped here: the peer reads the end
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn answers(input: ReadHalf, output: WriteHalf) -> io::Result<()> {
    ///     while let Some(line) = yield_!(input.read_line())? {
    ///         yield_!(output.write_all(format!("{line}!\n")))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let (input, output) = yield_!(TcpStream::connect("127.0.0.1:80"))?.into_split();
    ///     yield_!(Spawn(asks(output))).detach();
    ///     let (requests, responses) = yield_!(listener.accept())?.0.into_split();
    ///     yield_!(Spawn(answers(requests, responses))).detach();
    ///     assert_eq!(yield_!(input.read_until(b'\0', 100))?, b"1!\n2!\n");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    #[must_use = "dropping the halves closes the connection"]
    pub fn into_split(self) -> (ReadHalf, WriteHalf) {
        split(self.0)
    }

    /// Makes a connection of its two halves again.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     let (input, output) = client.into_split();
    ///     yield_!(output.write_all("hello\n"))?;
    ///     let client = TcpStream::reunite(input, output).unwrap();
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
    ///     assert_eq!(client.peer_addr()?, listener.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If they are halves of different connections. The error has them.
    pub fn reunite(read: ReadHalf, write: WriteHalf) -> Result<TcpStream, ReuniteError> {
        reunite(read, write, |peer| peer.inet().is_ok()).map(TcpStream)
    }

    /// Request: makes it a stream for the futures of other libraries (feature `futures-io`).
    ///
    /// ```
    /// use std::io;
    /// use futures::AsyncWriteExt;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     let mut client = yield_!(client.into_async_io());
    ///     yield_!(Await(async move { client.write_all(b"hello\n").await }))?;
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    #[cfg(feature = "futures-io")]
    pub fn into_async_io(self) -> Coroutine<AsyncStream> {
        let (input, output) = self.into_split();
        into_async_io(input, output)
    }

    /// Its own address.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     assert_eq!(client.peer_addr()?, listener.local_addr()?);
    ///     assert_eq!(client.local_addr()?, server.peer_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        inet(self.0.0.local())
    }

    /// The peer's address.
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
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     assert_eq!(client.peer_addr()?, listener.local_addr()?);
    ///     assert_eq!(client.local_addr()?, server.peer_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        inet(self.0.0.peer())
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TcpStream")
    }
}
