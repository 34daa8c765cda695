//! The command line.

use std::path::PathBuf;

use crate::peers::{OURS, PEERS, Peer};
use crate::plan::WORKLOADS;

pub(crate) const USAGE: &str = "\
usage: benches [options] all | workload...

workloads:     switch spawn chain parked timers lines generators trace schedules idle growth instructions
               (all: every one of them; instructions needs valgrind)
--peers a,b    only these beside loop-core; a family name such as `tokio` or `floor` means all its members
--runs N       repetitions, interleaved (5)
--json FILE    write the rows as JSON
--plot FILE    where growth writes its plot (growth.svg beside this program)
--short        tiny sizes, one run: does everything work?";

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) workloads: Vec<&'static str>,
    pub(crate) peers: Vec<String>,
    pub(crate) runs: usize,
    pub(crate) json: Option<PathBuf>,
    pub(crate) plot: Option<PathBuf>,
    pub(crate) short: bool,
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
        };
        let mut words = words;
        while let Some(word) = words.next() {
            args.take(&word, &mut words)?;
        }
        if args.workloads.is_empty() {
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
            "all" => self.workloads = WORKLOADS.to_vec(),
            name => self.workloads.push(known_workload(name)?),
        }
        Ok(())
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
