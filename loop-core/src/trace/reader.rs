//! [`Reader`]: makes the lines of `steps` from events. A step is several events.

use std::mem;

use super::detail::Detail;
use super::event::Event;
use super::kind::EventKind;
use super::lines::{Line, Poll, Step, Wake};
use super::tasks::Tasks;
use super::text::{Naming, answered, asked, call, is_told, join, rest, source};
use crate::coroutine::Site;
use crate::id::TaskId;
use crate::request::RequestKind;
use crate::time::Time;

/// A step names at most this many calls, and counts the others.
const LISTED: usize = 8;

/// In place of an answer that was given before the first event.
const LOST: &str = "…";

/// What the reader knows of a task between two of its steps.
#[derive(Clone, Default)]
struct State {
    /// The answer that its next step is given.
    given: Option<String>,
    /// The line of its last step.
    line: Option<usize>,
}

/// The events so far, as lines.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) tasks: Tasks,
    pub(super) lines: Vec<Line>,
    states: Vec<State>,
    /// The line of the present step or poll: a task that is woken now is woken by it.
    current: Option<usize>,
    /// Calls of the present step that its request does not hand over.
    calls: Vec<(&'static Site, String)>,
    /// Where they are to be written: the line, and how much of its text comes before.
    calls_place: Option<(usize, usize)>,
    polled: Time,
}

impl Reader {
    /// Begins after events that are lost, with what is remembered of them.
    pub(super) fn after(tasks: Tasks, polled: Time) -> Reader {
        Reader {
            tasks,
            polled,
            ..Reader::default()
        }
    }

