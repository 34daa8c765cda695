//! [`Deadlock`]: who waits for what, when nothing can happen any more.

use std::fmt;

use crate::coroutine::Site;

/// Tasks that can never go on: they wait for each other in a ring, or every task is parked and nothing outside can wake one.
/// Its text is the graph of who waits for whom.
///
/// A ring is found at once, whatever the other tasks do.
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
/// let Err(Error::Deadlock(deadlock)) = run.result else { unreachable!() };
/// assert_eq!(deadlock.waits().len(), 1);
/// assert!(deadlock.to_string().contains("reader waits for standard input"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    pub(crate) waits: Vec<Waiting>,
}

/// One task of a [`Deadlock`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// The task's name.
    pub task: String,
    /// The coroutines on its stack, the innermost last.
    pub stack: Vec<&'static Site>,
    /// What it waits for, in words.
    pub what: String,
    /// The task that could give it that, if it is one.
    pub holder: Option<String>,
}

impl Deadlock {
    /// Each task that waits.
    pub fn waits(&self) -> &[Waiting] {
        &self.waits
    }

    /// Tasks that wait for each other in a ring, each for the next and the last for the first.
    pub fn rings(&self) -> Vec<Vec<&str>> {
        let mut rings: Vec<Vec<&str>> = Vec::new();
        for start in &self.waits {
            let known = rings.iter().flatten().any(|task| *task == start.task);
            if let Some(ring) = self.ring_from(start).filter(|_| !known) {
                rings.push(ring);
            }
        }
        rings
    }

    fn ring_from<'a>(&'a self, start: &'a Waiting) -> Option<Vec<&'a str>> {
        let mut ring = vec![start.task.as_str()];
        let mut next = start.holder.as_deref()?;
        while next != start.task {
            if ring.contains(&next) {
                return None;
            }
            ring.push(next);
            let waiting = self.waits.iter().find(|waiting| waiting.task == next)?;
            next = waiting.holder.as_deref()?;
        }
        Some(ring)
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rings = self.rings();
        f.write_str(match &rings[..] {
            [ring] if ring.len() == 1 && self.waits.len() == 1 => {
                "deadlock: a task waits for itself"
            }
            [ring] if ring.len() == self.waits.len() => {
                "deadlock: tasks wait for each other in a ring"
            }
            _ => "deadlock: every task is parked and nothing outside can wake one",
        })?;
        for Waiting {
            task, stack, what, ..
        } in &self.waits
        {
            write!(f, "\n  {task} waits for {what}")?;
            if let Some(Site { name, file, line }) = stack.last() {
                write!(f, ", in {name} ({file}:{line})")?;
            }
        }
        for ring in rings {
            write!(f, "\n  ring: {} -> {}", ring.join(" -> "), ring[0])?;
        }
        Ok(())
    }
}
