//! Slow turns: what was printed is seen.

use crate::helper::{Captured, Helper, eventually};
use crate::streams;

#[test]
fn what_is_printed_in_slow_turns_is_seen_as_it_comes() {
    let running = Helper::new(&["progress"]).start();
    eventually("5 done", || running.stdout.text().contains("5 done\n"));
}

/// Nothing is gathered for a person.
#[test]
fn a_terminal_shows_each_line_at_once() {
    let (person, program) = streams::terminal();
    let screen = Captured::new(Some(person));
    let _running = Helper::new(&["stuck"]).stdout(program).start();
    eventually("line 3", || screen.text().contains("line 3"));
}