    pub(super) fn read<'a>(mut self, events: impl Iterator<Item = &'a Event>) -> Reader {
        for event in events {
            self.tasks.learn(event);
            self.add(event);
        }
        self.write_calls();
        self
    }

    fn add(&mut self, event: &Event) {
        let (task, detail) = (event.task(), event.detail());
        match event.kind() {
            EventKind::Scheduled => {}
            EventKind::Chose(_) if !is_told(event) => {}
            EventKind::Started => _ = self.step(task, detail, "start".to_owned()),
            EventKind::Primed => _ = self.step(task, detail, "primed".to_owned()),
            EventKind::Resumed => {
                let given = self.state(task).given.take();
                self.step(task, detail, given.unwrap_or(LOST.to_owned()));
            }
            EventKind::Called => self.called(detail),
            EventKind::Asked(kind) => self.asked(task, kind, detail),
            EventKind::Answered(kind) => self.give(task, answered(kind, detail, &self.tasks)),
            EventKind::Readied(kind) => {
                self.give(task, answered(kind, detail, &self.tasks));
                if kind != RequestKind::Now {
                    self.did(task, "ready");
                }
            }
            EventKind::Parked => self.did(task, "park"),
            EventKind::Woken(kind) => self.woken(task, kind, detail),
            EventKind::Budget => self.turn(task, "  budget"),
            EventKind::Preempted => self.turn(task, "  preempted"),
            EventKind::Returned => self.returns(task, &rest(event, &self.tasks)),
            EventKind::Finished => self.ends(task, "finish", &rest(event, &self.tasks)),
            EventKind::Failed => self.ends(task, "panic", &rest(event, &self.tasks)),
            EventKind::Cancelled => self.ends(task, "cancelled", ""),
            EventKind::Polled => self.polled(detail),
            EventKind::Unjoined
            | EventKind::Closed
            | EventKind::EndedWriting
            | EventKind::Chose(_)
            | EventKind::Deadlocked => self.note(event),
        }
    }

    fn state(&mut self, task: TaskId) -> &mut State {
        let index = self.tasks.serial(task).index();
        if index >= self.states.len() {
            self.states.resize(index + 1, State::default());
        }
        &mut self.states[index]
    }

    /// Keeps the answer that the next step of the task is given.
    fn give(&mut self, task: TaskId, answer: String) {
        self.state(task).given = Some(answer);
    }

    /// Begins a step, and gives its line.
    fn step(&mut self, task: TaskId, detail: Detail<'_>, given: String) -> usize {
        let serial = self.tasks.serial(task);
        let place = self.tasks.place(task, detail);
        let line = self.lines.len();
        self.state(task).line = Some(line);
        self.begin(Line::Step(Step {
            task: serial,
            place,
            given,
            did: String::new(),
            wakes: String::new(),
            turn: "",
        }));
        line
    }

    /// Makes a line the present one, until the next one begins.
    fn begin(&mut self, line: Line) {
        self.write_calls();
        self.current = Some(self.lines.len());
        self.lines.push(line);
    }

    /// The line of the task's last step. The event that began it may be lost.
    fn line(&mut self, task: TaskId) -> &mut Step {
        let line = match self.state(task).line {
            Some(line) => line,
            None => self.step(task, Detail::None, LOST.to_owned()),
        };
        match &mut self.lines[line] {
            Line::Step(step) => step,
            _ => unreachable!("the line of a step is a step"),
        }
    }

    fn did(&mut self, task: TaskId, what: &str) {
        let step = self.line(task);
        step.did = join(&step.did, "  ", what);
    }

    fn turn(&mut self, task: TaskId, end: &'static str) {
        self.line(task).turn = end;
    }

    fn called(&mut self, detail: Detail<'_>) {
        if let Detail::Call {
            site,
            arguments,
            depth: 0,
        } = detail
        {
            self.calls.push((site, call(site, arguments)));
        }
    }

    fn asked(&mut self, task: TaskId, kind: RequestKind, detail: Detail<'_>) {
        let handed_over = match detail {
            Detail::Call {
                site, arguments, ..
            } => self.handed_over(site, arguments),
            _ => None,
        };
        let request = match (detail, handed_over) {
            (
                Detail::Call {
                    arguments: None, ..
                },
                Some(call),
            ) => join(kind.asks(), " ", &call),
            _ => asked(kind, detail, &self.tasks),
        };
        self.told_calls(task);
        self.did(task, &request);
        if kind == RequestKind::Now {
            self.give(task, kind.answer().to_owned());
        }
    }

    /// The call of the coroutine that the request hands over is written as part of the request, not by itself.
    fn handed_over(&mut self, site: &'static Site, arguments: Option<&str>) -> Option<String> {
        let whole = call(site, arguments);
        let calls = &self.calls;
        let same = calls.iter().rposition(|(_, text)| *text == whole);
        let alike = || calls.iter().rposition(|(called, _)| *called == site);
        let index = same.or_else(alike)?;
        Some(self.calls.remove(index).1)
    }

    /// The calls of the step are to be written here. They are not yet known: a request may hand over several coroutines, one
    /// event each.
    fn told_calls(&mut self, task: TaskId) {
        let before = self.line(task).did.len();
        let line = self.state(task).line;
        self.calls_place = self.calls_place.or(line.map(|line| (line, before)));
    }

    fn write_calls(&mut self) {
        let (calls, place) = (mem::take(&mut self.calls), self.calls_place.take());
        let told = calls.iter().take(LISTED);
        let mut text = told.map(|(_, call)| &**call).collect::<Vec<_>>().join(", ");
        if let Some(more @ 1..) = calls.len().checked_sub(LISTED) {
            text = format!("{text}, … and {more} more");
        }
        let Some((line, before)) = place.filter(|_| !text.is_empty()) else {
            return;
        };
        if let Line::Step(step) = &mut self.lines[line] {
            let after = step.did.split_off(before);
            let told = join(&step.did, "  ", &format!("calls {text}"));
            step.did = join(&told, "  ", after.strip_prefix("  ").unwrap_or(&after));
        }
    }

    fn returns(&mut self, task: TaskId, value: &str) {
        self.told_calls(task);
        self.did(task, &join("return", " ", value));
        self.give(task, join("returned", " ", value));
    }

    /// Writes the end of a task: in the line of its step or, if the task does not run now, in a line of its own.
    fn ends(&mut self, task: TaskId, how: &str, value: &str) {
        let line = self.state(task).line;
        match line.is_some() && line == self.current {
            true => self.told_calls(task),
            false => _ = self.step(task, Detail::None, String::new()),
        }
        self.did(task, &join(how, " ", value));
    }

    fn woken(&mut self, task: TaskId, kind: RequestKind, detail: Detail<'_>) {
        let serial = self.tasks.serial(task);
        self.give(task, answered(kind, detail, &self.tasks));
        match self.current.map(|line| &mut self.lines[line]) {
            Some(Line::Step(step)) => {
                step.wakes = join(&step.wakes, ", ", &self.tasks[serial].name);
            }
            Some(Line::Poll(poll)) => poll.wakes.push(Wake {
                task: serial,
                cause: source(kind, detail, &self.tasks),
            }),
            _ => {}
        }
    }

    fn polled(&mut self, detail: Detail<'_>) {
        if let Detail::Time(now) = detail {
            let after = now - mem::replace(&mut self.polled, now);
            let wakes = Vec::new();
            self.begin(Line::Poll(Poll { after, wakes }));
        }
    }

    fn note(&mut self, event: &Event) {
        let (verb, rest) = (event.kind().verb(), rest(event, &self.tasks));
        let name = self.tasks.name(event.task());
        self.lines.push(Line::Note(match event.kind() {
            EventKind::Deadlocked => format!("{verb}: {rest}"),
            EventKind::Closed | EventKind::EndedWriting => format!("{verb} {rest}"),
            EventKind::Chose(_) => format!("{verb} {name}, {rest}"),
            _ => join(&format!("{verb} {name}"), " ", &rest),
        }));
    }
}
