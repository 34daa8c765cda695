//! What `Print` and its kin take: whatever can be displayed.

use std::borrow::Cow;
use std::fmt;
use std::io;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::Ring;

use crate::failed;

struct Point(i32, i32);

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.0, self.1)
    }
}

#[loop_core::coroutine]
fn prints() -> io::Result<()> {
    let text = "borrowed".to_owned();
    yield_!(Print("literal,"))?;
    yield_!(Print(&text))?;
    yield_!(Print(text.as_str()))?;
    yield_!(Print(','))?;
    yield_!(Print(Cow::Borrowed(text.as_str())))?;
    yield_!(Print(-1))?;
    yield_!(Print(Point(1, 2)))?;
    yield_!(Print(format_args!("{} {text}", Point(3, 4))))?;
    yield_!(Print(text))?;
    yield_!(Eprint(0.5))
}

#[test]
fn whatever_can_be_displayed_is_printed() {
    let run = Sim::new().run(prints);
    assert_eq!(
        run.stdout(),
        "literal,borrowedborrowed,borrowed-1(1, 2)(3, 4) borrowedborrowed"
    );
    assert_eq!(run.stderr(), "0.5");
}

#[loop_core::coroutine]
fn prints_lines() -> io::Result<()> {
    yield_!(Println("literal"))?;
    yield_!(Println("owned".to_owned()))?;
    yield_!(Println(""))?;
    yield_!(Println(Point(1, 2)))?;
    yield_!(Println(format_args!("{}", 3)))?;
    yield_!(Eprintln("error"))?;
    yield_!(Eprintln(String::new()))
}

#[test]
fn a_line_is_a_text_with_its_end() {
    let run = Sim::new().run(prints_lines);
    assert_eq!(run.stdout(), "literal\nowned\n\n(1, 2)\n3\n");
    assert_eq!(run.stderr(), "error\n\n");
    insta::assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    prints_lines  primed  =>  print "literal\n"
    prints_lines  printed  =>  print "owned\n"
    prints_lines  printed  =>  print "\n"
    prints_lines  printed  =>  print "(1, 2)\n"
    prints_lines  printed  =>  print "3\n"
    prints_lines  printed  =>  eprint "error\n"
    prints_lines  printed  =>  eprint "\n"
    prints_lines  printed  =>  finish Ok(())
    "#);
}

struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("nothing to see")
    }
}

#[loop_core::coroutine]
fn prints_something_broken() -> io::Result<()> {
    yield_!(Print("before,"))?;
    yield_!(Println(Broken))
}

#[loop_core::coroutine]
fn survives() -> String {
    let handle = yield_!(Spawn(prints_something_broken()));
    let error = yield_!(handle).unwrap_err();
    yield_!(Print("after")).unwrap();
    error.message().to_owned()
}

#[test]
fn a_display_that_panics_is_its_tasks_failure() {
    let run = Sim::new().run(survives);
    assert_eq!(run.stdout(), "before,after");
    assert_eq!(run.into_result().unwrap(), "nothing to see");

    let first = || {
        #[loop_core::coroutine]
        fn prints_at_once() -> io::Result<()> {
            yield_!(Print(Broken))
        }
        prints_at_once()
    };
    let failures = failed(Sim::new().run(first).into_result());
    assert_eq!(failures.errors()[0].message(), "nothing to see");
}

#[loop_core::coroutine]
fn repeats_and_fails() {
    let line = yield_!(Stdin).unwrap().unwrap();
    yield_!(Print(line)).unwrap();
    yield_!(StdinBytes).unwrap();
    panic!("a message of some length");
}

const INPUT: &str = "a line of some length\nand the rest of it";

#[test]
fn texts_are_cut_at_the_limit() {
    let run = Sim::new().stdin(INPUT).text_limit(8).run(repeats_and_fails);
    insta::assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    repeats_and_fails  primed  =>  stdin  park

    ~ +0  stdin line "a lin…gth"(21)  wakes repeats_and_fails
    repeats_and_fails  line "a lin…gth"(21)  =>  print "a lin…gth"(21)
    repeats_and_fails  printed  =>  stdin bytes  ready
    repeats_and_fails  bytes "and t… it"(18)  =>  panic "a mes…gth"(24)
    "#);
    let whole = Sim::new()
        .stdin(INPUT)
        .text_limit(24)
        .run(repeats_and_fails);
    insta::assert_snapshot!(whole.trace(), @r#"
    # steps  policy=fifo
    repeats_and_fails  primed  =>  stdin  park

    ~ +0  stdin line "a line of some length"  wakes repeats_and_fails
    repeats_and_fails  line "a line of some length"  =>  print "a line of some length"
    repeats_and_fails  printed  =>  stdin bytes  ready
    repeats_and_fails  bytes "and the rest of it"  =>  panic "a message of some length"
    "#);
}

#[test]
fn the_flight_recorder_cuts_there_too() {
    let builder = Sim::new().stdin(INPUT).text_limit(8).builder();
    let mut event_loop = builder.recorder(Ring::new(2)).build();
    let failures = failed(event_loop.run_until_complete(repeats_and_fails()));
    let record = failures.errors()[0].flight_record().unwrap();
    insta::assert_snapshot!(record, @r#"
    # last 2 events
    repeats_and_fails  …  =>  panic "a mes…gth"(24)
    "#);
}
