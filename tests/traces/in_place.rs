//! `yield_from!`: a coroutine runs in place, within the one that calls it, and may borrow from it.

use std::cell::RefCell;
use std::rc::Rc;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{BorrowingCoroutine, YieldFrom};
use tests::Notes;

use crate::{failed, ms};

#[derive(Debug, Default)]
struct State {
    lines: Vec<String>,
}

#[loop_core::coroutine]
fn read(state: &mut State) -> bool {
    match yield_!(Stdin).unwrap() {
        Some(line) => {
            state.lines.push(line);
            true
        }
        None => false,
    }
}

#[loop_core::coroutine]
fn reads_all() -> usize {
    let mut state = State::default();
    while yield_from!(read(&mut state)) {}
    state.lines.len()
}

#[test]
fn it_borrows_the_callers_locals() {
    let run = Sim::new().stdin("a\nb\n").run(reads_all());
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    reads_all  primed  =>  stdin  park

    ~ +0  stdin line "a"  wakes reads_all
    reads_all>read  line "a"  =>  calls read(State { lines: ["a"] })  stdin  ready
    reads_all>read  line "b"  =>  calls read(State { lines: ["a", "b"] })  stdin  park

    ~ +0  stdin eof  wakes reads_all
    reads_all>read  eof  =>  finish 2
    "#);
    assert_eq!(run.into_result().unwrap(), 2);
}

#[loop_core::coroutine]
fn naps(times: u32) -> u32 {
    for _ in 0..times {
        yield_!(Sleep(ms(1)));
    }
    times
}

/// The same coroutine, chained and in place.
#[test]
fn the_loop_sees_a_chain_and_does_not_see_what_runs_in_place() {
    #[loop_core::coroutine]
    fn main() -> (u32, u32) {
        (yield_!(naps(2)), yield_from!(naps(2)))
    }
    let run = Sim::new().run(main);
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    main  primed  =>  chain naps(2)
    main:naps  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes main
    main:naps  slept  =>  sleep 1ms  park

    ~ +1ms  timer  wakes main
    main:naps  slept  =>  return 2
    main  returned 2  =>  calls naps(2)  sleep 1ms  park

    ~ +1ms  timer  wakes main
    main>naps  slept  =>  sleep 1ms  park

    ~ +1ms  timer  wakes main
    main>naps  slept  =>  finish (2, 2)
    ");
    assert_eq!(run.into_result().unwrap(), (2, 2));
}

