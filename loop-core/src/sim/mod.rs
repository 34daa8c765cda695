//! The simulation: the same kernel on a world that is made of data.
//!
//! Time is virtual: the clock jumps to the next event, so nothing in a simulation waits. Input is scripted, and output is
//! captured. Where production is first in, first out, a seed may decide otherwise. The same program with the same script and
//! seed always makes the same decisions, so its trace can be a snapshot.
//!
//! The clock stands still while a task is ready. So a task that yields until a deadline has passed, instead of sleeping until
//! then, yields for ever. A run that makes more than a [number of steps](Sim::step_limit) fails.
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::{Input, Sim};
//!
//! #[loop_core::coroutine]
//! fn echo() -> std::io::Result<()> {
//!     while let Some(line) = yield_!(Stdin)? {
//!         yield_!(Println(format!("{line}!")))?;
//!     }
//!     Ok(())
//! }
//!
//! let input = Input::new()
//!     .at(Duration::from_millis(5), "one\n")
//!     .at(Duration::from_secs(3600), "two\n");
//! let run = Sim::new().stdin(input).run(echo);
//! assert_eq!(run.stdout(), "one!\ntwo!\n");
//! assert_eq!(run.elapsed(), Duration::from_secs(3600));
//! ```
//!
//! # The network
//!
//! [`Sim::network`] sets what the links between IP addresses are like. By default what is sent arrives at once, and nothing goes wrong, so
//! that traces stay readable. Faults are settings of a [`Link`], and the [seed](Sim::seed) decides when they come. [`Run::faults`] counts them, so
//! that a test can assert that there was one:
//!
//! ```
//! use std::io;
//! use loop_core::net::{TcpListener, TcpStream};
//! use loop_core::prelude::*;
//! use loop_core::sim::{Link, Sim};
//!
//! #[loop_core::coroutine]
//! fn program() -> io::Result<()> {
//!     let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
//!     let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
//!     let (server, _) = yield_!(listener.accept())?;
//!     yield_!(client.write_all("hello\n"))?;
//!     assert_eq!(yield_!(server.read_line())?.as_deref(), Some("hello"));
//!     Ok(())
//! }
//!
//! let link = Link::new().torn_reads(0.5).short_writes(0.5);
//! let mut torn = 0;
//! for seed in 0..20 {
//!     let run = Sim::new().seed(seed).network(link.clone()).run(program);
//!     torn += run.faults().torn_reads;
//!     run.into_result()?.unwrap();
//! }
//! assert!(torn > 0);
//! # Ok::<(), loop_core::Error>(())
//! ```
//!
//! What happens at the edges is as on Linux: what has come before a reset is read, and then the reset is told once; who writes to a peer that
//! has ended can do so once; a backlog has room for one more than it was told.
//!
//! **Who connects to an address comes from that same address**, 10.0.0.9 to 10.0.0.9, because both are this host's; to 127.0.0.2 it comes from
//! 127.0.0.1. That is the link to cut or to slow down. A client that is to be on another host [chooses](crate::net::SocketOptions::local_ip) its
//! address.
//!
//! These are different:
//!
//! - All addresses are this host's. Linux refuses to listen at an address that it has not.
//! - A connection can be accepted as soon as the client's question arrives, and not after its second message. What one write has sent
//!   arrives at one time. There are no packets, no MTU, no Nagle algorithm and no delayed acknowledgements, and what a read has taken is
//!   known to the writer at once. Window and retransmissions are replaced by one [buffer](Link::buffer), 64 KiB in each direction; Linux has
//!   megabytes for a connection within a host.
//! - Over a link that is [cut](Network::partition_at), what was sent waits for the repair, and is there one latency after it. Linux tries again
//!   after longer and longer pauses, and gives a connection up after about a quarter of an hour. Here only connecting has a
//!   [timeout](Link::connect_timeout), and a connection over a link that is never repaired waits for ever, also with keepalive.
//! - Who finds the backlog full connects as soon as there is room. Linux lets it ask again after 1, 3, 7 and more seconds.
//! - There is no `TIME_WAIT`: an address can be used again as soon as its listener is closed, and a port as soon as both sides of its
//!   connection are.
//! - Ports are given in their order, from 49152 on, and each to one connection, so that there are 16,384 of these at a time. Linux draws
//!   them from 32768 to 60999, and gives them again for other servers.
//! - An option of a socket, such as `TCP_NODELAY`, changes nothing, but for `SO_REUSEPORT`: those who share an address get connections by
//!   turns. Linux decides by a hash of the addresses.
//! - Nobody tells who sends a datagram that it was not received. Linux refuses one from an address of IPv4 to one of IPv6, and one to
//!   port 0. One datagram has up to 65,507 bytes, and a socket holds 208 KiB of them.
//! - Unix sockets are names only: there is no file.

