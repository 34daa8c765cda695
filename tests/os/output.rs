//! Standard output and error: only a task that prints waits for a slow reader, and nothing is lost.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use crate::helper::{Helper, Running, eventually, numbered};
use crate::streams;

/// A place to print to, and the end that reads it.
type Sink = fn() -> (File, OwnedFd);

fn raw_terminal() -> (File, OwnedFd) {
    let (person, program) = streams::terminal();
    streams::make_raw(&program);
    (File::from(program), person.into())
}

const SINKS: [(&str, Sink); 4] = [
    ("pipe", streams::pipe),
    ("FIFO", streams::fifo),
    ("socket", streams::socket),
    ("terminal", raw_terminal),
];

/// Reads what a program prints, to its end; a terminal's is an error.
fn read_slowly(reader: OwnedFd, pause: Duration) -> String {
    let mut reader = File::from(reader);
    let mut all = Vec::new();
    let mut bytes = vec![0; 256 * 1024];
    while let Ok(read @ 1..) = reader.read(&mut bytes) {
        all.extend_from_slice(&bytes[..read]);
        thread::sleep(pause);
    }
    String::from_utf8(all).unwrap()
}

#[test]
fn a_flood_that_nobody_reads_does_not_stop_the_others() {
    for (what, sink) in SINKS {
        let (stdout, reader) = sink();
        let running = Helper::new(&["flood-and-tick", "20000"])
            .stdout(stdout)
            .start();
        // All ticks come though nothing of the flood was read.
        running.wait_for("tick 19");
        let printed = read_slowly(reader, Duration::ZERO);
        assert!(
            printed == numbered(20_000),
            "{what}: {} bytes",
            printed.len()
        );
        let ended = running.end();
        assert!(ended.status.success(), "{what}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 20, "{what}");
    }
}

/// More than 10 MB.
const MANY: usize = 170_000;

#[test]
fn all_that_was_printed_is_written_in_order_before_the_end() {
    let expected = numbered(MANY);
    for mode in ["flood", "one-print"] {
        for (what, sink) in SINKS {
            let (stdout, reader) = sink();
            let running = Helper::new(&[mode, &MANY.to_string()])
                .stdout(stdout)
                .start();
            let printed = read_slowly(reader, Duration::ZERO);
            assert!(
                printed == expected,
                "{mode}, {what}: {} bytes",
                printed.len()
            );
            assert!(running.end().status.success(), "{mode}, {what}");
        }
    }
}

#[test]
fn a_slow_reader_gets_all() {
    let (stdout, reader) = streams::pipe();
    let running = Helper::new(&["one-print", "100000"]).stdout(stdout).start();
    let printed = read_slowly(reader, Duration::from_millis(2));
    assert!(printed == numbered(100_000));
    assert!(running.end().status.success());
}

#[test]
fn a_file_gets_all_behind_what_it_has() {
    let path = streams::new_path();
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    file.write_all(b"before\n").unwrap();
    let same = file.try_clone().unwrap();
    assert!(
        Helper::new(&["flood", &MANY.to_string()])
            .stdout(same)
            .run()
            .status
            .success()
    );
    // Both share one position, as the commands of a script do.
    file.write_all(b"after\n").unwrap();
    let all = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    assert!(all == format!("before\n{}after\n", numbered(MANY)));
}

/// `| head -1`
#[test]
fn a_reader_that_goes_ends_the_program_quietly() {
    for (what, sink) in SINKS.into_iter().take(3) {
        let (stdout, reader) = sink();
        let running = Helper::new(&["flood", "100000000"]).stdout(stdout).start();
        let mut line = String::new();
        let mut reader = BufReader::new(File::from(reader));
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, numbered(1));
        drop(reader);
        assert_ends_quietly(running, what);
    }
}

#[test]
fn a_reader_that_was_never_there_ends_the_program_quietly() {
    let sinks = [
        ("pipe", streams::pipe_without_a_reader()),
        ("socket", streams::socket_without_a_reader()),
    ];
    for (what, stdout) in sinks {
        assert_ends_quietly(
            Helper::new(&["print", "text\n"]).stdout(stdout).start(),
            what,
        );
    }
}

#[test]
fn a_reader_that_goes_while_the_program_waits_for_room_ends_it_quietly() {
    for (what, sink) in SINKS.into_iter().take(3) {
        let (stdout, reader) = sink();
        let running = Helper::new(&["flood", "100000000"]).stdout(stdout).start();
        running.wait_until_parked();
        drop(reader);
        assert_ends_quietly(running, what);
    }
}

