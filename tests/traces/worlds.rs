//! The same scenarios on the operating system and in the simulation: the same decisions, times aside.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use loop_core::sim::{Input, Sim};
use loop_core::trace::{Recording, Trace};
use loop_core::{Error, EventLoop};
use tests::{SteadyOs, scenarios, without_lines, without_times};

/// What it printed; then its reports, its trace and its error, if any.
fn simulated(name: &str, input: Input) -> (String, String) {
    let mut event_loop = Sim::new().stdin(input).event_loop();
    let error = scenarios::run(name, &mut event_loop).err();
    let stdout = String::from_utf8(event_loop.world().stdout().to_vec()).unwrap();
    let stderr = String::from_utf8(event_loop.world().stderr().to_vec()).unwrap();
    (stdout, stderr + &told(&event_loop.trace(), error))
}

/// The trace and the error.
fn told(trace: &Trace, error: Option<Error>) -> String {
    let error = error.map_or(String::new(), |error| {
        format!("Error: {}\n", without_lines(&error))
    });
    without_times(&trace.to_string()) + &error
}

/// Runs a scenario that neither reads nor prints in this process.
fn on_this_process(name: &str) {
    let reports = Rc::new(RefCell::new(String::new()));
    let heard = Rc::clone(&reports);
    // What the hook gets is what the simulated standard error has.
    let builder = EventLoop::builder().on_unjoined_error(move |task, error| {
        heard
            .borrow_mut()
            .push_str(&format!("task `{task}` {error}\n"));
    });
    let builder = builder.recorder(Recording::default());
    let builder = builder.world(SteadyOs::default());
    let mut event_loop = builder.no_slow_steps().build();
    let error = scenarios::run(name, &mut event_loop).err();
    let told = reports.take() + &told(&event_loop.trace(), error);
    let (_, expected) = simulated(name, Input::new());
    assert_eq!(told, expected);
}

#[test]
fn deadlines_come_in_the_same_order_in_both_worlds() {
    on_this_process("timers");
}

#[test]
fn tasks_take_turns_alike_in_both_worlds() {
    on_this_process("tasks");
}

#[test]
fn tasks_inherit_values_alike_in_both_worlds() {
    on_this_process("locals");
}

#[test]
fn failures_are_the_same_in_both_worlds() {
    on_this_process("failure");
}

#[test]
fn a_cycle_is_found_at_once() {
    on_this_process("ring");
}

/// Runs a scenario in a process of its own, and gives it one piece of input at a time: the next when `answers` lines have come.
fn conversation(name: &str, pieces: &[&[u8]], answers: usize) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scenario"))
        .arg(name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut stdout = String::new();
    for piece in pieces {
        stdin.write_all(piece).unwrap();
        for _ in 0..answers {
            lines.read_line(&mut stdout).unwrap();
        }
    }
    drop(stdin);
    lines.read_to_string(&mut stdout).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (said, trace) = stderr.split_once("# steps").unwrap();
    let trace = format!("{said}{}", without_times(trace));

    let ms = |n| Duration::from_millis(n);
    let timed = (1..).zip(pieces);
    let input = timed.fold(Input::new(), |input, (n, piece)| input.at(ms(n), piece));
    let end = ms(pieces.len() as u64 + 1);
    assert_eq!((stdout, trace), simulated(name, input.end_at(end)));
}

#[test]
fn a_line_at_a_time_is_answered_alike() {
    conversation(
        "echo",
        &[b"one\n", b"two\r\n", b"\n", b"\xff\n", b"last\n"],
        1,
    );
}

#[test]
fn several_lines_at_a_time_are_answered_alike() {
    conversation("echo", &[b"one\ntwo\n", b"three\nfour\n"], 2);
}

#[test]
fn two_readers_share_the_lines_alike() {
    conversation("two readers", &[b"one\n", b"two\n", b"three\n"], 1);
}

#[test]
fn bytes_come_as_they_are_written() {
    conversation("bytes", &[b"a", b"b\nc", b"\xff"], 1);
}

#[test]
fn a_torn_line_is_put_together() {
    // Nothing is answered between the pieces, so the operating system may join them; the trace is the same.
    conversation("echo", &[b"to", b"rn"], 0);
}
