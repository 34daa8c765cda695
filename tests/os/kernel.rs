//! How the kernel treats streams that block: text reaches its reader in time, and no run forgets a waiting task.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
use loop_core::{Error, SourceId, Time};

use crate::helper::{Helper, eventually, numbered};
use crate::streams;

/// A task that is parked on a full pipe when a run ends goes on in the next run.
#[test]
fn who_waits_for_room_when_a_run_ends_is_woken_in_the_next_one() {
    let (stdout, reader) = streams::pipe();
    let running = Helper::new(&["flood-in-two-runs", "20000"])
        .stdout(stdout)
        .start();
    // The first run naps for 50 ms. After that it only waits for its last text to be read.
    running.wait_until_parked_for(Duration::from_millis(200), "the first run waits");
    let printed = io::read_to_string(std::fs::File::from(reader)).unwrap();
    let ended = running.end();
    assert!(ended.status.success(), "{ended:?}");
    assert!(printed == numbered(20_000), "{} bytes", printed.len());
}

/// Like ticks beside a long computation that yields.
#[test]
fn what_is_printed_beside_a_busy_task_is_seen() {
    let running = Helper::new(&["busy"]).start();
    eventually("hello", || running.stdout.text() == "hello\n");
}

#[test]
fn a_program_that_cannot_even_complain_does_not_panic() {
    let stderr = streams::pipe_without_a_reader();
    let ended = Helper::new(&["complain"]).stderr(stderr).run();
    assert_eq!(ended.code(), Some(1));
}

/// Blocks once; Ctrl-C comes at the moment at which there is room again.
#[derive(Default)]
struct Interrupting {
    stdout: Option<SourceId>,
    watched: bool,
    waits: usize,
    written: Vec<u8>,
}

impl World for Interrupting {
    fn now(&self) -> Time {
        Time::ZERO
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
            Op::Write(_, _) if self.waits == 0 => {
                self.watched = true;
                Attempt::WouldBlock
            }
            Op::Write(_, bytes) => {
                self.written.extend_from_slice(bytes);
                Attempt::Done(Ok(bytes.len()))
            }
            _ => Attempt::Done(Ok(0)),
        }
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        if until == Until::Now {
            return Ok(Waited::Polled);
        }
        if !std::mem::take(&mut self.watched) {
            return Err(io::Error::other("it would wait for ever"));
        }
        self.waits += 1;
        sources.extend(self.stdout);
        Ok(Waited::Interrupted)
    }

    fn is_watching(&self) -> bool {
        self.watched
    }

    fn unwatch(&mut self, _: SourceId) {
        self.watched = false;
    }
}

#[loop_core::coroutine(lazy)]
fn text(text: &'static str) -> io::Result<()> {
    yield_!(Print(text))
}

/// A world no longer watches the sources that it names, whether the wait was interrupted or not.
#[test]
fn sources_named_with_an_interrupt_are_not_forgotten() {
    let builder = EventLoop::builder().world(Interrupting::default());
    let mut event_loop = builder.build();
    let first = event_loop.run_until_complete(text("one\n"));
    assert!(matches!(first, Err(Error::Interrupted)), "{first:?}");
    event_loop
        .run_until_complete(text("two\n"))
        .unwrap()
        .unwrap();
    assert_eq!(event_loop.world().written, b"one\ntwo\n");
}
