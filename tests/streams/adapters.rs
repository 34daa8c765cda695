//! `map`, `filter`, `take` and `chunks`.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use proptest::prelude::*;
use tests::{Notes, ms};

use crate::slowly;

#[loop_core::coroutine]
fn collect<T: 'static>(mut stream: Stream<'static, T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Some(value) = yield_!(stream.next()) {
        all.push(value);
    }
    all
}

#[test]
fn they_are_in_the_way() {
    let stream = slowly(Notes::default(), 5)
        .filter(|n| n % 2 == 1)
        .map(|n| n * 10)
        .take(2)
        .chunks(3);
    let run = Sim::new().run(|| collect(stream));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    collect  primed  =>  sleep 10ms  park

    ~ +10ms  timer  wakes collect
    collect>chunks>take>map>filter>slowly  slept  =>  sleep 10ms  park

    ~ +10ms  timer  wakes collect
    collect>chunks>take>map>filter>slowly  slept  =>  sleep 10ms  park

    ~ +10ms  timer  wakes collect
    collect>chunks>take>map>filter>slowly  slept  =>  finish _
    ");
    assert_eq!(run.into_result().unwrap(), [[10, 30]]);
}

#[test]
fn take_closes_what_it_takes_from_after_the_last_value() {
    #[loop_core::coroutine]
    fn program(notes: Notes) {
        let mut two = slowly(notes.clone(), 9).take(2);
        while let Some(n) = yield_!(two.next()) {
            notes.add(n.to_string());
        }
    }
    let notes = Notes::default();
    let run = Sim::new().run(program(notes.clone()));
    assert_eq!(notes.text(), "1 -slowly 2");
    assert_eq!(run.elapsed(), ms(20));
}

#[test]
fn taking_none_asks_for_none() {
    let notes = Notes::default();
    let none = slowly(notes.clone(), 9).take(0);
    let run = Sim::new().run(|| collect(none));
    assert_eq!(run.elapsed(), ms(0));
    assert_eq!(run.into_result().unwrap(), [0; 0]);
    assert_eq!(notes.text(), "", "it has not begun");
}

#[test]
fn an_error_goes_through_all_of_them_behind_the_values_before_it() {
    #[loop_core::stream(yields = u32)]
    fn fails() -> Result<(), &'static str> {
        for n in 1..=3 {
            emit!(n);
        }
        Err("no four")
    }
    #[loop_core::coroutine]
    fn program() -> (Vec<Vec<u32>>, &'static str) {
        let mut pairs = fails().map(|n| n + 1).filter(|_| true).take(9).chunks(2);
        let mut seen = Vec::new();
        loop {
            match yield_!(pairs.next()) {
                Ok(pair) => seen.push(pair.unwrap()),
                Err(error) => {
                    assert_eq!(yield_!(pairs.next()), Ok(None));
                    return (seen, error);
                }
            }
        }
    }
    let (pairs, error) = Sim::new().run(program).into_result().unwrap();
    assert_eq!(pairs, [vec![2, 3], vec![4]]);
    assert_eq!(error, "no four");
}

#[test]
fn they_may_borrow() {
    #[loop_core::stream(yields = &'a str)]
    fn words<'a>(text: &'a str) {
        for word in text.split(' ') {
            emit!(word);
        }
    }
    #[loop_core::coroutine]
    fn program() -> (usize, u32) {
        let text = "to be or not to be".to_owned();
        let without = "or".to_owned();
        let mut asked = 0;
        let mut words = words(&text)
            .filter(|word| {
                asked += 1;
                **word != without
            })
            .map(str::len);
        let mut letters = 0;
        while let Some(length) = yield_!(words.next()) {
            letters += length;
        }
        drop(words);
        (letters, asked)
    }
    assert_eq!(Sim::new().run(program).into_result().unwrap(), (11, 6));
}

#[test]
#[should_panic(expected = "a chunk has at least one value")]
fn a_chunk_of_nothing() {
    drop(slowly(Notes::default(), 1).chunks(0));
}

#[loop_core::stream(yields = u32)]
fn from(values: Vec<(u32, bool)>) {
    for (value, rests) in values {
        if rests {
            yield_!();
        }
        emit!(value);
    }
}

proptest! {
    /// A stream does what an iterator does.
    #[test]
    fn adapters_agree_with_those_of_iterators(
        values in proptest::collection::vec((0..100u32, any::<bool>()), 0..40),
        first in 0..50usize,
        size in 1..5usize,
    ) {
        let stream = from(values.clone())
            .map(|n| n + 1)
            .filter(|n| n % 3 > 0)
            .take(first)
            .chunks(size);
        let streamed = Sim::new().run(|| collect(stream)).into_result().unwrap();
        let iterated: Vec<u32> = values
            .iter()
            .map(|(n, _)| n + 1)
            .filter(|n| n % 3 > 0)
            .take(first)
            .collect();
        let iterated: Vec<_> = iterated.chunks(size).map(<[u32]>::to_vec).collect();
        prop_assert_eq!(streamed, iterated);
    }
}
