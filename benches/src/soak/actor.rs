//! The coroutines of a random program: they do what it says, and write it into the book.

use std::collections::VecDeque;
use std::io::Write;
use std::thread;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Error, Time};

use super::book::{Bomb, Book, Counted, Ended, err_of};
use super::program::{Act, End, Program};
use super::receipt::{STDERR, STDOUT};

/// A coroutine that does what the program says.
pub(crate) fn start(program: Program, book: &Book) -> Coroutine<Ended> {
    match program.lazy {
        true => lazy(program, book.clone()),
        false => book.prime(|| primed(program, book.clone())),
    }
}

/// What a coroutine holds in its hands until it ends.
#[derive(Default)]
struct Hands {
    children: VecDeque<(u32, Handle<Ended>)>,
    values: Vec<Counted>,
    bombs: Vec<Bomb>,
    unused: Vec<Coroutine<Ended>>,
}

const LONG: Duration = Duration::from_secs(24 * 3600);

fn micros(n: u32) -> Duration {
    Duration::from_micros(n.into())
}

// The same body twice: what a coroutine does before its first yield it does when it is called, or in its first turn.
macro_rules! actor {
    ($name:ident, $attribute:meta) => {
        #[$attribute]
        fn $name(program: Program, book: Book) -> Ended {
            let Program { id, acts, end, .. } = program;
            let _life = book.life(id);
            let mut hands = Hands::default();
            let mut heard = String::new();
            let mut now = Time::ZERO;
            for (place, act) in acts.into_iter().enumerate() {
                match act {
                    Act::Now(times) => {
                        for _ in 0..times {
                            book.asks("yield");
                            yield_!();
                        }
                    }
                    Act::Clock(times) => {
                        for _ in 0..times {
                            book.asks("clock");
                            now = book.later(now, yield_!(Clock));
                        }
                    }
                    Act::Sleep(time) => {
                        book.asks("sleep");
                        let before = yield_!(Clock);
                        yield_!(Sleep(micros(time)));
                        now = book.later(before + micros(time), yield_!(Clock));
                    }
                    Act::Until(time) => {
                        book.asks("sleep until");
                        let until = Time::ZERO + micros(time);
                        yield_!(SleepUntil(until));
                        now = book.later(until, yield_!(Clock));
                    }
                    Act::Print(padding) => {
                        book.asks("print");
                        let text = line(id, place, &heard, padding);
                        let print = book.prints(STDOUT, id, &text);
                        book.printed(STDOUT, print, yield_!(Print(text)));
                    }
                    Act::Eprint(padding) => {
                        book.asks("eprint");
                        let text = line(id, place, &heard, padding);
                        let print = book.prints(STDERR, id, &text);
                        book.printed(STDERR, print, yield_!(Eprint(text)));
                    }
                    Act::Line => {
                        book.asks("line");
                        let line = book.line(yield_!(Stdin));
                        heard = line.unwrap_or_else(|| "end".to_owned());
                    }
                    Act::Bytes => {
                        book.asks("bytes");
                        book.bytes(yield_!(StdinBytes));
                    }
                    Act::Value => hands.values.push(book.value(id)),
                    Act::Bomb => {
                        let bomb = format!("bomb {id}.{place}");
                        hands.bombs.push(Bomb(bomb, book.clone()));
                    }
                    Act::Chain(program) => {
                        book.asks("chain");
                        let of = program.id;
                        let ended = yield_!(start(program, &book));
                        book.returned(of, ended, false);
                    }
                    Act::Spawn(program) => {
                        book.asks("spawn");
                        book.scheduled();
                        let of = program.id;
                        let handle = yield_!(Spawn(start(program, &book)));
                        hands.children.push_back((of, handle));
                    }
                    Act::Named(program) => {
                        book.asks("spawn named");
                        book.scheduled();
                        let of = program.id;
                        let spawn = Spawn(start(program, &book)).named("worker");
                        hands.children.push_back((of, yield_!(spawn)));
                    }
                    Act::Detach(program) => {
                        book.asks("detach");
                        book.scheduled();
                        yield_!(Spawn(start(program, &book))).detach();
                    }
                    Act::Race(program, yields) => {
                        book.asks("race");
                        book.scheduled();
                        let of = program.id;
                        let rival = yield_!(Spawn(start(program, &book)));
                        for _ in 0..yields {
                            yield_!();
                        }
                        book.cancelled(of, yield_!(Cancel(rival)));
                    }
                    Act::Unused(program, is_kept) => {
                        book.asks("unused coroutine");
                        let unused = start(program, &book);
                        if is_kept {
                            hands.unused.push(unused);
                        }
                    }
                    Act::Join => {
                        if let Some((of, child)) = hands.children.pop_front() {
                            book.asks("join");
                            book.joined(of, yield_!(child));
                        }
                    }
                    Act::Cancel => {
                        if let Some((of, child)) = hands.children.pop_front() {
                            book.asks("cancel");
                            book.cancelled(of, yield_!(Cancel(child)));
                        }
                    }
                    Act::Drop => {
                        if hands.children.pop_front().is_some() {
                            book.asks("drop a handle");
                        }
                    }
                    Act::Deep(depth) => {
                        book.asks("deep chain");
                        let found = yield_!(deep(depth));
                        if found != depth {
                            book.wrong(format!("a chain of {depth} returned {found}"));
                        }
                    }
                    Act::Stop => {
                        book.asks("stop");
                        // From here on a loop runs, and it is this run that is stopped.
                        now = book.later(now, yield_!(Clock));
                        book.stops();
                        yield_!(Stop);
                    }
                    Act::Exit(status) => {
                        book.asks("exit");
                        now = book.later(now, yield_!(Clock));
                        book.stops();
                        yield_!(Exit(status.into()));
                    }
                    Act::Nest => {
                        book.asks("nested loop");
                        let run = Sim::new().unrecorded().run();
                        if matches!(run, Err(Error::Nested)) != book.is_running() {
                            book.wrong(format!("a nested loop: {run:?}"));
                        }
                    }
                    Act::Hang => {
                        book.asks("sleep");
                        yield_!(Sleep(LONG));
                    }
                    Act::Stuck => loop {
                        mark("stuck");
                        thread::sleep(Duration::from_millis(100));
                    },
                    Act::Flood => {
                        for place in place.. {
                            let text = line(id, place, &heard, 1000);
                            let print = book.prints(STDOUT, id, &text);
                            book.printed(STDOUT, print, yield_!(Print(text)));
                        }
                    }
                }
            }
            if end != End::Panic {
                // If one of these panics, that is how the task ends. (Behind the value, the compiler would leak the value.)
                drop(hands);
            }
            match end {
                End::Return => Ok(book.value(id)),
                End::Err => {
                    if program.is_task {
                        book.fails(&err_of(id));
                    }
                    Err(err_of(id))
                }
                End::Panic => book.fail(format!("boom {id}")),
            }
        }
    };
}

