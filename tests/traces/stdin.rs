//! Scripts for standard input: times, torn bytes, the end, errors.

use std::io;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};

use crate::ms;

#[loop_core::coroutine]
fn reader() -> Vec<Result<String, io::ErrorKind>> {
    let mut lines = Vec::new();
    loop {
        match yield_!(Stdin) {
            Ok(Some(line)) => lines.push(Ok(line)),
            Ok(None) => return lines,
            Err(error) => {
                lines.push(Err(error.kind()));
                if error.kind() != io::ErrorKind::InvalidData {
                    return lines;
                }
            }
        }
    }
}

fn lines(input: impl Into<Input>) -> Vec<Result<String, io::ErrorKind>> {
    Sim::new().stdin(input).run(reader()).into_result().unwrap()
}

fn good(lines: &[&str]) -> Vec<Result<String, io::ErrorKind>> {
    lines.iter().map(|line| Ok((*line).to_owned())).collect()
}

#[test]
fn lines_come_when_they_come() {
    let input = Input::new()
        .at(ms(5), "one\n")
        .at(ms(1000), "two\nthree\n")
        .end_at(ms(1001));
    let run = Sim::new().stdin(input).run(reader());
    assert_snapshot!(run.trace());
    assert_eq!(run.elapsed(), ms(1001));
}

#[test]
fn a_line_that_came_before_a_task_asked_is_kept() {
    #[loop_core::coroutine]
    fn late() -> Option<String> {
        yield_!(Sleep(ms(10)));
        yield_!(Stdin).unwrap()
    }
    let input = Input::new().at(ms(1), "early\n").end_at(ms(2));
    let run = Sim::new().stdin(input).run(late());
    assert_eq!(run.elapsed(), ms(10));
    assert_eq!(run.into_result().unwrap().as_deref(), Some("early"));
}

#[test]
fn a_torn_line_is_put_together() {
    let torn = Input::new()
        .at(ms(1), "he")
        .at(ms(2), "ll")
        .at(ms(3), "o\nwor")
        .at(ms(4), "ld\n");
    let run = Sim::new().stdin(torn).run(reader());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    reader  primed  =>  stdin  park

    ~ +3ms  stdin line "hello"  wakes reader
    reader  line "hello"  =>  stdin  park

    ~ +1ms  stdin line "world"  wakes reader
    reader  line "world"  =>  stdin  park

    ~ +0  stdin eof  wakes reader
    reader  eof  =>  finish [Ok("hello"), Ok("world")]
    "#);
    assert_eq!(run.into_result().unwrap(), good(&["hello", "world"]));
}

#[test]
fn a_byte_at_a_time_is_the_same_lines() {
    let text = "one\n\ntwo\r\nthree \u{e9}\n\r\nlast";
    let torn = Input::from(text).torn();
    assert_eq!(lines(torn), lines(text));
    assert_eq!(
        lines(text),
        good(&["one", "", "two", "three \u{e9}", "", "last"])
    );
}

#[test]
fn the_end_stays() {
    #[loop_core::coroutine]
    fn three_times() -> [bool; 3] {
        let mut ended = [false; 3];
        for ended in &mut ended {
            *ended = yield_!(Stdin).unwrap().is_none();
        }
        ended
    }
    let run = Sim::new().stdin("").run(three_times());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    three_times  primed  =>  stdin  park

    ~ +0  stdin eof  wakes three_times
    three_times  eof  =>  stdin  ready
    three_times  eof  =>  stdin  ready
    three_times  eof  =>  finish [true, true, true]
    ");
    assert_eq!(run.into_result().unwrap(), [true; 3]);
}

#[test]
fn all_who_wait_are_told_of_the_end() {
    #[loop_core::coroutine]
    fn parent() {
        let handles = [
            yield_!(Spawn(reader())),
            yield_!(Spawn(reader())),
            yield_!(Spawn(reader())),
        ];
        for handle in handles {
            yield_!(handle).unwrap();
        }
    }
    let run = Sim::new()
        .stdin(Input::new().at(ms(1), "a\nb\n").end_at(ms(2)))
        .run(parent());
    assert_snapshot!(run.trace());
}

#[test]
fn an_error_is_an_answer_and_stays() {
    #[loop_core::coroutine]
    fn twice() -> [io::ErrorKind; 2] {
        let first = yield_!(Stdin).unwrap_err().kind();
        let second = yield_!(StdinBytes).unwrap_err().kind();
        [first, second]
    }
    let input = Input::new().error_at(ms(3), io::ErrorKind::ConnectionReset);
    let run = Sim::new().stdin(input).run(twice());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    twice  primed  =>  stdin  park

    ~ +3ms  stdin err ConnectionReset  wakes twice
    twice  err ConnectionReset  =>  stdin bytes  ready
    twice  err ConnectionReset  =>  finish [ConnectionReset, ConnectionReset]
    ");
    assert_eq!(
        run.into_result().unwrap(),
        [io::ErrorKind::ConnectionReset; 2]
    );
}

