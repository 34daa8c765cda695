//! One event loop per core: a loop and its coroutines stay on one thread, so a program that computes on all cores has many loops.
//!
//! ```text
//! $ cargo run -q --example many_loops
//! 2262 primes below 20000
//! 4203 primes below 40000
//! 6057 primes below 60000
//! 7837 primes below 80000
//! 9592 primes below 100000
//! ```
//!
//! The loop of `main` has one task for each of the others. The tasks share a channel with the portions of the work, so a loop gets
//! the next portion as soon as it is done with the last one. Which loop that is depends on the threads; what is printed does not.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use loop_core::prelude::*;
use loop_core::sync::channel::{Receiver, UnboundedSender, unbounded};
use loop_core::{Remote, TaskError};

const PORTION: u64 = 2_000;
const PORTIONS: u64 = 50;
/// A line is printed after so many portions.
const REPORT: u64 = 10;

/// Runs on the other loops. It lets other coroutines run now and then, so that the loop can be asked for something else meanwhile.
#[loop_core::coroutine(lazy)]
fn count_primes(numbers: Range<u64>) -> u64 {
    let mut primes = 0;
    for number in numbers {
        primes += u64::from(is_prime(number));
        if number % 100 == 0 {
            yield_!();
        }
    }
    primes
}

fn is_prime(number: u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    number > 1 && divisors.all(|divisor| !number.is_multiple_of(divisor))
}

/// What the channel to `print_in_order` carries: the number of a portion, and how many primes are in it.
type Answer = (u64, u64);

/// Gives portions to one other loop, until there is none left. A failure over there is its own.
#[loop_core::coroutine]
fn feed(
    other: Remote,
    portions: Receiver<u64>,
    answers: UnboundedSender<Answer>,
) -> Result<(), TaskError> {
    while let Some(portion) = yield_!(portions.recv()) {
        let numbers = portion * PORTION..(portion + 1) * PORTION;
        let primes = yield_!(Await(other.call(move || count_primes(numbers))))?;
        if answers.send((portion, primes)).is_err() {
            break; // nobody wants to know any more
        }
    }
    Ok(())
}

/// Keeps the answers that come too early.
#[loop_core::coroutine]
fn print_in_order(answers: Receiver<Answer>) -> io::Result<()> {
    let mut early = BTreeMap::new();
    let (mut next, mut primes) = (0, 0);
    while let Some((portion, counted)) = yield_!(answers.recv()) {
        early.insert(portion, counted);
        while let Some(counted) = early.remove(&next) {
            next += 1;
            primes += counted;
            if next % REPORT == 0 {
                let below = next * PORTION;
                yield_!(Println(format!("{primes} primes below {below}")))?;
            }
        }
    }
    Ok(())
}

/// Loops on threads of their own. Dropping it stops them, also when the program is interrupted.
struct OtherLoops {
    remotes: Vec<Remote>,
    threads: Vec<JoinHandle<()>>,
}

impl OtherLoops {
    fn start(count: usize) -> OtherLoops {
        let (sender, remotes) = mpsc::channel();
        let start = |_| {
            let sender = sender.clone();
            thread::spawn(move || serve(sender))
        };
        OtherLoops {
            threads: (0..count).map(start).collect(),
            remotes: remotes.iter().take(count).collect(),
        }
    }
}

/// Runs a loop on the present thread until its remote stops it.
fn serve(remotes: mpsc::Sender<Remote>) {
    let mut event_loop = EventLoop::new();
    let sent = remotes.send(event_loop.remote());
    sent.expect("the other thread waits for it");
    if let Err(error) = event_loop.run_forever() {
        eprintln!("many_loops: {error}");
    }
}

impl Drop for OtherLoops {
    fn drop(&mut self) {
        self.remotes.iter().for_each(Remote::stop);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let others = OtherLoops::start(cores);
    let (sender, portions) = unbounded();
    for portion in 0..PORTIONS {
        sender.send(portion).map_err(io::Error::other)?;
    }
    drop(sender); // no more is to come
    let (answers, receiver) = unbounded();
    let printer = yield_!(Spawn(print_in_order(receiver)));
    let feed = |other: &Remote| feed(other.clone(), portions.clone(), answers.clone());
    let feeders: Vec<_> = others.remotes.iter().map(feed).collect();
    drop(answers); // the feeders have their own
    yield_!(TryAll(feeders)).map_err(io::Error::other)?;
    yield_!(printer.flatten())
}
