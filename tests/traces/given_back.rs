//! Input that was read for a task that is then cancelled goes to the next reader, byte for byte and in its order.

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::{Cancel, Handle};

use crate::ms;

#[loop_core::coroutine(lazy)]
fn reads_a_line() {
    let _ = yield_!(Stdin);
}

/// All input that is left, as bytes.
#[loop_core::coroutine(lazy)]
fn rest() -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(bytes) = yield_!(StdinBytes).unwrap() {
        all.extend(bytes);
    }
    all
}

/// Waits until the readers, which must be waiting, have their input but not yet their turns, and cancels them.
#[loop_core::coroutine(lazy)]
fn cancels(readers: Vec<Handle<()>>) {
    // Timers come before input.
    yield_!(Sleep(ms(5)));
    for reader in readers {
        assert!(yield_!(Cancel(reader)).unwrap_err().is_cancelled());
    }
}

#[loop_core::coroutine(lazy)]
fn cancels_readers_of_lines(times: usize) -> Vec<u8> {
    let mut readers = Vec::new();
    for _ in 0..times {
        readers.push(yield_!(Spawn(reads_a_line())));
    }
    yield_!(cancels(readers));
    yield_!(rest())
}

fn after_lines(lines: usize, input: &[u8]) -> Vec<u8> {
    let input = Input::new().at(ms(5), input).end_at(ms(5));
    let run = Sim::new().stdin(input).run(cancels_readers_of_lines(lines));
    run.into_result().unwrap()
}

#[test]
fn lines_are_given_back_byte_for_byte() {
    for text in [
        "one\n",
        "one\r\n",
        "one",
        "one\r",
        "\r\n",
        "\r\r\n",
        "a\nb\r\nc",
    ] {
        for readers in 1..4 {
            let all = after_lines(readers, text.as_bytes());
            assert_eq!(String::from_utf8(all).unwrap(), text, "{readers} readers");
        }
    }
    assert_eq!(after_lines(2, b"\xff\r\n\xfe"), b"\xff\r\n\xfe");
}

/// A line that is given back, read again and given back again keeps its end and its place.
#[test]
fn a_line_may_be_given_back_again() {
    #[loop_core::coroutine(lazy)]
    fn main() -> Vec<u8> {
        let readers = vec![
            yield_!(Spawn(reads_a_line())),
            yield_!(Spawn(reads_a_line())),
        ];
        yield_!(cancels(readers));
        for _ in 0..3 {
            let again = yield_!(Spawn(reads_a_line()));
            // It has asked when this task has the next turn, and its answer is on its way.
            yield_!();
            assert!(yield_!(Cancel(again)).unwrap_err().is_cancelled());
        }
        yield_!(rest())
    }
    let input = Input::new().at(ms(5), "one\r\ntwo\nthree").end_at(ms(5));
    let run = Sim::new().stdin(input).run(main());
    assert_eq!(run.into_result().unwrap(), b"one\r\ntwo\nthree");
}
