//! Follows standard input, and prints the lines that contain a word: receivers, as in Beazley's course on coroutines.
//!
//! ```text
//! $ printf 'a python\nno match\na yellow python\n' | cargo run -q --example pipeline -- python yellow
//! python: a python
//! python: a yellow python
//! yellow: a yellow python
//! ```
//!
//! `tail -f log | cargo run -q --example pipeline -- error` goes on for as long as the log does.
//!
//! A generator is *pulled*: the code that needs a value asks it for one. A receiver is *pushed*: the code that has a value sends
//! it. Here `follow` pushes lines into `broadcast`, which pushes them into some `grep`s, and each of these into a `printer`. A
//! receiver must wait at its first `yield_!` before a value can be sent; that is why `#[loop_core::coroutine]` primes.

use std::env;
use std::io::{self, Write};

use loop_core::BoxGenerator;
use loop_core::prelude::*;

/// A receiver of lines.
type Target = BoxGenerator<'static, (), String>;

/// Prints what it receives. It ends when the reader of its output has gone, as with `| head -1`.
#[loop_core::coroutine(receives = String, boxed)]
fn printer(label: String) {
    loop {
        let line = yield_!();
        if writeln!(io::stdout(), "{label}: {line}").is_err() {
            return;
        }
    }
}

/// Passes on the lines that contain `word`.
#[loop_core::coroutine(receives = String, boxed)]
fn grep(word: String, mut target: Target) {
    loop {
        let line = yield_!();
        if line.contains(&word) && !sent(&mut target, line) {
            return;
        }
    }
}

/// Sends each line to all its targets, until there is none left.
#[loop_core::coroutine(receives = String, boxed)]
fn broadcast(mut targets: Vec<Target>) {
    while !targets.is_empty() {
        let line = yield_!();
        targets.retain_mut(|target| sent(target, line.clone()));
    }
}

/// Sends `line`, and says whether the target waits for more.
fn sent(target: &mut Target, line: String) -> bool {
    matches!(target.send(line), Ok(Some(())))
}

/// The source. Only this one waits for the outside world, so only this one is a coroutine of the event loop.
#[loop_core::coroutine]
fn follow(mut target: Target) -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        if !sent(&mut target, line) {
            break;
        }
    }
    Ok(())
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.is_empty() {
        return yield_!(Eprint("usage: pipeline WORD...\n".to_owned()));
    }
    let greps = words
        .into_iter()
        .map(|word| grep(word.clone(), printer(word)));
    yield_!(follow(broadcast(greps.collect())))
}
