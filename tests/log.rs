//! The log lines of the exercise, through the `tracing` crate. Run with `--features tracing`.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::Slot;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Keeps the lines of `loop_core` down to this level.
struct Lines(Level, Arc<Mutex<String>>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "loop_core" && *metadata.level() <= self.0
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let Line { message, task } = line;
        writeln!(
            self.1.lock().unwrap(),
            "{} {task}: {message}",
            event.metadata().level()
        )
        .unwrap();
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line {
    message: String,
    task: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            _ => self.task = format!("{value:?}"),
        }
    }
}

#[loop_core::coroutine]
fn fib(n: u64) -> u64 {
    if n < 2 {
        n
    } else {
        yield_!(fib(n - 1)) + yield_!(fib(n - 2))
    }
}

#[loop_core::coroutine]
fn stdin_line_handler() -> std::io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        let n = yield_!(fib(line.parse().unwrap()));
        yield_!(Print(format!("{n}\n")))?;
    }
    Ok(())
}

/// One test at a time. `tracing` remembers for the whole process which log lines are wanted. While there is one subscriber, it
/// asks the thread that logs a line first, which need not be that subscriber's.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lines(level: Level) -> String {
    let _alone = alone();
    let lines = Arc::new(Mutex::new(String::new()));
    tracing::subscriber::with_default(Lines(level, Arc::clone(&lines)), || {
        let mut event_loop = Sim::new().stdin("1\n").unrecorded();
        event_loop
            .run_until_complete(stdin_line_handler())
            .unwrap()
            .unwrap();
    });
    let lines = lines.lock().unwrap();
    lines.clone()
}

#[test]
fn the_exercise_is_logged_as_it_was() {
    insta::assert_snapshot!(lines(Level::DEBUG), @r#"
    DEBUG "stdin_line_handler": schedule stdin_line_handler
    DEBUG "stdin_line_handler": primed stdin_line_handler
    DEBUG "stdin_line_handler": ask stdin
    DEBUG "stdin_line_handler": park
    DEBUG : poll 0
    DEBUG "stdin_line_handler": wake line "1"
    DEBUG "stdin_line_handler": resume stdin_line_handler
    DEBUG "stdin_line_handler": call fib(1)
    DEBUG "stdin_line_handler": ask chain fib(1)
    DEBUG "stdin_line_handler": primed fib
    DEBUG "stdin_line_handler": return 1
    DEBUG "stdin_line_handler": resume stdin_line_handler
    DEBUG "stdin_line_handler": ask print "1\n"
    DEBUG "stdin_line_handler": answer printed
    DEBUG "stdin_line_handler": resume stdin_line_handler
    DEBUG "stdin_line_handler": ask stdin
    DEBUG "stdin_line_handler": park
    DEBUG : poll 0
    DEBUG "stdin_line_handler": wake eof
    DEBUG "stdin_line_handler": resume stdin_line_handler
    DEBUG "stdin_line_handler": finish Ok(())
    "#);
}

#[test]
fn nothing_is_logged_above_debug() {
    assert_eq!(lines(Level::INFO), "");
}

#[test]
fn a_foreign_handle_is_logged() {
    #[loop_core::coroutine(lazy)]
    fn leaves(slot: Slot<u64>) {
        yield_!(Spawn(fib(5))).detach();
        yield_!(Spawn(fib(5))).detach();
        slot.set(Some(yield_!(Spawn(fib(5)))));
    }
    #[loop_core::coroutine(lazy)]
    fn joins(slot: Slot<u64>) {
        let handle = slot.take().unwrap();
        yield_!(handle).unwrap_err();
    }
    let _alone = alone();
    let slot = Slot::default();
    let mut theirs = Sim::new().unrecorded();
    theirs.run_until_complete(leaves(slot.clone())).unwrap();
    let lines = Arc::new(Mutex::new(String::new()));
    tracing::subscriber::with_default(Lines(Level::DEBUG, lines), || {
        Sim::new()
            .unrecorded()
            .run_until_complete(joins(slot))
            .unwrap();
    });
}
