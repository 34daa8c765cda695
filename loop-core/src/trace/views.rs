//! The views of a log.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write as _};

use super::names::{Names, Serial};
use super::text::{In, Short, value};
use super::{Asked, Cause, Event, Trace};
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::time::Time;

/// One line per step. See [`Trace::steps`].
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a>(pub(super) &'a Trace);

/// One line per decision. See [`Trace::decisions`].
#[derive(Clone, Copy, Debug)]
pub struct Decisions<'a>(pub(super) &'a Trace);

/// The steps of each task by itself. See [`Trace::per_task`].
#[derive(Clone, Copy, Debug)]
pub struct PerTask<'a>(pub(super) &'a Trace);

impl Display for Steps<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# steps  policy={}", self.0.policy)?;
        let Reader { names, lines, .. } = Reader::read(&self.0.events);
        for line in lines {
            match line {
                Line::Step { task, deputy, text } => {
                    writeln!(f, "{}{deputy}  {text}", names.name_of(task))?;
                }
                Line::Look { after, wakes } => {
                    write!(f, "\n~ +{after}  ")?;
                    write_wakes(f, &wakes, &names)?;
                }
                Line::Note(text) => writeln!(f, "! {text}")?,
            }
        }
        Ok(())
    }
}

/// One line per cause: tasks that wake for the same reason, one after the other, share it.
fn write_wakes(f: &mut Formatter<'_>, wakes: &[Wake], names: &Names) -> fmt::Result {
    let causes = wakes.chunk_by(|a, b| a.cause == b.cause);
    for (number, woken) in causes.enumerate() {
        let and = if number > 0 { "~  " } else { "" };
        let tasks = woken.iter().map(|wake| names.name_of(wake.task));
        let tasks: Vec<String> = tasks.collect();
        writeln!(f, "{and}{}  wakes {}", woken[0].cause, tasks.join(", "))?;
    }
    Ok(())
}

impl Display for PerTask<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# per task")?;
        let Reader { names, lines, .. } = Reader::read(&self.0.events);
        let mut tasks: BTreeMap<Vec<u32>, (Serial, String)> = BTreeMap::new();
        let mut add = |task: Serial, line: &str| {
            let entry = tasks.entry(names.place(task));
            let (_, lines) = entry.or_insert_with(|| (task, String::new()));
            writeln!(lines, "  {line}")
        };
        for line in lines {
            match line {
                Line::Step { task, deputy, text } if deputy.is_empty() => add(task, &text)?,
                Line::Step { task, deputy, text } => add(task, &format!("{deputy}  {text}"))?,
                Line::Look { wakes, .. } => {
                    for Wake { task, cause } in wakes {
                        add(task, &format!("~ {cause}"))?;
                    }
                }
                Line::Note(_) => {}
            }
        }
        for (task, lines) in tasks.into_values() {
            write!(f, "\n{}", names.name_of(task))?;
            if names.is_child(task) {
                write!(f, " ({})", names.site(task).name)?;
            }
            write!(f, "\n{lines}")?;
        }
        Ok(())
    }
}

impl Display for Decisions<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# decisions  policy={}", self.0.policy)?;
        let mut names = Names::default();
        let mut looked = Time::ZERO;
        for event in &self.0.events {
            names.learn(event);
            if let Event::Looked { now } = event {
                let after = Short(*now - looked);
                looked = *now;
                writeln!(f, "\npoll  +{after}")?;
            } else {
                writeln!(f, "{}", decision(event, &names))?;
            }
        }
        Ok(())
    }
}

/// One event as a line: a verb, whom it is about, and the rest.
fn decision(event: &Event, names: &Names) -> String {
    let name = |task| names.name(task);
    match event {
        Event::Scheduled { task, site, .. } => format!("schedule  {}  {}", name(*task), site.name),
        Event::Resumed { task, site, input } => {
            format!("resume  {}  {}", who(*task, site, names), In(input, &name))
        }
        Event::Asked { task, request } => format!("ask  {}  {}", name(*task), In(request, &name)),
        Event::Answered { task, answer } => match value(answer, &name) {
            Some(value) => format!("answer  {}  {value}", name(*task)),
            None => format!("answer  {}", name(*task)),
        },
        Event::Parked { task } => format!("park  {}", name(*task)),
        Event::Returned { task, site } => format!("return  {}  {}", name(*task), site.name),
        Event::Finished { task } => format!("finish  {}", name(*task)),
        Event::Failed { task, message } => format!("panic  {}  {message}", name(*task)),
        Event::Looked { now } => format!("poll  {now}"),
        Event::Woken { task, cause } => format!("wake  {}  {}", name(*task), In(cause, &name)),
        Event::Chose { picked, options } => format!("choice  {} of {options}", picked + 1),
        Event::Deadlocked { waits } => deadlock(waits, names),
    }
}

