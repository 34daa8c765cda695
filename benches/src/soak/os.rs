//! A program on the operating system: a child process, its streams, and the signals that it gets.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_default;

use super::actor::MARK;
use super::check::{self, Fidelity, without_marks};
use super::child::{REPORT, Report};
use super::plan::{Finale, Flavour, Plan, rng};
use super::receipt::Receipt;
use super::sim::run_calmly;
use super::streams::Kind;
use super::tally::Tally;

/// The hidden subcommand by which the soak test starts itself.
pub(crate) const CHILD: &str = "soak-child";

/// Only a child that hangs takes as long, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A byte that ends what is typed at a terminal.
const END_OF_TEXT: &[u8] = b"\x04";

/// What a thread has read so far of a child's stream.
type SoFar = Arc<Mutex<Vec<u8>>>;

struct Running {
    child: Child,
    stdin: Kind,
    stdout: Kind,
    has_ended: Arc<AtomicBool>,
    feeder: Option<JoinHandle<()>>,
    reader: JoinHandle<Vec<u8>>,
    errors: JoinHandle<()>,
    stderr: SoFar,
}

/// From now on children are started with the default action of Ctrl-C, also where this program ignores it, as the background job
/// of a script does. An action that is ignored is inherited, and a handler is not.
pub(super) fn let_children_be_interrupted() {
    let always = Arc::new(AtomicBool::new(true));
    register_conditional_default(SIGINT, always).expect("Ctrl-C may be handled");
}

/// Runs a plan; what it did, or what is wrong.
pub(crate) fn soak(plan: &Plan, tally: &mut Tally) -> Result<Receipt, String> {
    let mut rng = rng(plan.seed, "operating system");
    let running = start(plan, &mut rng).map_err(|error| format!("cannot start: {error}"))?;
    let (stdin, stdout) = (running.stdin, running.stdout);
    tally.count("standard input", &format!("{stdin:?}"));
    tally.count("standard output", &format!("{stdout:?}"));
    tally.count("ends", &format!("{:?}", plan.finale));
    let outcome = running.outcome(plan, &mut rng, tally);
    outcome.map_err(|what| format!("from {stdin:?} to {stdout:?}: {what}"))
}

fn killed(status: ExitStatus) -> Result<Receipt, String> {
    match status.signal() {
        Some(2) => Ok(Receipt::default()),
        _ => Err(format!(
            "the second Ctrl-C did not kill it, it ended with {status}"
        )),
    }
}

fn judge_status(plan: &Plan, report: &Report, status: ExitStatus) -> Result<(), String> {
    let wanted = match plan.finale {
        Finale::Interrupted => Some(2),
        Finale::ReaderGone => Some(13),
        _ => report.signal,
    };
    match (status.code(), status.signal()) == (report.code, report.signal)
        && wanted == report.signal
    {
        true => Ok(()),
        false => Err(format!(
            "it ended with {status}, reported {:?} {:?}, expected was signal {wanted:?}; its runs: {:?}",
            report.code, report.signal, report.receipt.results
        )),
    }
}

/// What does not depend on time is the same in both worlds.
fn compare(plan: &Plan, receipt: &Receipt, stdout: &[u8], tally: &mut Tally) -> Result<(), String> {
    if !matches!(plan.finale, Finale::Ends | Finale::Ignores) || plan.flavour == Flavour::Wild {
        return Ok(());
    }
    tally.count(
        "compared with the simulation",
        &format!("{:?}", plan.flavour),
    );
    let calm = run_calmly(plan);
    let is_same = match plan.flavour {
        Flavour::Timeless => {
            (stdout, &receipt.results) == (&calm.stdout[..], &calm.receipt.results)
        }
        _ => receipt.by_coroutine() == calm.receipt.by_coroutine(),
    };
    match is_same {
        true => Ok(()),
        false => Err(format!(
            "in the simulation it prints {} in runs {:?}; here it prints {} in runs {:?}",
            String::from_utf8_lossy(&calm.stdout),
            calm.receipt.results,
            String::from_utf8_lossy(stdout),
            receipt.results
        )),
    }
}

// Starting.

