//! Unix sockets.

use std::fmt;
use std::io;
use std::net::Shutdown;
use std::path::Path;
use std::rc::Rc;

use super::ask::SocketRequest;
#[cfg(feature = "futures-io")]
use super::async_io::{AsyncStream, into_async_io};
use super::split::{ReadHalf, ReuniteError, WriteHalf, reunite, split};
use super::stream::{ByteStream, all_bytes};
use crate::request::socket::{Got, Socket, Wanted};
use crate::request::{Coroutine, Yield};
use crate::world::{Address, SocketOptions};

fn path(path: impl AsRef<Path>) -> Address {
    Address::Unix(path.as_ref().to_path_buf())
}

/// The address of a socket that is open.
fn address(address: Option<Address>) -> io::Result<Address> {
    address.ok_or_else(|| io::ErrorKind::NotConnected.into())
}

/// A Unix socket that listens for connections of programs on the same machine.
///
/// Dropping it closes it, and removes its file.
///
/// ```
/// use std::io;
/// use loop_core::net::{UnixListener, UnixStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(UnixListener::bind("example.socket"))?;
///     let client = yield_!(UnixStream::connect("example.socket"))?;
///     let (server, _) = yield_!(listener.accept())?;
///     yield_!(client.write_all("hello\n"))?;
///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct UnixListener(Rc<Socket>);

impl UnixListener {
    /// Request: listens at a path. The file that a program left which has crashed is replaced.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     assert_eq!(listener.local_addr()?.to_string(), "example.socket");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there is another file, or another socket that is open.
    pub fn bind(to: impl AsRef<Path>) -> SocketRequest<UnixListener> {
        let wanted = Wanted::Listen(Box::new((path(to), SocketOptions::new())));
        let what = Ok((Socket::listener(), wanted));
        SocketRequest::new(Yield::Listen, what, |socket, _| Ok(UnixListener(socket)))
    }

    /// Request: waits for a connection, and gives it with the peer's address, which is mostly [`Unnamed`](Address::Unnamed).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{Address, UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let _client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (_server, peer) = yield_!(listener.accept())?;
    ///     assert_eq!(peer, Address::Unnamed);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there are no descriptors left.
    pub fn accept(&self) -> SocketRequest<(UnixStream, Address)> {
        let what = Ok((Rc::clone(&self.0), Wanted::Accept));
        SocketRequest::new(Yield::Accept, what, |_, got| match got {
            Got::Accepted(accepted) => {
                let (socket, peer) = *accepted;
                Ok((UnixStream(ByteStream(socket)), peer))
            }
            _ => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    /// The address at which it listens.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UnixListener;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     assert_eq!(listener.local_addr()?.to_string(), "example.socket");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn local_addr(&self) -> io::Result<Address> {
        address(self.0.local())
    }
}

impl fmt::Debug for UnixListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnixListener")
    }
}

/// A connection between two programs on the same machine.
///
/// It is used as a [`TcpStream`](super::TcpStream).
///
/// ```
/// use std::io;
/// use loop_core::net::{UnixListener, UnixStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(UnixListener::bind("example.socket"))?;
///     let client = yield_!(UnixStream::connect("example.socket"))?;
///     let (server, _) = yield_!(listener.accept())?;
///     yield_!(client.write_all("hello\n"))?;
///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct UnixStream(ByteStream);

impl UnixStream {
    /// Request: makes a connection to the socket at a path.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
    /// The operating system's error: mostly that there is no such file, or nobody listens.
    pub fn connect(to: impl AsRef<Path>) -> SocketRequest<UnixStream> {
        let address = path(to);
        let wanted = Wanted::Connect(Box::new((address.clone(), SocketOptions::new())));
        let what = Ok((Socket::connecting(address), wanted));
        SocketRequest::new(Yield::Connect, what, |socket, _| {
            Ok(UnixStream(ByteStream(socket)))
        })
    }

    /// Request: as [`TcpStream::read`](super::TcpStream::read).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("hello"))?;
    ///     assert_eq!(yield_!(server.read(Vec::new()))?, b"hello");
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
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
    /// As there.
    pub fn read_exact(&self, count: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_exact(count)
    }

    /// Request: as [`TcpStream::read_until`](super::TcpStream::read_until).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
    /// As there.
    pub fn read_until(&self, delimiter: u8, limit: usize) -> SocketRequest<Vec<u8>> {
        self.0.read_until(delimiter, limit)
    }

    /// A coroutine: as [`TcpStream::read_to_end`](super::TcpStream::read_to_end).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
    /// As there.
    pub fn read_to_end(&self, limit: usize) -> Coroutine<io::Result<Vec<u8>>> {
        self.0.read_to_end(limit)
    }

    /// Request: as [`TcpStream::read_line`](super::TcpStream::read_line).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
    /// As there.
    pub fn read_line(&self) -> SocketRequest<Option<String>> {
        self.0.read_line()
    }

