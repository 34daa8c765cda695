//! Two streams at the same time.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use proptest::prelude::*;
use tests::{Notes, ms};

/// Notes when it is dropped.
#[loop_core::stream(yields = &'static str)]
fn says(notes: Notes, what: &'static [&'static str], every: u64) -> Result<(), String> {
    let _noted = notes.on_drop(format!("-every{every}"));
    for word in what {
        yield_!(Sleep(ms(every)));
        match *word {
            "fail" => return Err("failed".to_owned()),
            "panic" => panic!("panicked"),
            word => emit!(word),
        }
    }
    Ok(())
}

#[loop_core::coroutine]
fn notes_all(
    notes: Notes,
    mut stream: Stream<'static, &'static str, Result<(), String>>,
) -> Result<(), String> {
    while let Some(word) = yield_!(stream.next())? {
        notes.add(word);
    }
    notes.add("end");
    Ok(())
}

#[test]
fn each_value_comes_when_it_is_there() {
    let notes = Notes::default();
    let both =
        says(notes.clone(), &["a", "b"], 20).merge(says(notes.clone(), &["x", "y", "z"], 15));
    let run = Sim::new().run(notes_all(notes.clone(), both));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    notes_all  primed  =>  spawn pump
    notes_all>merge  spawned notes_all/1  =>  spawn pump(Stream says (open), Sender(channel { len: 0, .. }))
    notes_all>merge  spawned notes_all/2  =>  receive from channel 1  park
    notes_all/1  start  =>  sleep 20ms  park
    notes_all/2  start  =>  sleep 15ms  park

    ~ +15ms  timer  wakes notes_all/2
    notes_all/2>says  slept  =>  send to channel 1  ready
    notes_all/2  sent to channel 1  =>  sleep 15ms  park  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  park

    ~ +5ms  timer  wakes notes_all/1
    notes_all/1>says  slept  =>  send to channel 1  ready
    notes_all/1  sent to channel 1  =>  sleep 20ms  park  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  park

    ~ +10ms  timer  wakes notes_all/2
    notes_all/2>says  slept  =>  send to channel 1  ready
    notes_all/2  sent to channel 1  =>  sleep 15ms  park  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  park

    ~ +10ms  timer  wakes notes_all/1
    notes_all/1>says  slept  =>  send to channel 1  ready
    notes_all/1  sent to channel 1  =>  send to channel 1  park  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  park  wakes notes_all/1
    notes_all/1  sent to channel 1  =>  finish  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  park

    ~ +5ms  timer  wakes notes_all/2
    notes_all/2>says  slept  =>  send to channel 1  ready
    notes_all/2  sent to channel 1  =>  send to channel 1  park  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  park  wakes notes_all/2
    notes_all/2  sent to channel 1  =>  finish  wakes notes_all
    notes_all>merge  received from channel 1  =>  receive from channel 1  ready
    notes_all>merge  received from channel 1  =>  wait for group 1  ready
    notes_all>merge  woken by group 1  =>  finish Ok(())
    ");
    assert_eq!(notes.text(), "x a y -every20 b -every15 z end");
    assert_eq!(run.elapsed(), ms(45));
}

#[test]
fn the_first_error_ends_it_and_closes_the_other() {
    let notes = Notes::default();
    let both =
        says(notes.clone(), &["a", "fail"], 20).merge(says(notes.clone(), &["x", "y", "z"], 15));
    let run = Sim::new().run(notes_all(notes.clone(), both));
    assert_eq!(run.elapsed(), ms(40));
    assert_eq!(run.into_result().unwrap(), Err("failed".to_owned()));
    assert_eq!(notes.text(), "x a y -every20 -every15");
}

#[test]
fn a_panic_in_one_goes_to_who_asks_and_closes_the_other() {
    #[loop_core::coroutine]
    fn program(notes: Notes) -> String {
        let both = says(notes.clone(), &["a", "panic"], 20).merge(says(
            notes.clone(),
            &["x", "y", "z"],
            15,
        ));
        let task = yield_!(Spawn(notes_all(notes, both)));
        let error = yield_!(task).unwrap_err();
        error.message().to_owned()
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(run.into_result().unwrap(), "panicked");
    assert_eq!(notes.text(), "x a y -every20 -every15");
}

#[test]
fn both_end_with_it() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut both =
            says(notes.clone(), &["a", "b"], 20).merge(says(notes.clone(), &["x", "y", "z"], 15));
        notes.add(yield_!(both.next()).unwrap().unwrap());
        drop(both);
        notes.add("dropped");
        yield_!();
        notes.add("turn");
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "x dropped -every15 -every20 turn");
    assert_eq!(run.elapsed(), ms(15));
}

#[test]
fn one_that_is_never_asked_runs_nothing() {
    let notes = Notes::default();
    drop(says(notes.clone(), &["a"], 1).merge(says(notes.clone(), &["b"], 1)));
    assert_eq!(notes.text(), "", "neither has begun");
}

/// Each stream is one value ahead of who asks.
#[test]
fn who_does_not_ask_stops_the_streams() {
    #[loop_core::stream(yields = u32)]
    fn counts(notes: Notes, from: u32) {
        for n in from.. {
            notes.add(format!("+{n}"));
            emit!(n);
        }
    }
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut both = counts(notes.clone(), 0).merge(counts(notes.clone(), 100));
        for _ in 0..2 {
            let n = yield_!(both.next()).unwrap();
            notes.add(format!("={n}"));
            yield_!(Sleep(ms(10)));
        }
    }
    let notes = Notes::default();
    Sim::new()
        .run(program(notes.clone()))
        .into_result()
        .unwrap();
    assert_snapshot!(notes.text(), @r"+0 +100 +1 =0 +101 =100 +2");
}

#[loop_core::stream(yields = (bool, usize))]
fn numbered(whose: bool, rests: Vec<u64>) {
    for (number, rest) in rests.into_iter().enumerate() {
        yield_!(Sleep(ms(rest)));
        emit!((whose, number));
    }
}

proptest! {
    /// Nothing is lost, and the values of each stay in order, under every policy.
    #[test]
    fn all_values_arrive_in_order(
        one in proptest::collection::vec(0..4u64, 0..12),
        other in proptest::collection::vec(0..4u64, 0..12),
        seed in any::<u64>(),
    ) {
        #[loop_core::coroutine]
        fn collect(one: Vec<u64>, other: Vec<u64>) -> Vec<(bool, usize)> {
            let mut both = numbered(false, one).merge(numbered(true, other));
            let mut seen = Vec::new();
            while let Some(value) = yield_!(both.next()) {
                seen.push(value);
            }
            seen
        }
        let lengths = [one.len(), other.len()];
        let seen = Sim::new().seed(seed).run(collect(one, other)).into_result().unwrap();
        for (whose, length) in [false, true].into_iter().zip(lengths) {
            let numbers: Vec<_> = seen.iter().filter(|(of, _)| *of == whose).map(|(_, n)| *n).collect();
            prop_assert_eq!(numbers, (0..length).collect::<Vec<_>>());
        }
    }
}
