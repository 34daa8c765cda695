//! Runs begin, stop, go on, and must not nest.

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Error, Stopper};
use tests::Notes;

use crate::ms;

#[loop_core::coroutine]
fn counts(notes: Notes) {
    for n in 1.. {
        notes.add(n.to_string());
        yield_!();
    }
}

#[loop_core::coroutine]
fn answer() -> u32 {
    yield_!();
    42
}

#[test]
fn nothing_to_do_is_a_run_that_ends() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.run().unwrap();
    assert_eq!(event_loop.trace().to_string(), "# steps  policy=fifo\n");
}

#[test]
fn running_for_ever_ends_when_nothing_can_happen_any_more() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(answer());
    let error = event_loop.run_forever().unwrap_err();
    assert!(matches!(error, Error::Deadlock(_)), "{error}");
}

#[test]
fn a_stopper_that_is_used_while_the_loop_runs_ends_the_run() {
    #[loop_core::coroutine(lazy)]
    fn stops(stopper: Stopper, notes: Notes) {
        yield_!();
        stopper.clone().stop();
        notes.add("stopped");
        yield_!(Sleep(ms(1)));
        notes.add("later");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    let stopper = event_loop.stopper();
    event_loop.schedule(stops(stopper, notes.clone()));
    event_loop.run_forever().unwrap();
    assert_eq!(notes.text(), "stopped");
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "stopped later");
}

#[test]
fn a_loop_in_a_loop_is_refused_and_the_outer_one_goes_on() {
    #[loop_core::coroutine(lazy)]
    fn outer() -> (String, u32) {
        let error = Sim::new().run(answer()).into_result().unwrap_err();
        assert!(matches!(error, Error::Nested));
        let mut inner = Sim::new().event_loop();
        inner.schedule(answer());
        assert!(matches!(inner.run(), Err(Error::Nested)));
        assert!(matches!(inner.run_forever(), Err(Error::Nested)));
        (error.to_string(), yield_!(answer()))
    }
    let (error, value) = Sim::new().run(outer()).into_result().unwrap();
    assert_snapshot!(error, @"an event loop runs on this thread already: a coroutine cannot run another one; yield or Spawn the coroutine instead");
    assert_eq!(value, 42);
}

#[test]
fn a_loop_can_be_run_while_a_coroutine_is_primed_outside_of_any() {
    #[loop_core::coroutine]
    fn outer() -> u32 {
        Sim::new().run(answer()).into_result().unwrap()
    }
    assert_eq!(Sim::new().run(outer()).into_result().unwrap(), 42);
}

#[test]
fn two_loops_take_turns() {
    let notes = [Notes::default(), Notes::default()];
    let mut loops = [Sim::new().event_loop(), Sim::new().event_loop()];
    for (event_loop, notes) in loops.iter_mut().zip(&notes) {
        event_loop.schedule(counts(notes.clone()));
    }
    for _ in 0..3 {
        for event_loop in &mut loops {
            event_loop.stopper().stop();
            event_loop.run_forever().unwrap();
        }
    }
    assert_eq!(notes[0].text(), "1 2 3");
    assert_eq!(notes[1].text(), "1 2 3");
}

#[test]
fn loops_run_in_threads_of_their_own() {
    let threads: Vec<_> = (0..4)
        .map(|_| std::thread::spawn(|| Sim::new().run(answer()).into_result().unwrap()))
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 42);
    }
}

#[test]
fn stop_from_outside_runs_one_batch() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(counts(notes.clone()));
    event_loop.schedule(counts(notes.clone()));
    event_loop.stopper().stop();
    event_loop.run_forever().unwrap();
    assert_eq!(
        notes.text(),
        "1 1",
        "primed; the batch handled their first requests"
    );
    event_loop.stopper().stop();
    event_loop.run_forever().unwrap();
    assert_eq!(notes.text(), "1 1 2 2");
}

#[loop_core::coroutine]
fn stops(notes: Notes) {
    yield_!(Sleep(ms(5)));
    yield_!(Stop);
    yield_!(); // the turn is over
    notes.add("again");
}

#[test]
fn stop_from_inside_leaves_everybody_where_they_are() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(stops(notes.clone()));
    event_loop.run_forever().unwrap();
    assert_eq!(notes.text(), "");
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "again");
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    stops  primed  =>  sleep 5ms  park

    ~ +5ms  timer  wakes stops
    stops  slept  =>  stop
    stops  ok  =>  now
    stops  ok  =>  finish
    ");
}

#[test]
fn a_stopped_run_until_complete_has_no_value() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    let error = event_loop
        .run_until_complete(stops(notes.clone()))
        .unwrap_err();
    assert!(matches!(error, Error::Stopped));
    assert_eq!(
        error.to_string(),
        "the loop was stopped before the coroutine ended"
    );
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "again");
}

#[test]
fn run_until_complete_leaves_the_others_where_they_are() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(counts(notes.clone()));
    assert_eq!(event_loop.run_until_complete(answer()).unwrap(), 42);
    assert_eq!(notes.text(), "1 2", "one step each, and the end");
    assert_eq!(event_loop.run_until_complete(answer()).unwrap(), 42);
    assert_eq!(notes.text(), "1 2 3 4");
}

#[test]
fn a_loop_can_be_run_again_and_be_given_more() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.run_until_complete(answer()).unwrap();
    event_loop.schedule(answer());
    event_loop.run().unwrap();
    event_loop.schedule(answer());
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    answer  primed  =>  now
    answer  ok  =>  finish 42
    answer#2  primed  =>  now
    answer#2  ok  =>  finish 42
    answer#3  primed  =>  now
    answer#3  ok  =>  finish 42
    ");
}

#[test]
fn output_is_written_when_a_run_stops() {
    #[loop_core::coroutine]
    fn prints() {
        yield_!(Print("before")).unwrap();
        yield_!(Stop);
        yield_!(); // the turn is over
        yield_!(Print("after")).unwrap();
    }
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(prints());
    event_loop.run_forever().unwrap();
    assert_eq!(event_loop.world().stdout(), b"before");
    event_loop.run().unwrap();
    assert_eq!(event_loop.world().stdout(), b"beforeafter");
}

#[test]
fn the_views_can_be_read_while_tasks_are_left() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.schedule(counts(Notes::default()));
    event_loop.stopper().stop();
    event_loop.run_forever().unwrap();
    assert_snapshot!(event_loop.trace().per_task(), @r"
    # per task

    counts
      primed  =>  now
    ");
    assert!(format!("{event_loop:?}").contains("unfinished: 1"));
}

#[test]
fn a_stop_is_used_up_by_the_next_run_though_it_has_nothing_to_do() {
    let mut event_loop = Sim::new().event_loop();
    event_loop.stopper().stop();
    event_loop.run().unwrap();
    let notes = Notes::default();
    #[loop_core::coroutine]
    fn works(notes: Notes) {
        yield_!();
        yield_!();
        notes.add("done");
    }
    event_loop.schedule(works(notes.clone()));
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "done");
}
