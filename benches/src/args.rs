//! The command line.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::peers::{OURS, PEERS, Peer};
use crate::plan::WORKLOADS;
use crate::soak::{Place, Soak};

pub(crate) const USAGE: &str = "\
usage: benches [options] all | workload...

workloads:     switch spawn chain from parked channel lock timers timeouts timeout cancel lines generators
               streams trace ring schedules idle echo http growth instructions soak
               (all: every one of them; instructions needs valgrind)
--peers a,b    only these beside loop-core; a family name such as `tokio` or `floor` means all its members
--runs N       repetitions, interleaved (5)
--json FILE    write the rows as JSON
--plot FILE    where growth writes its plot (growth.svg beside this program)
--short        tiny sizes, one run: does everything work?
--minutes N    how long to soak (1)
--from N       the first seed to soak (by the time of day; with --short 1)
--seed N       soak only this seed
--world sim|os soak only in this world";

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) workloads: Vec<&'static str>,
    pub(crate) peers: Vec<String>,
    pub(crate) runs: usize,
    pub(crate) json: Option<PathBuf>,
    pub(crate) plot: Option<PathBuf>,
    pub(crate) short: bool,
    /// The soak test is to run.
    soaks: bool,
    minutes: Option<f64>,
    from: Option<u64>,
    seed: Option<u64>,
    world: Option<Place>,
}

impl Args {
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Args, String> {
        let mut args = Args {
            workloads: Vec::new(),
            peers: Vec::new(),
            runs: 5,
            json: None,
            plot: None,
            short: false,
            soaks: false,
            minutes: None,
            from: None,
            seed: None,
            world: None,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            args.take(&word, &mut words)?;
        }
        if args.workloads.is_empty() && !args.soaks {
            Err("which workload?".to_owned())
        } else {
            Ok(args)
        }
    }

    fn take(&mut self, word: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), String> {
        let mut value = || rest.next().ok_or_else(|| format!("{word} needs a value"));
        match word {
            "--peers" => self.peers = known_peers(&value()?)?,
            "--runs" => self.runs = positive(&value()?)?,
            "--json" => self.json = Some(value()?.into()),
            "--plot" => self.plot = Some(value()?.into()),
            "--short" => self.short = true,
            "--minutes" => self.minutes = Some(minutes(&value()?)?),
            "--from" => self.from = Some(seed(&value()?)?),
            "--seed" => self.seed = Some(seed(&value()?)?),
            "--world" => self.world = Some(Place::parse(&value()?)?),
            "soak" => self.soaks = true,
            "all" => {
                self.workloads = WORKLOADS.to_vec();
                self.soaks = true;
            }
            name => self.workloads.push(known_workload(name)?),
        }
        Ok(())
    }

    /// The soak test, if it was asked for. A short one has the same seeds each time.
    pub(crate) fn soak(&self) -> Option<Soak> {
        let (minutes, from) = match self.short {
            true => (0.025, 1),
            false => (1.0, seconds_since_1970()),
        };
        self.soaks.then(|| Soak {
            time: Duration::from_secs_f64(60.0 * self.minutes.unwrap_or(minutes)),
            from: self.from.unwrap_or(from),
            only: self.seed,
            place: self.world,
        })
    }

    /// We are always there; of the others, all unless some are named.
    pub(crate) fn selects(&self, peer: &Peer) -> bool {
        peer.name == OURS
            || self.peers.is_empty()
            || self.peers.iter().any(|name| peer.is_named(name))
    }
}

fn known_workload(name: &str) -> Result<&'static str, String> {
    let known = WORKLOADS.iter().find(|known| **known == name);
    known
        .copied()
        .ok_or_else(|| format!("no workload or option is called {name}"))
}

fn known_peers(list: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
    match names
        .iter()
        .find(|name| !PEERS.iter().any(|peer| peer.is_named(name)))
    {
        Some(unknown) => Err(format!("no peer is called {unknown}")),
        None => Ok(names),
    }
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{text} is not a positive number")),
    }
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(minutes) if (0.0..=1e6).contains(&minutes) => Ok(minutes),
        _ => Err(format!("{text} is not a number of minutes")),
    }
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is not a seed"))
}

fn seconds_since_1970() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    time.map_or(0, |time| time.as_secs())
}
