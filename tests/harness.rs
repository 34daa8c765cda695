//! Helpers that several test files share.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::{Event, EventKind, Trace};
use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
use loop_core::{Handle, SourceId, Time};

pub mod scenarios;
mod steady;

pub use steady::SteadyOs;

/// Runs a program in the simulation and on the operating system, which must agree. Gives what it returns.
pub fn in_both<T: PartialEq + std::fmt::Debug + 'static>(program: impl Fn() -> Coroutine<T>) -> T {
    let simulated = Sim::new().run(&program).into_result().unwrap();
    let real = EventLoop::new().run_until_complete(program()).unwrap();
    assert_eq!(
        simulated, real,
        "left: the simulation, right: the operating system"
    );
    simulated
}

/// Notes of what happened, in order.
#[derive(Clone, Default)]
pub struct Notes(Rc<RefCell<Vec<String>>>);

impl Notes {
    /// Notes something.
    pub fn add(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }

    /// Something that is noted when it is dropped.
    pub fn on_drop(&self, what: impl Into<String>) -> Noted {
        Noted(what.into(), self.clone())
    }

    /// All of it, in one line.
    pub fn text(&self) -> String {
        self.0.borrow().join(" ")
    }
}

/// Is noted when it is dropped. See [`Notes::on_drop`].
pub struct Noted(String, Notes);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.add(std::mem::take(&mut self.0));
    }
}

/// Panics when it is dropped.
#[derive(Debug)]
pub struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("destructor");
    }
}

/// A place where one coroutine leaves a handle for another.
pub type Slot<T> = Rc<Cell<Option<Handle<T>>>>;

/// An `.await` that the macros do not see, because they refuse one that they see.
#[macro_export]
macro_rules! wait_for {
    ($future:expr) => {
        $future.await
    };
}

/// A `yield_!` that the macros do not see, because they refuse one in an `async` block.
#[macro_export]
macro_rules! ask {
    ($($request:tt)*) => {
        yield_!($($request)*)
    };
}

/// A world that is only a clock, which goes on when a task says that it has worked, and when the loop waits. So slow turns can be
/// tested on a machine where every turn may be slow. What is printed is gone.
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Rc<Cell<Time>>);

impl ManualClock {
    /// A task has worked for this long.
    pub fn work(&self, time: Duration) {
        self.0.set(self.0.get() + time);
    }
}

impl World for ManualClock {
    fn now(&self) -> Time {
        self.0.get()
    }

    fn coarse_now(&self) -> Option<Time> {
        Some(self.0.get())
    }

    fn open(&mut self, _: SourceId, _: Source) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self, _: SourceId) {}

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        Attempt::Done(Ok(match op {
            Op::Write(_, bytes) => bytes.len(),
            _ => 0,
        }))
    }

    fn wait(&mut self, until: Until, _: &mut Vec<SourceId>) -> io::Result<Waited> {
        match until {
            Until::Now => {}
            Until::At(time) => self.0.set(self.0.get().max(time)),
            _ => return Err(io::Error::other("it would wait for ever")),
        }
        Ok(Waited::Polled)
    }

    fn is_watching(&self) -> bool {
        false
    }

    fn unwatch(&mut self, _: SourceId) {}
}

/// Milliseconds.
pub fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Whether a step begins here.
pub fn is_step(event: &Event) -> bool {
    matches!(
        event.kind(),
        EventKind::Started | EventKind::Primed | EventKind::Resumed
    )
}

/// How many steps there were before the first poll of clock and world that found something.
pub fn steps_before_the_poll(trace: &Trace) -> usize {
    let events = trace.events().iter();
    let before = events.take_while(|event| event.kind() != EventKind::Polled);
    before.filter(|event| is_step(event)).count()
}

/// The text without the lines in `file.rs:12` and `line: 12`, which change whenever a test file does.
pub fn without_lines(text: &impl ToString) -> String {
    let text = without_numbers(&text.to_string(), ".rs:", ".rs");
    without_numbers(&text, "line: ", "line")
}

/// The text with `short` instead of each `before` and the digits behind it.
fn without_numbers(text: &str, before: &str, short: &str) -> String {
    let mut parts = text.split(before);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        text + short + rest
    })
}

/// A tree of tasks without how long they have waited.
pub fn without_waits(tree: &str) -> String {
    let lines = tree.lines();
    let lines = lines.map(|line| line.split_once(" (for ").map_or(line, |(task, _)| task));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A trace without the times of its polls, and without the name of its policy.
pub fn without_times(trace: &str) -> String {
    let lines = trace
        .lines()
        .skip(1)
        .map(|line| match line.strip_prefix("~ +") {
            Some(poll) => format!(
                "~ {}\n",
                poll.split_once("  ").map_or(poll, |(_, rest)| rest)
            ),
            None => format!("{line}\n"),
        });
    lines.collect()
}