/// A bare yield, a chain and a request, two coroutines deep; primed by the call, and begun by the loop.
#[test]
fn the_trace_shows_the_way_in() {
    #[loop_core::coroutine]
    fn inner(naps: Coroutine<u32>) -> u32 {
        yield_!();
        yield_!(naps) + 1
    }
    #[loop_core::coroutine]
    fn outer(times: &u32) -> u32 {
        yield_from!(inner(naps(*times)))
    }
    #[loop_core::coroutine]
    fn primed() -> u32 {
        yield_from!(outer(&1))
    }
    #[loop_core::coroutine(lazy)]
    fn begun() -> u32 {
        let value = yield_from!(outer(&1));
        yield_!();
        value
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(primed());
    event_loop.schedule(begun());
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    primed  primed  =>  now
    begun  start  =>  calls outer(1)  now
    primed>outer>inner  ok  =>  chain naps
    primed:naps  primed  =>  sleep 1ms  park
    begun>outer>inner  ok  =>  chain naps(1)
    begun:naps  primed  =>  sleep 1ms  park

    ~ +1ms  timer  wakes primed, begun
    primed:naps  slept  =>  return 1
    primed>outer>inner  returned 1  =>  finish 2
    begun:naps  slept  =>  return 1
    begun>outer>inner  returned 1  =>  now
    begun  ok  =>  finish 2
    ");
    let decisions = event_loop.trace().decisions().to_string();
    let resumed = decisions.lines().filter(|line| line.contains('>'));
    assert_snapshot!(resumed.collect::<Vec<_>>().join("\n"), @r"
    resume  primed>outer>inner
    resume  begun>outer>inner
    resume  primed>outer>inner
    resume  begun>outer>inner
    ");
}

#[test]
fn all_that_a_coroutine_may_do_first_is_done_in_place() {
    #[loop_core::coroutine]
    fn ends(notes: &Notes) -> u32 {
        notes.add("ended");
        1
    }
    #[loop_core::coroutine]
    fn gives_way(notes: &Notes) -> u32 {
        yield_!();
        notes.add("gave way");
        2
    }
    #[loop_core::coroutine]
    fn asks(notes: &Notes) -> u32 {
        yield_!(Print("asked")).unwrap();
        notes.add("asked");
        3
    }
    #[loop_core::coroutine(lazy)]
    fn is_lazy(notes: &Notes) -> u32 {
        notes.add("lazy");
        yield_!(Sleep(ms(1)));
        4
    }
    #[loop_core::coroutine]
    fn chains(notes: &Notes) -> u32 {
        let value = yield_!(naps(1));
        notes.add("chained");
        value + 4
    }
    #[loop_core::coroutine]
    fn spawns(notes: &Notes) -> u32 {
        let handle = yield_!(Spawn(naps(6)));
        notes.add("spawned");
        yield_!(handle).unwrap()
    }
    #[loop_core::coroutine]
    fn main(notes: Notes) -> [u32; 6] {
        [
            yield_from!(ends(&notes)),
            yield_from!(gives_way(&notes)),
            yield_from!(asks(&notes)),
            yield_from!(is_lazy(&notes)),
            yield_from!(chains(&notes)),
            yield_from!(spawns(&notes)),
        ]
    }
    let notes = Notes::default();
    let value = Sim::new().run(main(notes.clone())).into_result().unwrap();
    assert_eq!(value, [1, 2, 3, 4, 5, 6]);
    assert_eq!(notes.text(), "ended gave way asked lazy chained spawned");
}

#[test]
fn methods_borrow_self_and_values_may_borrow_too() {
    struct Words(Vec<String>);
    impl Words {
        #[loop_core::coroutine]
        fn add(&mut self, word: &str) -> usize {
            yield_!();
            self.0.push(word.to_owned());
            self.0.len()
        }

        #[loop_core::coroutine]
        fn longest(&self) -> &str {
            yield_!();
            self.0.iter().max_by_key(|word| word.len()).unwrap()
        }
    }
    #[loop_core::coroutine]
    fn either<'t>(first: bool, one: &'t str, other: &'t str) -> &'t str {
        yield_!();
        if first { one } else { other }
    }
    #[loop_core::coroutine]
    fn main() -> String {
        let mut words = Words(Vec::new());
        yield_from!(words.add("one"));
        assert_eq!(yield_from!(words.add("three")), 2);
        let longest = yield_from!(words.longest());
        yield_from!(either(false, "x", longest)).to_owned()
    }
    assert_eq!(Sim::new().run(main()).into_result().unwrap(), "three");
}

#[test]
fn generics_and_dyn_traits_are_borrowed() {
    #[loop_core::coroutine]
    fn total<N: Copy + Into<u64>>(numbers: &[N], each: &dyn Fn(u64) -> u64) -> u64 {
        let mut sum = 0;
        for number in numbers {
            yield_!();
            sum += each((*number).into());
        }
        sum
    }
    #[loop_core::coroutine]
    fn main() -> u64 {
        let factor = 2;
        yield_from!(total(&[1u32, 2, 3], &|n| factor * n))
    }
    assert_eq!(Sim::new().run(main()).into_result().unwrap(), 12);
}

/// PEP 380: a chain of generators that delegate.
#[test]
fn it_nests_and_recurs() {
    #[loop_core::coroutine]
    fn fib(n: u64, calls: &mut u32) -> u64 {
        *calls += 1;
        if n < 2 {
            return n;
        }
        yield_!();
        yield_from!(fib(n - 1, calls)) + yield_from!(fib(n - 2, calls))
    }
    #[loop_core::coroutine]
    fn main() -> (u64, u32) {
        let mut calls = 0;
        let value = yield_from!(fib(10, &mut calls));
        (value, calls)
    }
    assert_eq!(Sim::new().run(main()).into_result().unwrap(), (55, 177));
}

#[loop_core::coroutine]
fn fails(after: bool, notes: &Notes) {
    let _closed = notes.on_drop("inner");
    if after {
        yield_!();
    }
    panic!("out of luck");
}

#[test]
fn a_failure_goes_through_both_from_the_inside_outwards() {
    #[loop_core::coroutine]
    fn main(after: bool, notes: Notes) {
        let _closed = notes.on_drop("outer");
        yield_from!(fails(after, &notes));
        unreachable!("it fails");
    }
    for after in [false, true] {
        let notes = Notes::default();
        let run = Sim::new().run(main(after, notes.clone()));
        let failures = failed(run.into_result());
        assert_eq!(failures.errors()[0].message(), "out of luck");
        assert_eq!(notes.text(), "inner outer");
    }
}

#[test]
fn a_cancellation_goes_through_both() {
    #[loop_core::coroutine]
    fn waits(notes: &Notes) {
        let _closed = notes.on_drop("inner");
        yield_!(Sleep(ms(1_000)));
    }
    #[loop_core::coroutine]
    fn outer(notes: Notes) {
        let _closed = notes.on_drop("outer");
        yield_from!(waits(&notes));
    }
    #[loop_core::coroutine]
    fn main(notes: Notes) {
        let handle = yield_!(Spawn(outer(notes)));
        yield_!(Sleep(ms(1)));
        assert!(yield_!(Cancel(handle)).unwrap_err().is_cancelled());
    }
    let notes = Notes::default();
    let run = Sim::new().run(main(notes.clone()));
    assert_eq!(run.elapsed(), ms(1));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "inner outer");
}

/// Both kinds of coroutine can be passed on, and made long before they run.
#[test]
fn a_coroutine_is_a_value() {
    #[loop_core::coroutine]
    fn adds(sum: &RefCell<u32>, n: u32) {
        yield_!();
        *sum.borrow_mut() += n;
    }
    fn twice(sum: &RefCell<u32>) -> [BorrowingCoroutine<'_, ()>; 2] {
        [adds(sum, 1), adds(sum, 2)]
    }
    #[loop_core::coroutine]
    fn main() -> u32 {
        let sum = RefCell::new(0);
        for each in twice(&sum) {
            yield_from!(each);
        }
        drop(adds(&sum, 100));
        sum.into_inner()
    }
    fn is_in_place(_: &impl YieldFrom<Value = u32>) {}
    let coroutine = main();
    is_in_place(&coroutine);
    assert_eq!(Sim::new().run(coroutine).into_result().unwrap(), 3);
}

#[test]
fn others_run_while_one_in_place_yields() {
    #[loop_core::coroutine]
    fn ticks(name: &str, notes: &Rc<Notes>) {
        for n in 0..2 {
            notes.add(format!("{name}{n}"));
            yield_!();
        }
    }
    #[loop_core::coroutine]
    fn task(name: &'static str, notes: Rc<Notes>) {
        yield_from!(ticks(name, &notes));
    }
    let notes = Rc::new(Notes::default());
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(task("a", Rc::clone(&notes)));
    event_loop.schedule(task("b", Rc::clone(&notes)));
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "a0 b0 a1 b1");
}
