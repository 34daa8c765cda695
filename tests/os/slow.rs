//! Slow steps: a step that keeps the loop from everything else is reported.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::{Builder, SlowStep};

use crate::helper::Helper;
use crate::streams;

const NAP: Duration = Duration::from_millis(30);

#[loop_core::coroutine(lazy)]
fn sluggish() {
    yield_!();
    thread::sleep(NAP);
    yield_!();
}

/// Slow where another coroutine called it.
#[loop_core::coroutine(lazy)]
fn caller() {
    yield_!(sluggish());
    let child = yield_!(Spawn(sluggish()));
    yield_!(child).expect("no panic");
}

/// Waiting is not being slow.
#[loop_core::coroutine(lazy)]
fn patient() {
    yield_!(Sleep(NAP));
}

fn heard(builder: Builder, main: Coroutine<()>) -> Vec<SlowStep> {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hook = Rc::clone(&heard);
    let builder = builder.on_slow_step(move |step| hook.borrow_mut().push(step.clone()));
    builder.build().run_until_complete(main).unwrap();
    heard.take()
}

#[test]
fn a_step_over_the_threshold_is_told_to_the_listener() {
    let builder = EventLoop::builder().slow_step(NAP / 2);
    let slow = heard(builder, sluggish());
    assert_eq!(slow.len(), 1, "{slow:?}");
    assert_eq!(slow[0].task, "sluggish");
    assert_eq!(slow[0].site.name, "sluggish");
    assert_eq!(slow[0].site.file, file!());
    let source = include_str!("slow.rs");
    let line = source.lines().nth(slow[0].site.line as usize - 1).unwrap();
    assert!(
        line.contains("fn sluggish()") || line.contains("#[loop_core::coroutine"),
        "{line}"
    );
    assert!(slow[0].took >= NAP, "{slow:?}");
}

#[test]
fn the_task_is_named_and_the_coroutine_that_ran() {
    let slow = heard(EventLoop::builder().slow_step(NAP / 2), caller());
    let who: Vec<_> = slow
        .iter()
        .map(|slow| (slow.task.as_str(), slow.site.name))
        .collect();
    assert_eq!(who, [("caller", "sluggish"), ("caller/1", "sluggish")]);
}

#[test]
fn a_step_under_the_threshold_is_not() {
    let builder = EventLoop::builder().slow_step(Duration::from_secs(30));
    assert_eq!(heard(builder, sluggish()), []);
}

#[test]
fn who_waits_is_not_slow() {
    assert_eq!(
        heard(EventLoop::builder().slow_step(NAP / 2), patient()),
        []
    );
}

#[test]
fn it_can_be_switched_off() {
    let builder = EventLoop::builder().slow_step(NAP / 2).no_slow_steps();
    assert_eq!(heard(builder, sluggish()), []);
}

/// The program's step takes 120 ms.
#[test]
fn debug_builds_report_it_on_standard_error() {
    let ended = Helper::new(&["slow"]).run();
    assert!(ended.status.success());
    if cfg!(not(debug_assertions)) {
        return assert_eq!(ended.stderr, "");
    }
    let report = ended.stderr;
    assert!(
        report.starts_with("slow step: task `slow` ran for 1"),
        "{report}"
    );
    assert!(
        report.contains("ms without letting others run, in `slow` ("),
        "{report}"
    );
    assert!(report.contains("child.rs:"), "{report}");
    assert_eq!(report.lines().count(), 1, "{report}");
}

#[loop_core::coroutine(lazy)]
fn slow_and_fails() {
    yield_!();
    thread::sleep(NAP);
    panic!("out of luck");
}

#[test]
fn a_slow_turn_that_panics_is_reported_too() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let listener = Rc::clone(&heard);
    let builder = EventLoop::builder().slow_step(NAP / 2);
    let builder = builder.on_slow_step(move |step| listener.borrow_mut().push(step.clone()));
    builder
        .build()
        .run_until_complete(slow_and_fails())
        .unwrap_err();
    let tasks: Vec<_> = heard.take().into_iter().map(|step| step.task).collect();
    assert_eq!(tasks, ["slow_and_fails"]);
}

/// The reports are the loop's own words: that nobody can read them is not the program's failure.
#[test]
fn reports_that_cannot_be_written_do_not_change_the_exit_status() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ended = Helper::new(&["mutter"]).stderr(full).run();
    assert!(ended.status.success(), "{ended:?}");
}

#[test]
fn reports_that_nobody_reads_are_counted_instead_of_kept() {
    let (stderr, reader) = streams::pipe();
    let running = Helper::new(&["chatter"]).stderr(stderr).start();
    // Everything has happened, and the program waits for its reader.
    running.wait_until_parked();
    let reports = io::read_to_string(File::from(reader)).unwrap();
    assert!(running.end().status.success());
    assert!(reports.len() < 300_000, "{} bytes", reports.len());
    let last = reports.lines().last().unwrap();
    assert!(
        last.starts_with("… ") && last.ends_with(" reports dropped"),
        "{last}"
    );
}
