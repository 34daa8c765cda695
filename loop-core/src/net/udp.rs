//! UDP.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use super::address::ToAddress;
use super::ask::SocketRequest;
use super::stream::all_bytes;
use super::tcp::inet;
use crate::request::Yield;
use crate::request::socket::{Got, Socket, Wanted};
use crate::world::{Address, SocketOptions};

/// A socket for UDP datagrams.
///
/// A datagram arrives whole, or not at all, and several may arrive in another order. Dropping the socket closes it.
///
/// ```
/// use std::io;
/// use loop_core::net::UdpSocket;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let server = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
///     let client = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
///     yield_!(client.send_to("question", "127.0.0.1:53"))?;
///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
///     assert_eq!(bytes, b"question");
///     assert_eq!(sender, client.local_addr()?);
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
pub struct UdpSocket(Rc<Socket>);

impl UdpSocket {
    /// Request: a socket at an address. Port 0 means any that is free.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UdpSocket;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
    ///     let client = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    ///     yield_!(client.send_to("question", "127.0.0.1:53"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"question");
    ///     assert_eq!(sender, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no address, or the operating system refuses it: mostly because it is in use.
    pub fn bind(to: impl ToAddress) -> SocketRequest<UdpSocket> {
        UdpSocket::bind_with(to, SocketOptions::new())
    }

    /// Request: a socket at an address, with options. Of these, [`reuse_port`](SocketOptions::reuse_port) means something here.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{SocketOptions, UdpSocket};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let options = SocketOptions::new().reuse_port(true);
    ///     let _one = yield_!(UdpSocket::bind_with("127.0.0.1:53", options))?;
    ///     let _other = yield_!(UdpSocket::bind_with("127.0.0.1:53", options))?;
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// As [`bind`](UdpSocket::bind).
    pub fn bind_with(to: impl ToAddress, options: SocketOptions) -> SocketRequest<UdpSocket> {
        let what = to.to_address().map(|address| {
            let wanted = Wanted::Bind(Box::new((Address::Inet(address), options)));
            (Socket::datagrams(), wanted)
        });
        SocketRequest::new(Yield::Bind, what, |socket, _| Ok(UdpSocket(socket)))
    }

    /// Request: sends a datagram. The answer is the buffer, empty, to be filled again.
    ///
    /// That nobody receives it is no error.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UdpSocket;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
    ///     let client = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    ///     yield_!(client.send_to("question", "127.0.0.1:53"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"question");
    ///     assert_eq!(sender, client.local_addr()?);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is no address, the datagram is too long (65,507 bytes over IPv4), or the operating system refuses it.
    pub fn send_to(&self, bytes: impl Into<Vec<u8>>, to: impl ToAddress) -> SocketRequest<Vec<u8>> {
        let what = to.to_address().map(|address| {
            let wanted = Wanted::Send(bytes.into(), Box::new(Address::Inet(address)));
            (Rc::clone(&self.0), wanted)
        });
        SocketRequest::new(Yield::Write, what, all_bytes)
    }

    /// Request: waits for a datagram, and appends it to the buffer. The answer is the buffer and the sender. If the buffer has capacity
    /// for a part of the datagram, the rest is lost; if it has none, room for any datagram is made.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UdpSocket;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let server = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
    ///     let client = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    ///     yield_!(client.send_to("question", "127.0.0.1:53"))?;
    ///     let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    ///     assert_eq!(bytes, b"question");
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
    pub fn recv_from(&self, buffer: Vec<u8>) -> SocketRequest<(Vec<u8>, SocketAddr)> {
        let what = Ok((Rc::clone(&self.0), Wanted::Receive(buffer)));
        SocketRequest::new(Yield::Read, what, |_, got| match got {
            Got::Datagram(datagram) => Ok((datagram.0, datagram.1.inet()?)),
            _ => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    /// Its own address.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UdpSocket;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let socket = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    ///     assert_ne!(socket.local_addr()?.port(), 0);
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

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UdpSocket")
    }
}
