//! loop-core side by side with its peers: `cargo run --release --manifest-path benches/Cargo.toml -- all`.
//!
//! The map: `main` reads the command line (`args`) and starts a `run`, which takes its questions from `plan` and puts
//! each to every one of `peers`, `ours` among them. A `measure`ment is a child process of this same program (or a script) on a core of
//! its own (`pin`), fed through pipes where it reads lines (`feed`), timed by its own `clock`; a server is measured from outside (`network`). What comes back
//! becomes `stats`, and these a `table`, `json`, the `growth` tables and their `plot`. The `soak` test measures nothing: it looks
//! for defects.

mod args;
mod async_sync;
mod async_workloads;
mod bodies;
mod child;
mod clock;
mod feed;
mod growth;
mod instructions;
mod json;
mod kind;
mod measure;
mod network;
mod ours;
mod peers;
mod pin;
mod plan;
mod plot;
mod run;
mod serving;
mod soak;
mod stats;
mod table;
mod versions;

use std::process::ExitCode;

use args::{Args, USAGE};
use kind::{Kind, Load};
use peers::How;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == child::CHILD) {
        return child(&words.split_off(1));
    }
    if let [word, seed] = words.as_slice()
        && word == soak::CHILD
        && let Ok(seed) = seed.parse()
    {
        return soak::child(seed);
    }
    match Args::parse(words.into_iter()) {
        Ok(args) => parent(args),
        Err(complaint) => {
            eprintln!("{complaint}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parent(args: Args) -> ExitCode {
    println!("{}", versions::lines());
    // First, while this process still has all cores.
    let is_well = args.soak().is_none_or(soak::Soak::run);
    match run::Run::new(args).whole() {
        Ok(ours_work) if ours_work && is_well => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// `child <peer> <kind> <n> <width>`: answers one question, on standard error.
fn child(words: &[String]) -> ExitCode {
    let Some((bench, load)) = question(words) else {
        eprintln!("not a question: {words:?}");
        return ExitCode::from(2);
    };
    bench(load).report_and_exit()
}

fn question(words: &[String]) -> Option<(kind::Bench, Load)> {
    let [peer, kind, n, width] = words else {
        return None;
    };
    let How::Inside(bench) = peers::find(peer)?.how else {
        return None;
    };
    Some((
        bench(Kind::parse(kind)?)?,
        Load {
            n: n.parse().ok()?,
            width: width.parse().ok()?,
        },
    ))
}
