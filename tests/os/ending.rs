//! How a program ends: with a status of its own, or by the signal that convention wants.

use std::io::Write;

use crate::helper::Helper;
use crate::streams;

const SIGINT: Option<i32> = Some(2);
const SIGPIPE: Option<i32> = Some(13);

/// So a shell that runs it in a loop ends the loop.
#[test]
fn a_program_that_was_interrupted_dies_by_the_signal_once_its_output_is_written() {
    let running = Helper::new(&["asleep"]).start();
    running.wait_for("ready");
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.signal(), SIGINT, "{ended:?}");
    assert_eq!(ended.stdout, "some output\n");
}

#[test]
fn a_shell_sees_the_usual_statuses() {
    let script = r#""$0" interrupted; echo $?; ("$0" reported-flood; echo $? >&2) | head -n 1"#;
    let ended = Helper::in_shell(script).run();
    assert_eq!(ended.stdout.lines().next(), Some("130"));
    assert_eq!(ended.stderr.lines().last(), Some("141"), "{}", ended.stderr);
}

#[test]
fn a_program_whose_reader_has_gone_dies_by_the_signal() {
    let stdout = streams::pipe_without_a_reader();
    let ended = Helper::new(&["reported-flood"]).stdout(stdout).run();
    assert_eq!(ended.signal(), SIGPIPE, "{ended:?}");
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_program_ends_with_the_status_that_it_asks_for() {
    let ended = Helper::new(&["exit"]).run();
    assert_eq!(ended.code(), Some(3), "{ended:?}");
    assert_eq!(ended.stdout, "printed before\n");
    assert_eq!(ended.stderr, "");
}

/// The endless program of a detached task that fails: its log names the task at once, and its end does not say it again.
#[test]
fn a_failure_that_no_task_can_join_is_named_while_the_program_runs_and_once() {
    for (mode, end) in [
        ("server", "Error: a task panicked, as reported before\n"),
        ("server-that-fails", "Error: task `server` panicked in"),
    ] {
        let (mut writer, stdin) = streams::pipe();
        let running = Helper::new(&[mode]).stdin(stdin).start();
        running.wait_for("task `server/1` panicked in `request` (");
        writer.write_all(b"\n").unwrap();
        let ended = running.end();
        assert_eq!(ended.code(), Some(1));
        let stderr = ended.stderr;
        assert_eq!(stderr.matches("server/1").count(), 1, "{stderr}");
        assert_eq!(stderr.matches(end).count(), 1, "{stderr}");
    }
}
