//! [`NetworkControl`]: the network in the hands of a program that runs on it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::faults::Faults;
use super::link::Link;

/// What can happen to a network.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Partition(IpAddr, IpAddr),
    Repair(IpAddr, IpAddr),
    Reset(IpAddr, IpAddr),
    Link(IpAddr, IpAddr, Link),
}

#[derive(Debug, Default)]
struct Desk {
    /// What was said and has not happened yet.
    commands: Vec<Command>,
    faults: Faults,
}

/// Controls the network of a simulation while it runs, also from within it. Give it to a network with
/// [`Network::control`](super::Network::control).
///
/// What it is told happens at once, that is before the network does anything else. If several simulations have the same one, what it is told
/// happens in the one that runs.
///
/// ```
/// use std::io;
/// use std::time::Duration;
/// use loop_core::net::{TcpListener, TcpStream};
/// use loop_core::prelude::*;
/// use loop_core::sim::{Network, NetworkControl, Sim};
///
/// const HOST: [u8; 4] = [127, 0, 0, 1];
///
/// #[loop_core::coroutine]
/// fn waits(server: TcpStream) -> io::Result<Option<String>> {
///     yield_!(server.read_line())
/// }
///
/// #[loop_core::coroutine]
/// fn program(network: NetworkControl) -> io::Result<()> {
///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
///     let (server, _) = yield_!(listener.accept())?;
///     let reader = yield_!(Spawn(waits(server)));
///     network.partition(HOST, HOST);
///     yield_!(client.write_all("late\n"))?;
///     yield_!(Sleep(Duration::from_secs(60)));
///     network.repair(HOST, HOST);
///     assert_eq!(yield_!(reader).unwrap()?.as_deref(), Some("late"));
///     Ok(())
/// }
///
/// let control = NetworkControl::new();
/// let run = Sim::new().network(Network::new().control(&control)).run(|| program(control.clone()));
/// assert_eq!(run.elapsed(), Duration::from_secs(60));
/// assert_eq!(run.faults().held, 1);
/// # run.into_result().unwrap().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct NetworkControl(Arc<Mutex<Desk>>);

impl NetworkControl {
    /// Controls no network yet.
    ///
    /// ```
    /// use loop_core::sim::{Network, NetworkControl, Sim};
    ///
    /// let control = NetworkControl::new();
    /// let sim = Sim::new().network(Network::new().control(&control));
    /// # let _ = sim;
    /// ```
    pub fn new() -> NetworkControl {
        NetworkControl::default()
    }

    /// Cuts the link between two addresses: see [`Network::partition_at`](super::Network::partition_at).
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use loop_core::net::TcpStream;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Network, NetworkControl, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program(network: NetworkControl) -> ErrorKind {
    ///     network.partition([127, 0, 0, 1], [127, 0, 0, 2]);
    ///     yield_!(TcpStream::connect("127.0.0.2:80")).unwrap_err().kind()
    /// }
    ///
    /// let control = NetworkControl::new();
    /// let run = Sim::new().network(Network::new().control(&control)).run(|| program(control.clone()));
    /// assert_eq!(run.into_result().unwrap(), ErrorKind::TimedOut);
    /// ```
    pub fn partition(&self, a: impl Into<IpAddr>, b: impl Into<IpAddr>) {
        self.say(Command::Partition(a.into(), b.into()));
    }

    /// Repairs the link between two addresses: see [`Network::repair_at`](super::Network::repair_at).
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use loop_core::net::TcpStream;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Network, NetworkControl, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program(network: NetworkControl) -> ErrorKind {
    ///     network.partition([127, 0, 0, 1], [127, 0, 0, 2]);
    ///     network.repair([127, 0, 0, 1], [127, 0, 0, 2]);
    ///     yield_!(TcpStream::connect("127.0.0.2:80")).unwrap_err().kind()
    /// }
    ///
    /// let control = NetworkControl::new();
    /// let run = Sim::new().network(Network::new().control(&control)).run(|| program(control.clone()));
    /// assert_eq!(run.into_result().unwrap(), ErrorKind::ConnectionRefused); // nobody listens
    /// ```
    pub fn repair(&self, a: impl Into<IpAddr>, b: impl Into<IpAddr>) {
        self.say(Command::Repair(a.into(), b.into()));
    }

    /// Resets all connections between two addresses.
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
    pub fn reset(&self, a: impl Into<IpAddr>, b: impl Into<IpAddr>) {
        self.say(Command::Reset(a.into(), b.into()));
    }

    /// Changes what the link between two addresses is like. What is on the way already arrives as before.
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Network, NetworkControl, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program(network: NetworkControl) -> io::Result<ErrorKind> {
    ///     let _listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     network.set_link([127, 0, 0, 1], [127, 0, 0, 1], Link::new().refusals(1.0));
    ///     Ok(yield_!(TcpStream::connect("127.0.0.1:80")).unwrap_err().kind())
    /// }
    ///
    /// let control = NetworkControl::new();
    /// let run = Sim::new().network(Network::new().control(&control)).run(|| program(control.clone()));
    /// assert_eq!(run.into_result().unwrap().unwrap(), ErrorKind::ConnectionRefused);
    /// ```
    pub fn set_link(&self, a: impl Into<IpAddr>, b: impl Into<IpAddr>, link: Link) {
        self.say(Command::Link(a.into(), b.into(), link));
    }

    /// How often the network has been at fault until now.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Network, NetworkControl, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn program(network: NetworkControl) -> io::Result<()> {
    ///     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    ///     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    ///     let (server, _) = yield_!(listener.accept())?;
    ///     yield_!(client.write_all("hello"))?;
    ///     assert_eq!(network.faults().torn_reads, 0);
    ///     yield_!(server.read(Vec::new()))?;
    ///     assert_eq!(network.faults().torn_reads, 1);
    ///     Ok(())
    /// }
    ///
    /// let control = NetworkControl::new();
    /// let network = Network::new().links(Link::new().torn_reads(1.0)).control(&control);
    /// let run = Sim::new().network(network).run(|| program(control.clone()));
    /// run.into_result().unwrap().unwrap();
    /// ```
    pub fn faults(&self) -> Faults {
        self.desk().faults
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, command: Command) {
        self.desk().commands.push(command);
    }

    pub(super) fn has_commands(&self) -> bool {
        !self.desk().commands.is_empty()
    }

    pub(super) fn take_commands(&self) -> Vec<Command> {
        std::mem::take(&mut self.desk().commands)
    }

    pub(super) fn report(&self, faults: Faults) {
        self.desk().faults = faults;
    }
}
