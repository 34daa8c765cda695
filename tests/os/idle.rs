//! A program that has nothing to do uses no processor time.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::time::Duration;

use crate::helper::{Helper, Running};
use crate::streams;

/// Makes a stream: the end that writes, and the end that reads.
type Stream = fn() -> (File, OwnedFd);

/// Long enough for whatever looks at something from time to time to be found out.
const LONG: Duration = Duration::from_secs(1);

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
