//! One of several tasks that wait for the same object is cancelled: the others keep their places and lose nothing.

use std::collections::VecDeque;
use std::io;

use loop_core::prelude::*;
use loop_core::sim::{Input, Sim};
use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
use loop_core::{Cancel, EventLoop, SourceId, Time};
use tests::Notes;

use crate::cancel::outcome;
use crate::ms;

/// Reads one line.
#[loop_core::coroutine]
fn reads(name: &'static str, notes: Notes) -> u32 {
    let line = yield_!(Stdin).unwrap().unwrap_or_default();
    notes.add(format!("{name}{line}"));
    7
}

/// Three readers wait in a row, and the one in this place is cancelled.
fn readers_without(place: usize) -> String {
    #[loop_core::coroutine]
    fn parent(place: usize, notes: Notes) {
        let mut handles = Vec::new();
        for name in ["a", "b", "c"] {
            handles.push(yield_!(Spawn(reads(name, notes.clone()))));
        }
        yield_!(Sleep(ms(1)));
        let cancelled = handles.remove(place);
        assert_eq!(outcome(&yield_!(Cancel(cancelled))), "cancelled");
        handles.push(yield_!(Spawn(reads("d", notes.clone()))));
        for handle in handles {
            yield_!(handle).unwrap();
        }
    }
    let notes = Notes::default();
    let input = Input::new().at(ms(5), "1\n2\n").at(ms(6), "3\n");
    let run = Sim::new().stdin(input).run(parent(place, notes.clone()));
    run.into_result().unwrap();
    notes.text()
}

#[test]
fn the_first_the_middle_or_the_last_of_those_who_wait_for_one_thing() {
    assert_eq!(readers_without(0), "b1 c2 d3");
    assert_eq!(readers_without(1), "a1 c2 d3");
    assert_eq!(readers_without(2), "a1 b2 d3");
}

#[test]
fn the_line_that_was_on_its_way_to_a_cancelled_task_goes_to_the_next() {
    #[loop_core::coroutine]
    fn parent(notes: Notes) {
        let reading = yield_!(Spawn(reads("cancelled", notes.clone())));
        // Timers come before input: the reader has its line, but not yet its turn.
        yield_!(Sleep(ms(5)));
        assert_eq!(outcome(&yield_!(Cancel(reading))), "cancelled");
        yield_!(reads("next", notes.clone()));
        yield_!(reads("last", notes));
    }
    let notes = Notes::default();
    let input = Input::new().at(ms(5), "1\n2\n");
    let run = Sim::new().stdin(input).run(parent(notes.clone()));
    run.into_result().unwrap();
    assert_eq!(notes.text(), "next1 last2");
}

/// A world whose standard output takes nothing before a certain time.
struct Clogged {
    now: Time,
    opens_at: Time,
    stdout: Option<SourceId>,
    written: Notes,
}

impl World for Clogged {
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
            Op::Write(_, bytes) if self.now >= self.opens_at => {
                self.written.add(String::from_utf8_lossy(bytes));
                Attempt::Done(Ok(bytes.len()))
            }
            _ => Attempt::WouldBlock,
        }
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        match until {
            Until::At(time) => self.now = self.now.max(time.min(self.opens_at)),
            Until::Forever => self.now = self.now.max(self.opens_at),
            _ => {}
        }
        if self.now >= self.opens_at {
            sources.extend(self.stdout);
        }
        Ok(Waited::Polled)
    }

    fn is_watching(&self) -> bool {
        self.now < self.opens_at
    }

    fn unwatch(&mut self, _: SourceId) {}
}

#[test]
fn a_task_that_waits_for_room_on_output() {
    #[loop_core::coroutine]
    fn prints(text: String) -> u32 {
        yield_!(Print(text)).unwrap();
        7
    }
    #[loop_core::coroutine(lazy)]
    fn parent() -> String {
        // More than the loop keeps: the printing task waits until it is written.
        let mut handles = VecDeque::new();
        for text in ["x".repeat(100_000), "second".to_owned(), "third".to_owned()] {
            handles.push_back(yield_!(Spawn(prints(text))));
        }
        yield_!(Sleep(ms(1)));
        let second = handles.remove(1).unwrap();
        let second = outcome(&yield_!(Cancel(second)));
        for handle in handles {
            assert_eq!(yield_!(handle).unwrap(), 7);
        }
        second
    }
    let written = Notes::default();
    let world = Clogged {
        now: Time::ZERO,
        opens_at: Time::ZERO + ms(10),
        stdout: None,
        written: written.clone(),
    };
    let mut event_loop = EventLoop::builder().world(world).build();
    let answer = event_loop.run_until_complete(parent()).unwrap();
    assert_eq!(answer, "cancelled");
    assert!(written.text().ends_with("third"), "the others lose nothing");
}

/// A world whose standard output takes nothing, and says that it has succeeded.
struct TakesNothing;

impl World for TakesNothing {
    fn now(&self) -> Time {
        Time::ZERO
    }

    fn open(&mut self, _: SourceId, _: Source) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self, _: SourceId) {}

    fn attempt(&mut self, _: Op<'_>) -> Attempt {
        Attempt::Done(Ok(0))
    }

    fn wait(&mut self, _: Until, _: &mut Vec<SourceId>) -> io::Result<Waited> {
        Ok(Waited::Polled)
    }

    fn is_watching(&self) -> bool {
        false
    }

    fn unwatch(&mut self, _: SourceId) {}
}

#[test]
fn a_write_of_no_bytes_is_an_error_and_is_not_tried_for_ever() {
    #[loop_core::coroutine]
    fn prints() {
        let _ = yield_!(Print("lost".to_owned()));
    }
    let mut event_loop = EventLoop::builder().world(TakesNothing).build();
    let error = event_loop.run_until_complete(prints()).unwrap_err();
    let error = io::Error::from(error);
    assert_eq!(error.kind(), io::ErrorKind::WriteZero, "{error}");
}