/// Over a network the error is another one when the reader has gone.
#[test]
fn a_reader_on_a_network_that_goes_ends_the_program_quietly() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let reader = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stdout, _) = listener.accept().unwrap();
    let running = Helper::new(&["flood", "100000000"]).stdout(stdout).start();
    running.wait_until_parked();
    drop(reader);
    assert_ends_quietly(running, "network");
}

/// 141 is what the shell makes of SIGPIPE.
#[track_caller]
fn assert_ends_quietly(running: Running, what: &str) {
    let ended = running.end();
    assert_eq!(ended.code(), Some(141), "{what}: {ended:?}");
    assert_eq!(ended.stderr, "", "{what}");
}

#[test]
fn whoever_complains_to_nobody_is_told() {
    let stderr = streams::pipe_without_a_reader();
    let ended = Helper::new(&["complain-twice"]).stderr(stderr).run();
    let text = "BrokenPipe: standard error cannot be written: Broken pipe (os error 32)\n";
    assert_eq!(ended.printed(), text);
}

fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_full_device_is_an_error_of_the_next_print() {
    let ended = Helper::new(&["print-twice"]).stdout(full()).run();
    assert!(ended.status.success());
    let text = "standard output cannot be written: No space left on device (os error 28)\n";
    assert_eq!(ended.stderr, text);
}

#[test]
fn a_full_device_is_an_error_of_the_run_where_no_print_follows() {
    for mode in ["print", "one-print"] {
        let ended = Helper::new(&[mode, "1"]).stdout(full()).run();
        assert_eq!(ended.code(), Some(1));
        assert!(ended.stderr.starts_with("run: "), "{}", ended.stderr);
        assert!(ended.stderr.contains("standard output"), "{}", ended.stderr);
        assert!(
            ended
                .stderr
                .ends_with("No space left on device (os error 28)\n"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn a_flood_into_a_full_device_ends_with_the_error() {
    let ended = Helper::new(&["flood", "100000000"]).stdout(full()).run();
    assert_eq!(ended.code(), Some(3));
    let text = "task: standard output cannot be written: No space left on device (os error 28)\n";
    assert_eq!(ended.stderr, text);
}

#[test]
fn the_null_device_takes_all() {
    let null = OpenOptions::new().write(true).open("/dev/null").unwrap();
    assert!(
        Helper::new(&["flood", &MANY.to_string()])
            .stdout(null)
            .run()
            .status
            .success()
    );
}

#[test]
fn a_closed_descriptor_does_no_harm() {
    let ended = Helper::in_shell(r#"exec "$0" print text >&-"#).run();
    assert_eq!(ended.printed(), "");
    let ended = Helper::in_shell(r#"exec "$0" complain-twice 2>&-"#).run();
    assert_eq!(ended.printed(), "fine\n");
}

/// Opened again through its name it could be written, and the text would be lost.
#[test]
fn what_is_open_for_reading_only_is_refused() {
    let text = "standard output cannot be written: it is open for reading only\n";
    let (_writer, reader) = streams::pipe();
    let directory = File::open(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let null = File::open("/dev/null").unwrap();
    for stdout in [reader, streams::file(b""), directory.into(), null.into()] {
        let ended = Helper::new(&["print-twice"]).stdout(stdout).run();
        assert_eq!(ended.stderr, text);
    }
}

/// The program has the controlling side, as terminal emulators do. Opened again it would be another terminal.
#[test]
fn the_other_side_of_a_terminal_gets_what_is_printed() {
    let (person, program) = streams::terminal();
    streams::make_raw(&program);
    let same = person.try_clone().unwrap();
    let ended = Helper::new(&["flood", "50"]).stdout(same).run();
    assert!(ended.status.success(), "{ended:?}");
    let expected = numbered(50);
    let mut printed = vec![0; expected.len()];
    File::from(program).read_exact(&mut printed).unwrap();
    assert_eq!(String::from_utf8(printed).unwrap(), expected);
    drop(person);
}

#[test]
fn one_socket_may_be_all_three_streams() {
    let (program, person) = UnixStream::pair().unwrap();
    let [stdin, stdout, stderr] = [0, 1, 2].map(|_| program.try_clone().unwrap());
    drop(program);
    let running = Helper::new(&["cat"])
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr)
        .start();
    let text = numbered(100_000);
    let (mut writer, sent) = (person.try_clone().unwrap(), text.clone());
    let feeding = thread::spawn(move || {
        writer.write_all(sent.as_bytes()).unwrap();
        writer.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let got = std::io::read_to_string(person).unwrap();
    feeding.join().unwrap();
    assert!(got == text);
    assert!(running.end().status.success());
}

#[test]
fn what_is_printed_is_seen_before_the_program_waits() {
    let (_writer, stdin) = streams::pipe();
    let running = Helper::new(&["ready"]).stdin(stdin).start();
    eventually("what was printed", || running.stdout.text() == "ready\n");
}
