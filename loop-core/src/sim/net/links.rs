//! [`Links`]: what is sent over them arrives, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

use super::agenda::{Agenda, HELD, Happening};
use super::faults::Faults;
use super::link::Link;
use super::network::{Network, both_ways};
use super::place::Way;
use crate::policy::Dice;
use crate::time::Time;

/// The links of a network that is in use.
#[derive(Clone, Debug)]
pub(super) struct Links {
    network: Network,
    dice: Dice,
    cut: BTreeSet<(IpAddr, IpAddr)>,
    /// When a direction has carried what was given to it, by the addresses from and to which it goes.
    busy: BTreeMap<Way, Time>,
    pub(super) faults: Faults,
    pub(super) agenda: Agenda,
}

/// The schedule and the network draw different numbers from the same seed.
const OF_THE_NETWORK: u64 = 0x6e65_7477_6f72_6b73;

impl Default for Links {
    fn default() -> Links {
        Links::new(Network::new(), Links::dice(0))
    }
}

impl Links {
    fn new(network: Network, dice: Dice) -> Links {
        Links {
            network,
            dice,
            cut: BTreeSet::new(),
            busy: BTreeMap::new(),
            faults: Faults::default(),
            agenda: Agenda::default(),
        }
    }

    fn dice(seed: u64) -> Dice {
        Dice::new(seed ^ OF_THE_NETWORK)
    }

    pub(super) fn set_seed(&mut self, seed: u64) {
        self.dice = Links::dice(seed);
    }

    pub(super) fn set_network(&mut self, network: Network) {
        *self = Links::new(network, self.dice.clone());
        for (time, command) in self.network.script.clone() {
            self.agenda.plan(time, Happening::Told(command));
        }
    }

    pub(super) fn set_link(&mut self, a: IpAddr, b: IpAddr, link: Link) {
        self.network.set(a, b, link);
    }

    /// What the link is like over which something goes.
    pub(super) fn link(&self, way: Way) -> &Link {
        self.network.link_of(way)
    }

    /// When so many bytes arrive that are sent now, or sent again.
    pub(super) fn arrival(&mut self, now: Time, way: Way, bytes: usize) -> Time {
        if self.is_cut(way) {
            return HELD;
        }
        let link = self.network.link_of(way);
        let (latency, jitter) = (link.latency, link.jitter);
        let mut sent = now;
        if let Some(bandwidth) = link.bandwidth {
            let busy = self.busy.entry(way).or_default();
            sent = (*busy).max(now) + transfer(bytes, bandwidth);
            // Only data keeps a link busy: other things may be sent at a time that is still to come.
            if bytes > 0 {
                *busy = sent;
            }
        }
        let nanos = usize::try_from(jitter.as_nanos()).unwrap_or(usize::MAX);
        let later = match nanos {
            0 => 0,
            nanos => self.dice.below(nanos),
        };
        sent + latency + Duration::from_nanos(later as u64)
    }

    fn is_cut(&self, way: Way) -> bool {
        way.is_some_and(|(from, to)| self.cut.contains(&both_ways(from, to)))
    }

    pub(super) fn cut(&mut self, a: IpAddr, b: IpAddr) {
        if self.cut.insert(both_ways(a, b)) {
            self.faults.partitions += 1;
        }
    }

    /// False if it is not cut.
    pub(super) fn repair(&mut self, a: IpAddr, b: IpAddr) -> bool {
        let was_cut = self.cut.remove(&both_ways(a, b));
        self.faults.repairs += u64::from(was_cut);
        was_cut
    }

    /// True with a probability that a link has.
    pub(super) fn falls(&mut self, probability: f64) -> bool {
        self.dice.falls(probability)
    }

    /// With this probability fewer than all, but at least one.
    pub(super) fn some_of(&mut self, all: usize, probability: f64) -> usize {
        match all > 1 && self.dice.falls(probability) {
            true => 1 + self.dice.below(all - 1),
            false => all,
        }
    }
}

/// How long it takes until the last byte is on its way.
fn transfer(bytes: usize, bandwidth: u64) -> Duration {
    let nanos = bytes as u128 * 1_000_000_000 / u128::from(bandwidth);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
