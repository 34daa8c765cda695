//! What the coroutines of a run have seen. A child process sends it to its parent.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A line that a coroutine has printed. Ticks say what came before what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Printed {
    pub(crate) by: u32,
    pub(crate) hash: u64,
    pub(crate) asked: u64,
    /// When the task got its answer.
    pub(crate) done: Option<u64>,
    /// The answer was an error: nothing was printed.
    pub(crate) failed: bool,
}

/// How often a failure was told to each of [`Whom`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told(pub(crate) [u32; 3]);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Whom {
    /// The task that joined it, or cancelled it.
    Joiner,
    /// The reader of the loop's reports.
    Reader,
    /// Who called the loop's `run`.
    Caller,
}

/// The two outputs.
pub(crate) const STDOUT: usize = 0;
pub(crate) const STDERR: usize = 1;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Receipt {
    pub(crate) prints: [Vec<Printed>; 2],
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) bytes: Vec<u8>,
    /// Each failure, and who was told of it.
    pub(crate) failures: BTreeMap<String, Told>,
    /// Failures of coroutines that were being primed.
    pub(crate) may_be_untold: BTreeSet<String>,
    /// Failures that the loop only counts.
    pub(crate) only_counted: u64,
    /// How often each thing was asked for.
    pub(crate) asked: BTreeMap<String, u64>,
    /// Errors of writing that somebody was told.
    pub(crate) write_errors: u64,
    /// Reading has failed.
    pub(crate) read_error: bool,
    pub(crate) tasks: u64,
    pub(crate) values: u64,
    /// How each run of the loop ended.
    pub(crate) results: Vec<String>,
    /// The loop was dropped before all its tasks had ended.
    pub(crate) closed: bool,
    /// What must not be.
    pub(crate) wrong: Vec<String>,
}

pub(crate) fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Receipt {
    /// The hashes of what each coroutine has printed.
    pub(crate) fn by_coroutine(&self) -> BTreeMap<u32, Vec<u64>> {
        let mut each: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for printed in &self.prints[STDOUT] {
            each.entry(printed.by).or_default().push(printed.hash);
        }
        each
    }

    /// Somebody was told of a failure. A report has the failure's own words at the end of its first line.
    pub(crate) fn tell(&mut self, report: &str, whom: Whom) {
        let line = report.lines().next().unwrap_or_default();
        let words = line.rsplit(": ").next().unwrap_or_default();
        match self.failures.get_mut(words.trim_matches('"')) {
            Some(told) => told.0[whom as usize] += 1,
            None => {
                let wrong = format!("told of {report:?}, which did not happen");
                self.wrong.push(wrong);
            }
        }
    }
}
