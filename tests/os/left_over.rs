//! Input that was read and that nobody has asked for: it is not lost.

use std::fs::File;

use crate::helper::Helper;
use crate::streams::{self, Source};

const LINES: &[u8] = b"one\ntwo\nthree\n";

/// The offset of a file belongs to all who share it.
#[test]
fn a_file_is_left_where_the_next_program_goes_on() {
    let helper = Helper::in_shell(r#""$0" one-line; "$0" one-line; cat"#);
    let printed = helper.stdin(streams::file(LINES)).run().printed();
    assert_eq!(printed, "Some(\"one\")\nSome(\"two\")\nthree\n");
}

#[test]
fn the_next_loop_of_the_process_gets_it() {
    for kind in Source::ALL {
        let printed = Helper::new(&["two-loops"])
            .stdin(kind.giving(LINES))
            .run()
            .printed();
        assert_eq!(printed, "Some(\"one\")\nSome(\"two\")\n", "{kind:?}");
    }
}

#[test]
fn so_does_the_next_run_of_the_loop() {
    for kind in Source::ALL {
        let printed = Helper::new(&["two-runs"])
            .stdin(kind.giving(LINES))
            .run()
            .printed();
        assert_eq!(printed, "Some(\"one\")\nSome(\"two\")\n", "{kind:?}");
    }
}

/// The last line has no end, and everything was read before it was asked for.
#[test]
fn a_rest_without_a_line_end_is_kept_too() {
    let mut file = File::from(streams::file(b"one\ntwo"));
    let helper = Helper::new(&["two-loops"]).stdin(file.try_clone().unwrap());
    assert_eq!(helper.run().printed(), "Some(\"one\")\nSome(\"two\")\n");
    let rest = std::io::read_to_string(&mut file).unwrap();
    assert_eq!(rest, "");
}

/// It was read for a task that was cancelled before it got it.
#[test]
fn what_a_cancelled_task_gave_back_is_not_lost_either() {
    for kind in Source::ALL {
        let helper = Helper::new(&["given-back"]).stdin(kind.giving(LINES));
        let printed = helper.run().printed();
        let expected = "Some(\"one\")\nSome(\"two\")\nSome(\"three\")\nNone\n";
        assert_eq!(printed, expected, "{kind:?}");
    }
}

/// A file cannot be put back to a line when others have got the line after it.
#[test]
fn nor_is_what_was_given_back_when_others_had_read_on() {
    for kind in [Source::Pipe, Source::File] {
        let stdin = kind.giving(b"one\ntwo\nthree\nfour\n");
        let printed = Helper::new(&["given-back-late"])
            .stdin(stdin)
            .run()
            .printed();
        let expected = "Some(\"one\")\nSome(\"three\")\nSome(\"two\")\nSome(\"four\")\nNone\n";
        assert_eq!(printed, expected, "{kind:?}");
    }
}

/// The next program goes on behind what others have got.
#[test]
fn a_file_is_put_back_to_what_a_cancelled_task_gave_back() {
    let helper = Helper::in_shell(r#""$0" given-back-once; cat"#);
    let printed = helper.stdin(streams::file(LINES)).run().printed();
    assert_eq!(printed, "Some(\"one\")\ntwo\nthree\n");
}
