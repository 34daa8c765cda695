//! The lines of `steps`.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::tasks::{Serial, Tasks};
use super::text::{Short, join};

pub(super) enum Line {
    Step(Step),
    Poll(Poll),
    Note(String),
}

pub(super) struct Step {
    pub(super) task: Serial,
    /// Where the task is: see [`Tasks::place`].
    pub(super) place: String,
    /// The answer that the step was given.
    pub(super) given: String,
    /// What it did, and the outcome.
    pub(super) did: String,
    /// The tasks that it woke.
    pub(super) wakes: String,
    /// `budget` or `preempted`, if that ended the turn.
    pub(super) turn: &'static str,
}

pub(super) struct Poll {
    /// The time since the poll before.
    pub(super) after: Duration,
    pub(super) wakes: Vec<Wake>,
}

pub(super) struct Wake {
    pub(super) task: Serial,
    pub(super) cause: String,
}

impl Step {
    /// What the step was given and what it did, without how its turn ended.
    pub(super) fn text(&self) -> String {
        let given = join(&self.place, "  ", &self.given);
        let did = join("=>", "  ", &self.did);
        let did = match &*self.wakes {
            "" => did,
            wakes => format!("{did}  wakes {wakes}"),
        };
        join(&given, "  ", &did)
    }
}

/// Lines as text, without a head line.
pub(super) struct Lines<'a>(pub(super) &'a [Line], pub(super) &'a Tasks);

impl Display for Lines<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Lines(lines, tasks) = self;
        for line in *lines {
            match line {
                Line::Step(step) => write_step(f, step, tasks)?,
                Line::Poll(poll) => write_poll(f, poll, tasks)?,
                Line::Note(text) => writeln!(f, "! {text}")?,
            }
        }
        Ok(())
    }
}

fn write_step(f: &mut Formatter<'_>, step: &Step, tasks: &Tasks) -> fmt::Result {
    let name = &tasks[step.task].name;
    let space = if step.place.is_empty() { "  " } else { "" };
    writeln!(f, "{name}{space}{}{}", step.text(), step.turn)
}

/// One line per cause: consecutive tasks that wake for the same reason share a line.
fn write_poll(f: &mut Formatter<'_>, poll: &Poll, tasks: &Tasks) -> fmt::Result {
    write!(f, "\n~ +{}", Short(poll.after))?;
    let causes = poll.wakes.chunk_by(|a, b| a.cause == b.cause);
    for (number, woken) in causes.enumerate() {
        let and = if number > 0 { "\n~" } else { "" };
        let names = woken.iter().map(|wake| &*tasks[wake.task].name);
        let names: Vec<&str> = names.collect();
        write!(f, "{and}  {}  wakes {}", woken[0].cause, names.join(", "))?;
    }
    writeln!(f)
}
