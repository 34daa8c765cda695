//! Which requests keep a task's turn, and which end it.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use tests::Notes;

use crate::ms;

/// Notes a dash at each of its turns.
#[loop_core::coroutine(lazy)]
fn ticks(times: usize, notes: Notes) {
    for _ in 0..times {
        notes.add("-");
        yield_!();
    }
}

/// What a coroutine and a ticking task after it in the queue note, up to the coroutine's end.
fn beside_a_ticking_task(sim: Sim, coroutine: impl FnOnce(Notes) -> Coroutine<()>) -> String {
    let notes = Notes::default();
    let mut event_loop = sim.event_loop();
    event_loop.schedule(coroutine(notes.clone()));
    event_loop.schedule(ticks(300, notes.clone()));
    event_loop.run().unwrap();
    let text = notes.text();
    let end = text.find("end").expect("the coroutine has ended");
    text[..end].trim_end().to_owned()
}

#[loop_core::coroutine(lazy)]
fn notes_it(word: &'static str, notes: Notes) {
    notes.add(word);
}

#[test]
fn what_can_never_wait_keeps_the_turn() {
    #[loop_core::coroutine(lazy)]
    fn asks(notes: Notes) {
        notes.add("clock");
        yield_!(Clock);
        notes.add("print");
        yield_!(Print("x")).unwrap();
        notes.add("eprint");
        yield_!(Eprint("x")).unwrap();
        notes.add("spawn");
        yield_!(Spawn(notes_it("child", notes.clone()))).detach();
        notes.add("chain");
        yield_!(notes_it("chained", notes.clone()));
        notes.add("end");
    }
    let noted = beside_a_ticking_task(Sim::new(), asks);
    assert_eq!(noted, "clock print eprint spawn chain chained");
}

#[test]
fn stop_keeps_the_turn_and_the_run_ends_after_it() {
    #[loop_core::coroutine(lazy)]
    fn stops(notes: Notes) {
        yield_!(Stop);
        notes.add("same turn");
        yield_!();
        notes.add("next turn");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(stops(notes.clone()));
    event_loop.run_forever().unwrap();
    assert_eq!(notes.text(), "same turn");
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "same turn next turn");
}

