//! Ctrl-C: the first one ends the run, the second one the process; and without a loop it does what it always did.

use std::fs::File;
use std::thread;
use std::time::Duration;

use crate::helper::{Helper, eventually, numbered};
use crate::streams;

const SIGINT: Option<i32> = Some(2);

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
    running.wait_until_interrupted();
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
    running.wait_for("in the step");
    running.interrupt();
    running.wait_until_interrupted();
    // Until the loop would have ended the run, if it could.
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
    eventually("it is busy", || running.cpu() > Duration::from_millis(50));
    running.interrupt();
    assert_eq!(running.end().code(), Some(130));
}

/// Nothing looks at the world once the awaited coroutine has ended, and still the interrupt is not lost.
#[test]
fn one_that_comes_in_the_last_step_of_a_run_ends_that_run() {
    let printed = Helper::new(&["interrupt-a-run-that-ends"]).run().printed();
    assert_eq!(printed, "ok ok ok interrupted ok ok\n");
}

#[test]
fn one_that_comes_in_a_run_that_fails_ends_the_next_before_it_starts() {
    let ended = Helper::new(&["interrupt-a-run-that-fails"]).run();
    assert_eq!(ended.stdout, "true Err(Interrupted) Ok(())\n", "{ended:?}");
}

#[test]
fn two_at_once_kill() {
    let ended = Helper::new(&["interrupt-twice"]).run();
    assert_eq!(ended.signal(), SIGINT, "{ended:?}");
}

/// Ten tasks are ready all the time, with slow turns.
#[test]
fn the_run_ends_after_the_turn_in_which_it_comes() {
    let printed = Helper::new(&["interrupt-between-slow-turns"])
        .run()
        .printed();
    assert_eq!(printed, "0\n", "further steps");
}

/// The loop does not ask before each of them, but at the poll, which comes after the batch with the 64th quick step. A batch is
/// ten steps here.
#[test]
fn the_run_ends_at_the_poll_after_the_quick_turns_in_which_it_comes() {
    let printed = Helper::new(&["interrupt-between-turns"]).run().printed();
    let steps: u32 = printed.trim().parse().unwrap();
    assert!(steps < 64 + 10, "{steps} further steps");
}

/// A turn of 64 steps: the others of the batch have one step each.
#[test]
fn a_task_that_keeps_its_turn_loses_it() {
    let printed = Helper::new(&["interrupt-within-a-turn"]).run().printed();
    let steps: u32 = printed.trim().parse().unwrap();
    assert!(steps < 64 + 10, "{steps} further steps");
}
