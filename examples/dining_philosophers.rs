//! Five philosophers and five forks, of which each needs two: a deadlock, and the report of it.
//!
//! ```text
//! $ cargo run -q --example dining_philosophers
//! Error: deadlock: every task is parked and nothing outside can wake one
//!   dinner waits for the end of Plato, in `dinner` (examples/dining_philosophers.rs:53)
//!   Plato waits to acquire lock 2, which Confucius has, in `philosopher` (examples/dining_philosophers.rs:43)
//!   Confucius waits to acquire lock 3, which Socrates has, in `philosopher` (examples/dining_philosophers.rs:43)
//!   Socrates waits to acquire lock 4, which Voltaire has, in `philosopher` (examples/dining_philosophers.rs:43)
//!   Voltaire waits to acquire lock 5, which Descartes has, in `philosopher` (examples/dining_philosophers.rs:43)
//!   Descartes waits to acquire lock 1, which Plato has, in `philosopher` (examples/dining_philosophers.rs:43)
//!   cycle: Plato -> Confucius -> Socrates -> Voltaire -> Descartes -> Plato
//! ```
//!
//! The loop finds the cycle at once, whatever the other tasks do. The run ends with an error, which `loop_core::report` writes to
//! standard error, and with status 1.
//!
//! With `-- --fixed`, all take the fork with the smaller number first. Then no cycle can come about, and the status is 0:
//!
//! ```text
//! $ cargo run -q --example dining_philosophers -- --fixed
//! Voltaire eats
//! Socrates eats
//! Confucius eats
//! Plato eats
//! Descartes eats
//! all have eaten
//! ```

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use loop_core::prelude::*;
use loop_core::sync::Lock;

const NAMES: [&str; 5] = ["Plato", "Confucius", "Socrates", "Voltaire", "Descartes"];

/// A fork, which counts the meals for which it was used.
type Fork = Lock<u32>;

#[loop_core::coroutine]
fn philosopher(name: &'static str, first: Fork, second: Fork) -> io::Result<()> {
    let mut first = yield_!(first.acquire());
    let mut second = yield_!(second.acquire());
    *first += 1;
    *second += 1;
    yield_!(Println(format!("{name} eats")))
    // Here the guards are dropped, which puts the forks back.
}

#[loop_core::coroutine]
fn dinner(fixed: bool) -> io::Result<()> {
    let forks: Vec<Fork> = NAMES.iter().map(|_| Lock::new(0)).collect();
    let mut tasks = Vec::new();
    for (left, name) in NAMES.into_iter().enumerate() {
        let right = (left + 1) % NAMES.len();
        // The remedy: all take the fork with the smaller number first. Then no circle of tasks can wait for each other.
        let (first, second) = match fixed {
            true => (left.min(right), left.max(right)),
            false => (left, right),
        };
        let philosopher = philosopher(name, forks[first].clone(), forks[second].clone());
        tasks.push(yield_!(Spawn(philosopher).named(name)));
    }
    for task in tasks {
        yield_!(task.flatten())?;
    }
    yield_!(Println("all have eaten"))
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let fixed = match &arguments[..] {
        [] => false,
        [word] if word == "--fixed" => true,
        _ => {
            let _ = writeln!(io::stderr(), "usage: dining_philosophers [--fixed]");
            return ExitCode::from(2);
        }
    };
    // Of a deadlock it writes the report to standard error, and the status is 1.
    loop_core::report(EventLoop::new().run_until_complete(dinner(fixed)))
}
