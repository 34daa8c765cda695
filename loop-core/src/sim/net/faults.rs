//! [`Faults`]: how often the network was at fault.

/// How often the simulated network was at fault. A test that means to see a fault asserts with it that there was one.
///
/// ```
/// use std::io;
/// use loop_core::net::{TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::{Link, Sim};
///
/// #[loop_core::coroutine]
/// fn program() -> io::Result<()> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
///     let (server, _) = yield_!(listener.accept())?;
///     yield_!(client.write_all("in pieces\n"))?;
///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("in pieces"));
///     Ok(())
/// }
///
/// let run = Sim::new().network(Link::new().torn_reads(1.0)).run(program);
/// assert!(run.faults().torn_reads > 0);
/// assert_eq!(run.faults().resets, 0);
/// # run.into_result().unwrap().unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Faults {
    /// Reads that gave fewer bytes than had arrived. See [`Link::torn_reads`](super::Link::torn_reads).
    pub torn_reads: u64,
    /// Writes that took fewer bytes than there was room for. See [`Link::short_writes`](super::Link::short_writes).
    pub short_writes: u64,
    /// Connections that the network reset. See [`Link::resets`](super::Link::resets).
    pub resets: u64,
    /// Connections that the network refused. See [`Link::refusals`](super::Link::refusals).
    pub refusals: u64,
    /// Connections to an address that was unreachable. See [`Link::unreachable`](super::Link::unreachable).
    pub unreachable: u64,
    /// Connections that were not made in time. See [`Link::connect_timeout`](super::Link::connect_timeout).
    pub timeouts: u64,
    /// Links that were cut. See [`Network::partition_at`](super::Network::partition_at).
    pub partitions: u64,
    /// Links that were repaired. See [`Network::repair_at`](super::Network::repair_at).
    pub repairs: u64,
    /// What was sent over a link that was cut: pieces of data, ends, and questions for a connection. It waits for the repair.
    pub held: u64,
    /// Datagrams that were lost, also because their link was cut. See [`Link::losses`](super::Link::losses).
    pub losses: u64,
    /// Datagrams that came twice. See [`Link::duplicates`](super::Link::duplicates).
    pub duplicates: u64,
}
