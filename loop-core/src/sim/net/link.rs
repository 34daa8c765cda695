//! [`Link`]: what a link is like.

use std::time::Duration;

/// How many bytes a direction of a connection holds that were sent and not read.
const BUFFER: usize = 64 * 1024;

/// After this time Linux gives up to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(127);

/// What a link is like: the way between two IP addresses, or from one to itself. By default what is sent arrives at once, and nothing
/// goes wrong.
///
/// What is left to chance is decided by [`Sim::seed`](super::super::Sim::seed): the same seed makes the same faults. How often each was made is in
/// [`Run::faults`](super::super::Run::faults).
///
/// ```
/// use std::time::Duration;
/// use loop_core::net::{TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::{Link, Sim};
///
/// #[loop_core::coroutine]
/// fn connects() -> std::io::Result<()> {
///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     yield_!(TcpStream::connect("127.0.0.1:80"))?;
///     Ok(())
/// }
///
/// // There and back.
/// let run = Sim::new().network(Link::new().latency(Duration::from_millis(10))).run(connects);
/// assert_eq!(run.elapsed(), Duration::from_millis(20));
/// # run.into_result().unwrap().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a link is a setting of a network"]
pub struct Link {
    pub(super) latency: Duration,
    pub(super) jitter: Duration,
    /// Bytes in a second.
    pub(super) bandwidth: Option<u64>,
    pub(super) buffer: usize,
    pub(super) connect_timeout: Duration,
    pub(super) torn_reads: f64,
    pub(super) short_writes: f64,
    pub(super) resets: f64,
    pub(super) refusals: f64,
    pub(super) unreachable: f64,
    pub(super) losses: f64,
    pub(super) duplicates: f64,
}

impl Default for Link {
    fn default() -> Link {
        Link {
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            bandwidth: None,
            buffer: BUFFER,
            connect_timeout: CONNECT_TIMEOUT,
            torn_reads: 0.0,
            short_writes: 0.0,
            resets: 0.0,
            refusals: 0.0,
            unreachable: 0.0,
            losses: 0.0,
            duplicates: 0.0,
        }
    }
}

fn probability(p: f64) -> f64 {
    assert!((0.0..=1.0).contains(&p), "{p} is no probability");
    p
}

impl Link {
    /// A link without latency and without faults.
    ///
    /// ```
    /// use loop_core::sim::Link;
    ///
    /// assert_eq!(Link::new(), Link::default());
    /// ```
    pub fn new() -> Link {
        Link::default()
    }

    /// What is left of it where nothing goes from one address to another.
    pub(super) fn within_a_host(&self) -> Link {
        Link {
            buffer: self.buffer,
            torn_reads: self.torn_reads,
            short_writes: self.short_writes,
            ..Link::default()
        }
    }

    /// Sets how long it takes until what is sent arrives; no time by default.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> std::io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     Ok(())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().latency(Duration::from_millis(10))).run(connects);
    /// assert_eq!(run.elapsed(), Duration::from_millis(20));
    /// # run.into_result().unwrap().unwrap();
    /// ```
    pub fn latency(mut self, latency: Duration) -> Link {
        self.latency = latency;
        self
    }

    /// Sets by how much the latency may be longer: each time by less than this, as the seed decides. What is sent in one direction of a
    /// connection still arrives in its order.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> std::io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     Ok(())
    /// }
    ///
    /// let link = Link::new().latency(Duration::from_millis(10)).jitter(Duration::from_millis(5));
    /// let elapsed = |seed| Sim::new().seed(seed).network(link.clone()).run(connects).elapsed();
    /// assert!(elapsed(1) >= Duration::from_millis(20) && elapsed(1) < Duration::from_millis(30));
    /// assert_eq!(elapsed(1), elapsed(1));
    /// assert_ne!(elapsed(1), elapsed(2));
    /// ```
    pub fn jitter(mut self, jitter: Duration) -> Link {
        self.jitter = jitter;
        self
    }

    /// Sets how many bytes each direction of the link carries in a second, for all connections together; as many as there are by default.
    /// What one write has sent arrives as a whole, when its last byte does.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn sends() -> std::io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all(vec![0; 5_000]))?;
    ///     yield_!(server.read_exact(5_000))?;
    ///     Ok(())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().bandwidth(1_000)).run(sends);
    /// assert_eq!(run.elapsed(), Duration::from_secs(5));
    /// # run.into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// If it is 0. [`Network::partition_at`](super::Network::partition_at) cuts a link.
    pub fn bandwidth(mut self, bytes_per_second: u64) -> Link {
        assert!(bytes_per_second > 0, "a link carries something");
        self.bandwidth = Some(bytes_per_second);
        self
    }

