//! O_NONBLOCK affects every process that shares a descriptor: the program that started this one, and the shell that started that.
//! The loop never sets it, and works where another process has set it.

use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::helper::Helper;
use crate::streams;

fn flags(descriptors: &[OwnedFd]) -> Vec<OFlags> {
    let flags = descriptors
        .iter()
        .map(|descriptor| fcntl_getfl(descriptor).unwrap());
    flags.collect()
}

/// Runs the program on these three streams, and checks the flags of the descriptors that the parent shares with it.
#[track_caller]
fn assert_flags_stay(streams: [OwnedFd; 3], mut type_line: impl FnMut()) {
    let same: Vec<OwnedFd> = streams
        .iter()
        .map(|stream| stream.try_clone().unwrap())
        .collect();
    let before = flags(&same);
    let [stdin, stdout, stderr] = streams;
    let running = Helper::new(&["ready"])
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr)
        .start();
    running.wait_until_parked();
    assert_eq!(flags(&same), before, "while it waits");
    type_line();
    running.wait_until_parked();
    assert_eq!(flags(&same), before, "after it has read");
    type_line();
    running.interrupt();
    assert_eq!(running.end().code(), Some(130));
    assert_eq!(flags(&same), before, "after it has ended");
}

#[test]
fn on_pipes() {
    let (mut person, stdin) = streams::pipe();
    let (stdout, _out) = streams::pipe();
    let (stderr, _err) = streams::pipe();
    // The ends that the test keeps are not checked.
    let (out, err) = (stdout.into(), stderr.into());
    assert_flags_stay([stdin, out, err], || person.write_all(b"1\n").unwrap());
}

#[test]
fn on_a_terminal() {
    let (mut person, program) = streams::terminal();
    let streams = [0, 1, 2].map(|_| program.try_clone().unwrap());
    assert_flags_stay(streams, || person.write_all(b"1\n").unwrap());
}

#[test]
fn on_sockets() {
    let (mut person, program) = streams::socket();
    let streams = [0, 1, 2].map(|_| program.try_clone().unwrap());
    assert_flags_stay(streams, || person.write_all(b"1\n").unwrap());
}

#[test]
fn on_fifos() {
    let (mut person, stdin) = streams::fifo();
    let (stdout, _out) = streams::fifo();
    let (stderr, _err) = streams::fifo();
    assert_flags_stay([stdin, stdout.into(), stderr.into()], || {
        person.write_all(b"1\n").unwrap();
    });
}

fn make_nonblocking(descriptor: impl AsFd) {
    let flags = fcntl_getfl(&descriptor).unwrap();
    fcntl_setfl(descriptor, flags | OFlags::NONBLOCK).unwrap();
}

#[test]
fn where_it_is_set_already_nothing_is_lost() {
    let (mut writer, stdin) = streams::pipe();
    let (stdout, reader) = streams::pipe();
    make_nonblocking(&stdin);
    make_nonblocking(&stdout);
    let same = [
        stdin.try_clone().unwrap(),
        stdout.try_clone().unwrap().into(),
    ];
    let running = Helper::new(&["cat"]).stdin(stdin).stdout(stdout).start();
    let text = "0123456789abcde\n".repeat(20_000);
    let sent = text.clone();
    let feeding = std::thread::spawn(move || writer.write_all(sent.as_bytes()).unwrap());
    // Both pipes are full.
    running.wait_until_parked();
    assert!(
        flags(&same)
            .iter()
            .all(|flags| flags.contains(OFlags::NONBLOCK))
    );
    drop(same);
    let got = std::io::read_to_string(std::fs::File::from(reader)).unwrap();
    feeding.join().unwrap();
    assert!(got == text);
    assert!(running.end().status.success());
}
