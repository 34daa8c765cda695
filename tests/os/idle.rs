//! A program that has nothing to do uses no processor time.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use crate::helper::{Helper, Running};
use crate::streams;

/// Makes a stream: the end that writes, and the end that reads.
type Stream = fn() -> (File, OwnedFd);

#[track_caller]
fn assert_idle(running: &Running, what: &str) {
    running.wait_until_parked();
    let before = running.used();
    thread::sleep(Duration::from_millis(300));
    let after = running.used();
    // It was not even woken once.
    assert_eq!(after.sleeps, before.sleeps, "{what}");
    assert!(
        after.cpu - before.cpu < Duration::from_millis(3),
        "{what}: {before:?}, {after:?}"
    );
}

#[test]
fn while_it_waits_for_input() {
    let sources: [(&str, Stream); 4] = [
        ("pipe", streams::pipe),
        ("FIFO", streams::fifo),
        ("socket", streams::socket),
        ("terminal", streams::terminal),
    ];
    for (what, source) in sources {
        let (_writer, stdin) = source();
        let running = Helper::new(&["ready"]).stdin(stdin).start();
        running.wait_for("ready");
        assert_idle(&running, what);
    }
}

#[test]
fn while_it_sleeps() {
    let running = Helper::new(&["asleep"]).start();
    running.wait_for("ready");
    assert_idle(&running, "asleep");
}

#[test]
fn while_nobody_reads_its_output() {
    let sinks: [(&str, Stream); 3] = [
        ("pipe", streams::pipe),
        ("FIFO", streams::fifo),
        ("socket", streams::socket),
    ];
    for (what, sink) in sinks {
        let (stdout, _reader) = sink();
        let running = Helper::new(&["flood", "1000000"]).stdout(stdout).start();
        assert_idle(&running, what);
    }
}

#[test]
fn while_nobody_reads_its_terminal() {
    let (_person, program) = streams::terminal();
    let running = Helper::new(&["flood", "1000000"]).stdout(program).start();
    assert_idle(&running, "cooked");
    let (_person, program) = streams::terminal();
    streams::make_raw(&program);
    let running = Helper::new(&["flood", "1000000"]).stdout(program).start();
    assert_idle(&running, "raw");
}
