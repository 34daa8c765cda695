//! The child process: one program on the operating system.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use loop_core::policy::Fifo;
use loop_core::trace::{Recorder, Ring};
use loop_core::{Builder, Error, EventLoop, OsWorld};
use serde::{Deserialize, Serialize};

use super::actor::mark;
use super::book::Book;
use super::driver::{Driven, Driver, Mischief};
use super::plan::{Place, Plan};
use super::receipt::Receipt;

/// The word after which a child writes its report.
pub(crate) const REPORT: &str = "report";

/// What a child tells its parent at its end.
#[derive(Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) receipt: Receipt,
    /// How it is about to end: with this status, or by this signal.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
}

/// Runs the program of a seed, and ends as a program with `#[loop_core::main]` does.
pub(crate) fn run(seed: u64) -> ExitCode {
    let descriptors = open_descriptors();
    let plan = Plan::new(seed, Place::Os);
    let book = Book::default();
    let driver = Driver {
        plan: &plan,
        place: Place::Os,
        book: book.clone(),
        mischief: &Mischief::default,
    };
    let builder = match seed % 3 {
        0 => EventLoop::builder()
            .slow_step(Duration::from_micros(50))
            .on_slow_step(|_| {}),
        _ => EventLoop::builder().no_slow_steps(),
    };
    let driven = match seed % 2 {
        0 => drive(&driver, builder),
        _ => drive(&driver, builder.recorder(Ring::new(64))),
    };
    let left = open_descriptors();
    if left != descriptors {
        book.wrong(format!("{left} open descriptors instead of {descriptors}"));
    }
    let is_finished = matches!(driven, Driven::Finished);
    let result = match driven {
        Driven::Closes(error) => Err(error),
        Driven::Finished | Driven::ClosesWell => Ok(()),
    };
    report(book, &result, is_finished);
    loop_core::report(result)
}

/// Runs everything; no loop is left.
fn drive<R: Recorder>(driver: &Driver<'_>, builder: Builder<OsWorld, R, Fifo>) -> Driven {
    let mut event_loop = driver.settings(builder).build();
    let driven = driver.roots(&mut event_loop);
    if !matches!(driven, Driven::Finished) {
        driver.book.set_closing();
        return driven;
    }
    if !driver.plan.rest_in_another_loop {
        return driver.rest(&mut event_loop);
    }
    drop(event_loop);
    let another = EventLoop::builder().no_slow_steps();
    driver.rest(&mut driver.settings(another).build())
}

fn report(book: Book, result: &Result<(), Error>, is_finished: bool) {
    let (code, signal) = match result {
        Ok(()) => (Some(0), None),
        Err(Error::Interrupted) => (None, Some(2)),
        Err(Error::BrokenPipe) => (None, Some(13)),
        Err(Error::Exit(status)) => (Some(status & 0xff), None),
        Err(_) => (Some(1), None),
    };
    let receipt = book.close(!is_finished);
    let report = Report {
        receipt,
        code,
        signal,
    };
    let report = serde_json::to_string(&report).expect("a report is plain data");
    mark(&format!("{REPORT} {report}"));
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}
