//! What `Print` and its kin take: whatever can be displayed.

use std::borrow::Cow;
use std::fmt;
use std::io;

use loop_core::prelude::*;
use loop_core::sim::Sim;

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
