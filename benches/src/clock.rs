//! The stopwatch inside a child process: wall time, CPU time and peak memory, and how they reach the parent.

use std::fs;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What one measurement found: values by unit, the most telling first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sample(pub(crate) Vec<(String, f64)>);

/// Before each value in the child's standard error.
const MARK: &str = "@";

impl Sample {
    pub(crate) fn with(mut self, unit: &str, value: f64) -> Sample {
        self.0.push((unit.to_owned(), value));
        self
    }

    pub(crate) fn get(&self, unit: &str) -> Option<f64> {
        self.0
            .iter()
            .find(|(known, _)| known == unit)
            .map(|(_, value)| *value)
    }

    /// One `@<tab>unit<tab>value` line each; the peers that are scripts write the same.
    pub(crate) fn to_lines(&self) -> String {
        self.0
            .iter()
            .map(|(unit, value)| format!("{MARK}\t{unit}\t{value}\n"))
            .collect()
    }

    pub(crate) fn from_lines(text: &str) -> Sample {
        Sample(text.lines().filter_map(parse_line).collect())
    }

    /// Hands the sample to the parent and leaves without tearing down: a million parked tasks are no part of it.
    pub(crate) fn report_and_exit(&self) -> ! {
        eprint!("{}", self.to_lines());
        std::process::exit(0)
    }
}

fn parse_line(line: &str) -> Option<(String, f64)> {
    let mut fields = line.split('\t');
    if fields.next() != Some(MARK) {
        return None;
    }
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// Started just before the work, asked just after it.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> Stopwatch {
        Stopwatch {
            cpu: cpu_time(),
            wall: Instant::now(),
        }
    }

    pub(crate) fn wall(&self) -> Duration {
        self.wall.elapsed()
    }

    /// CPU time of the whole process, helper threads included.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_time() - self.cpu
    }

    /// Adds how long it took to wake each of so many tasks.
    pub(crate) fn woken(&self, parked: Sample, tasks: u64) -> Sample {
        parked.with("ns to wake", nanos(self.wall(), tasks))
    }

    /// Wall and CPU nanoseconds per operation.
    pub(crate) fn per_op(&self, ops: u64) -> Sample {
        let (wall, cpu) = (self.wall(), self.cpu());
        Sample::default()
            .with("ns", nanos(wall, ops))
            .with("cpu ns", nanos(cpu, ops))
    }
}

/// Times `work`, which makes `ops` operations.
pub(crate) fn time<T>(ops: u64, work: impl FnOnce() -> T) -> Sample {
    let watch = Stopwatch::start();
    std::hint::black_box(work());
    watch.per_op(ops)
}

pub(crate) fn nanos(spent: Duration, ops: u64) -> f64 {
    spent.as_nanos() as f64 / ops.max(1) as f64
}

fn cpu_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32)
}

/// Peak resident memory so far, in bytes; 0 where the system does not tell.
pub(crate) fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// Parking: bytes per task first, then what it took to get them there.
pub(crate) struct Parking {
    before: u64,
    watch: Stopwatch,
}

impl Parking {
    pub(crate) fn start() -> Parking {
        Parking {
            before: peak_memory(),
            watch: Stopwatch::start(),
        }
    }

    pub(crate) fn stop(&self, tasks: u64) -> Sample {
        let times = self.watch.per_op(tasks);
        let bytes = peak_memory().saturating_sub(self.before) as f64 / tasks.max(1) as f64;
        let mut sample = Sample::default().with("bytes", bytes);
        sample.0.extend(times.0);
        sample
    }
}