fn start(plan: &Plan, rng: &mut Rng) -> std::io::Result<Running> {
    let stdin = Kind::ALL[rng.usize(0..Kind::ALL.len())];
    let outputs = match plan.finale {
        // Of these the reader can go away.
        Finale::ReaderGone => &Kind::ALL[..3],
        _ => &Kind::ALL,
    };
    let stdout = outputs[rng.usize(0..outputs.len())];
    let (input, writer) = stdin.input(&plan.script.bytes)?;
    let (output, out) = stdout.output()?;
    let (complaints, err) = std::io::pipe()?;
    let mut command = command(plan)?;
    command.stdin(input).stdout(output).stderr(err);
    let child = command.spawn()?;
    // Its ends of the streams are closed here, or their other ends would never come to an end.
    drop(command);
    let has_ended = Arc::new(AtomicBool::new(false));
    let feeder = writer.map(|writer| {
        let (bytes, rng, has_ended) = (
            plan.script.bytes.clone(),
            rng.fork(),
            Arc::clone(&has_ended),
        );
        thread::spawn(move || feed(writer, stdin, &bytes, rng, &has_ended))
    });
    let (fork, ended) = (rng.fork(), Arc::clone(&has_ended));
    let limit = match plan.finale {
        Finale::ReaderGone => rng.usize(0..200_000),
        _ => usize::MAX,
    };
    let reader = thread::spawn(move || read(out, stdout, limit, fork, &ended));
    let stderr = SoFar::default();
    let so_far = Arc::clone(&stderr);
    let errors = thread::spawn(move || read_errors(complaints, &so_far));
    Ok(Running {
        child,
        stdin,
        stdout,
        has_ended,
        feeder,
        reader,
        errors,
        stderr,
    })
}

fn command(plan: &Plan) -> std::io::Result<Command> {
    let program = std::env::current_exe()?;
    let mut command = match plan.finale {
        Finale::Ignores => {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", r#"trap "" INT; exec "$0" "$@""#])
                .arg(program);
            shell
        }
        _ => Command::new(program),
    };
    command.args([CHILD, &plan.seed.to_string()]);
    Ok(command)
}

// The streams, each in a thread of its own.