mod call;
mod cancelling;
mod child;
mod hosts;
mod input;
mod net;
mod processes;
mod program;
mod run;
mod signals;
mod so_far;
mod world;

use std::net::IpAddr;
use std::time::Duration;

use crate::error::Error;
use crate::event_loop::{Builder, EventLoop};
use crate::policy::{Policy, Random};
use crate::request::Coroutine;
use crate::signal::SignalKind;
use crate::time::Time;
use crate::trace::{Off, Recording, TEXT_LIMIT, Trace};
use crate::world::World;

pub use call::{Call, Status};
pub use cancelling::cancel_everywhere;
pub use input::Input;
pub use net::{Faults, Link, Network, NetworkControl};
pub use program::Program;
pub use run::Run;
pub use so_far::RunSoFar;
pub use world::SimWorld;

/// The default limit of the steps of a run.
const STEP_LIMIT: u64 = 1_000_000;

/// The settings of a simulation. See the [module](self).
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn double() -> std::io::Result<()> {
///     while let Some(line) = yield_!(Stdin)? {
///         yield_!(Println(format!("{line}{line}")))?;
///     }
///     Ok(())
/// }
///
/// let sim = Sim::new().stdin("ha\n").seed(7); // the settings can be used again
/// assert_eq!(sim.clone().run(double).stdout(), "haha\n");
/// assert_eq!(sim.run(double).stdout(), "haha\n");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a simulation does nothing until it is run"]
pub struct Sim<P: Policy = Random> {
    world: SimWorld,
    policy: P,
    limits: Limits,
}

/// What a [`Sim`] limits.
#[derive(Clone, Copy, Debug)]
struct Limits {
    steps: Option<u64>,
    text: usize,
    tasks: usize,
    depth: Option<usize>,
}

impl Default for Sim {
    fn default() -> Sim {
        Sim {
            world: SimWorld::default(),
            policy: Random::new(0),
            limits: Limits {
                steps: Some(STEP_LIMIT),
                text: TEXT_LIMIT,
                tasks: usize::MAX,
                depth: None,
            },
        }
    }
}

impl Sim {
    /// A simulation whose input is empty and whose ready tasks run first in, first out.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn at_the_end() -> bool {
    ///     yield_!(Stdin).unwrap().is_none()
    /// }
    ///
    /// assert!(Sim::new().run(at_the_end).into_result().unwrap());
    /// ```
    pub fn new() -> Sim {
        Sim::default()
    }

    /// Lets a seed decide which of the ready tasks runs next, and when a task loses its turn: see [`Random`]. Seed 0 is first in,
    /// first out, as in production. For tasks the same as `policy(Random::new(seed))`; the last of such calls counts. The seed also decides
    /// what the [network](Sim::network) leaves to chance.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn say(word: &'static str) {
    ///     yield_!();
    ///     yield_!(Print(word)).unwrap();
    /// }
    ///
    /// fn order(seed: u64) -> String {
    ///     let mut event_loop = Sim::new().seed(seed).event_loop();
    ///     for word in ["a", "b", "c"] {
    ///         event_loop.schedule(say(word));
    ///     }
    ///     event_loop.run().unwrap();
    ///     String::from_utf8_lossy(event_loop.world().stdout()).into_owned()
    /// }
    ///
    /// assert_eq!(order(0), "abc");
    /// assert!((1..20).any(|seed| order(seed) != "abc"));
    /// assert_eq!(order(7), order(7));
    /// ```
    pub fn seed(mut self, seed: u64) -> Sim {
        self.world.set_seed(seed);
        self.policy(Random::new(seed))
    }
}

impl<P: Policy> Sim<P> {
    /// Sets the standard input: a text or bytes, which are there from the beginning; or an [`Input`] with times.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn first_line() -> String {
    ///     yield_!(Stdin).unwrap().unwrap_or_default()
    /// }
    ///
    /// assert_eq!(Sim::new().stdin("now\n").run(first_line).into_result().unwrap(), "now");
    /// assert_eq!(Sim::new().stdin(b"bytes\n").run(first_line).into_result().unwrap(), "bytes");
    /// let later = Input::new().at(Duration::from_secs(60), "later\n");
    /// assert_eq!(Sim::new().stdin(later).run(first_line).into_result().unwrap(), "later");
    /// ```
    pub fn stdin(mut self, input: impl Into<Input>) -> Sim<P> {
        self.world.set_input(input.into());
        self
    }

    /// Lets a signal come at `time` after the beginning. Signals that nobody has asked for by then are lost, but
    /// [`SignalKind::interrupt`] ends the run as Ctrl-C does.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::{Error, SignalKind};
    ///
    /// #[loop_core::coroutine]
    /// fn forever() {
    ///     loop {
    ///         yield_!(Sleep(Duration::from_millis(1)));
    ///     }
    /// }
    ///
    /// let run = Sim::new().signal(Duration::from_secs(1), SignalKind::interrupt()).run(forever);
    /// assert!(matches!(run.into_result(), Err(Error::Interrupted)));
    /// ```
    pub fn signal(mut self, time: Duration, signal: SignalKind) -> Sim<P> {
        self.world.add_signal(Time::ZERO + time, signal);
        self
    }

    /// Sets what the [network](crate::net) is like: a [`Network`], or a [`Link`] if all links are alike. By default what is sent arrives at once, and
    /// nothing goes wrong. See [what is different](self#the-network) from a real one.
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
    /// assert_eq!(run.elapsed(), Duration::from_millis(20)); // there and back
    /// # run.into_result().unwrap().unwrap();
    /// ```
    pub fn network(mut self, network: impl Into<Network>) -> Sim<P> {
        self.world.set_network(network.into());
        self
    }

    /// Lets a host have an address, or one more. Names of hosts that it does not have are not found, but `localhost` is 127.0.0.1.
    ///
    /// ```
    /// use std::io;
    /// use std::net::Ipv4Addr;
    /// use loop_core::net::{TcpListener, TcpStream};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> io::Result<()> {
    ///     let _listener = yield_!(TcpListener::bind("10.0.0.1:80"))?;
    ///     let stream = yield_!(TcpStream::connect("example.org:80"))?;
    ///     assert_eq!(stream.peer_addr()?.to_string(), "10.0.0.1:80");
    ///     assert_eq!(yield_!(TcpStream::connect("example.net:80")).unwrap_err().kind(), io::ErrorKind::NotFound);
    ///     Ok(())
    /// }
    ///
    /// let sim = Sim::new().host("example.org", Ipv4Addr::new(10, 0, 0, 1));
    /// sim.run(connects).into_result().unwrap().unwrap();
    /// ```
    pub fn host(mut self, name: &str, address: impl Into<IpAddr>) -> Sim<P> {
        self.world.add_host(name, address.into());
        self
    }

    /// Adds a program, of which [processes](crate::process) can be started under this name. No other ones can: it is as if there were no
    /// such file.
    ///
    /// It is a function that makes a coroutine, as the simulated program is, and runs on a loop of its own. Its requests are those of
    /// every program: [`Stdin`](crate::Stdin), [`Print`](crate::Print), [`Sleep`](crate::Sleep), [`Exit`](crate::Exit), and whatever else
    /// needs no network and no further processes. It ends as a real one does when it writes to a pipe that nobody reads, panics, or gets a signal
    /// for which it does not wait. Standard input is empty, unless it is a pipe. Its decisions are not part of the trace.
    ///
    /// ```
    /// use std::io;
    /// use loop_core::prelude::*;
    /// use loop_core::process::{Command, Stdio};
    /// use loop_core::sim::{Call, Sim};
    ///
    /// /// Answers line by line.
    /// #[loop_core::coroutine]
    /// fn upper(_: Call) -> io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line.to_uppercase()))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> io::Result<()> {
    ///     let mut child = yield_!(Command::new("upper").stdin(Stdio::Piped).stdout(Stdio::Piped).spawn())?;
    ///     let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    ///     yield_!(input.write_all("hello\n"))?;
    ///     assert_eq!(yield_!(output.read_line())?.as_deref(), Some("HELLO"));
    ///     drop(input);
    ///     assert!(yield_!(child.wait())?.success());
    ///     Ok(())
    /// }
    ///
    /// Sim::new().program("upper", upper).run(program).into_result().unwrap().unwrap();
    /// ```
    pub fn program<T: Status>(
        mut self,
        name: &str,
        program: impl Fn(Call) -> Coroutine<T> + 'static,
    ) -> Sim<P> {
        self.world.processes.add_program(name, program);
        self
    }

    /// Lets a [policy](crate::policy) decide where production is first in, first out.
    ///
    /// ```
    /// use loop_core::policy::{Choice, Policy};
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// /// Ends each turn as soon as it may.
    /// struct Restless;
    ///
    /// impl Policy for Restless {
    ///     fn choose(&mut self, choice: Choice, _options: usize) -> usize {
    ///         match choice {
    ///             Choice::KeepTurn => 1,
    ///             _ => 0,
    ///         }
    ///     }
    ///
    ///     fn name(&self) -> String {
    ///         "restless".to_owned()
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn say(word: &'static str) {
    ///     yield_!(Print(word)).unwrap();
    ///     yield_!(Print(word)).unwrap();
    /// }
    ///
    /// let mut event_loop = Sim::new().policy(Restless).event_loop();
    /// event_loop.schedule(say("a"));
    /// event_loop.schedule(say("b"));
    /// event_loop.run()?;
    /// assert_eq!(event_loop.world().stdout(), b"abab"); // production writes "aabb"
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn policy<Q: Policy>(self, policy: Q) -> Sim<Q> {
        Sim {
            world: self.world,
            policy,
            limits: self.limits,
        }
    }

    /// Sets how many steps a run may make before it fails with [`Error::StepLimit`]: 1,000,000 by default; with `None` there is
    /// no limit. So a program without an end fails its test instead of filling the memory with its trace.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::Error;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn endless() {
    ///     loop {
    ///         yield_!(Sleep(Duration::ZERO));
    ///     }
    /// }
    ///
    /// let run = Sim::new().step_limit(1_000).run(endless);
    /// assert!(matches!(run.result(), Err(Error::StepLimit(limit)) if limit.task == "endless"));
    /// ```
    pub fn step_limit(mut self, steps: impl Into<Option<u64>>) -> Sim<P> {
        self.limits.steps = steps.into();
        self
    }

    /// Sets how many bytes of a text the trace shows: what is printed and read, and the messages of panics. A longer text is cut in the
    /// middle, and its length is added; 32 bytes by default.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn explains() {
    ///     yield_!(Print("a text of more than thirty-two bytes")).unwrap();
    /// }
    ///
    /// let sim = Sim::new();
    /// assert!(sim.clone().run(explains).trace().to_string().contains(r#"print "a text of more than …ty-two bytes"(36)"#));
    /// let whole = r#"print "a text of more than thirty-two bytes""#;
    /// assert!(sim.text_limit(100).run(explains).trace().to_string().contains(whole));
    /// ```
    pub fn text_limit(mut self, bytes: usize) -> Sim<P> {
        self.limits.text = bytes;
        self
    }

    /// Sets how many tasks there may be at a time: see [`Builder::max_tasks`], also for when that panics.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idles() {
    ///     yield_!();
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> bool {
    ///     yield_!(All(vec![idles(), idles(), idles()])).is_ok()
    /// }
    ///
    /// assert!(Sim::new().max_tasks(4).run(program).into_result().unwrap());
    /// assert!(!Sim::new().max_tasks(3).run(program).into_result().unwrap());
    /// ```
    pub fn max_tasks(mut self, tasks: usize) -> Sim<P> {
        self.limits.tasks = tasks;
        self
    }

    /// Sets how many coroutines may be on the stack of a task: see [`Builder::max_depth`], also for when that panics.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn depth(n: u32) -> u32 {
    ///     if n == 1 { 1 } else { 1 + yield_!(depth(n - 1)) }
    /// }
    ///
    /// let sim = Sim::new().max_depth(10);
    /// assert_eq!(sim.clone().run(|| depth(11)).into_result().ok(), None);
    /// assert_eq!(sim.run(|| depth(10)).into_result().ok(), Some(10));
    /// ```
    pub fn max_depth(mut self, coroutines: usize) -> Sim<P> {
        self.limits.depth = Some(coroutines);
        self
    }

    /// Runs a [program](Program) until it has ended, recording every decision: a function that makes a coroutine, or a
    /// coroutine.
    ///
    /// Give it a function, `f` or `|| f(1)`: then the coroutine is made while the loop records. A coroutine that was made before was
    /// primed before, so neither its arguments nor those of its calls up to its first request are in the trace. Tasks that have not ended when the coroutine ends are closed.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn double(n: u64) -> u64 {
    ///     2 * n
    /// }
    ///
    /// let program = || double(21);
    /// assert_eq!(Sim::new().run(program).into_result().unwrap(), 42);
    /// assert_eq!(Sim::new().seed(7).run(program).into_result().unwrap(), 42); // again, from nothing
    /// assert_eq!(Sim::new().run(double(21)).into_result().unwrap(), 42);
    /// ```
    pub fn run<M: Program>(self, program: M) -> Run<M::Value> {
        let mut event_loop = self.event_loop();
        let result = event_loop.run_program(|| program.make());
        let trace = event_loop.trace();
        let elapsed = event_loop.world().now() - Time::ZERO;
        let tasks = event_loop.tasks();
        let faults = event_loop.world().faults();
        let (stdout, stderr) = event_loop.world_mut().take_output();
        Run::new(
            with_last_events(result, &trace),
            trace,
            stdout,
            stderr,
            elapsed,
            tasks,
            faults,
        )
    }

    /// Runs a coroutine that can look at its own run. Gives the result, and the run when it has ended.
    pub(crate) fn run_from_inside<T: 'static>(
        self,
        make: impl FnOnce(RunSoFar) -> Coroutine<T>,
    ) -> (Result<T, Error>, RunSoFar) {
        let run = RunSoFar::new(self.world, &self.policy.name());
        let (world, recording) = run.parts();
        let builder = Builder::on(world, self.policy);
        let builder = limited(builder, self.limits);
        let mut event_loop = builder.recorder(recording).build();
        let result = event_loop.run_program(|| make(run.clone()));
        drop(event_loop);
        (with_last_events(result, &run.trace()), run)
    }

    /// A loop on this simulation, which records every decision.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.schedule(idle());
    /// event_loop.schedule(idle());
    /// event_loop.run()?;
    /// assert_eq!(event_loop.trace().per_task().to_string().matches("finish").count(), 2);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn event_loop(self) -> EventLoop<SimWorld, Recording, P> {
        self.builder().recorder(Recording::default()).build()
    }

    /// A loop on this simulation which records nothing, to run many simulations fast.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// for seed in 0..100 {
    ///     Sim::new().seed(seed).unrecorded().run_until_complete(idle())?;
    /// }
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn unrecorded(self) -> EventLoop<SimWorld, Off, P> {
        self.builder().build()
    }

    /// The settings of a loop on this simulation, for a recorder of your own.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    /// use loop_core::trace::Ring;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() {
    ///     panic!("out of luck");
    /// }
    ///
    /// let mut event_loop = Sim::new().builder().recorder(Ring::new(64)).build();
    /// let error = event_loop.run_until_complete(fails()).unwrap_err();
    /// assert!(error.to_string().contains(r#"fails  primed  =>  panic "out of luck""#));
    /// ```
    pub fn builder(self) -> Builder<SimWorld, Off, P> {
        let builder = Builder::on(self.world, self.policy);
        limited(builder, self.limits)
    }
}

/// The settings of a simulation apart from its world and its policy.
fn limited<W: World, P: Policy>(builder: Builder<W, Off, P>, limits: Limits) -> Builder<W, Off, P> {
    let builder = builder.no_slow_steps().step_limit(limits.steps);
    let builder = builder.text_limit(limits.text);
    let builder = builder.max_tasks(limits.tasks);
    match limits.depth {
        None => builder,
        Some(depth) => builder.max_depth(depth),
    }
}

/// The error of a run that does not end shows this many of the last events.
const LAST: usize = 40;

/// Adds the last events to the error of a run that did not end.
fn with_last_events<T>(result: Result<T, Error>, trace: &Trace) -> Result<T, Error> {
    result.map_err(|error| match error {
        Error::StepLimit(mut limit) => {
            limit.last = trace.last(LAST);
            Error::StepLimit(limit)
        }
        other => other,
    })
}
