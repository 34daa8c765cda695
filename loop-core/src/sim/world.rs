//! [`SimWorld`]: the simulation as a [`World`].

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;

use super::hosts::Hosts;
use super::input::{Input, Piece};
use super::net::{Faults, Net, Network};
use super::processes::Processes;
use super::signals::Signals;
use crate::id::SourceId;
use crate::signal::SignalKind;
use crate::time::Time;
use crate::world::{
    Address, Attempt, Op, READ_SIZE, Source, Tell, Until, Waited, World, unsupported,
};

/// A virtual clock, scripted input and captured output.
///
/// Made by [`Sim`](super::Sim); use it through [`EventLoop::world`](crate::EventLoop::world) to see what a loop has written so far.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn hello() {
///     yield_!(Print("hello")).unwrap();
/// }
///
/// let mut event_loop = Sim::new().event_loop();
/// event_loop.run_until_complete(hello())?;
/// assert_eq!(event_loop.world().stdout(), b"hello");
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SimWorld {
    now: Time,
    input: VecDeque<(Time, Piece)>,
    /// When the input ends, behind its last piece.
    ends: Option<Time>,
    /// How many bytes of the first piece have been read.
    taken: usize,
    sources: [Option<Opened>; STANDARD],
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    signals: Signals,
    net: Net,
    hosts: Hosts,
    pub(super) processes: Processes,
}

/// How many standard streams a loop opens. The other sources are sockets.
const STANDARD: usize = 3;

/// A source that was opened.
#[derive(Clone, Copy, Debug)]
struct Opened {
    id: SourceId,
    what: Source,
    is_watched: bool,
}

impl Default for SimWorld {
    fn default() -> SimWorld {
        let (input, ends) = Input::new().into_script();
        SimWorld {
            now: Time::ZERO,
            input,
            ends,
            taken: 0,
            sources: [None; STANDARD],
            stdout: Vec::new(),
            stderr: Vec::new(),
            signals: Signals::default(),
            net: Net::default(),
            hosts: Hosts::default(),
            processes: Processes::default(),
        }
    }
}

impl SimWorld {
    pub(super) fn set_input(&mut self, input: Input) {
        (self.input, self.ends) = input.into_script();
        self.taken = 0;
    }

    pub(super) fn add_signal(&mut self, time: Time, signal: SignalKind) {
        self.signals.add(time, signal);
    }

    pub(super) fn set_network(&mut self, network: Network) {
        self.net.set_network(network);
    }

    /// Of what the network leaves to chance.
    pub(super) fn set_seed(&mut self, seed: u64) {
        self.net.set_seed(seed);
    }

    pub(super) fn add_host(&mut self, name: &str, address: IpAddr) {
        self.hosts.add(name, address);
    }

    pub(super) fn take_output(&mut self) -> (Vec<u8>, Vec<u8>) {
        (
            std::mem::take(&mut self.stdout),
            std::mem::take(&mut self.stderr),
        )
    }

    /// What has been written to standard output.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Print("hello"))
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.run_until_complete(greet())??;
    /// assert_eq!(event_loop.world().stdout(), b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    /// What has been written to standard error.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn complain() -> std::io::Result<()> {
    ///     yield_!(Eprint("no such file"))
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.run_until_complete(complain())??;
    /// assert_eq!(event_loop.world().stderr(), b"no such file");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stderr(&self) -> &[u8] {
        &self.stderr
    }

    /// How often the network has been at fault so far.
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use loop_core::net::TcpStream;
    /// use loop_core::prelude::*;
    /// use loop_core::sim::{Link, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn connects() -> ErrorKind {
    ///     yield_!(TcpStream::connect("10.0.0.1:80")).unwrap_err().kind()
    /// }
    ///
    /// let mut event_loop = Sim::new().network(Link::new().unreachable(1.0)).event_loop();
    /// assert_eq!(event_loop.run_until_complete(connects())?, ErrorKind::HostUnreachable);
    /// assert_eq!(event_loop.world().faults().unreachable, 1);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn faults(&self) -> Faults {
        self.net.faults()
    }

    /// When the next piece of input or its end comes, or came.
    fn next_input(&self) -> Option<Time> {
        let next = self.input.front().map(|(time, _)| *time);
        next.or(self.ends)
    }

    fn opened(&mut self, source: SourceId) -> Option<&mut Opened> {
        let opened = self.sources.get_mut(source.number())?.as_mut();
        opened.filter(|opened| opened.id == source)
    }

    /// Standard input, if it is watched.
    fn watched_stdin(&mut self) -> Option<&mut Opened> {
        let opened = self.sources.iter_mut().flatten();
        opened
            .filter(|opened| opened.is_watched)
            .find(|opened| opened.what == Source::Stdin)
    }

    fn read(&mut self, buffer: &mut Vec<u8>) -> Attempt {
        if self.next_input().is_none_or(|time| time > self.now) {
            return Attempt::WouldBlock;
        }
        match self.input.front() {
            Some((_, Piece::Bytes(bytes))) => {
                // The piece is not cut: what is left of it would be moved at every read.
                let end = bytes.len().min(self.taken + READ_SIZE);
                let read = &bytes[self.taken..end];
                buffer.extend_from_slice(read);
                let done = Attempt::Done(Ok(read.len()));
                self.taken = end;
                if end == bytes.len() {
                    self.input.pop_front();
                    self.taken = 0;
                }
                done
            }
            Some((_, Piece::Error(error))) => Attempt::Done(Err((*error).into())),
            Some((_, Piece::End)) | None => Attempt::Done(Ok(0)),
        }
    }
}

