//! What a soak test did, in numbers.

use std::collections::BTreeMap;

use super::faulty::FAULTS;
use super::receipt::{Receipt, STDERR, STDOUT};

#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) programs: u64,
    coroutines: u64,
    tasks: u64,
    values: u64,
    failures: u64,
    printed: u64,
    heard: u64,
    runs: u64,
    requests: BTreeMap<String, u64>,
    /// By heading and name.
    counts: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Tally {
    /// What is counted although it may never come, so that this is seen.
    pub(crate) fn sim() -> Tally {
        let mut tally = Tally::default();
        let faults = tally.counts.entry("faults".to_owned()).or_default();
        faults.extend(FAULTS.iter().map(|fault| ((*fault).to_owned(), 0)));
        tally
    }

    pub(crate) fn count(&mut self, heading: &str, name: &str) {
        self.add(heading, name, 1);
    }

    pub(crate) fn add(&mut self, heading: &str, name: &str, number: u64) {
        let counts = self.counts.entry(heading.to_owned()).or_default();
        *counts.entry(name.to_owned()).or_default() += number;
    }

    pub(crate) fn program(&mut self, coroutines: u64, receipt: &Receipt) {
        self.programs += 1;
        self.coroutines += coroutines;
        self.tasks += receipt.tasks;
        self.values += receipt.values;
        self.failures += receipt.failures.len() as u64;
        self.printed += (receipt.prints[STDOUT].len() + receipt.prints[STDERR].len()) as u64;
        self.heard += receipt.lines.len() as u64;
        self.runs += receipt.results.len() as u64;
        for (request, times) in &receipt.asked {
            *self.requests.entry(request.clone()).or_default() += times;
        }
    }

    pub(crate) fn merge(&mut self, other: Tally) {
        self.programs += other.programs;
        self.coroutines += other.coroutines;
        self.tasks += other.tasks;
        self.values += other.values;
        self.failures += other.failures;
        self.printed += other.printed;
        self.heard += other.heard;
        self.runs += other.runs;
        for (request, times) in other.requests {
            *self.requests.entry(request).or_default() += times;
        }
        for (heading, counts) in other.counts {
            for (name, number) in counts {
                self.add(&heading, &name, number);
            }
        }
    }

    pub(crate) fn print(&self, place: &str, seeds: &str) {
        println!(
            "{place}: {} programs, {seeds}: {} coroutines written down, {} tasks and {} values made, {} failures, {} lines \
             printed, {} lines read, {} runs of a loop",
            self.programs,
            self.coroutines,
            self.tasks,
            self.values,
            self.failures,
            self.printed,
            self.heard,
            self.runs
        );
        println!("  requests: {}", list(&self.requests));
        for (heading, counts) in &self.counts {
            println!("  {heading}: {}", list(counts));
        }
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    let shown: Vec<String> = counts
        .iter()
        .map(|(name, number)| format!("{name} {number}"))
        .collect();
    shown.join(", ")
}