fn deadlock(waits: &[(TaskId, Asked)], names: &Names) -> String {
    let name = |task| names.name(task);
    let each = waits
        .iter()
        .map(|(task, what)| format!("{} waits {}", name(*task), In(what, &name)));
    format!("deadlock: {}", each.collect::<Vec<_>>().join(", "))
}

/// The task, and the coroutine that acts for it if that is not its first one.
fn who(task: TaskId, site: &'static Site, names: &Names) -> String {
    names.name(task) + &deputy(task, site, names)
}

/// The coroutine that acts for a task, if it is not the task's first one.
fn deputy(task: TaskId, site: &'static Site, names: &Names) -> String {
    let own = names.serial(task).map(|task| names.site(task));
    match own == Some(site) {
        true => String::new(),
        false => format!(":{}", site.name),
    }
}

enum Line {
    Step {
        task: Serial,
        deputy: String,
        text: String,
    },
    Look {
        after: String,
        wakes: Vec<Wake>,
    },
    Note(String),
}

struct Wake {
    task: Serial,
    cause: String,
}

/// Between what a task was told and what it did.
const DID: &str = "  =>";

/// Puts events together into lines: a step is several events.
#[derive(Default)]
struct Reader {
    names: Names,
    lines: Vec<Line>,
    looked: Time,
}

impl Reader {
    fn read(events: &[Event]) -> Reader {
        let mut reader = Reader::default();
        for event in events {
            reader.names.learn(event);
            reader.add(event);
        }
        reader
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Scheduled { .. } => {}
            Event::Resumed { task, site, input } => {
                let deputy = deputy(*task, site, &self.names);
                let text = format!("{}{DID}", self.text(input));
                if let Some(task) = self.names.serial(*task) {
                    self.lines.push(Line::Step { task, deputy, text });
                }
            }
            Event::Asked { request, .. } => {
                let request = self.text(request);
                self.append(&request);
            }
            Event::Answered { answer, .. } => match value(answer, &|task| self.names.name(task)) {
                Some(value) => self.append(&format!("-> {value}")),
                None => self.append("ready"),
            },
            Event::Parked { .. } => self.append("park"),
            Event::Returned { .. } => self.append("return"),
            Event::Finished { .. } => self.append("finish"),
            Event::Failed { message, .. } => self.append(&format!("panic {message}")),
            Event::Looked { now } => self.look(*now),
            Event::Woken { task, cause } => self.wake(*task, cause),
            Event::Chose { picked, options } => {
                self.note(format!("choice {} of {options}", picked + 1));
            }
            Event::Deadlocked { waits } => self.note(deadlock(waits, &self.names)),
        }
    }

    fn text<T>(&self, words: &T) -> String
    where
        for<'a> In<'a, T>: Display,
    {
        In(words, &|task| self.names.name(task)).to_string()
    }

    /// Adds to the step that is being told.
    fn append(&mut self, more: &str) {
        if let Some(Line::Step { text, .. }) = self.lines.last_mut() {
            text.push_str("  ");
            text.push_str(more);
        }
    }

    fn note(&mut self, text: String) {
        self.lines.push(Line::Note(text));
    }

    fn look(&mut self, now: Time) {
        let after = Short(now - self.looked).to_string();
        self.looked = now;
        let wakes = Vec::new();
        self.lines.push(Line::Look { after, wakes });
    }

    /// Adds to the look that found the cause, or to the step that was the cause.
    fn wake(&mut self, task: TaskId, cause: &Cause) {
        let Some(serial) = self.names.serial(task) else {
            return;
        };
        let cause = self.text(cause);
        match self.lines.last_mut() {
            Some(Line::Look { wakes, .. }) => wakes.push(Wake {
                task: serial,
                cause,
            }),
            _ => self.append(&format!("wakes {}", self.names.name(task))),
        }
    }
}
