//! A program that has nothing to do uses no processor time.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

use crate::helper::{Helper, Running};
use crate::streams;

/// Makes a stream: the end that writes, and the end that reads.
type Stream = fn() -> (File, OwnedFd);

/// Long enough for whatever looks at something from time to time to be found out.
const LONG: Duration = Duration::from_secs(1);

/// Checks all of them at the same time, because each takes a second or more in which nothing happens.
fn at_once<T: Copy + Sync, const N: usize>(all: [T; N], check: impl Fn(T) + Sync) {
    thread::scope(|scope| {
        for one in &all {
            scope.spawn(|| check(*one));
        }
    });
}

fn assert_idle(running: &Running, what: &str) {
    running.wait_until_parked_for(LONG, what);
}

#[test]
fn while_it_waits_for_input() {
    let sources: [(&str, Stream); 4] = [
        ("pipe", streams::pipe),
        ("FIFO", streams::fifo),
        ("socket", streams::socket),
        ("terminal", streams::terminal),
    ];
    at_once(sources, |(what, source)| {
        let (_writer, stdin) = source();
        let running = Helper::new(&["ready"]).stdin(stdin).start();
        running.wait_for("ready");
        assert_idle(&running, what);
    });
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
    at_once(sinks, |(what, sink)| {
        let (stdout, _reader) = sink();
        let running = Helper::new(&["flood", "1000000"]).stdout(stdout).start();
        assert_idle(&running, what);
    });
}

#[test]
fn while_nobody_reads_its_terminal() {
    at_once(["cooked", "raw"], |what| {
        let (_person, program) = streams::terminal();
        if what == "raw" {
            streams::make_raw(&program);
        }
        let running = Helper::new(&["flood", "1000000"]).stdout(program).start();
        assert_idle(&running, what);
    });
}
