//! The ordering rules of `EventLoop`, each with a test that breaks when the rule does.

use std::io;

use insta::assert_snapshot;
use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::trace::{EventKind, Recording, RequestKind};
use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
use loop_core::{SourceId, Time};
use tests::Notes;

use crate::ms;

#[loop_core::coroutine]
fn yields(n: usize) {
    for _ in 0..n {
        yield_!();
    }
}

#[loop_core::coroutine(lazy)]
fn says(word: &'static str, times: usize, notes: Notes) {
    for _ in 0..times {
        notes.add(word);
        yield_!();
    }
}

#[test]
fn the_ready_queue_is_first_in_first_out() {
    let notes = Notes::default();
    let mut event_loop = Sim::new().event_loop();
    for (word, times) in [("a", 3), ("b", 1), ("c", 2)] {
        event_loop.schedule(says(word, times, notes.clone()));
    }
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "a b c a c a");
}

#[loop_core::coroutine]
fn waits() {
    yield_!(Stdin).unwrap();
}

#[loop_core::coroutine]
fn naps(n: u64) {
    yield_!(Sleep(ms(n)));
}

#[test]
fn timers_come_before_input() {
    let mut event_loop = Sim::new().stdin(Input::new().at(ms(5), "x\n")).event_loop();
    event_loop.schedule(waits());
    event_loop.schedule(naps(5));
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r#"
    # steps  policy=fifo
    waits  primed  =>  stdin  park
    naps  primed  =>  sleep 5ms  park

    ~ +5ms  timer  wakes naps
    ~  stdin line "x"  wakes waits
    naps  slept  =>  finish
    waits  line "x"  =>  finish
    "#);
}

#[test]
fn due_timers_are_sorted_by_deadline_and_then_by_the_order_of_setting() {
    // All are due in one poll: the clock of this world goes further than it was asked to.
    let times = [3, 1, 2, 1, 3, 2];
    let mut event_loop = EventLoop::builder()
        .world(Late::default())
        .recorder(Recording::default())
        .build();
    for time in times {
        event_loop.schedule(naps(time));
    }
    event_loop.run().unwrap();
    assert_snapshot!(event_loop.trace(), @r"
    # steps  policy=fifo
    naps  primed  =>  sleep 3ms  park
    naps#2  primed  =>  sleep 1ms  park
    naps#3  primed  =>  sleep 2ms  park
    naps#4  primed  =>  sleep 1ms  park
    naps#5  primed  =>  sleep 3ms  park
    naps#6  primed  =>  sleep 2ms  park

    ~ +1s  timer  wakes naps#2, naps#4, naps#3, naps#6, naps, naps#5
    naps#2  slept  =>  finish
    naps#4  slept  =>  finish
    naps#3  slept  =>  finish
    naps#6  slept  =>  finish
    naps  slept  =>  finish
    naps#5  slept  =>  finish
    ");
}

/// A world whose every wait takes a second.
#[derive(Default)]
struct Late(Time);

impl World for Late {
    fn now(&self) -> Time {
        self.0
    }

    fn open(&mut self, _: SourceId, _: Source) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self, _: SourceId) {}

    fn attempt(&mut self, _: Op<'_>) -> Attempt {
        Attempt::WouldBlock
    }

    fn wait(&mut self, _: Until, _: &mut Vec<SourceId>) -> io::Result<Waited> {
        self.0 = self.0 + ms(1000);
        Ok(Waited::Polled)
    }

    fn is_watching(&self) -> bool {
        false
    }

    fn unwatch(&mut self, _: SourceId) {}
}

#[loop_core::coroutine]
fn reads(name: &'static str, notes: Notes) {
    while let Some(line) = yield_!(Stdin).unwrap() {
        notes.add(format!("{name}{line}"));
    }
}

#[test]
fn waiters_are_served_in_the_order_of_asking_one_item_each() {
    let notes = Notes::default();
    let input = Input::new()
        .at(ms(1), "1\n2\n3\n4\n5\n")
        .at(ms(2), "6\n")
        .at(ms(3), "7\n");
    let mut event_loop = Sim::new().stdin(input).event_loop();
    for name in ["a", "b", "c"] {
        event_loop.schedule(reads(name, notes.clone()));
    }
    event_loop.run().unwrap();
    // Three tasks get a line each and ask again. Two lines are left, so the third task waits, then the first …
    assert_eq!(notes.text(), "a1 b2 c3 a4 b5 c6 a7");
}

#[test]
fn a_later_request_never_overtakes() {
    #[loop_core::coroutine]
    fn late(notes: Notes) {
        yield_!(Sleep(ms(1)));
        yield_!(reads("late", notes));
    }
    let notes = Notes::default();
    let input = Input::new()
        .at(ms(2), "1\n")
        .at(ms(3), "2\n")
        .at(ms(4), "3\n");
    let mut event_loop = Sim::new().stdin(input).event_loop();
    event_loop.schedule(late(notes.clone()));
    event_loop.schedule(reads("early", notes.clone()));
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "early1 late2 early3");
}

