//! Slow turns: timers are not late by many of them, and what was printed is seen.

use std::cell::Cell;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use loop_core::prelude::*;

use crate::helper::{Captured, Helper, eventually};
use crate::streams;

/// How long a slow turn takes.
const WORK: Duration = Duration::from_millis(5);

#[loop_core::coroutine(lazy)]
fn work(turns: u32, done: Rc<Cell<u32>>) {
    for _ in 0..turns {
        yield_!();
        thread::sleep(WORK);
        done.set(done.get() + 1);
    }
}

#[loop_core::coroutine(lazy)]
fn nap(time: Duration) {
    yield_!(Sleep(time));
}

/// How many turns these tasks have had when a timer of two turns has woken its task.
fn turns_until_woken(tasks: u32, turns: u32) -> u32 {
    let done = Rc::new(Cell::new(0));
    let mut event_loop = EventLoop::builder().no_slow_steps().build();
    for _ in 0..tasks {
        event_loop.schedule(work(turns, Rc::clone(&done)));
    }
    event_loop.run_until_complete(nap(2 * WORK)).unwrap();
    done.get()
}

/// Who is woken has its turn behind those that are ready.
#[test]
fn a_timer_beside_slow_turns_is_late_by_a_batch_at_most() {
    let turns = turns_until_woken(4, 200);
    assert!(turns <= 12, "{turns} turns");
}

/// A run ends with its batch: nobody else has a turn once the awaited task has had its own.
#[test]
fn a_timer_beside_one_slow_task_is_late_by_a_turn_or_two() {
    let turns = turns_until_woken(1, 200);
    assert!(turns <= 6, "{turns} turns");
}

#[test]
fn what_is_printed_in_slow_turns_is_seen_as_it_comes() {
    let running = Helper::new(&["progress"]).start();
    eventually("5 done", || running.stdout.text().contains("5 done\n"));
}

/// Nothing is gathered for a person.
#[test]
fn a_terminal_shows_each_line_at_once() {
    let (person, program) = streams::terminal();
    let screen = Captured::new(Some(person));
    let _running = Helper::new(&["stuck"]).stdout(program).start();
    eventually("line 3", || screen.text().contains("line 3"));
}
