//! One measurement: a child process that answers one question, and its answer.

use std::io::{self, Read};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use crate::child::start;
use crate::clock::Sample;
use crate::feed;
use crate::kind::{Kind, Load};
use crate::network;
use crate::peers::Peer;
use crate::pin::Cores;

/// No measurement takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks `peer`; an error is the reason why it gave no answer.
pub(crate) fn measure(
    peer: &Peer,
    kind: Kind,
    load: Load,
    cores: Option<&Cores>,
) -> Result<Sample, String> {
    let sample = match kind {
        Kind::Cold => cold_start(peer, load, cores),
        _ if kind.is_served() => network::measure(peer, kind, load, cores),
        _ => in_child(peer, kind, load, cores),
    }?;
    if sample.0.is_empty() {
        return Err("it ended without an answer".to_owned());
    }
    Ok(if kind == Kind::Schedules {
        with_rate(sample)
    } else {
        sample
    })
}

fn with_rate(sample: Sample) -> Sample {
    let rate = sample.get("ns").map_or(0.0, |ns| 1e9 / ns);
    sample.with("runs/s", rate)
}

fn in_child(peer: &Peer, kind: Kind, load: Load, cores: Option<&Cores>) -> Result<Sample, String> {
    let mut child = start(peer, kind, load, cores)?;
    let feeding = kind
        .reads_lines()
        .then(|| feed::Feeding::start(&mut child, load.n));
    let outcome = finish(&mut child);
    if let Some(feeding) = feeding {
        let fed = feeding.finish();
        outcome.as_ref().map_err(String::clone)?;
        fed?;
    }
    outcome.map(|text| Sample::from_lines(&text))
}

/// Waits for the child's end; its standard error, or why it failed.
fn finish(child: &mut Child) -> Result<String, String> {
    let status = wait(child).map_err(|error| error.to_string())?;
    let mut text = String::new();
    let stderr = child.stderr.as_mut().expect("standard error is a pipe");
    stderr
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    match status {
        Some(status) if status.success() => Ok(text),
        Some(status) => Err(format!("{status}: {}", complaint(&text))),
        None => Err(format!("no answer within {PATIENCE:?}")),
    }
}

/// The line of a panic or a traceback that says most.
fn complaint(text: &str) -> String {
    let mut told = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("note: "));
    told.next_back().unwrap_or("no word").trim().to_owned()
}

fn wait(child: &mut Child) -> io::Result<Option<std::process::ExitStatus>> {
    let patience = Instant::now() + PATIENCE;
    while Instant::now() < patience {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(1));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// The median over `load.n` starts of the time from `spawn` to the first line of output.
fn cold_start(peer: &Peer, load: Load, cores: Option<&Cores>) -> Result<Sample, String> {
    let starts: Result<Vec<f64>, String> = (0..load.n).map(|_| first_answer(peer, cores)).collect();
    Ok(Sample::default().with("ms", crate::stats::median(&starts?)))
}

fn first_answer(peer: &Peer, cores: Option<&Cores>) -> Result<f64, String> {
    let begun = Instant::now();
    let mut child = start(peer, Kind::Cold, Load { n: 1, width: 1 }, cores)?;
    let answered = feed::one_line(&mut child).map_err(|error| error.to_string());
    let spent = begun.elapsed();
    finish(&mut child)?;
    answered.map(|()| spent.as_secs_f64() * 1e3)
}