    /// Request: as [`TcpStream::write`](super::TcpStream::write).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
        self.0.write(bytes)
    }

    /// Request: as [`TcpStream::write_all`](super::TcpStream::write_all).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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
    /// As there.
    pub fn write_all(&self, bytes: impl Into<Vec<u8>>) -> SocketRequest<Vec<u8>> {
        self.0.write_all(bytes)
    }

    /// Request: as [`TcpStream::shutdown`](super::TcpStream::shutdown).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.shutdown(std::net::Shutdown::Write))?;
    ///     assert_eq!(yield_!(server.read_line())?, None);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As there.
    pub fn shutdown(&self, how: Shutdown) -> SocketRequest<()> {
        self.0.shutdown(how)
    }

    /// Two halves, as of [`TcpStream::into_split`](super::TcpStream::into_split).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     let (_input, output) = client.into_split();
    ///     yield_!(output.write_all("hello\n"))?;
    ///     drop(output);
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
    ///     assert_eq!(yield_!(server.read_line())?, None);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    #[must_use = "dropping the halves closes the connection"]
    pub fn into_split(self) -> (ReadHalf, WriteHalf) {
        split(self.0)
    }

    /// The stream of two halves.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     let (input, output) = client.into_split();
    ///     let client = UnixStream::reunite(input, output).unwrap();
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
    /// If they are not of the same stream. The error has them.
    pub fn reunite(read: ReadHalf, write: WriteHalf) -> Result<UnixStream, ReuniteError> {
        reunite(read, write, |peer| peer.inet().is_err()).map(UnixStream)
    }

    /// Request: makes it a stream for the futures of other libraries (feature `futures-io`).
    ///
    /// ```
    /// use std::io;
    /// use futures::AsyncWriteExt;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
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

    /// Its own address, which is mostly [`Unnamed`](Address::Unnamed) of the side that has connected.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     assert_eq!(server.local_addr()?, listener.local_addr()?);
    ///     assert_eq!(client.peer_addr()?, listener.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn local_addr(&self) -> io::Result<Address> {
        address(self.0.0.local())
    }

    /// The peer's address.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{UnixListener, UnixStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(UnixListener::bind("example.socket"))?;
    ///     let client = yield_!(UnixStream::connect("example.socket"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     assert_eq!(client.peer_addr()?, listener.local_addr()?);
    ///     assert_eq!(server.peer_addr()?, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn peer_addr(&self) -> io::Result<Address> {
        address(self.0.0.peer())
    }
}

impl fmt::Debug for UnixStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnixStream")
    }
}

/// A Unix socket for datagrams.
///
/// Unlike those of UDP, datagrams arrive all and in their order; who sends to a socket that has no room waits. Dropping the socket closes
/// it, and removes its file.
///
/// ```
/// use std::io;
/// use loop_core::net::UnixDatagram;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let server = yield_!(UnixDatagram::bind("example.socket"))?;
///     let client = yield_!(UnixDatagram::unbound())?;
///     yield_!(client.send_to("hello", "example.socket"))?;
///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
///     assert_eq!(bytes, b"hello");
///     assert_eq!(sender, client.local_addr()?);
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct UnixDatagram(Rc<Socket>);

impl UnixDatagram {
    /// Request: a socket at a path. The file that a program left which has crashed is replaced.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UnixDatagram;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UnixDatagram::bind("example.socket"))?;
    ///     let client = yield_!(UnixDatagram::unbound())?;
    ///     yield_!(client.send_to("hello", "example.socket"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"hello");
    ///     assert_eq!(sender, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there is another file, or another socket that is open.
    pub fn bind(to: impl AsRef<Path>) -> SocketRequest<UnixDatagram> {
        UnixDatagram::at(path(to))
    }

    /// Request: a socket that has no path. It can send; nobody can answer it.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UnixDatagram;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UnixDatagram::bind("example.socket"))?;
    ///     let client = yield_!(UnixDatagram::unbound())?;
    ///     yield_!(client.send_to("hello", "example.socket"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"hello");
    ///     assert_eq!(sender, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there are no descriptors left.
    pub fn unbound() -> SocketRequest<UnixDatagram> {
        UnixDatagram::at(Address::Unnamed)
    }

    fn at(address: Address) -> SocketRequest<UnixDatagram> {
        let wanted = Wanted::Bind(Box::new((address, SocketOptions::new())));
        let what = Ok((Socket::datagrams(), wanted));
        SocketRequest::new(Yield::Bind, what, |socket, _| Ok(UnixDatagram(socket)))
    }

    /// Request: sends a datagram, and waits if the receiver has no room. The answer is the buffer, empty, to be filled again.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UnixDatagram;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UnixDatagram::bind("example.socket"))?;
    ///     let client = yield_!(UnixDatagram::unbound())?;
    ///     yield_!(client.send_to("hello", "example.socket"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"hello");
    ///     assert_eq!(sender, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error: mostly that there is no such file, nobody has it open, or the datagram is too long.
    pub fn send_to(
        &self,
        bytes: impl Into<Vec<u8>>,
        to: impl AsRef<Path>,
    ) -> SocketRequest<Vec<u8>> {
        let what = Ok((
            Rc::clone(&self.0),
            Wanted::Send(bytes.into(), Box::new(path(to))),
        ));
        SocketRequest::new(Yield::Write, what, all_bytes)
    }

    /// Request: waits for a datagram, as [`UdpSocket::recv_from`](super::UdpSocket::recv_from).
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UnixDatagram;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UnixDatagram::bind("example.socket"))?;
    ///     let client = yield_!(UnixDatagram::unbound())?;
    ///     yield_!(client.send_to("hello", "example.socket"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"hello");
    ///     assert_eq!(sender, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn recv_from(&self, buffer: Vec<u8>) -> SocketRequest<(Vec<u8>, Address)> {
        let what = Ok((Rc::clone(&self.0), Wanted::Receive(buffer)));
        SocketRequest::new(Yield::Read, what, |_, got| match got {
            Got::Datagram(datagram) => Ok(*datagram),
            _ => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    /// Its own address.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UnixDatagram;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let socket = yield_!(UnixDatagram::bind("example.socket"))?;
    ///     assert_eq!(socket.local_addr()?.to_string(), "example.socket");
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub fn local_addr(&self) -> io::Result<Address> {
        address(self.0.local())
    }
}

impl fmt::Debug for UnixDatagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnixDatagram")
    }
}
