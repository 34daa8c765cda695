//! `yield_!(handle)?` and the like in the functions that people write.

use std::error::Error as StdError;
use std::io;
use std::num::ParseIntError;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Error, TaskError};

type Boxed = Box<dyn StdError + Send + Sync>;

#[loop_core::coroutine]
fn parses(text: &'static str) -> Result<u32, Boxed> {
    yield_!();
    assert!(!text.is_empty(), "nothing to parse");
    Ok(text.parse()?)
}

#[loop_core::coroutine]
fn reads(text: &'static str) -> io::Result<u32> {
    yield_!();
    assert!(!text.is_empty(), "nothing to read");
    text.parse().map_err(io::Error::other)
}

#[loop_core::coroutine]
fn with_one_question_mark(text: &'static str) -> Result<u32, Boxed> {
    let handle = yield_!(Spawn(parses(text)));
    Ok(yield_!(handle.flatten())?)
}

#[loop_core::coroutine]
fn with_two(text: &'static str) -> Result<u32, Box<dyn StdError>> {
    let handle = yield_!(Spawn(reads(text)));
    Ok(yield_!(handle)??)
}

#[loop_core::coroutine]
fn with_another_error(text: &'static str) -> Result<u32, Box<dyn StdError>> {
    let handle = yield_!(Spawn(reads(text)));
    Ok(yield_!(handle.flatten())?)
}

#[loop_core::coroutine]
fn as_it_is(text: &'static str) -> io::Result<u32> {
    let handle = yield_!(Spawn(reads(text)));
    yield_!(handle.flatten())
}

/// An error of a program's own.
#[derive(Debug)]
enum Mistake {
    Number(ParseIntError),
    Task(TaskError),
}

impl From<TaskError> for Mistake {
    fn from(error: TaskError) -> Mistake {
        Mistake::Task(error)
    }
}

#[loop_core::coroutine]
fn counts(text: &'static str) -> Result<u32, Mistake> {
    yield_!();
    assert!(!text.is_empty(), "nothing to count");
    text.parse().map_err(Mistake::Number)
}

#[loop_core::coroutine]
fn with_an_error_of_its_own(text: &'static str) -> Result<u32, Mistake> {
    let handle = yield_!(Spawn(counts(text)));
    yield_!(handle.flatten())
}

/// The value, or the error's text, of a coroutine that is called with a number, with a word, and with nothing, which panics.
fn outcomes<E>(
    make: fn(&'static str) -> Coroutine<Result<u32, E>>,
    shown: impl Fn(E) -> String,
) -> [Result<u32, String>; 3]
where
    E: 'static,
{
    ["3", "x", ""].map(|text| {
        let result = Sim::new().run(make(text)).into_result().unwrap();
        result.map_err(&shown)
    })
}

fn expected(task: &str, file_and_line: &str, what: &str) -> [Result<u32, String>; 3] {
    let panicked = format!("task `{task}` panicked in {file_and_line}: nothing to {what}");
    [
        Ok(3),
        Err("invalid digit found in string".to_owned()),
        Err(panicked),
    ]
}

#[test]
fn one_question_mark_is_enough() {
    let site = |coroutine: Coroutine<io::Result<u32>>| coroutine.site().to_string();
    let reads = site(reads("1"));
    assert_eq!(
        outcomes(with_one_question_mark, |error| error.to_string()),
        expected(
            "with_one_question_mark/1",
            &parses("1").site().to_string(),
            "parse"
        )
    );
    assert_eq!(
        outcomes(with_two, |error| error.to_string()),
        expected("with_two/1", &reads, "read")
    );
    assert_eq!(
        outcomes(with_another_error, |error| error.to_string()),
        expected("with_another_error/1", &reads, "read")
    );
    assert_eq!(
        outcomes(as_it_is, |error| error.to_string()),
        expected("as_it_is/1", &reads, "read")
    );
    let shown = |error| match error {
        Mistake::Number(error) => error.to_string(),
        Mistake::Task(error) => error.to_string(),
    };
    assert_eq!(
        outcomes(with_an_error_of_its_own, shown),
        expected(
            "with_an_error_of_its_own/1",
            &counts("1").site().to_string(),
            "count"
        )
    );
}

#[test]
fn joining_flat_is_a_join() {
    let run = Sim::new().run(|| as_it_is("3"));
    insta::assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    as_it_is  primed  =>  spawn reads("3")
    as_it_is  spawned as_it_is/1  =>  join as_it_is/1  park
    as_it_is/1  primed  =>  now
    as_it_is/1  ok  =>  finish Ok(3)  wakes as_it_is
    as_it_is  joined as_it_is/1 Ok(3)  =>  finish Ok(3)
    "#);
}

/// What a run returns and what a join answers go through `?` in the usual functions.
#[test]
fn the_errors_become_the_usual_ones() {
    fn run(text: &'static str) -> Result<u32, Boxed> {
        let value = Sim::new().run(reads(text)).into_result()?;
        Ok(value?)
    }
    fn run_io(text: &'static str) -> io::Result<u32> {
        Sim::new().run(reads(text)).into_result()?
    }
    fn is_usual<E: StdError + Send + Sync + 'static + Into<Boxed> + Into<io::Error>>() {}
    is_usual::<TaskError>();
    is_usual::<Error>();
    assert_eq!(run("3").unwrap(), 3);
    let error = run("").unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(Error::Failed(_))));
    let error = run_io("").unwrap_err();
    assert!(error.get_ref().is_some_and(|inner| inner.is::<Error>()));
}
