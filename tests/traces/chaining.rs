//! A coroutine yields another one, and the same task runs that.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;

#[loop_core::coroutine]
fn inner(word: &'static str) -> String {
    yield_!();
    format!("<{word}>")
}

#[loop_core::coroutine(lazy)]
fn middle(word: &'static str) -> String {
    let mut text = yield_!(inner(word));
    text.push_str(&yield_!(inner("!")));
    text
}

#[loop_core::coroutine]
fn outer() -> String {
    let text = yield_!(middle("hi"));
    format!("[{text}]")
}

#[test]
fn the_value_comes_back_through_every_level() {
    let run = Sim::new().run(outer());
    assert_snapshot!(run.trace());
    assert_eq!(run.into_result().unwrap(), "[<hi><!>]");
}

#[test]
fn a_chained_coroutine_that_has_ended_is_answered_at_once() {
    #[loop_core::coroutine]
    fn done() -> u32 {
        1
    }
    #[loop_core::coroutine]
    fn parent() -> u32 {
        yield_!(done()) + yield_!(done())
    }
    let run = Sim::new().run(parent());
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    parent  primed  =>  chain done
    parent:done  primed  =>  return 1
    parent  returned 1  =>  chain done
    parent:done  primed  =>  return 1
    parent  returned 1  =>  finish 2
    ");
    assert_eq!(run.into_result().unwrap(), 2);
}

#[test]
fn a_coroutine_can_be_made_long_before_it_is_chained() {
    #[loop_core::coroutine]
    fn parent() -> String {
        let first = inner("first");
        let second = inner("second");
        yield_!(Now);
        yield_!(second) + &yield_!(first)
    }
    assert_eq!(
        Sim::new().run(parent()).into_result().unwrap(),
        "<second><first>"
    );
}

#[test]
fn a_coroutine_can_be_a_value() {
    #[loop_core::coroutine]
    fn maker() -> Coroutine<String> {
        yield_!();
        inner("made")
    }
    #[loop_core::coroutine]
    fn parent() -> String {
        yield_!(yield_!(maker()))
    }
    assert_eq!(Sim::new().run(parent()).into_result().unwrap(), "<made>");
}

#[test]
fn the_others_run_where_a_chain_yields_and_not_where_it_calls() {
    #[loop_core::coroutine]
    fn ticker() {
        for _ in 0..3 {
            yield_!();
        }
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(outer());
    event_loop.schedule(ticker());
    event_loop.run().unwrap();
    let trace = event_loop.trace().steps().to_string();
    let who = trace
        .lines()
        .skip(1)
        .map(|line| line.split([' ', ':']).next().unwrap());
    let who: Vec<&str> = who.take(8).collect();
    assert_eq!(
        who,
        [
            "outer", "outer", "outer", "ticker", "outer", "outer", "outer", "ticker"
        ]
    );
}
