//! The contents of standard input: lines of every kind, and the tasks that get them. No byte is lost.

use std::io::Write;

use crate::helper::Helper;
use crate::streams::{Source, pipe};

/// Those that give every byte as it is.
const TRANSPARENT: [Source; 5] = [
    Source::Pipe,
    Source::SlowPipe,
    Source::Fifo,
    Source::File,
    Source::Socket,
];

/// Those that one can send much through in a short time.
const QUICK: [Source; 4] = [Source::Pipe, Source::Fifo, Source::File, Source::Socket];

const MIB: usize = 1024 * 1024;

/// What is sent, and what the program makes of it before the end.
const CONTENTS: &[(&str, &[u8], &str)] = &[
    ("several lines", b"1\n2\n3\n", "\"1\"\n\"2\"\n\"3\"\n"),
    (
        "ends of lines as on Windows",
        b"1\r\n2\r\n",
        "\"1\"\n\"2\"\n",
    ),
    ("only a carriage return", b"1\r\r\n\r\n", "\"1\\r\"\n\"\"\n"),
    (
        "a last carriage return is no end of a line",
        b"1\n2\r",
        "\"1\"\n\"2\\r\"\n",
    ),
    ("empty lines", b"\n\n1\n\n", "\"\"\n\"\"\n\"1\"\n\"\"\n"),
    (
        "bad UTF-8",
        b"1\ncaf\xe9!\n2\n",
        "\"1\"\nnot utf-8: caf\\xe9!\n\"2\"\n",
    ),
    (
        "bad UTF-8 at the end",
        b"1\n\xff\xfe",
        "\"1\"\nnot utf-8: \\xff\\xfe\n",
    ),
    (
        "half a character, then an end of line",
        b"\xe2\x82\n\xac\n",
        "not utf-8: \\xe2\\x82\nnot utf-8: \\xac\n",
    ),
    (
        "characters of several bytes",
        "π\u{1f980}\n".as_bytes(),
        "\"π🦀\"\n",
    ),
    ("NUL bytes", b"\0\n1\x002\n", "\"\\0\"\n\"1\\02\"\n"),
];

#[test]
fn every_content_comes_through_every_kind() {
    for (name, sent, expected) in CONTENTS {
        for source in TRANSPARENT {
            let ended = Helper::new(&["lines"]).stdin(source.giving(sent)).run();
            assert_eq!(
                ended.printed(),
                format!("{expected}end\nend\n"),
                "{name}, {source:?}"
            );
        }
    }
}

#[test]
fn bytes_come_as_they_are() {
    for source in TRANSPARENT {
        let ended = Helper::new(&["bytes"])
            .stdin(source.giving(b"a\r\n\0\xff\n\nb"))
            .run();
        assert_eq!(
            ended.printed(),
            "a\\r\\n\\x00\\xff\\n\\nb end\n",
            "{source:?}"
        );
    }
}

#[test]
fn a_line_of_three_mebibytes_is_an_error_and_the_next_one_works() {
    let long = "x".repeat(3 * MIB);
    let prefix = "x".repeat(64);
    for source in QUICK {
        let sent = format!("1\n{long}\n2\n");
        let ended = Helper::new(&["lines"])
            .stdin(source.giving(sent.as_bytes()))
            .run();
        let expected = format!("\"1\"\nover 1048576: {prefix}\n\"2\"\nend\nend\n");
        assert_eq!(ended.printed(), expected, "{source:?}");
    }
}

#[test]
fn a_line_of_three_mebibytes_comes_whole_where_the_limit_allows() {
    let long = "0123456789abcdef".repeat(3 * MIB / 16);
    for limit in [3 * MIB, 4 * MIB, usize::MAX] {
        for source in QUICK {
            let stdin = source.giving(format!("1\n{long}\n2\n").as_bytes());
            let ended = Helper::new(&["limit", &limit.to_string()])
                .stdin(stdin)
                .run();
            let whole = ended.printed() == format!("\"1\"\n\"{long}\"\n\"2\"\nend\nend\n");
            assert!(whole, "{source:?}, limit {limit}");
        }
    }
}

#[test]
fn the_limit_counts_what_is_before_the_end_of_the_line() {
    let cases: &[(&[u8], &str)] = &[
        (b"1234\n12345\n1\n", "\"1234\"\nover 4: 1234\n\"1\"\n"),
        (b"1234\r\n12345\r\n1\n", "\"1234\"\nover 4: 1234\n\"1\"\n"),
        (b"1234", "\"1234\"\n"),
        (b"12345", "over 4: 1234\n"),
        (b"\n1234\r", "\"\"\nover 4: 1234\n"),
    ];
    for (sent, expected) in cases {
        for source in TRANSPARENT {
            let ended = Helper::new(&["limit", "4"])
                .stdin(source.giving(sent))
                .run();
            assert_eq!(
                ended.printed(),
                format!("{expected}end\nend\n"),
                "{source:?}"
            );
        }
    }
}

#[test]
fn a_line_that_is_too_long_and_has_no_end_is_one_error() {
    let long = "x".repeat(3 * MIB);
    let ended = Helper::new(&["lines"])
        .stdin(Source::Pipe.giving(long.as_bytes()))
        .run();
    let expected = format!("over 1048576: {}\nend\nend\n", "x".repeat(64));
    assert_eq!(ended.printed(), expected);
}

#[test]
fn bytes_after_a_line_that_was_too_long_lose_no_line() {
    let (mut writer, reader) = pipe();
    writer.write_all(b"0123456789").unwrap();
    let running = Helper::new(&["limit-then-bytes", "4"])
        .stdin(reader)
        .start();
    crate::helper::eventually("the error", || running.stdout.text().starts_with("over"));
    writer.write_all(b"rest\nmore\n").unwrap();
    crate::helper::eventually("the bytes", || running.stdout.text().contains("more"));
    writer.write_all(b"a\nb\n").unwrap();
    drop(writer);
    assert_eq!(
        running.end().printed(),
        "over 4: 0123\nrest\\nmore\\n\n\"a\"\n\"b\"\nend\nend\n"
    );
}

#[test]
fn those_who_wait_get_one_line_each_in_the_order_of_asking() {
    for source in Source::ALL {
        let stdin = source.giving(b"1\n2\n3\n4\n5\n");
        let printed = Helper::new(&["two"]).stdin(stdin).run().printed();
        let (ends, lines): (Vec<&str>, Vec<&str>) =
            printed.lines().partition(|line| line.ends_with("end"));
        let expected = ["a \"1\"", "b \"2\"", "a \"3\"", "b \"4\"", "a \"5\""];
        assert_eq!(lines, expected, "{source:?}");
        assert_eq!(ends.len(), 4, "{source:?}");
    }
}

#[test]
fn the_end_reaches_all_who_wait_and_stays() {
    for source in Source::ALL {
        let ended = Helper::new(&["three"]).stdin(source.giving(b"")).run();
        let expected = "a end\nb end\nc end\na end\nb end\nc end\n";
        assert_eq!(ended.printed(), expected, "{source:?}");
    }
}

#[test]
fn no_byte_of_ten_mebibytes_is_lost() {
    let all: Vec<String> = (0..10 * MIB / 8)
        .map(|line| format!("{line:07}\n"))
        .collect();
    let all = all.concat();
    for source in QUICK {
        let ended = Helper::new(&["cat"])
            .stdin(source.giving(all.as_bytes()))
            .run();
        assert!(ended.printed() == all, "{source:?}");
    }
}