    /// Sets how many bytes each direction of a connection holds that were written and not read yet: 64 KiB by default. Who writes more
    /// waits.
    ///
    /// ```
    /// use std::io;
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn writes_much(client: TcpStream) -> io::Result<()> {
    ///     yield_!(client.write_all(vec![0; 1_001]))?;
    ///     Ok(())
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn nobody_reads() -> io::Result<bool> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let _server = yield_!(listener.accept())?;
    ///     let written = yield_!(Timeout(Duration::from_secs(1), writes_much(client)));
    ///     Ok(written.is_err())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().buffer(1_000)).run(nobody_reads);
    /// assert!(run.into_result().unwrap().unwrap());
    /// ```
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn buffer(mut self, bytes: usize) -> Link {
        assert!(bytes > 0, "a buffer has room for something");
        self.buffer = bytes;
        self
    }

    /// Sets after what time a connection that is not made fails with [`TimedOut`](std::io::ErrorKind::TimedOut): because the link is
    /// [cut](super::Network::partition_at), or because the listener has no room for one more. 127 seconds by default, as on Linux.
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use std::time::Duration;
    /// use loop_core::net::TcpStream;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Network, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> ErrorKind {
    ///     yield_!(TcpStream::connect("10.0.0.1:80")).unwrap_err().kind()
    /// }
    ///
    /// let host = [10, 0, 0, 1];
    /// let network = Network::new()
    ///     .links(Link::new().connect_timeout(Duration::from_secs(5)))
    ///     .partition_at(Duration::ZERO, host, host);
    /// let run = Sim::new().network(network).run(connects);
    /// assert_eq!(run.elapsed(), Duration::from_secs(5));
    /// assert_eq!(run.faults().timeouts, 1);
    /// assert_eq!(run.into_result().unwrap(), ErrorKind::TimedOut);
    /// ```
    pub fn connect_timeout(mut self, time: Duration) -> Link {
        self.connect_timeout = time;
        self
    }

    /// Sets with which probability a read gives fewer bytes than have arrived. The others can be read a moment later: a task that needs
    /// more waits, and other tasks may run meanwhile. 0 by default.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn reads() -> io::Result<usize> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("one message"))?;
    ///     Ok(yield_!(server.read(Vec::new()))?.len())
    /// }
    ///
    /// let run = Sim::new().seed(7).network(Link::new().torn_reads(1.0)).run(reads);
    /// assert_eq!(run.faults().torn_reads, 1);
    /// assert!(run.into_result().unwrap().unwrap() < "one message".len());
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn torn_reads(mut self, p: f64) -> Link {
        self.torn_reads = probability(p);
        self
    }

    /// Sets with which probability a write takes fewer bytes than there is room for. The others are taken a moment later: the task
    /// waits, and other tasks may run meanwhile. 0 by default.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn writes() -> io::Result<Vec<u8>> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("one message"))?;
    ///     yield_!(server.read_exact("one message".len()))
    /// }
    ///
    /// let run = Sim::new().seed(7).network(Link::new().short_writes(1.0)).run(writes);
    /// assert!(run.faults().short_writes > 0);
    /// assert_eq!(run.into_result().unwrap().unwrap(), b"one message");
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn short_writes(mut self, p: f64) -> Link {
        self.short_writes = probability(p);
        self
    }

    /// Sets with which probability the network resets a connection when one of its sides reads or writes something. Both sides get
    /// the error [`ConnectionReset`](std::io::ErrorKind::ConnectionReset), after what has arrived before. 0 by default.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn writes() -> io::Result<ErrorKind> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     assert!(yield_!(client.write_all("lost")).is_err());
    ///     Ok(yield_!(server.read(Vec::new())).unwrap_err().kind())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().resets(1.0)).run(writes);
    /// assert_eq!(run.faults().resets, 1);
    /// assert_eq!(run.into_result().unwrap().unwrap(), ErrorKind::ConnectionReset);
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn resets(mut self, p: f64) -> Link {
        self.resets = probability(p);
        self
    }

    /// Sets with which probability a connection is refused, although there is a listener. 0 by default.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> io::Result<ErrorKind> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     Ok(yield_!(TcpStream::connect("127.0.0.1:80")).unwrap_err().kind())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().refusals(1.0)).run(connects);
    /// assert_eq!(run.faults().refusals, 1);
    /// assert_eq!(run.into_result().unwrap().unwrap(), ErrorKind::ConnectionRefused);
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn refusals(mut self, p: f64) -> Link {
        self.refusals = probability(p);
        self
    }

    /// Sets with which probability a connection fails with [`HostUnreachable`](std::io::ErrorKind::HostUnreachable). 0 by default.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> io::Result<ErrorKind> {
    ///     let _listener = yield_!(TcpListener::bind("10.0.0.1:80"))?;
    ///     Ok(yield_!(TcpStream::connect("10.0.0.1:80")).unwrap_err().kind())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().unreachable(1.0)).run(connects);
    /// assert_eq!(run.faults().unreachable, 1);
    /// assert_eq!(run.into_result().unwrap().unwrap(), ErrorKind::HostUnreachable);
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn unreachable(mut self, p: f64) -> Link {
        self.unreachable = probability(p);
        self
    }

    /// Sets with which probability a datagram is lost. 0 by default. Datagrams of Unix sockets are never lost.
    ///
    /// ```
    /// use std::io;
    /// use std::time::Duration;
    /// use loop_core::net::UdpSocket;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn receives(socket: UdpSocket) -> io::Result<()> {
    ///     yield_!(socket.recv_from(Vec::new()))?;
    ///     Ok(())
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<bool> {
    ///     let socket = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
    ///     yield_!(socket.send_to("hello", "127.0.0.1:53"))?;
    ///     Ok(yield_!(Timeout(Duration::from_secs(1), receives(socket))).is_err())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().losses(1.0)).run(program);
    /// assert_eq!(run.faults().losses, 1);
    /// assert!(run.into_result().unwrap().unwrap());
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn losses(mut self, p: f64) -> Link {
        self.losses = probability(p);
        self
    }

    /// Sets with which probability a datagram comes twice. 0 by default.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::UdpSocket;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let socket = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
    ///     yield_!(socket.send_to("hello", "127.0.0.1:53"))?;
    ///     for _ in 0..2 {
    ///         assert_eq!(yield_!(socket.recv_from(Vec::new()))?.0, b"hello");
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let run = Sim::new().network(Link::new().duplicates(1.0)).run(program);
    /// assert_eq!(run.faults().duplicates, 1);
    /// # run.into_result().unwrap().unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// If it is no number from 0 to 1.
    pub fn duplicates(mut self, p: f64) -> Link {
        self.duplicates = probability(p);
        self
    }
}
