//! Signals that tasks wait for.

use std::io::pipe;

use insta::assert_snapshot;
use rustix::process::Signal;
use tests::{without_lines, without_waits};

use crate::helper::{Helper, eventually};

#[test]
fn a_task_gets_the_signal_for_which_it_waits() {
    let running = Helper::new(&["signal"]).start();
    running.wait_for("waits 1");
    running.wait_until_parked();
    running.send(Signal::TERM);
    let ended = running.end();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.stdout, "got SIGTERM\n");
}

/// While the task that has asked does something else, on which it keeps its turn.
#[test]
fn one_that_comes_while_nobody_waits_is_kept() {
    let printed = Helper::new(&["signal-kept"]).run().printed();
    assert_eq!(printed, "got the first\ngot the second\n");
}

#[test]
fn one_that_cannot_be_waited_for_is_an_error() {
    let printed = Helper::new(&["signal-refused"]).run().printed();
    assert_eq!(
        printed,
        "nobody can wait for signal 9\nnobody can wait for signal 0\n"
    );
}

#[test]
fn one_kills_as_before_once_the_loop_is_gone() {
    let ended = Helper::new(&["signal-after-the-loop"]).run();
    assert_eq!(ended.stdout, "got SIGUSR1\n");
    assert_eq!(ended.signal(), Some(Signal::USR1.as_raw()), "{ended:?}");
}

#[test]
fn one_that_the_program_was_started_to_ignore_stays_ignored() {
    let running = Helper::in_shell(r#"trap "" TERM; exec "$0" signal-or-line"#).start();
    running.wait_for("waits");
    running.wait_until_parked();
    running.send(Signal::TERM);
    running.send(Signal::HUP);
    assert_eq!(running.end().stdout, "got SIGHUP\n");
}

#[test]
fn ctrl_c_goes_to_the_task_that_waits_for_it_and_the_second_one_kills() {
    let running = Helper::new(&["interrupt-asked-once"]).start();
    running.wait_for("waits 1");
    running.wait_until_parked();
    running.interrupt();
    running.wait_for("goes on");
    running.wait_until_parked();
    running.interrupt();
    assert_eq!(running.end().signal(), Some(Signal::INT.as_raw()));
}

#[test]
fn a_task_may_ask_for_ctrl_c_again() {
    let running = Helper::new(&["interrupt-asked"]).start();
    for time in 1..=3 {
        running.wait_for(&format!("waits {time}"));
        running.wait_until_parked();
        running.interrupt();
    }
    let ended = running.end();
    assert!(ended.status.success(), "{ended:?}");
}

/// A task has waited for it and has been cancelled.
#[test]
fn ctrl_c_ends_the_run_when_nobody_waits_for_it_any_more() {
    let running = Helper::new(&["interrupt-not-asked-any-more"]).start();
    running.wait_for("goes on");
    running.wait_until_parked();
    running.interrupt();
    assert_eq!(running.end().code(), Some(130));
}

#[test]
fn one_shows_the_tasks_of_a_program_that_asks_for_that() {
    let (silent, _writer) = pipe().unwrap();
    let running = Helper::new(&["tasks-on-usr1"]).stdin(silent).start();
    running.wait_for("waits 1");
    for times in 1..=2 {
        running.wait_until_parked();
        running.send(Signal::USR1);
        eventually("the tree", || {
            running.stderr.text().matches("`reads`").count() == times
        });
    }
    running.send(Signal::TERM);
    let ended = running.end();
    assert!(ended.status.success(), "{ended:?}");
    assert_snapshot!(without_lines(&without_waits(&ended.stderr)), @r"
    waits 1 SIGUSR1, 2 tasks:
    program waits for SIGTERM
    │ `program` (tests/os/signal_programs.rs)
    │ `several` (tests/os/signal_programs.rs)
    └─ counts waits for standard input
         `counts` (tests/os/signal_programs.rs)
         `reads` (tests/os/signal_programs.rs)
    SIGUSR1, 2 tasks:
    program waits for SIGTERM
    │ `program` (tests/os/signal_programs.rs)
    │ `several` (tests/os/signal_programs.rs)
    └─ counts waits for standard input
         `counts` (tests/os/signal_programs.rs)
         `reads` (tests/os/signal_programs.rs)
    ");
}

#[test]
fn one_that_cannot_show_the_tasks_fails_the_run() {
    let ended = Helper::new(&["tasks-on-kill"]).run();
    assert_eq!(ended.code(), Some(1));
    assert_snapshot!(ended.stderr, @r"Error: the event loop cannot go on: nobody can wait for signal 9");
}