#[test]
fn what_came_before_an_error_is_given_first() {
    let input = Input::from("whole\npart").error_at(ms(3), io::ErrorKind::TimedOut);
    let expected = [good(&["whole", "part"]), vec![Err(io::ErrorKind::TimedOut)]].concat();
    assert_eq!(lines(input), expected);
}

#[test]
fn a_line_that_is_no_text_is_an_error_and_the_next_works() {
    let run = Sim::new().stdin(b"a\n\xff\xfe\nb\n").run(reader());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    reader  primed  =>  stdin  park

    ~ +0  stdin line "a"  wakes reader
    reader  line "a"  =>  stdin  ready
    reader  err InvalidData  =>  stdin  ready
    reader  line "b"  =>  stdin  park

    ~ +0  stdin eof  wakes reader
    reader  eof  =>  finish [Ok("a"), Err(InvalidData), Ok("b")]
    "#);
    let lines = run.into_result().unwrap();
    assert_eq!(
        lines,
        [
            good(&["a"]),
            vec![Err(io::ErrorKind::InvalidData)],
            good(&["b"])
        ]
        .concat()
    );
}

#[test]
fn what_follows_the_end_never_comes() {
    let input = Input::new().at(ms(1), "a\n").end_at(ms(2)).at(ms(3), "b\n");
    assert_eq!(lines(input), good(&["a"]));
}

#[test]
fn pieces_may_be_given_in_any_order() {
    let input = Input::new()
        .at(ms(2), "b\n")
        .at(ms(1), "a\n")
        .at(ms(2), "c\n");
    assert_eq!(lines(input), good(&["a", "b", "c"]));
}

#[test]
fn an_empty_piece_is_not_the_end() {
    let input = Input::new().at(ms(1), "").at(ms(2), "a\n");
    assert_eq!(lines(input), good(&["a"]));
}

#[test]
fn a_piece_larger_than_a_read_is_read_in_parts() {
    let long = "x".repeat(200_000);
    assert_eq!(lines(format!("{long}\n")), good(&[&long]));
}

#[test]
fn bytes_and_lines_share_one_buffer() {
    #[loop_core::coroutine]
    fn mixed() -> (Option<String>, Option<Vec<u8>>, Option<String>) {
        let line = yield_!(Stdin).unwrap();
        let bytes = yield_!(StdinBytes).unwrap();
        (line, bytes, yield_!(Stdin).unwrap())
    }
    let input = Input::new().at(ms(1), "line\nra").at(ms(2), "w\nrest\n");
    let run = Sim::new().stdin(input).run(mixed());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    mixed  primed  =>  stdin  park

    ~ +1ms  stdin line "line"  wakes mixed
    mixed  line "line"  =>  stdin bytes  ready
    mixed  bytes "ra"  =>  stdin  park

    ~ +1ms  stdin line "w"  wakes mixed
    mixed  line "w"  =>  finish (Some("line"), Some([114, 97]), Some("w"))
    "#);
    let (line, bytes, rest) = run.into_result().unwrap();
    assert_eq!(
        (line.as_deref(), bytes.as_deref(), rest.as_deref()),
        (Some("line"), Some(b"ra".as_slice()), Some("w"))
    );
}

#[test]
fn long_text_is_cut_in_the_trace_and_nowhere_else() {
    let long = format!("{}\n", "é".repeat(40));
    let run = Sim::new().stdin(long.as_str()).run(reader());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    reader  primed  =>  stdin  park

    ~ +0  stdin line "éééééééééé…éééééé"(80)  wakes reader
    reader  line "éééééééééé…éééééé"(80)  =>  stdin  park

    ~ +0  stdin eof  wakes reader
    reader  eof  =>  finish [Ok("éééééééééééééééééééééééééééééééééééééééé")]
    "#);
    assert_eq!(run.into_result().unwrap(), good(&[long.trim()]));
}

/// Gives the numbers of reads, of bytes, and of reads in which a byte is not the one that `pattern` wrote.
#[loop_core::coroutine]
fn compared() -> (usize, usize, usize) {
    let (mut reads, mut bytes, mut wrong) = (0, 0, 0);
    while let Some(read) = yield_!(StdinBytes).unwrap() {
        let expected = pattern(bytes..bytes + read.len());
        wrong += usize::from(read != expected);
        reads += 1;
        bytes += read.len();
    }
    (reads, bytes, wrong)
}

/// Bytes that differ from read to read.
fn pattern(range: std::ops::Range<usize>) -> Vec<u8> {
    range.map(|at| (at % 251) as u8).collect()
}

/// The cost of a read depends on what it gives, not on what is still to come. (It was quadratic: a minute for 100 MB.)
#[test]
fn a_large_piece_is_read_bit_by_bit() {
    const BYTES: usize = 20_000_001;
    let large = Input::new()
        .at(ms(0), pattern(0..BYTES))
        .at(ms(1), pattern(BYTES..BYTES + 5));
    let run = Sim::new().stdin(large).run(compared());
    let reads = BYTES.div_ceil(64 * 1024) + 1;
    assert_eq!(run.into_result().unwrap(), (reads, BYTES + 5, 0));
}
