//! User-space instructions per operation, counted by callgrind: they repeat exactly, where times do not.
//!
//! What a program does before and after is the same for both sizes, so (Ir(2n) - Ir(n)) / n is one operation.

use std::process::{Command, Stdio};

use crate::child;
use crate::clock::Sample;
use crate::kind::{EVENTS_PER_YIELD, Kind, Load};
use crate::peers::{How, Peer};

const CALLGRIND: [&str; 2] = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];

/// Why instructions cannot be counted here, if they cannot. It need not run where it is installed: it refuses a system whose
/// loader has no symbols.
pub(crate) fn hindrance() -> Option<String> {
    let probe = Command::new("valgrind")
        .args(CALLGRIND)
        .arg("true")
        .stdin(Stdio::null())
        .output();
    match probe {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("valgrind: {}", output.status)),
        Err(error) => Some(format!("valgrind: {error}")),
    }
}

/// Scripts are left out: their interpreters' instructions tell nothing.
pub(crate) fn counts(peer: &Peer) -> bool {
    matches!(peer.how, How::Inside(_))
}

/// One operation; for [`Kind::Traced`] one event, which is what the trace adds to a yield by the events it leaves.
pub(crate) fn per_op(peer: &Peer, kind: Kind, load: Load) -> Result<Sample, String> {
    let (mut each, told) = slope(peer, kind, load)?;
    if kind == Kind::Traced {
        let (plain, _) = slope(peer, Kind::Switch, load)?;
        each = (each - plain) / told.get(EVENTS_PER_YIELD).unwrap_or(1.0);
    }
    Ok(Sample::default().with("instructions", each))
}

/// Instructions per operation, and what the program itself measured.
fn slope(peer: &Peer, kind: Kind, load: Load) -> Result<(f64, Sample), String> {
    let half = Load {
        n: load.n / 2,
        ..load
    };
    let (more, told) = count(peer, kind, load)?;
    let (less, _) = count(peer, kind, half)?;
    Ok((
        more.saturating_sub(less) as f64 / (load.n - half.n) as f64,
        told,
    ))
}

fn count(peer: &Peer, kind: Kind, load: Load) -> Result<(u64, Sample), String> {
    let program = child::command(peer, kind, load).map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command
        .args(CALLGRIND)
        .arg(program.get_program())
        .args(program.get_args())
        .stdin(Stdio::piped());
    let output = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stderr);
    match text.lines().find_map(collected) {
        Some(counted) if output.status.success() => Ok((counted, Sample::from_lines(&text))),
        _ => Err(format!("callgrind: {}", output.status)),
    }
}

/// `==123== Collected : 4567`
fn collected(line: &str) -> Option<u64> {
    line.split_once("Collected :")?.1.trim().parse().ok()
}