#[test]
fn a_spawned_task_comes_after_the_one_that_spawned_it() {
    #[loop_core::coroutine(lazy)]
    fn parent(notes: Notes) {
        let child = yield_!(Spawn(notes_it("child", notes.clone())));
        notes.add("parent");
        yield_!(child).unwrap();
    }
    let notes = Notes::default();
    let run = Sim::new().run(parent(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "parent child");
}

#[test]
fn what_could_have_waited_goes_to_the_back_though_it_is_answered_at_once() {
    #[loop_core::coroutine]
    fn ended() {}
    #[loop_core::coroutine(lazy)]
    fn asks(notes: Notes) {
        yield_!(Stdin).unwrap(); // waits; the same read gives two more lines
        notes.add("line");
        yield_!(Stdin).unwrap();
        notes.add("bytes");
        yield_!(StdinBytes).unwrap();
        let ended = yield_!(Spawn(ended()));
        notes.add("join");
        yield_!(ended).unwrap();
        notes.add("end");
    }
    let sim = Sim::new().stdin("1\n2\n3\n");
    let noted = beside_a_ticking_task(sim, asks);
    assert!(noted.ends_with("- line - bytes - join -"), "{noted}");
}

#[test]
fn the_end_of_input_and_a_failed_task_are_answers_like_others() {
    #[loop_core::coroutine]
    fn failed() {
        panic!("out of luck");
    }
    #[loop_core::coroutine(lazy)]
    fn asks(notes: Notes) {
        assert_eq!(yield_!(Stdin).unwrap(), None); // waits until the end is known
        notes.add("eof");
        assert_eq!(yield_!(Stdin).unwrap(), None);
        let failed = yield_!(Spawn(failed()));
        notes.add("join");
        yield_!(failed).unwrap_err();
        notes.add("end");
    }
    let noted = beside_a_ticking_task(Sim::new(), asks);
    assert!(noted.ends_with("- eof - join -"), "{noted}");
}

#[test]
fn a_bare_yield_goes_to_the_back() {
    #[loop_core::coroutine(lazy)]
    fn asks(notes: Notes) {
        notes.add("one");
        yield_!();
        notes.add("two");
        yield_!();
        notes.add("end");
    }
    assert_eq!(beside_a_ticking_task(Sim::new(), asks), "one - two -");
}

#[loop_core::coroutine(lazy)]
fn asks_the_time(times: usize, notes: Notes) {
    for _ in 0..times {
        yield_!(Clock);
        notes.add("clock");
    }
    notes.add("end");
}

#[test]
fn a_turn_ends_after_64_answers() {
    let noted = beside_a_ticking_task(Sim::new(), |notes| asks_the_time(150, notes));
    let turns: Vec<usize> = noted
        .split('-')
        .map(|turn| turn.split_whitespace().count())
        .collect();
    // The answer at which the turn ends is fetched in the next one.
    assert_eq!(turns, [63, 64, 23]);
}

#[test]
fn the_trace_says_that_the_budget_was_used_up() {
    let traced = |times| {
        let run = Sim::new().run(asks_the_time(times, Notes::default()));
        run.trace().to_string()
    };
    assert!(!traced(60).contains("budget"));
    assert!(traced(70).contains("budget"), "{}", traced(70));
}

/// A call and a return each are an answer.
#[loop_core::coroutine(lazy)]
fn fib(n: u64, calls: Rc<Cell<usize>>) -> u64 {
    calls.set(calls.get() + 1);
    if n < 2 {
        n
    } else {
        yield_!(fib(n - 1, calls.clone())) + yield_!(fib(n - 2, calls.clone()))
    }
}

#[test]
fn a_recursion_lets_the_others_run_every_64_answers() {
    #[loop_core::coroutine(lazy)]
    fn watches(calls: Rc<Cell<usize>>) -> usize {
        let (mut seen, mut most) = (0, 0);
        while seen < 1_000 {
            most = most.max(calls.get() - seen);
            seen = calls.get();
            yield_!();
        }
        most
    }
    #[loop_core::coroutine(lazy)]
    fn both(calls: Rc<Cell<usize>>) -> (u64, usize) {
        let watching = yield_!(Spawn(watches(calls.clone())));
        let value = yield_!(fib(16, calls));
        (value, yield_!(watching).unwrap())
    }
    let (value, most) = Sim::new().run(both(Rc::default())).into_result().unwrap();
    assert_eq!(value, 987);
    assert!((16..=64).contains(&most), "{most} calls between two turns");
}

#[test]
fn where_others_run_does_not_depend_on_whether_data_came_early() {
    #[loop_core::coroutine(lazy)]
    fn reads(notes: Notes) {
        while let Some(line) = yield_!(Stdin).unwrap() {
            notes.add(line);
        }
        notes.add("end");
    }
    // All lines come at once, so the second and the third are answered at once; or each comes when a task waits for it.
    let once = Sim::new().stdin("1\n2\n3\n");
    let noted = beside_a_ticking_task(once, reads);
    assert!(noted.contains("- 1 - 2 - 3 -"), "{noted}");
    let each = Input::new()
        .at(ms(0), "1\n")
        .at(ms(0), "2\n")
        .at(ms(0), "3\n");
    let noted = beside_a_ticking_task(Sim::new().stdin(each), reads);
    for pair in ["- 1 -", "- 2 -", "- 3 -"] {
        assert!(noted.contains(pair), "{noted}");
    }
}

#[test]
fn the_batch_in_which_the_awaited_task_ends_is_finished() {
    #[loop_core::coroutine]
    fn awaited() {
        yield_!(Sleep(ms(1)));
    }
    /// Sets its timer after the awaited task, so that it is woken after it, in the same poll.
    #[loop_core::coroutine(lazy)]
    fn other(notes: Notes) {
        yield_!();
        yield_!(Sleep(ms(1)));
        notes.add("same batch");
        yield_!();
        notes.add("next batch");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(other(notes.clone()));
    event_loop.run_until_complete(awaited()).unwrap();
    assert_eq!(notes.text(), "same batch");
}