actor!(primed, loop_core::coroutine);
actor!(lazy, loop_core::coroutine(lazy));

/// Each line that is printed is another one.
fn line(id: u32, place: usize, heard: &str, padding: u32) -> String {
    let padding = "x".repeat(padding as usize);
    format!("{id}.{place} {heard} {padding}\n")
}

#[loop_core::coroutine(lazy)]
fn deep(depth: u32) -> u32 {
    match depth {
        0 => {
            yield_!();
            0
        }
        _ => yield_!(deep(depth - 1)) + 1,
    }
}

/// Reads what is left. Others may have seen the end already, and what was read before it may have been given back since.
#[loop_core::coroutine(lazy)]
pub(crate) fn rest(book: Book) {
    loop {
        book.asks("line");
        if book.line(yield_!(Stdin)).is_none() {
            break;
        }
    }
}

/// What begins a line of a child process for its parent. Nothing else contains it.
pub(crate) const MARK: char = '\u{2}';

/// A word for the parent, past the loop.
pub(crate) fn mark(word: &str) {
    // A parent that has gone has no use for it.
    let _ = std::io::stderr()
        .lock()
        .write_all(format!("{MARK}{word}\n").as_bytes());
}

/// Says that the run has begun.
#[loop_core::coroutine(lazy)]
pub(crate) fn announce() {
    mark("begun");
}
