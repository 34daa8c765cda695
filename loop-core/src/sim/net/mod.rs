//! The network of a simulation: every address is in it.

mod agenda;
mod connection;
mod connections;
mod control;
mod datagrams;
mod faults;
mod link;
mod links;
mod network;
mod pipe;
mod place;
mod ports;
mod queue;

use std::collections::BTreeSet;
use std::io;

pub use self::control::NetworkControl;
pub use self::faults::Faults;
pub use self::link::Link;
pub use self::network::Network;

use self::agenda::Happening;
use self::connections::Connections;
use self::control::Command;
use self::datagrams::DatagramSockets;
use self::links::Links;
use crate::id::SourceId;
use crate::time::Time;
use crate::world::{Address, Attempt, Op, unsupported};

/// The network, and all sockets of a simulation.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    /// The sockets for which tasks wait.
    awaited: BTreeSet<SourceId>,
    connections: Connections,
    datagrams: DatagramSockets,
    links: Links,
    control: Option<NetworkControl>,
}

impl Net {
    pub(super) fn set_network(&mut self, network: Network) {
        self.control = network.control.clone();
        self.links.set_network(network);
    }

    pub(super) fn set_seed(&mut self, seed: u64) {
        self.links.set_seed(seed);
    }

    pub(super) fn faults(&self) -> Faults {
        self.links.faults
    }

    /// When something happens next that may matter to a task that waits.
    pub(super) fn next(&self, now: Time) -> Option<Time> {
        if self.awaited.is_empty() {
            return None;
        }
        let agenda = &self.links.agenda;
        let due = agenda.first_due(|source| self.awaited.contains(&source));
        let is_told = self
            .control
            .as_ref()
            .is_some_and(NetworkControl::has_commands);
        let told = is_told.then_some(now);
        let times = [due, agenda.first_happening(), told];
        times.into_iter().flatten().min()
    }

    /// It is this time now: lets happen what happens until then.
    pub(super) fn happen(&mut self, now: Time) {
        if let Some(control) = &self.control {
            for command in control.take_commands() {
                self.obey(now, command);
            }
        }
        while let Some((time, happening)) = self.links.agenda.take_happening(now) {
            match happening {
                Happening::Asked(number) => self.connections.asked(&mut self.links, time, number),
                Happening::Told(command) => self.obey(time, command),
            }
        }
        if let Some(control) = &self.control {
            control.report(self.links.faults);
        }
    }

    fn obey(&mut self, now: Time, command: Command) {
        match command {
            Command::Partition(a, b) => self.links.cut(a, b),
            Command::Repair(a, b) => {
                if self.links.repair(a, b) {
                    self.connections.resume(&mut self.links, now, a, b);
                }
            }
            Command::Reset(a, b) => self.connections.reset(&mut self.links, now, a, b),
            Command::Link(a, b, link) => self.links.set_link(a, b, link),
        }
    }

    /// Names the sockets for which something has happened until now, if tasks wait for them.
    pub(super) fn take_due(&mut self, now: Time, sources: &mut Vec<SourceId>) {
        self.happen(now);
        let before = sources.len();
        while let Some(source) = self.links.agenda.take_due(now) {
            self.connections.look(source);
            if self.awaited.remove(&source) {
                sources.push(source);
            }
        }
        sources[before..].sort_unstable();
    }

    pub(super) fn unwatch(&mut self, source: SourceId) {
        self.awaited.remove(&source);
    }

    pub(super) fn local_addr(&self, source: SourceId) -> io::Result<Address> {
        let address = self.connections.local_addr(source);
        address.or_else(|_| self.datagrams.local_addr(source))
    }

    pub(super) fn attempt(&mut self, now: Time, op: Op<'_>) -> Attempt {
        self.happen(now);
        let source = op.source();
        let (tcp, udp, links) = (&mut self.connections, &mut self.datagrams, &mut self.links);
        let tried = match op {
            Op::Listen(source, at, options) => tcp.listen(source, at, options).map(Some),
            Op::Bind(source, at, options) => udp.bind(source, at, options).map(Some),
            Op::Connect(source, to, options) => tcp.connect(links, now, source, to, options),
            Op::Accept(listener, source, peer) => tcp.accept(links, now, listener, source, peer),
            Op::Read(source, buffer) => tcp.read(links, now, source, buffer),
            Op::Write(source, bytes) => tcp.write(links, now, source, bytes),
            Op::SendTo(source, bytes, to) => udp.send_to(links, now, source, bytes, to),
            Op::ReceiveFrom(source, buffer, sender) => {
                udp.receive_from(links, now, source, buffer, sender)
            }
            Op::Shutdown(source, how) => tcp.shutdown(links, now, source, how).map(Some),
            Op::Set(source, _) => tcp.set(source).map(Some),
            Op::Start(..) | Op::Wait(_) | Op::Kill(..) => Err(unsupported(source)),
        };
        if let Some(control) = &self.control {
            control.report(self.links.faults);
        }
        match tried.transpose() {
            Some(done) => Attempt::Done(done),
            None => {
                self.awaited.insert(source);
                Attempt::WouldBlock
            }
        }
    }

    pub(super) fn close(&mut self, now: Time, source: SourceId) {
        self.happen(now);
        self.awaited.remove(&source);
        self.connections.close(&mut self.links, now, source);
        self.datagrams.close(&mut self.links, now, source);
    }
}
