//! Standard input of every kind: each gives its lines and comes to its end, or says what is wrong; none spins or hangs.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::time::Duration;

use crate::helper::{Ended, Helper, eventually};
use crate::streams::{self, Source};

/// Far more than any of these programs needs, and far less than one that spins would use.
const LITTLE: Duration = Duration::from_millis(500);

/// What the program says of input of which nothing comes but the end.
const ONLY_THE_END: &str = "end\nend\n";

fn lines_of(stdin: impl Into<OwnedFd>) -> Ended {
    let ended = Helper::new(&["lines"]).stdin(stdin).run();
    assert!(ended.cpu < LITTLE, "used {:?}", ended.cpu);
    ended
}

/// The input is refused with this text, each time a task asks.
#[track_caller]
fn assert_refused(stdin: impl Into<OwnedFd>, text: &str) {
    let printed = lines_of(stdin).printed();
    assert_eq!(printed, format!("error: {text}\nerror: {text}\n"));
}

#[test]
fn every_kind_gives_its_lines_and_its_end() {
    for source in Source::ALL {
        let ended = lines_of(source.giving(b"3\nabc\n\n-7\n"));
        assert_eq!(
            ended.printed(),
            "\"3\"\n\"abc\"\n\"\"\n\"-7\"\nend\nend\n",
            "{source:?}"
        );
    }
}

#[test]
fn every_kind_gives_a_last_line_that_has_no_end() {
    for source in Source::ALL {
        let ended = lines_of(source.giving(b"3\nlast"));
        assert_eq!(ended.printed(), "\"3\"\n\"last\"\nend\nend\n", "{source:?}");
    }
}

#[test]
fn every_kind_may_have_nothing() {
    for source in Source::ALL {
        assert_eq!(
            lines_of(source.giving(b"")).printed(),
            ONLY_THE_END,
            "{source:?}"
        );
    }
}

#[test]
fn every_kind_keeps_what_comes_before_anybody_waits() {
    for source in Source::ALL {
        let ended = Helper::new(&["late"])
            .stdin(source.giving(b"early\nbird\n"))
            .run();
        assert_eq!(
            ended.printed(),
            "\"early\"\n\"bird\"\nend\nend\n",
            "{source:?}"
        );
    }
}

#[test]
fn a_slow_pipe_costs_a_step_for_each_byte_and_no_more() {
    let line = "a line of a hundred bytes or so, one byte each millisecond: ".repeat(2);
    let ended = lines_of(Source::SlowPipe.giving(line.as_bytes()));
    // Spinning would use as much as passes.
    assert!(
        ended.cpu < Duration::from_millis(100),
        "used {:?}",
        ended.cpu
    );
    assert_eq!(ended.printed(), format!("{line:?}\nend\nend\n"));
}

#[test]
fn the_null_device_is_at_its_end() {
    assert_eq!(
        lines_of(File::open("/dev/null").unwrap()).printed(),
        ONLY_THE_END
    );
}

