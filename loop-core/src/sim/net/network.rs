//! [`Network`]: what the network of a simulation is like.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::control::{Command, NetworkControl};
use super::link::Link;
use super::place::Way;
use crate::time::Time;

/// The network of a simulation: what its links are like, and what happens to them when.
///
/// ```
/// use std::time::Duration;
/// use loop_core::net::{TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::{Link, Network, Sim};
///
/// #[loop_core::coroutine]
/// fn connects() -> std::io::Result<()> {
///     let _listener = yield_!(TcpListener::bind("127.0.0.2:80"))?;
///     yield_!(TcpStream::connect("127.0.0.2:80"))?; // from 127.0.0.1
///     Ok(())
/// }
///
/// let far = Link::new().latency(Duration::from_millis(100));
/// let network = Network::new().link([127, 0, 0, 1], [127, 0, 0, 2], far);
/// let run = Sim::new().network(network).run(connects);
/// assert_eq!(run.elapsed(), Duration::from_millis(200));
/// # run.into_result().unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a network is a setting of a simulation"]
pub struct Network {
    links: Link,
    /// Of Unix sockets.
    unix: Link,
    named: BTreeMap<(IpAddr, IpAddr), Link>,
    pub(super) script: Vec<(Time, Command)>,
    pub(super) control: Option<NetworkControl>,
}

/// A link goes both ways.
pub(super) fn both_ways(a: IpAddr, b: IpAddr) -> (IpAddr, IpAddr) {
    (a.min(b), a.max(b))
}

impl Network {
    /// A network without latency and without faults.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::sim::{Link, Network, Sim};
    ///
    /// let network = Network::new().links(Link::new().latency(Duration::from_millis(10)));
    /// let sim = Sim::new().network(network);
    /// # let _ = sim;
    /// ```
    pub fn new() -> Network {
        Network::default()
    }

    /// Sets what the links are like that are not [named](Network::link). `Sim::network(link)` is a short form for a network that has
    /// only such links.
    ///
    /// Unix sockets have no link. Of these settings they have the buffer, the torn reads and the short writes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::sim::{Link, Network, Sim};
    ///
    /// let network = Network::new().links(Link::new().latency(Duration::from_millis(10)));
    /// let sim = Sim::new().network(network);
    /// # let _ = sim;
    /// ```
    pub fn links(mut self, link: Link) -> Network {
        self.unix = link.within_a_host();
        self.links = link;
        self
    }

    /// Sets what the link between two addresses is like, in both directions. An address has a link to itself, too, and most clients use
    /// [that one](super::super#the-network).
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::sim::{Link, Network, Sim};
    ///
    /// let far = Link::new().latency(Duration::from_millis(100));
    /// let network = Network::new().link([127, 0, 0, 1], [127, 0, 0, 2], far);
    /// let sim = Sim::new().network(network);
    /// # let _ = sim;
    /// ```
    pub fn link(mut self, a: impl Into<IpAddr>, b: impl Into<IpAddr>, link: Link) -> Network {
        self.set(a.into(), b.into(), link);
        self
    }

    pub(super) fn set(&mut self, a: IpAddr, b: IpAddr, link: Link) {
        self.named.insert(both_ways(a, b), link);
    }

    pub(super) fn link_of(&self, way: Way) -> &Link {
        let Some((from, to)) = way else {
            return &self.unix;
        };
        let named = self.named.get(&both_ways(from, to));
        named.unwrap_or(&self.links)
    }

    /// Lets the link between two addresses be cut at `time` after the beginning. What is on the way still arrives. What is sent later
    /// waits, and is on its way when the link is [repaired](Network::repair_at). Who connects waits, too, until the link is repaired or the
    /// [time](Link::connect_timeout) for it is over. A cut of a link that no client uses changes nothing: see [which one that
    /// is](super::super#the-network).
    ///
    /// ```
    /// use std::io;
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Network, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(Sleep(Duration::from_secs(1)));
    ///     yield_!(client.write_all("late\n"))?;
    ///     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("late"));
    ///     Ok(())
    /// }
    ///
    /// let host = [127, 0, 0, 1];
    /// let network = Network::new()
    ///     .partition_at(Duration::from_secs(1), host, host)
    ///     .repair_at(Duration::from_secs(9), host, host);
    /// let run = Sim::new().network(network).run(program);
    /// assert_eq!(run.elapsed(), Duration::from_secs(9));
    /// assert_eq!((run.faults().partitions, run.faults().held), (1, 1));
    /// # run.into_result().unwrap().unwrap();
    /// ```
    pub fn partition_at(
        self,
        time: Duration,
        a: impl Into<IpAddr>,
        b: impl Into<IpAddr>,
    ) -> Network {
        self.at(time, Command::Partition(a.into(), b.into()))
    }

    /// Lets the link between two addresses be repaired at `time` after the beginning, if it is [cut](Network::partition_at).
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Network, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> std::io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     Ok(())
    /// }
    ///
    /// let host = [127, 0, 0, 1];
    /// let network = Network::new()
    ///     .partition_at(Duration::ZERO, host, host)
    ///     .repair_at(Duration::from_secs(9), host, host);
    /// let run = Sim::new().network(network).run(connects);
    /// assert_eq!(run.elapsed(), Duration::from_secs(9));
    /// # run.into_result().unwrap().unwrap();
    /// ```
    pub fn repair_at(self, time: Duration, a: impl Into<IpAddr>, b: impl Into<IpAddr>) -> Network {
        self.at(time, Command::Repair(a.into(), b.into()))
    }

    /// Lets all connections between two addresses be reset at `time` after the beginning.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use std::time::Duration;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Network, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn waits() -> io::Result<ErrorKind> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let _server = yield_!(listener.accept())?;
    ///     Ok(yield_!(client.read_line()).unwrap_err().kind())
    /// }
    ///
    /// let host = [127, 0, 0, 1];
    /// let network = Network::new().reset_at(Duration::from_secs(3), host, host);
    /// let run = Sim::new().network(network).run(waits);
    /// assert_eq!(run.elapsed(), Duration::from_secs(3));
    /// assert_eq!(run.into_result().unwrap().unwrap(), ErrorKind::ConnectionReset);
    /// ```
    pub fn reset_at(self, time: Duration, a: impl Into<IpAddr>, b: impl Into<IpAddr>) -> Network {
        self.at(time, Command::Reset(a.into(), b.into()))
    }

    fn at(mut self, time: Duration, command: Command) -> Network {
        self.script.push((Time::ZERO + time, command));
        self
    }

    /// Lets a handle control the network while the simulation runs.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Network, NetworkControl, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program(network: NetworkControl) -> io::Result<ErrorKind> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let _server = yield_!(listener.accept())?;
    ///     network.reset([127, 0, 0, 1], [127, 0, 0, 1]);
    ///     Ok(yield_!(client.read_line()).unwrap_err().kind())
    /// }
    ///
    /// let control = NetworkControl::new();
    /// let run = Sim::new().network(Network::new().control(&control)).run(|| program(control.clone()));
    /// assert_eq!(run.into_result().unwrap().unwrap(), ErrorKind::ConnectionReset);
    /// ```
    pub fn control(mut self, control: &NetworkControl) -> Network {
        self.control = Some(control.clone());
        self
    }
}

impl From<Link> for Network {
    fn from(link: Link) -> Network {
        Network::new().links(link)
    }
}
