//! The views of a log.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write as _};

use super::names::{Named, Names};
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
        for line in Reader::read(&self.0.events) {
            match line {
                Line::Step { who, text, .. } => writeln!(f, "{who}  {text}")?,
                Line::Look { after, wakes } => writeln!(f, "\n~ +{after}  {}", joined(&wakes))?,
                Line::Note(text) => writeln!(f, "! {text}")?,
            }
        }
        Ok(())
    }
}

fn joined(wakes: &[Wake]) -> String {
    let each = wakes
        .iter()
        .map(|wake| format!("{}  wakes {}", wake.cause, wake.task.name));
    each.collect::<Vec<_>>().join("; ")
}

impl Display for PerTask<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# per task  policy={}", self.0.policy)?;
        let mut tasks: BTreeMap<usize, (Named, String)> = BTreeMap::new();
        for line in Reader::read(&self.0.events) {
            match line {
                Line::Step { task, text, .. } => add(&mut tasks, task, &text)?,
                Line::Look { wakes, .. } => {
                    for Wake { task, cause } in wakes {
                        add(&mut tasks, task, &format!("~ {cause}"))?;
                    }
                }
                Line::Note(_) => {}
            }
        }
        for (Named { name, site, .. }, lines) in tasks.values() {
            write!(f, "\n{name} ({})\n{lines}", site.name)?;
        }
        Ok(())
    }
}

fn add(tasks: &mut BTreeMap<usize, (Named, String)>, task: Named, text: &str) -> fmt::Result {
    let entry = tasks.entry(task.serial);
    let (_, lines) = entry.or_insert_with(|| (task, String::new()));
    writeln!(lines, "  {text}")
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

/// One event as a line. A task that is meant is named first after the verb.
pub(crate) fn decision(event: &Event, names: &Names) -> String {
    let name = |task: &TaskId| names.name(*task).to_owned();
    match event {
        Event::Scheduled { task, site, .. } => format!("schedule  {}  {}", name(task), site.name),
        Event::Resumed { task, site, input } => {
            format!("resume  {}  {}", who(*task, site, names), In(input, names))
        }
        Event::Asked { task, request } => format!("ask  {}  {}", name(task), In(request, names)),
        Event::Answered { task, answer } => match value(answer, names) {
            Some(value) => format!("answer  {}  {value}", name(task)),
            None => format!("answer  {}", name(task)),
        },
        Event::Parked { task } => format!("park  {}", name(task)),
        Event::Returned { task, site } => format!("return  {}  {}", name(task), site.name),
        Event::Finished { task } => format!("finish  {}", name(task)),
        Event::Failed { task, message } => format!("fail  {}  {message}", name(task)),
        Event::Looked { now } => format!("poll  {now}"),
        Event::Woken { task, cause } => format!("wake  {}  {}", name(task), In(cause, names)),
        Event::Chose { picked, options } => format!("choose  {picked}/{options}"),
        Event::Deadlocked { waits } => deadlock(waits, names),
    }
}

fn deadlock(waits: &[(TaskId, Asked)], names: &Names) -> String {
    let each = waits
        .iter()
        .map(|(task, what)| format!("{} waits {}", names.name(*task), In(what, names)));
    format!("deadlock: {}", each.collect::<Vec<_>>().join(", "))
}

/// The task, and the coroutine that acts for it if that is not its first one.
fn who(task: TaskId, site: &'static Site, names: &Names) -> String {
    match names.get(task) {
        Some(named) if named.site == site => named.name.clone(),
        Some(named) => format!("{}:{}", named.name, site.name),
        None => "?".to_owned(),
    }
}

enum Line {
    Step {
        task: Named,
        who: String,
        text: String,
    },
    Look {
        after: String,
        wakes: Vec<Wake>,
    },
    Note(String),
}

struct Wake {
    task: Named,
    cause: String,
}

/// Puts events together into lines: a step is several events.
#[derive(Default)]
struct Reader {
    names: Names,
    lines: Vec<Line>,
    looked: Time,
}

impl Reader {
    fn read(events: &[Event]) -> Vec<Line> {
        let mut reader = Reader::default();
        for event in events {
            reader.names.learn(event);
            reader.add(event);
        }
        reader.lines
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Scheduled { .. } => {}
            Event::Resumed { task, site, input } => {
                let who = who(*task, site, &self.names);
                let text = format!("{}  =>  ", In(input, &self.names));
                if let Some(task) = self.names.get(*task).cloned() {
                    self.lines.push(Line::Step { task, who, text });
                }
            }
            Event::Asked { request, .. } => self.append(&In(request, &self.names).to_string()),
            Event::Answered { answer, .. } => match value(answer, &self.names) {
                Some(value) => self.append(&format!("  -> {value}")),
                None => self.append("  ready"),
            },
            Event::Parked { .. } => self.append("  park"),
            Event::Returned { .. } => self.append("return"),
            Event::Finished { .. } => self.append("finish"),
            Event::Failed { message, .. } => self.append(&format!("panic {message}")),
            Event::Looked { now } => self.look(*now),
            Event::Woken { task, cause } => self.wake(*task, cause),
            Event::Chose { picked, options } => self.note(format!("choice {picked}/{options}")),
            Event::Deadlocked { waits } => self.note(deadlock(waits, &self.names)),
        }
    }

    /// Adds to the step that is being told.
    fn append(&mut self, more: &str) {
        if let Some(Line::Step { text, .. }) = self.lines.last_mut() {
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

    fn wake(&mut self, task: TaskId, cause: &Cause) {
        let Some(named) = self.names.get(task).cloned() else {
            return;
        };
        let cause = In(cause, &self.names).to_string();
        match self.lines.last_mut() {
            Some(Line::Look { wakes, .. }) => wakes.push(Wake { task: named, cause }),
            Some(Line::Step { text, .. }) => {
                let _ = write!(text, "  wakes {}", named.name);
            }
            _ => {}
        }
    }
}