#[test]
fn woken_tasks_join_the_queue_in_the_order_of_waking() {
    let mut event_loop = Sim::new()
        .stdin(Input::new().at(ms(5), "1\n2\n"))
        .event_loop();
    for _ in 0..2 {
        event_loop.schedule(waits());
        event_loop.schedule(naps(5));
    }
    event_loop.run().unwrap();
    let trace = event_loop.trace();
    let events = trace.events().iter();
    let woken: Vec<_> = events
        .clone()
        .filter_map(|event| match event.kind() {
            EventKind::Woken(request) => Some((event.task(), request == RequestKind::Sleep)),
            _ => None,
        })
        .collect();
    assert_eq!(
        woken.iter().map(|(_, timer)| *timer).collect::<Vec<_>>(),
        [true, true, false, false]
    );
    let ended = events.filter(|event| event.kind() == EventKind::Finished);
    assert_eq!(
        ended.map(|event| event.task()).collect::<Vec<_>>(),
        woken.iter().map(|(task, _)| *task).collect::<Vec<_>>()
    );
}

#[test]
fn a_task_that_is_always_ready_does_not_keep_input_out() {
    #[loop_core::coroutine]
    fn restless(notes: Notes) {
        for _ in 0..1000 {
            if notes.text().contains("input") {
                return;
            }
            yield_!();
        }
        panic!("input never came");
    }
    #[loop_core::coroutine]
    fn reader(notes: Notes) {
        yield_!(Stdin).unwrap();
        notes.add("input");
    }
    let notes = Notes::default();
    let mut event_loop = Sim::new().stdin("x\n").event_loop();
    event_loop.schedule(restless(notes.clone()));
    event_loop.schedule(reader(notes));
    event_loop.run().unwrap();
}

#[test]
fn a_request_for_bytes_does_not_take_what_an_earlier_one_needs_for_a_line() {
    #[loop_core::coroutine]
    fn wants_bytes(notes: Notes) {
        yield_!(Sleep(ms(2)));
        let bytes = yield_!(StdinBytes).unwrap().unwrap();
        notes.add(format!("bytes:{}", bytes.escape_ascii()));
    }
    let notes = Notes::default();
    let input = Input::new().at(ms(1), "be").at(ms(3), "gun\nrest");
    let mut event_loop = Sim::new().stdin(input).event_loop();
    event_loop.schedule(reads("line:", notes.clone()));
    event_loop.schedule(wants_bytes(notes.clone()));
    event_loop.run().unwrap();
    assert_eq!(notes.text(), "line:begun bytes:rest");
}

/// A world that notes what is written and when the loop waits.
#[derive(Default)]
struct Observed {
    notes: Notes,
    now: Time,
    stdout: Option<SourceId>,
}

impl World for Observed {
    fn now(&self) -> Time {
        self.now
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        if what == Source::Stdout {
            self.stdout = Some(source);
        }
        Ok(())
    }

    fn close(&mut self, _: SourceId) {}

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        match op {
            Op::Write(source, bytes) => {
                let stream = match self.stdout == Some(source) {
                    true => "stdout",
                    false => "stderr",
                };
                let text = String::from_utf8_lossy(bytes);
                self.notes.add(format!("{stream}:{text}"));
                Attempt::Done(Ok(bytes.len()))
            }
            _ => Attempt::WouldBlock,
        }
    }

    fn wait(&mut self, until: Until, _: &mut Vec<SourceId>) -> io::Result<Waited> {
        if let Until::At(time) = until {
            self.notes.add("wait");
            self.now = time;
        }
        Ok(Waited::Polled)
    }

    fn is_watching(&self) -> bool {
        false
    }

    fn unwatch(&mut self, _: SourceId) {}
}

#[test]
fn what_was_printed_is_written_in_one_piece_before_the_loop_blocks_and_at_its_end() {
    #[loop_core::coroutine]
    fn prints() {
        yield_!(Print("a")).unwrap();
        yield_!(Eprint("b")).unwrap();
        yield_!(Print("c")).unwrap();
        yield_!(Sleep(ms(1)));
        yield_!(Print("d")).unwrap();
        yield_!(Eprint("e")).unwrap();
    }
    let notes = Notes::default();
    let world = Observed {
        notes: notes.clone(),
        ..Observed::default()
    };
    let mut event_loop = EventLoop::builder().world(world).build();
    event_loop.run_until_complete(prints()).unwrap();
    assert_eq!(notes.text(), "stdout:ac stderr:b wait stdout:d stderr:e");
}
