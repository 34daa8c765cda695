//! Standard input by lines, compared with lines that are split from the whole input at once.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::{Coroutine, LineError};

/// This byte, which no text has, is not part of the input: a read ends there.
const TEAR: u8 = 0xf8;

/// What a request for input is answered.
#[derive(Debug, PartialEq)]
enum Answer {
    Line(String),
    NotUtf8(Vec<u8>),
    TooLong { limit: usize, prefix: Vec<u8> },
    Failed(io::ErrorKind),
    End,
}

/// Runs a program that reads `data`. Its first byte is the limit of a line, the second says how the input comes and ends.
pub(crate) fn check(data: &[u8]) {
    let [limit, how, data @ ..] = data else {
        return;
    };
    let limit = usize::from(*limit);
    let (fails, at_once, by_bytes) = (how & 1 != 0, how & 2 != 0, how & 4 != 0);
    let whole: Vec<u8> = data.iter().copied().filter(|byte| *byte != TEAR).collect();
    let end = match fails {
        true => Answer::Failed(io::ErrorKind::ConnectionReset),
        false => Answer::End,
    };
    let input = input(data, fails, at_once);
    if by_bytes {
        let bytes = run(limit, input, all_bytes());
        assert_eq!(bytes, (whole, end));
    } else {
        let expected = lines(&whole, limit);
        let answers = run(limit, input, answers(expected.len() + 2));
        let (read, ends) = answers.split_at(answers.len() - 2);
        assert_eq!(read, expected);
        assert!(ends.iter().all(|answer| *answer == end), "{ends:?}");
    }
}

fn input(data: &[u8], fails: bool, at_once: bool) -> Input {
    let time = |piece: usize| Duration::from_millis(if at_once { 0 } else { piece as u64 });
    let pieces = data.split(|byte| *byte == TEAR).enumerate();
    let input = pieces.fold(Input::new(), |input, (number, piece)| {
        input.at(time(number), piece)
    });
    match fails {
        true => input.error_at(time(data.len()), io::ErrorKind::ConnectionReset),
        false => input,
    }
}

fn run<T: 'static>(limit: usize, input: Input, coroutine: Coroutine<T>) -> T {
    let builder = Sim::new().stdin(input).builder().line_limit(limit);
    let run = builder.build().run_until_complete(coroutine);
    run.expect("reading always ends")
}

#[loop_core::coroutine(lazy)]
fn answers(count: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(match yield_!(Stdin) {
            Ok(Some(line)) => Answer::Line(line),
            Ok(None) => Answer::End,
            Err(error) => failed(&error),
        });
    }
    answers
}

#[loop_core::coroutine(lazy)]
fn all_bytes() -> (Vec<u8>, Answer) {
    let mut all = Vec::new();
    loop {
        match yield_!(StdinBytes) {
            Ok(Some(bytes)) => all.extend(bytes),
            Ok(None) => return (all, Answer::End),
            Err(error) => return (all, Answer::Failed(error.kind())),
        }
    }
}

fn failed(error: &io::Error) -> Answer {
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(LineError::NotUtf8 { bytes, .. }) => Answer::NotUtf8(bytes.clone()),
        Some(LineError::TooLong { limit, prefix, .. }) => Answer::TooLong {
            limit: *limit,
            prefix: prefix.clone(),
        },
        _ => Answer::Failed(error.kind()),
    }
}

/// The lines of the whole input. A `\r` is part of the end of a line only before a `\n`.
fn lines(whole: &[u8], limit: usize) -> Vec<Answer> {
    let mut lines: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
    let last = lines.pop().filter(|last| !last.is_empty());
    let ended = lines
        .into_iter()
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    ended
        .chain(last)
        .map(|line| self::line(line, limit))
        .collect()
}

fn line(line: &[u8], limit: usize) -> Answer {
    match String::from_utf8(line.to_vec()) {
        _ if line.len() > limit => Answer::TooLong {
            limit,
            prefix: line[..limit.min(64)].to_vec(),
        },
        Ok(text) => Answer::Line(text),
        Err(error) => Answer::NotUtf8(error.into_bytes()),
    }
}
