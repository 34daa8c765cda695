//! [`Deadlock`]: which task waits for what, when nothing can happen any more.

use std::collections::BTreeMap;
use std::fmt;

use crate::coroutine::Site;
use crate::request::RequestKind;

/// Tasks that can never go on: they wait for each other in a cycle, or every task is parked and nothing outside can wake one.
/// Its text says which task waits for what.
///
/// A cycle is found at once, whatever the other tasks do.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::{Input, Sim};
///
/// #[loop_core::coroutine]
/// fn reader() {
///     let _ = yield_!(Stdin);
/// }
///
/// // Input that neither comes nor ends.
/// let run = Sim::new().stdin(Input::new().stays_open()).run(reader());
/// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
/// assert_eq!(deadlock.waits().len(), 1);
/// assert!(deadlock.to_string().contains("reader waits for standard input"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    waits: Vec<Waiting>,
    /// How many further tasks wait.
    more: usize,
    flight_record: Option<String>,
}

/// One task of a [`Deadlock`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// The task's name.
    pub task: String,
    /// The coroutines on its stack, the innermost last.
    pub stack: Vec<&'static Site>,
    /// The request that it waits for.
    pub request: RequestKind,
    /// The name of the task whose end it waits for, if it does.
    pub holder: Option<String>,
}

/// The text of a report has at most this many lines of one kind; the others are counted.
const SHOWN: usize = 50;

impl Deadlock {
    pub(crate) fn new(waits: Vec<Waiting>, more: usize, flight_record: Option<String>) -> Deadlock {
        Deadlock {
            waits,
            more,
            flight_record,
        }
    }

    /// The tasks that wait, at most the first 1,000.
    pub fn waits(&self) -> &[Waiting] {
        &self.waits
    }

    /// How many tasks wait beyond those that [`waits`](Deadlock::waits) gives.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Cycles of tasks, in each of which every task waits for the next one and the last one for the first.
    pub fn cycles(&self) -> Vec<Vec<&str>> {
        let waits = self.waits.iter();
        let holders = waits.filter_map(|wait| Some((wait.task.as_str(), wait.holder.as_deref()?)));
        let holders: BTreeMap<&str, &str> = holders.collect();
        // For each task, the number of the walk that first came to it. A walk that comes to a task twice has found a cycle.
        let mut walks: BTreeMap<&str, usize> = BTreeMap::new();
        let mut cycles = Vec::new();
        for (walk, start) in self.waits.iter().enumerate() {
            let mut path = Vec::new();
            let mut next = start.task.as_str();
            while let (Some(holder), false) = (holders.get(next), walks.contains_key(next)) {
                walks.insert(next, walk);
                path.push(next);
                next = holder;
            }
            if walks.get(next) == Some(&walk)
                && let Some(begin) = path.iter().position(|task| *task == next)
            {
                cycles.push(path.split_off(begin));
            }
        }
        cycles
    }

    /// The last events before the deadlock, if the loop's recorder [keeps them](crate::trace::Ring).
    pub fn flight_record(&self) -> Option<&str> {
        self.flight_record.as_deref()
    }

    fn title(&self, cycles: &[Vec<&str>]) -> &'static str {
        match cycles {
            [cycle] if cycle.len() == 1 && self.waits.len() == 1 => {
                "deadlock: a task waits for itself"
            }
            [cycle] if cycle.len() == self.waits.len() && self.more == 0 => {
                "deadlock: tasks wait for each other in a cycle"
            }
            _ if self.waits.is_empty() => {
                "deadlock: no task is left, and nothing can stop the loop"
            }
            _ => "deadlock: every task is parked and nothing outside can wake one",
        }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} waits for {}", self.task, self.request.object())?;
        if let Some(holder) = &self.holder {
            write!(f, " of {holder}")?;
        }
        match self.stack.last() {
            Some(site) => write!(f, ", in {site}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cycles = self.cycles();
        f.write_str(self.title(&cycles))?;
        for wait in self.waits.iter().take(SHOWN) {
            write!(f, "\n  {wait}")?;
        }
        let more = self.waits.len().saturating_sub(SHOWN) + self.more;
        if more > 0 {
            write!(f, "\n  … and {more} more tasks that wait")?;
        }
        for cycle in cycles.iter().take(SHOWN) {
            let shown = cycle[..cycle.len().min(SHOWN)].join(" -> ");
            let cut = if cycle.len() > SHOWN { " -> …" } else { "" };
            write!(f, "\n  cycle: {shown}{cut} -> {}", cycle[0])?;
        }
        match &self.flight_record {
            Some(record) => write!(f, "\n{record}"),
            None => Ok(()),
        }
    }
}
