//! Where and with what a run was made.

use std::fs;
use std::process::Command;

use crate::peers::{How, PEERS};

const LOCK: &str = include_str!("../Cargo.lock");

const NAMED: &[&str] = &[
    "tokio",
    "async-channel",
    "async-executor",
    "async-io",
    "async-lock",
    "futures",
    "futures-timer",
    "hyper",
    "local-sync",
    "monoio",
    "compio",
    "compio-runtime",
    "may",
    "fauxgen",
    "genawaiter",
    "corosensei",
    "shuttle",
];

pub(crate) fn lines() -> String {
    let versions: Vec<String> = NAMED.iter().filter_map(|name| locked(name)).collect();
    let place = [
        said("date", &["+%F"]),
        processor(),
        said("uname", &["-sr"]),
        said("rustc", &["--version"]),
    ];
    let place: Vec<String> = place.into_iter().flatten().collect();
    format!(
        "{}\n{}\n{}\n",
        place.join("; "),
        versions.join(", "),
        programs().join(", ")
    )
}

/// `name version`, as Cargo.lock has it.
fn locked(name: &str) -> Option<String> {
    let entry = LOCK
        .split("[[package]]")
        .find(|entry| entry.contains(&format!("name = \"{name}\"\n")))?;
    let version = entry
        .lines()
        .find_map(|line| line.strip_prefix("version = "))?;
    Some(format!("{name} {}", version.trim_matches('"')))
}

fn programs() -> Vec<String> {
    let mut told = Vec::new();
    for peer in PEERS {
        if let How::Script(script) = peer.how {
            told.push(match script.version() {
                Ok(version) => format!("{}: {version}", peer.name),
                Err(_) => format!("{}: missing", peer.name),
            });
        }
    }
    told
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Some(format!(
        "{} x {}",
        cores,
        model.trim_start_matches([' ', '\t', ':'])
    ))
}

fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
