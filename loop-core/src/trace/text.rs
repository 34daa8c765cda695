//! The words of a trace: how each request, answer and detail is written.

use std::fmt::{self, Display, Formatter, Write as _};
use std::time::Duration;

use super::detail::{Detail, Options, Wait};
use super::event::Event;
use super::kind::EventKind;
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::policy::Choice;
use crate::request::RequestKind;

/// A report names at most this many waiting tasks, and counts the others.
const LISTED: usize = 50;

/// Gives the names of tasks while a text is written.
pub(crate) trait Naming {
    fn name(&self, task: TaskId) -> String;

    /// How a task ended, in words: its value, `panicked "…"` or `cancelled`.
    fn end(&self, _: TaskId) -> &str {
        ""
    }
}

/// A call: `fib(3)`, or `fib` if it has no arguments or they are not known.
pub(super) fn call(site: &Site, arguments: Option<&str>) -> String {
    match arguments {
        None | Some("") => site.name.to_owned(),
        Some(arguments) => format!("{}({arguments})", site.name),
    }
}

/// A request: `sleep 5ms`, `chain fib(3)`.
pub(super) fn asked(kind: RequestKind, detail: Detail<'_>, names: &dyn Naming) -> String {
    join(kind.asks(), " ", &words(detail, names))
}

/// An answer: `line "3"`, `eof`, `slept`, `joined main/1 Err("boom")`.
pub(super) fn answered(kind: RequestKind, detail: Detail<'_>, names: &dyn Naming) -> String {
    let value = words(detail, names);
    match detail {
        Detail::EndOfInput | Detail::Error(_) => value,
        Detail::Task(task) if matches!(kind, RequestKind::Join | RequestKind::Cancel) => {
            let answer = join(kind.answer(), " ", &value);
            // A task may have ended before it is cancelled.
            let end = Some(names.end(task)).filter(|end| *end != kind.answer());
            join(&answer, " ", end.unwrap_or_default())
        }
        _ => join(kind.answer(), " ", &value),
    }
}

/// What a poll found: `timer`, `stdin line "3"`.
pub(super) fn source(kind: RequestKind, detail: Detail<'_>, names: &dyn Naming) -> String {
    match detail {
        Detail::None => kind.source().to_owned(),
        Detail::Object(name) => name.to_string(),
        detail => join(kind.source(), " ", &answered(kind, detail, names)),
    }
}

/// The text of an event after its verb and its task.
pub(crate) fn rest(event: &Event, names: &dyn Naming) -> String {
    let detail = event.detail();
    match event.kind() {
        EventKind::Asked(kind) => asked(kind, detail, names),
        EventKind::Answered(kind) | EventKind::Readied(kind) | EventKind::Woken(kind) => {
            answered(kind, detail, names)
        }
        EventKind::Unjoined if detail == Detail::None => names.end(event.task()).to_owned(),
        _ => words(detail, names),
    }
}

/// Whether an event has a line. A choice for the task that production would run has none, and neither has a choice about a turn:
/// the end of the turn is an event of its own.
pub(crate) fn is_told(event: &Event) -> bool {
    match (event.kind(), event.detail()) {
        (EventKind::Chose(Choice::KeepTurn), _) => false,
        (EventKind::Chose(_), Detail::Options(options)) => options.picked > 0,
        _ => true,
    }
}

/// A detail by itself; nothing for `()`.
pub(super) fn words(detail: Detail<'_>, names: &dyn Naming) -> String {
    match detail {
        Detail::None | Detail::Value("()") => String::new(),
        Detail::Text(text) => text.to_string(),
        Detail::EndOfInput => "eof".to_owned(),
        Detail::Error(kind) => format!("err {kind:?}"),
        Detail::Task(task) => names.name(task),
        Detail::Foreign => "a task of another loop".to_owned(),
        Detail::Object(name) => name.to_string(),
        Detail::Site(site) | Detail::InPlace { site, .. } => site.name.to_owned(),
        Detail::Call {
            site, arguments, ..
        } => call(site, arguments),
        Detail::Value(value) => value.to_owned(),
        Detail::Duration(time) => Short(time).to_string(),
        Detail::Time(time) => time.to_string(),
        Detail::Made(made) => call(made.site, made.arguments.as_deref()),
        Detail::Options(options) => choice(options, names),
        Detail::Waits { tasks, more } => waiting(tasks, more, names),
    }
}

/// What production would have chosen, and the option that was picked: `fifo main (2 of 3)`.
fn choice(options: Options, names: &dyn Naming) -> String {
    let Options { picked, of, first } = options;
    let number = u64::from(picked) + 1;
    format!("fifo {} ({number} of {of})", names.name(first))
}

fn waiting(waits: &[Wait], more: usize, names: &dyn Naming) -> String {
    let mut text = String::new();
    for wait in waits.iter().take(LISTED) {
        let and = if text.is_empty() { "" } else { ", " };
        let _ = write!(
            text,
            "{and}{} waits {}",
            names.name(wait.task),
            waited(wait, names)
        );
    }
    let more = more + waits.len().saturating_sub(LISTED);
    if more > 0 {
        let _ = write!(text, ", … and {} more", Thousands(more));
    }
    text
}

/// What a task waits for: `stdin`, `join main/1`, `acquire lock 1 of main/2`.
fn waited(wait: &Wait, names: &dyn Naming) -> String {
    let object = wait.object.map(|object| object.to_string());
    let asked = join(wait.request.asks(), " ", &object.unwrap_or_default());
    let holder = wait.holder.map(|task| names.name(task));
    let of = if wait.object.is_some() { " of " } else { " " };
    join(&asked, of, &holder.unwrap_or_default())
}

/// Both parts with a separator, or one part if the other is empty.
pub(super) fn join(left: &str, between: &str, right: &str) -> String {
    match (left, right) {
        ("", text) | (text, "") => text.to_owned(),
        _ => [left, between, right].concat(),
    }
}

/// A number with commas: `2,950`.
struct Thousands(usize);

impl Display for Thousands {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_char(',')?;
            }
            f.write_char(digit)?;
        }
        Ok(())
    }
}

/// A duration; zero has no unit.
pub(super) struct Short(pub(super) Duration);

impl Display for Short {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Duration::ZERO => f.write_char('0'),
            time => write!(f, "{time:?}"),
        }
    }
}