impl World for SimWorld {
    fn now(&self) -> Time {
        self.now
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        let place = self.sources.get_mut(source.number());
        *place.ok_or_else(|| unsupported(source))? = Some(Opened {
            id: source,
            what,
            is_watched: false,
        });
        Ok(())
    }

    fn close(&mut self, source: SourceId) {
        match self.opened(source).is_some() {
            true => self.sources[source.number()] = None,
            false if self.processes.has(source) => self.processes.close(self.now, source),
            false => self.net.close(self.now, source),
        }
    }

    fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        self.net.local_addr(source)
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        let source = op.source();
        if matches!(op, Op::Start(..)) || self.processes.has(source) {
            return self.processes.attempt(self.now, op);
        }
        if source.number() >= STANDARD {
            return self.net.attempt(self.now, op);
        }
        let what = self.opened(source).map(|opened| opened.what);
        let attempt = match (op, what) {
            (Op::Read(_, buffer), Some(Source::Stdin)) => self.read(buffer),
            (Op::Write(_, bytes), Some(Source::Stdout)) => write(&mut self.stdout, bytes),
            (Op::Write(_, bytes), Some(Source::Stderr)) => write(&mut self.stderr, bytes),
            _ => Attempt::Done(Err(unsupported(source))),
        };
        if let (Attempt::WouldBlock, Some(opened)) = (&attempt, self.opened(source)) {
            opened.is_watched = true;
        }
        attempt
    }

    /// Nothing is waited for: the clock jumps to whatever comes first.
    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        self.net.happen(self.now);
        let is_watched = self.watched_stdin().is_some();
        let input = self.next_input().filter(|_| is_watched);
        let others = [self.signals.next(), self.net.next(self.now)];
        let first = input.into_iter().chain(others.into_iter().flatten()).min();
        let jump = match (until, first) {
            (Until::Now, _) => Some(self.now),
            (Until::At(time), None) => Some(time),
            (Until::At(time), Some(first)) => Some(time.min(first)),
            (Until::Forever, first) => first,
        };
        let inherited = [&mut self.stdout, &mut self.stderr];
        let jump = self.processes.run(self.now, jump, inherited);
        self.now = self.now.max(jump);
        if input.is_some_and(|time| time <= self.now)
            && let Some(stdin) = self.watched_stdin()
        {
            stdin.is_watched = false;
            sources.push(stdin.id);
        }
        self.net.take_due(self.now, sources);
        self.processes.take_ready(sources);
        sources.sort_unstable();
        Ok(match self.signals.come(self.now) {
            true => Waited::Interrupted,
            false => Waited::Polled,
        })
    }

    fn is_watching(&self) -> bool {
        let mut opened = self.sources.iter().flatten();
        self.signals.next().is_some()
            || self.net.next(self.now).is_some()
            || self.processes.is_watching()
            || self.next_input().is_some() && opened.any(|opened| opened.is_watched)
    }

    fn look_up(&mut self, host: String, port: u16, tell: Tell) {
        tell(self.hosts.look_up(&host, port));
    }

    fn listen(&mut self, signal: SignalKind) -> io::Result<()> {
        self.signals.listen(signal);
        Ok(())
    }

    fn take_signal(&mut self, signal: SignalKind) -> bool {
        self.signals.take(signal)
    }

    /// What was said to the network at last is not for the next run.
    fn end(&mut self) {
        self.net.happen(self.now);
    }

    fn unwatch(&mut self, source: SourceId) {
        match self.opened(source) {
            Some(opened) => opened.is_watched = false,
            None => {
                self.net.unwatch(source);
                self.processes.unwatch(source);
            }
        }
    }
}

fn write(captured: &mut Vec<u8>, bytes: &[u8]) -> Attempt {
    captured.extend_from_slice(bytes);
    Attempt::Done(Ok(bytes.len()))
}
