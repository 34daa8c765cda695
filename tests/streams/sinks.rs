//! A sink takes in values, and asks the loop.

use std::io;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Lock;
use tests::{Notes, ms};

#[loop_core::sink(receives = String)]
fn printer() -> io::Result<()> {
    while let Some(line) = receive!() {
        yield_!(Println(line))?;
    }
    Ok(())
}

#[loop_core::sink(receives = String)]
fn grep(pattern: &str, mut to: Sink<'_, String, io::Result<()>>) -> io::Result<()> {
    while let Some(line) = receive!() {
        if line.contains(pattern) {
            yield_!(to.send(line))?;
        }
    }
    yield_!(to.close())
}

/// `follow → grep → printer`, where the printer prints.
#[test]
fn a_pipeline_of_sinks() {
    #[loop_core::coroutine]
    fn follow() -> io::Result<()> {
        let pattern = "python".to_owned();
        let mut to = grep(&pattern, printer());
        while let Some(line) = yield_!(Stdin)? {
            yield_!(to.send(line))?;
        }
        yield_!(to.close())
    }
    let run = Sim::new().stdin("python 2\nruby\npython 3\n").run(follow);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    follow  primed  =>  stdin  park

    ~ +0  stdin line "python 2"  wakes follow
    follow  line "python 2"  =>  print "python 2\n"
    follow>grep>printer  printed  =>  stdin  ready
    follow  line "ruby"  =>  stdin  ready
    follow  line "python 3"  =>  print "python 3\n"
    follow>grep>printer  printed  =>  stdin  park

    ~ +0  stdin eof  wakes follow
    follow  eof  =>  finish Ok(())
    "#);
    assert_eq!(run.stdout(), "python 2\npython 3\n");
    run.into_result().unwrap().unwrap();
}

/// Notes what it receives, and rests before it wants more.
#[loop_core::sink(receives = u32)]
fn slow(notes: Notes) {
    let _noted = notes.on_drop("-slow");
    while let Some(n) = receive!() {
        notes.add(format!("<{n}"));
        yield_!(Sleep(ms(10)));
        notes.add(format!("{n}>"));
    }
    yield_!(Sleep(ms(10)));
    notes.add("end");
}

#[test]
fn who_sends_waits_until_the_sink_wants_more() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut slow = slow(notes.clone());
        for n in 1..=2 {
            assert_eq!(yield_!(slow.send(n)), Some(()));
            notes.add("sent");
        }
        yield_!(slow.close());
        notes.add("closed");
        assert!(slow.has_ended());
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "<1 1> sent <2 2> sent end -slow closed");
    assert_eq!(run.elapsed(), ms(30));
}

#[test]
fn dropping_a_sink_does_not_close_it() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut slow = slow(notes.clone());
        yield_!(slow.send(1));
        drop(slow);
        notes.add("dropped");
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "<1 1> -slow dropped");
}

#[test]
fn a_sink_that_was_sent_nothing_can_be_closed() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut slow = slow(notes);
        yield_!(slow.close());
        yield_!(slow.close());
        assert_eq!(yield_!(slow.send(1)), None);
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "end -slow");
}

#[test]
fn a_sink_that_returns_says_so() {
    #[loop_core::sink(receives = u32)]
    fn takes_one() -> Result<(), String> {
        let n = receive!();
        if n == Some(1) {
            Ok(())
        } else {
            Err(format!("{n:?}"))
        }
    }
    #[loop_core::coroutine]
    fn program() {
        let mut sink = takes_one();
        assert_eq!(yield_!(sink.send(1)), Ok(None));
        assert_eq!(yield_!(sink.send(2)), Ok(None));
        let mut sink = takes_one();
        assert_eq!(yield_!(sink.send(2)), Err("Some(2)".to_owned()));
        assert_eq!(yield_!(sink.close()), Ok(()));
        let mut sink = takes_one();
        assert_eq!(yield_!(sink.close()), Err("None".to_owned()));
    }
    Sim::new().run(program).into_result().unwrap();
}

/// A value that the sink does not receive is dropped.
#[test]
fn a_value_for_a_sink_that_has_ended_is_dropped() {
    #[loop_core::sink(receives = tests::Noted)]
    fn never_receives() {
        yield_!();
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut sink = never_receives();
        assert_eq!(yield_!(sink.send(notes.on_drop("-one"))), None);
        notes.add("sent");
        assert_eq!(yield_!(sink.send(notes.on_drop("-two"))), None);
        notes.add("sent");
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "-one sent -two sent");
}

#[test]
fn after_the_end_receive_goes_on_to_say_so() {
    #[loop_core::sink(receives = u32)]
    fn asks_thrice(notes: Notes) {
        for _ in 0..3 {
            notes.add(format!("{:?}", receive!()));
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut sink = asks_thrice(notes);
        yield_!(sink.send(1));
        yield_!(sink.close());
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "Some(1) None None");
}

#[test]
fn a_sink_is_dropped_if_who_sends_is_cancelled_meanwhile() {
    #[loop_core::coroutine]
    fn sends(slow: Lock<Sink<'static, u32>>) {
        let mut slow = yield_!(slow.acquire());
        for n in 1.. {
            yield_!(slow.send(n));
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let slow = Lock::new(slow(notes.clone()));
        let task = yield_!(Spawn(sends(slow.clone())));
        yield_!(Sleep(ms(15)));
        assert!(yield_!(Cancel(task)).unwrap_err().is_cancelled());
        assert!(yield_!(slow.acquire()).has_ended());
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_eq!(notes.text(), "<1 1> <2 -slow");
}

#[test]
fn a_panic_in_a_sink_is_one_of_who_sends() {
    #[loop_core::sink(receives = u32)]
    fn panics() {
        let n = receive!();
        yield_!();
        panic!("{n:?}");
    }
    #[loop_core::coroutine]
    fn sends() {
        let mut sink = panics();
        yield_!(sink.send(7));
    }
    #[loop_core::coroutine]
    fn program() -> String {
        let task = yield_!(Spawn(sends()));
        let error = yield_!(task).unwrap_err();
        error.message().to_owned()
    }
    assert_eq!(Sim::new().run(program).into_result().unwrap(), "Some(7)");
}

#[test]
fn a_stream_feeds_a_sink() {
    #[loop_core::stream(yields = u32)]
    fn numbers() {
        for n in 1..=3 {
            yield_!(Sleep(ms(1)));
            emit!(n);
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut numbers = numbers().map(|n| n * n);
        let mut slow = slow(notes);
        while let Some(n) = yield_!(numbers.next()) {
            yield_!(slow.send(n));
        }
        yield_!(slow.close());
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "<1 1> <4 4> <9 9> end -slow");
    assert_eq!(run.elapsed(), ms(43));
}