#[test]
fn a_closed_descriptor_is_at_its_end() {
    let ended = Helper::in_shell(r#"exec "$0" lines <&-"#).run();
    assert_eq!(ended.printed(), ONLY_THE_END);
}

#[test]
fn a_terminal_that_hangs_up_is_at_its_end() {
    let (mut person, program) = streams::terminal();
    let running = Helper::new(&["ready"]).stdin(program).start();
    running.wait_for("ready");
    person.write_all(b"one\n").unwrap();
    // Who hangs up earlier takes back what the program has not read yet.
    eventually("the line", || running.stdout.text().contains("one"));
    running.wait_until_parked();
    drop(person);
    let ended = running.end();
    assert!(ended.cpu < LITTLE, "used {:?}", ended.cpu);
    assert_eq!(ended.stdout, "ready\n\"one\"\nend\nend\n");
}

/// The other way round: the program has the side of the person, as terminal emulators do.
#[test]
fn a_terminal_whose_program_has_gone_is_at_its_end() {
    let (person, program) = streams::terminal();
    streams::make_raw(&program);
    let mut program = File::from(program);
    program.write_all(b"from the program\n").unwrap();
    let running = Helper::new(&["ready"]).stdin(person).start();
    running.wait_for("ready");
    eventually("the line", || running.stdout.text().contains("program"));
    running.wait_until_parked();
    drop(program);
    assert_eq!(
        running.end().stdout,
        "ready\n\"from the program\"\nend\nend\n"
    );
}

#[test]
fn a_line_that_is_typed_comes_when_it_is_complete() {
    let (mut person, program) = streams::terminal();
    let running = Helper::new(&["ready"]).stdin(program).start();
    eventually("ready", || running.stdout.text() == "ready\n");
    person.write_all(b"half").unwrap();
    running.wait_until_parked();
    assert_eq!(running.stdout.text(), "ready\n");
    person.write_all(b" and half\n").unwrap();
    person.write_all(b"\x04").unwrap();
    assert_eq!(running.end().stdout, "ready\n\"half and half\"\nend\nend\n");
}

#[test]
fn a_directory_is_refused() {
    let directory = File::open(env!("CARGO_TARGET_TMPDIR")).unwrap();
    assert_refused(
        directory,
        "standard input cannot be read: it is a directory",
    );
}

#[test]
fn a_file_open_for_writing_only_is_refused() {
    let path = streams::new_path();
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(path).unwrap();
    assert_refused(
        file,
        "standard input cannot be read: it is open for writing only",
    );
}

/// `poll` never says that such a descriptor can be read, so no task may wait for that.
#[test]
fn the_writing_end_of_a_pipe_is_refused() {
    let (writer, _reader) = streams::pipe();
    assert_refused(
        writer,
        "standard input cannot be read: it is open for writing only",
    );
}

#[test]
fn a_socket_that_only_listens_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stream = std::net::TcpStream::connect(address).unwrap();
    let ended = lines_of(listener);
    drop(stream);
    let printed = ended.printed();
    assert!(
        printed.starts_with("error: standard input cannot be read: "),
        "{printed}"
    );
}

#[test]
fn a_socket_whose_other_side_only_stops_writing_is_at_its_end() {
    let (program, person) = std::os::unix::net::UnixStream::pair().unwrap();
    (&person).write_all(b"bye\n").unwrap();
    person.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(lines_of(program).printed(), "\"bye\"\nend\nend\n");
}

/// What a program does not ask for stays where it is, for the program after it.
#[test]
fn a_program_that_does_not_ask_takes_nothing() {
    let (mut writer, reader) = streams::pipe();
    let same = reader.try_clone().unwrap();
    writer.write_all(b"for the next one\n").unwrap();
    drop(writer);
    assert_eq!(
        Helper::new(&["print", "hi\n"])
            .stdin(reader)
            .run()
            .printed(),
        "hi\n"
    );
    assert_eq!(lines_of(same).printed(), "\"for the next one\"\nend\nend\n");
}

/// A regular file is read from where it stands, not from its beginning.
#[test]
fn a_file_is_read_from_where_it_stands() {
    use std::io::{Seek, SeekFrom};
    let mut file = File::from(streams::file(b"read before\nnot yet\n"));
    file.seek(SeekFrom::Start(12)).unwrap();
    assert_eq!(lines_of(file).printed(), "\"not yet\"\nend\nend\n");
}

/// The end is an answer, and the program goes on. Input at its end is always "ready", so a loop that polls it spins.
#[test]
fn a_program_that_goes_on_after_the_end_is_idle() {
    for source in Source::ALL {
        let running = Helper::new(&["end-then-wait"])
            .stdin(source.giving(b"1\n"))
            .start();
        eventually("ready", || running.stdout.text() == "ready\n");
        running.wait_until_parked_for(Duration::from_millis(300), &format!("{source:?}"));
    }
}
