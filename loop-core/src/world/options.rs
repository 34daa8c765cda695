//! [`SocketOptions`] and [`SocketOption`].

use std::net::IpAddr;
use std::time::Duration;

/// What a socket is told when it is made.
///
/// ```
/// use std::io;
/// use std::time::Duration;
/// use loop_core::net::{SocketOptions, TcpListener};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let options = SocketOptions::new().backlog(16).nodelay(true).keepalive(Duration::from_secs(60));
///     let listener = yield_!(TcpListener::bind_with("127.0.0.1:80", options))?;
///     assert_eq!(listener.local_addr()?.port(), 80);
///     Ok(())
/// }
///
/// Sim::new().run(program).into_result().unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOptions {
    pub(crate) backlog: u32,
    pub(crate) reuse_address: bool,
    pub(crate) reuse_port: bool,
    pub(crate) nodelay: bool,
    pub(crate) keepalive: Option<Duration>,
    pub(crate) local_ip: Option<IpAddr>,
}

/// How many connections wait for an `accept` at most, unless it is said.
const BACKLOG: u32 = 1024;

impl Default for SocketOptions {
    fn default() -> SocketOptions {
        SocketOptions::new()
    }
}

impl SocketOptions {
    /// The defaults, as each method names them.
    ///
    /// ```
    /// use loop_core::net::SocketOptions;
    ///
    /// assert_eq!(SocketOptions::new(), SocketOptions::default());
    /// ```
    pub const fn new() -> SocketOptions {
        SocketOptions {
            backlog: BACKLOG,
            reuse_address: true,
            reuse_port: false,
            nodelay: false,
            keepalive: None,
            local_ip: None,
        }
    }

    /// How many connections may wait for an `accept`: 1,024 unless it is said. An operating system may allow fewer. Those that come when so
    /// many wait are made to wait, or refused. For a socket that listens.
    ///
    /// ```
    /// use loop_core::net::SocketOptions;
    ///
    /// let options = SocketOptions::new().backlog(16);
    /// # let _ = options;
    /// ```
    pub const fn backlog(mut self, connections: u32) -> SocketOptions {
        self.backlog = connections;
        self
    }

    /// Whether an address may be listened at while old connections of it still end (`SO_REUSEADDR`): yes unless it is said, so that a
    /// server can be started again at once.
    ///
    /// ```
    /// use loop_core::net::SocketOptions;
    ///
    /// let options = SocketOptions::new().reuse_address(false);
    /// # let _ = options;
    /// ```
    pub const fn reuse_address(mut self, yes: bool) -> SocketOptions {
        self.reuse_address = yes;
        self
    }

    /// Whether several sockets may have the same address and share what comes (`SO_REUSEPORT`), such as those of one loop per core: no
    /// unless it is said. All of them must say so.
    ///
    /// ```
    /// use loop_core::net::SocketOptions;
    ///
    /// let options = SocketOptions::new().reuse_port(true);
    /// # let _ = options;
    /// ```
    pub const fn reuse_port(mut self, yes: bool) -> SocketOptions {
        self.reuse_port = yes;
        self
    }

    /// Whether small pieces are sent at once, even if that makes many packets (`TCP_NODELAY`): no unless it is said. Connections that a
    /// listener accepts have its setting. TCP only.
    ///
    /// ```
    /// use loop_core::net::SocketOptions;
    ///
    /// let options = SocketOptions::new().nodelay(true);
    /// # let _ = options;
    /// ```
    pub const fn nodelay(mut self, yes: bool) -> SocketOptions {
        self.nodelay = yes;
        self
    }

    /// After how long without traffic the peer is asked whether it is still there (`SO_KEEPALIVE`, `TCP_KEEPIDLE`), in whole seconds, at
    /// least one: never unless it is said. A peer that does not answer is an error. Connections that a listener accepts have its setting.
    /// TCP only.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::net::SocketOptions;
    ///
    /// let options = SocketOptions::new().keepalive(Duration::from_secs(60));
    /// # let _ = options;
    /// ```
    pub const fn keepalive(mut self, after: Duration) -> SocketOptions {
        self.keepalive = Some(after);
        self
    }

    /// From which address of this host a connection is made: one that the operating system chooses unless it is said. In a simulation,
    /// where all addresses are there, it is what makes a client one of several hosts. For who connects; TCP only.
    ///
    /// ```
    /// use std::io;
    /// use std::net::{IpAddr, Ipv4Addr};
    /// use loop_core::net::{SocketOptions, TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("10.0.0.1:80"))?;
    ///     let host = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
    ///     let options = SocketOptions::new().local_ip(host);
    ///     let _client = yield_!(TcpStream::connect_with("10.0.0.1:80", options))?;
    ///     let (_server, peer) = yield_!(listener.accept())?;
    ///     assert_eq!(peer.ip(), host);
    ///     Ok(())
    /// }
    ///
    /// Sim::new().run(program).into_result().unwrap().unwrap();
    /// ```
    pub const fn local_ip(mut self, ip: IpAddr) -> SocketOptions {
        self.local_ip = Some(ip);
        self
    }
}

/// What may be set while a connection is there.
///
/// ```
/// use loop_core::world::SocketOption;
///
/// assert_eq!(format!("{:?}", SocketOption::Nodelay(true)), "Nodelay(true)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketOption {
    /// As [`SocketOptions::nodelay`].
    Nodelay(bool),
    /// As [`SocketOptions::keepalive`]; `None` is never.
    Keepalive(Option<Duration>),
}