/// Writes in pieces. The child may have ended before.
fn feed(mut writer: File, kind: Kind, bytes: &[u8], mut rng: Rng, has_ended: &AtomicBool) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rng.usize(1..=rest.len().min(60)));
        if writer.write_all(piece).is_err() {
            return;
        }
        rest = later;
        pause(&mut rng, 1500);
    }
    // Each of the child's loops reads an end of its own; a last line that has no end needs one more.
    while kind == Kind::Terminal && !has_ended.load(Ordering::Acquire) {
        if writer.write_all(END_OF_TEXT).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Now and then waits for so many microseconds at most.
fn pause(rng: &mut Rng, most: u64) {
    if rng.u32(0..3) == 0 {
        thread::sleep(Duration::from_micros(rng.u64(0..most)));
    }
}

/// Reads until the end, or until there are so many bytes.
fn read(mut out: File, kind: Kind, limit: usize, mut rng: Rng, has_ended: &AtomicBool) -> Vec<u8> {
    let mut all = Vec::new();
    if kind == Kind::File {
        while !has_ended.load(Ordering::Acquire) {
            thread::sleep(Duration::from_millis(1));
        }
        // Only the child has written, so this is where it began.
        if out.rewind().is_err() {
            return all;
        }
    }
    let is_slow = rng.u32(0..4) == 0;
    let mut piece = vec![
        0;
        if is_slow {
            rng.usize(1..2000)
        } else {
            64 * 1024
        }
    ];
    while all.len() < limit {
        // The other end of a terminal ends with an error.
        let Ok(read @ 1..) = out.read(&mut piece) else {
            break;
        };
        all.extend_from_slice(&piece[..read]);
        if is_slow && all.len() < 100_000 {
            pause(&mut rng, 1000);
        }
    }
    all
}

fn read_errors(mut complaints: impl Read, so_far: &Mutex<Vec<u8>>) {
    let mut piece = [0; 16 * 1024];
    while let Ok(read @ 1..) = complaints.read(&mut piece) {
        lock(so_far).extend_from_slice(&piece[..read]);
    }
}

fn lock(bytes: &Mutex<Vec<u8>>) -> std::sync::MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

// Signals.

impl Running {
    /// Waits for the end, and judges everything.
    fn outcome(mut self, plan: &Plan, rng: &mut Rng, tally: &mut Tally) -> Result<Receipt, String> {
        let status = self.bother(plan, rng, tally);
        self.has_ended.store(true, Ordering::Release);
        let stdout = self.reader.join().expect("the reader does not panic");
        self.errors.join().expect("the reader does not panic");
        if let Some(feeder) = self.feeder {
            feeder.join().expect("the feeder does not panic");
        }
        let stderr = std::mem::take(&mut *lock(&self.stderr));
        let status = status.map_err(|what| format!("{what}; it said {}", end_of(&stderr)))?;
        if plan.finale == Finale::Killed {
            return killed(status);
        }
        let report = report_in(&stderr).ok_or_else(|| {
            let said = end_of(&stderr);
            format!("it ended with {status} and without a report: {said}")
        })?;
        judge_status(plan, &report, status)?;
        let fidelity = match plan.finale {
            Finale::ReaderGone => Fidelity::Cut,
            _ => Fidelity::Whole,
        };
        let stderr = without_marks(&stderr);
        let (stdout, stderr) = ((&stdout[..], fidelity), (&stderr[..], Fidelity::Whole));
        check::check(report.receipt.clone(), stdout, stderr, &plan.script)
            .map_err(|what| format!("{what}; the runs were {:?}", report.receipt.results))?;
        compare(plan, &report.receipt, stdout.0, tally)?;
        Ok(report.receipt)
    }

    /// Sends the signals of the plan, and waits for the child's end.
    fn bother(
        &mut self,
        plan: &Plan,
        rng: &mut Rng,
        tally: &mut Tally,
    ) -> Result<ExitStatus, String> {
        let began = Instant::now();
        if self.has_said("begun", began)? {
            for _ in 0..rng.u32(0..4) {
                pause(rng, 3000);
                self.nuisance(rng, tally);
            }
            match plan.finale {
                Finale::Interrupted => self.send(Signal::INT, "SIGINT", tally),
                Finale::Ignores => {
                    self.send(Signal::INT, "SIGINT, ignored", tally);
                    pause(rng, 1000);
                    self.send(Signal::INT, "SIGINT, ignored", tally);
                }
                Finale::Killed => self.kill(began, tally)?,
                Finale::Ends | Finale::ReaderGone => {}
            }
        }
        loop {
            if let Some(status) = self.status()? {
                return Ok(status);
            }
            self.not_too_long(began)?;
        }
    }

    /// Two signals may become one, so there is a third one.
    fn kill(&mut self, began: Instant, tally: &mut Tally) -> Result<(), String> {
        self.has_said("stuck", began)?;
        while self.status()?.is_none() {
            self.send(Signal::INT, "SIGINT, until it is killed", tally);
            self.not_too_long(began)?;
        }
        Ok(())
    }

    fn status(&mut self) -> Result<Option<ExitStatus>, String> {
        self.child.try_wait().map_err(|error| error.to_string())
    }

    /// Waits for a word of the child; `false` if it ends without it.
    fn has_said(&mut self, word: &str, began: Instant) -> Result<bool, String> {
        let word = format!("{MARK}{word}\n");
        loop {
            if contains(&lock(&self.stderr), word.as_bytes()) {
                return Ok(true);
            }
            if self.status()?.is_some() {
                return Ok(false);
            }
            self.not_too_long(began)?;
        }
    }

    fn not_too_long(&mut self, began: Instant) -> Result<(), String> {
        if began.elapsed() < PATIENCE {
            thread::sleep(Duration::from_micros(500));
            return Ok(());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        Err("it hangs".to_owned())
    }

    /// A signal that must not change anything.
    fn nuisance(&self, rng: &mut Rng, tally: &mut Tally) {
        match rng.u32(0..4) {
            0 => self.send(Signal::WINCH, "SIGWINCH", tally),
            1 => self.send(Signal::CHILD, "SIGCHLD", tally),
            _ => {
                self.send(Signal::STOP, "SIGSTOP", tally);
                thread::sleep(Duration::from_micros(rng.u64(0..3000)));
                self.send(Signal::CONT, "SIGCONT", tally);
            }
        }
    }

    /// The child has not been waited for unless it has ended, and then nothing is sent.
    fn send(&self, signal: Signal, name: &str, tally: &mut Tally) {
        let pid = Pid::from_child(&self.child);
        // It may have ended: then the signal comes too late.
        if kill_process(pid, signal).is_ok() {
            tally.count("signals", name);
        }
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}

fn report_in(stderr: &[u8]) -> Option<Report> {
    let text = String::from_utf8_lossy(stderr);
    let (_, rest) = text.split_once(&format!("{MARK}{REPORT} "))?;
    serde_json::from_str(rest.lines().next()?).ok()
}

fn end_of(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
