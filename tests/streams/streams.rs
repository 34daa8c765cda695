//! A stream asks the loop, and gives out values to the coroutine that asks it.

use std::io;

use insta::assert_snapshot;
use loop_core::Site;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::{Notes, ms};

use crate::slowly;

#[loop_core::stream(yields = String)]
fn lines_of_input() -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        emit!(line);
    }
    Ok(())
}

#[loop_core::coroutine]
fn shouts() -> io::Result<()> {
    let mut lines = lines_of_input();
    while let Some(line) = yield_!(lines.next())? {
        yield_!(Println(line.to_uppercase()))?;
    }
    Ok(())
}

#[test]
fn the_trace_shows_the_way_to_what_a_stream_asks() {
    let run = Sim::new().stdin("a\nb\n").run(shouts());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    shouts  primed  =>  stdin  park

    ~ +0  stdin line "a"  wakes shouts
    shouts>lines_of_input  line "a"  =>  print "A\n"
    shouts  printed  =>  stdin  ready
    shouts>lines_of_input  line "b"  =>  print "B\n"
    shouts  printed  =>  stdin  park

    ~ +0  stdin eof  wakes shouts
    shouts>lines_of_input  eof  =>  finish Ok(())
    "#);
    assert_eq!(run.stdout(), "A\nB\n");
}

#[test]
fn values_cost_no_way_through_the_loop() {
    #[loop_core::stream(yields = u32)]
    fn up_to(n: u32) {
        for n in 0..n {
            emit!(n);
        }
    }
    #[loop_core::coroutine]
    fn sums() -> u32 {
        let mut numbers = up_to(100_000);
        let mut sum = 0u32;
        while let Some(n) = yield_!(numbers.next()) {
            sum = sum.wrapping_add(n);
        }
        sum
    }
    let run = Sim::new().run(sums());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    sums  primed  =>  finish 704982704
    ");
}

#[test]
fn a_stream_of_streams_shows_the_whole_way() {
    #[loop_core::stream(yields = u32)]
    fn inner() {
        yield_!(Sleep(ms(1)));
        emit!(1);
    }
    #[loop_core::stream(yields = u32)]
    fn outer() {
        let mut inner = inner();
        while let Some(n) = yield_!(inner.next()) {
            emit!(n + 1);
        }
    }
    #[loop_core::coroutine]
    fn asks(numbers: &mut Stream<'_, u32>) -> Option<u32> {
        yield_!(numbers.next())
    }
    #[loop_core::coroutine]
    fn program() -> Option<u32> {
        let mut numbers = outer();
        yield_from!(asks(&mut numbers))
    }
    let run = Sim::new().run(program);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    program  primed  =>  calls asks(Stream outer (open))  sleep 1ms  park

    ~ +1ms  timer  wakes program
    program>asks>outer>inner  slept  =>  finish Some(2)
    ");
}

#[test]
fn a_stream_chains_spawns_and_joins_as_a_coroutine_does() {
    #[loop_core::coroutine]
    fn square(n: u32) -> u32 {
        yield_!();
        n * n
    }
    #[loop_core::coroutine]
    fn double(n: &u32) -> u32 {
        yield_!();
        n * 2
    }
    #[loop_core::stream(yields = u32)]
    fn numbers() {
        emit!(yield_!(square(3)));
        let task = yield_!(Spawn(square(4)));
        emit!(yield_!(task).unwrap());
        let n = 5;
        emit!(yield_from!(double(&n)));
    }
    #[loop_core::coroutine]
    fn program() -> Vec<u32> {
        let mut numbers = numbers();
        let mut seen = Vec::new();
        while let Some(n) = yield_!(numbers.next()) {
            seen.push(n);
        }
        seen
    }
    let run = Sim::new().run(program);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    program  primed  =>  chain square(3)
    program:square  primed  =>  now
    program:square  ok  =>  return 9
    program>numbers  returned 9  =>  spawn square(4)
    program>numbers  spawned program/1  =>  join program/1  park
    program/1  primed  =>  now
    program/1  ok  =>  finish 16  wakes program
    program>numbers  joined program/1 16  =>  calls double(5)  now
    program>numbers>double  ok  =>  finish [9, 16, 10]
    ");
    assert_eq!(run.into_result().unwrap(), [9, 16, 10]);
}

/// Others run while a stream waits.
#[test]
fn two_tasks_with_a_stream_each_take_turns() {
    #[loop_core::coroutine]
    fn counts(name: &'static str, notes: Notes) {
        let mut numbers = slowly(notes.clone(), 2);
        while let Some(n) = yield_!(numbers.next()) {
            notes.add(format!("{name}{n}"));
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let _ = yield_!(All((counts("a", notes.clone()), counts("b", notes))));
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "a1 b1 a2 end -slowly b2 end -slowly");
    assert_eq!(run.elapsed(), ms(20));
}

#[test]
fn a_stream_may_be_asked_by_several_tasks_in_turn() {
    #[loop_core::coroutine]
    fn asks_once(mut numbers: Stream<'static, u32>) -> (Option<u32>, Stream<'static, u32>) {
        (yield_!(numbers.next()), numbers)
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) -> Vec<Option<u32>> {
        let mut numbers = slowly(notes, 2);
        let mut seen = Vec::new();
        for _ in 0..4 {
            let task = yield_!(Spawn(asks_once(numbers)));
            let (n, back) = yield_!(task).unwrap();
            numbers = back;
            seen.push(n);
        }
        seen
    }
    let run = Sim::new().run(program(Notes::default()));
    assert_eq!(run.into_result().unwrap(), [Some(1), Some(2), None, None]);
}

#[test]
fn what_it_borrows_may_change_between_two_values() {
    #[loop_core::stream(yields = usize)]
    fn lengths(words: &mut Vec<String>) {
        loop {
            words.push("x".to_owned());
            yield_!();
            emit!(words.len());
        }
    }
    #[loop_core::coroutine]
    fn program() -> usize {
        let mut words = Vec::new();
        let mut lengths = lengths(&mut words);
        assert_eq!(yield_!(lengths.next()), Some(1));
        assert_eq!(yield_!(lengths.next()), Some(2));
        drop(lengths);
        words.len()
    }
    assert_eq!(Sim::new().run(program).into_result().unwrap(), 2);
}

#[test]
fn a_stream_knows_where_it_was_written() {
    let stream = slowly(Notes::default(), 1);
    let Site {
        name, file, line, ..
    } = stream.site();
    assert_eq!((*name, *line), ("slowly", 16));
    assert!(file.ends_with("streams/main.rs"), "{file}");
    assert_eq!(format!("{stream:?}"), "Stream slowly (open)");
}

/// The same in both worlds.
#[test]
fn a_stream_runs_on_the_operating_system() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut numbers = slowly(notes.clone(), 3);
        while let Some(n) = yield_!(numbers.next()) {
            notes.add(n.to_string());
        }
    }
    let simulated = Notes::default();
    Sim::new()
        .run(program(simulated.clone()))
        .into_result()
        .unwrap();
    let real = Notes::default();
    let mut event_loop = EventLoop::new();
    event_loop
        .run_until_complete(program(real.clone()))
        .unwrap();
    assert_eq!(real.text(), "1 2 3 end -slowly");
    assert_eq!(real.text(), simulated.text());
}

/// Only `yield_!` can make such a request.
#[test]
#[should_panic(expected = "`stream.next()` runs within the coroutine that yields it")]
fn the_request_for_a_value_is_none_for_the_loop() {
    let mut numbers = slowly(Notes::default(), 1);
    let _ = loop_core::Request::into_yield(numbers.next());
}
