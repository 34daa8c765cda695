//! Ctrl-C: the first one ends the run, the second one the process; and without a loop it does what it always did.

use std::fs::File;
use std::thread;
use std::time::Duration;

use crate::helper::{Helper, eventually, numbered};
use crate::streams;

const SIGINT: Option<i32> = Some(2);

#[test]
fn the_first_one_ends_the_program_with_its_output_written() {
    let running = Helper::new(&["asleep"]).start();
    running.wait_for("ready");
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.code(), Some(130));
    assert_eq!(ended.stdout, "some output\n");
}

#[test]
fn it_ends_a_program_that_waits_for_input() {
    for source in [streams::pipe, streams::terminal, streams::socket] {
        let (_writer, stdin) = source();
        let running = Helper::new(&["ready"]).stdin(stdin).start();
        running.wait_for("ready");
        running.wait_until_parked();
        running.interrupt();
        assert_eq!(running.end().code(), Some(130));
    }
}

#[test]
fn output_that_the_reader_has_no_room_for_is_still_written() {
    let (stdout, reader) = streams::pipe();
    let running = Helper::new(&["one-print", "50000"]).stdout(stdout).start();
    running.wait_until_parked();
    running.interrupt();
    thread::sleep(Duration::from_millis(50));
    let printed = std::io::read_to_string(File::from(reader)).unwrap();
    assert!(printed == numbered(50_000), "{} bytes", printed.len());
    assert_eq!(running.end().code(), Some(130));
}

#[test]
fn a_program_whose_reader_is_stuck_is_idle_until_the_second_one_kills_it() {
    let (stdout, _reader) = streams::pipe();
    let running = Helper::new(&["flood", "1000000"]).stdout(stdout).start();
    running.wait_until_parked();
    running.interrupt();
    running.wait_until_parked();
    assert!(!running.has_ended());
    running.interrupt();
    assert_eq!(running.end().signal(), SIGINT);
}

#[test]
fn the_second_one_kills_a_program_whose_step_never_ends() {
    let running = Helper::new(&["stubborn"]).start();
    running.wait_for("ready");
    thread::sleep(Duration::from_millis(50));
    running.interrupt();
    thread::sleep(Duration::from_millis(50));
    assert!(!running.has_ended());
    running.interrupt();
    assert_eq!(running.end().signal(), SIGINT);
}

#[test]
fn it_kills_as_before_once_no_loop_runs_any_more() {
    let running = Helper::new(&["loop-over"]).start();
    running.wait_for("ready");
    running.interrupt();
    assert_eq!(running.end().signal(), SIGINT);
}

#[test]
fn a_program_may_go_on_and_be_interrupted_again() {
    let (_writer, stdin) = streams::pipe();
    let running = Helper::new(&["twice"]).stdin(stdin).start();
    running.wait_for("ready");
    running.wait_until_parked();
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.code(), Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "ready\ninterrupted, and on it goes\n");
}

/// As a script's background jobs are started, which go on when the script's user presses Ctrl-C.
#[test]
fn a_program_that_is_to_ignore_it_ignores_it() {
    let running = Helper::in_shell(r#"trap "" INT; exec "$0" flood-and-tick 10"#).start();
    running.wait_for("tick 0");
    running.interrupt();
    running.interrupt();
    let ended = running.end();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 20);
}

#[test]
fn a_busy_program_hears_it() {
    let null = File::options().write(true).open("/dev/null").unwrap();
    let running = Helper::new(&["flood", "1000000000"]).stdout(null).start();
    eventually("it is busy", || {
        running.used().cpu > Duration::from_millis(50)
    });
    running.interrupt();
    assert_eq!(running.end().code(), Some(130));
}
