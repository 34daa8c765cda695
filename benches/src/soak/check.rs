//! What must hold after a run, in both worlds.

use std::collections::BTreeMap;

use super::actor::MARK;
use super::program::Script;
use super::receipt::{Printed, Receipt, STDERR, STDOUT, Told, Whom, hash};

/// How much of an output may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fidelity {
    Whole,
    /// Its reader went away: it is there up to some byte.
    Cut,
    /// Writing has failed in between.
    Torn,
}

struct Output<'a> {
    name: &'static str,
    bytes: &'a [u8],
    fidelity: Fidelity,
}

/// What is wrong with a run, if anything is.
pub(crate) fn check(
    mut receipt: Receipt,
    stdout: (&[u8], Fidelity),
    stderr: (&[u8], Fidelity),
    script: &Script,
) -> Result<(), String> {
    let dropped = reports(stderr.0, &mut receipt);
    if let Some(wrong) = receipt.wrong.first() {
        return Err(wrong.clone());
    }
    let stdout = Output {
        name: "standard output",
        bytes: stdout.0,
        fidelity: stdout.1,
    };
    let stderr = Output {
        name: "standard error",
        bytes: stderr.0,
        fidelity: stderr.1,
    };
    output(&stdout, &receipt.prints[STDOUT])?;
    output(&stderr, &receipt.prints[STDERR])?;
    failures(&receipt, dropped)?;
    input(&receipt, script)
}

/// Each line that was printed has arrived, once, and after those that were printed before it.
fn output(output: &Output<'_>, prints: &[Printed]) -> Result<(), String> {
    let Output {
        name,
        bytes,
        fidelity,
    } = *output;
    let places: BTreeMap<u64, usize> = prints.iter().map(|print| print.hash).zip(0..).collect();
    let mut seen = vec![false; prints.len()];
    let mut order = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match places.get(&hash(line)) {
            Some(place) if seen[*place] => return Err(format!("{name}: twice: {}", shown(line))),
            Some(place) => {
                seen[*place] = true;
                order.push(*place);
            }
            // Standard error has the loop's own reports too.
            None if name == "standard error" || fidelity == Fidelity::Torn => {}
            None if fidelity == Fidelity::Cut && !line.ends_with(b"\n") => {}
            None => return Err(format!("{name}: nobody printed {}", shown(line))),
        }
    }
    in_order(name, prints, &order)?;
    let last = order.last().map_or(0, |last| prints[*last].asked);
    for (print, _) in prints.iter().zip(seen).filter(|(_, seen)| !seen) {
        let is_missed = match (print.done, fidelity) {
            (None, _) | (_, Fidelity::Torn) => false,
            (Some(_), Fidelity::Whole) => !print.failed,
            (Some(done), Fidelity::Cut) => !print.failed && done < last,
        };
        if is_missed {
            return Err(format!("{name}: a line of {} is lost", print.by));
        }
    }
    Ok(())
}

/// What was printed before another line was asked for comes before it.
fn in_order(name: &str, prints: &[Printed], order: &[usize]) -> Result<(), String> {
    let mut earliest = u64::MAX;
    for place in order.iter().rev() {
        let print = &prints[*place];
        if print.asked > earliest {
            return Err(format!("{name}: a line of {} comes too early", print.by));
        }
        earliest = earliest.min(print.done.unwrap_or(u64::MAX));
    }
    Ok(())
}

/// Writes into the receipt which failures the loop has reported on standard error. Gives how many reports it has dropped.
fn reports(stderr: &[u8], receipt: &mut Receipt) -> u64 {
    let mut dropped = 0;
    let whole_lines = stderr.iter().rposition(|byte| *byte == b'\n');
    let stderr = &stderr[..whole_lines.map_or(0, |end| end + 1)];
    for line in String::from_utf8_lossy(stderr).lines() {
        if line.starts_with("task ") {
            receipt.tell(line, Whom::Reader);
        } else if let Some(note) = line.strip_prefix("… ") {
            let number = note.split(' ').find_map(|word| word.parse::<u64>().ok());
            dropped += number.unwrap_or(0);
        }
    }
    dropped
}

/// Of each failure the joiner was told, once, or else a report was written and the run returned it.
fn failures(receipt: &Receipt, dropped: u64) -> Result<(), String> {
    let mut untold = Vec::new();
    for (failure, Told(told)) in &receipt.failures {
        let [joiner, reader, caller] = told;
        match (joiner, reader, caller) {
            (0, 0, 0) if receipt.may_be_untold.contains(failure) => {}
            (0, 0, 0) => untold.push(failure),
            (1, 0, 0) | (0, 0 | 1, 0 | 1) => {}
            _ => {
                return Err(format!(
                    "told of {failure:?}: {joiner}, {reader}, {caller} times"
                ));
            }
        }
    }
    match receipt.closed || untold.len() as u64 <= receipt.only_counted + dropped {
        true => Ok(()),
        false => Err(format!("nobody was told of {untold:?}")),
    }
}

/// All input has come, once; less if the loop was dropped while there was more.
fn input(receipt: &Receipt, script: &Script) -> Result<(), String> {
    let is_whole = !receipt.closed && !receipt.read_error;
    let asked_bytes = receipt.asked.contains_key("bytes");
    let (mut heard, mut said): (Vec<Vec<u8>>, Vec<Vec<u8>>) = match asked_bytes {
        false => (receipt.lines.clone(), script.lines.clone()),
        // Where bytes are taken, a line may be what they have left of it: the bytes are counted.
        true => {
            let mut heard = receipt.bytes.clone();
            for line in &receipt.lines {
                heard.extend_from_slice(line);
                heard.push(b'\n');
            }
            (single(&heard), single(&script.bytes))
        }
    };
    heard.sort();
    said.sort();
    match is_whole {
        true if heard != said => Err(format!("heard {} instead of {}", all(&heard), all(&said))),
        false if !is_part(&heard, &said) => {
            Err(format!("heard {}, said was {}", all(&heard), all(&said)))
        }
        _ => Ok(()),
    }
}

fn single(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.iter().map(|byte| vec![*byte]).collect()
}

/// Whether each of the sorted items is among the others, as often.
fn is_part(part: &[Vec<u8>], whole: &[Vec<u8>]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|item| whole.any(|other| other == item))
}

fn all(items: &[Vec<u8>]) -> String {
    let shown: Vec<String> = items.iter().map(|item| shown(item)).collect();
    shown.join(" ")
}

fn shown(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes[..bytes.len().min(80)].escape_ascii())
}

/// A child's standard error without its words for its parent.
pub(crate) fn without_marks(stderr: &[u8]) -> Vec<u8> {
    let lines = stderr.split_inclusive(|byte| *byte == b'\n');
    lines
        .filter(|line| line[0] != MARK as u8)
        .flatten()
        .copied()
        .collect()
}
