//! The simulated world with faults: it reads and writes less than it could, blocks, wakes for nothing, fails, interrupts.
//!
//! All that it does the contract of a world allows. What it does is drawn from a seed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use loop_core::sim::{Input, Sim, SimWorld};
use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
use loop_core::{SourceId, Time};

use super::driver::Mischief;

/// All the faults.
pub(crate) const FAULTS: &[&str] = &[
    "torn read",
    "read refused although there is input",
    "failed read",
    "short write",
    "slow reader",
    "failed write",
    "reader gone",
    "woken for nothing",
    "source named for nothing",
    "interrupt",
    "failed wait",
];

/// Several loops may run on it, one after the other.
#[derive(Clone)]
pub(crate) struct Faulty(Rc<RefCell<State>>);

/// Of a hundred chances, how often each fault is used.
#[derive(Clone, Copy, Debug, Default)]
struct Odds {
    short_read: u32,
    short_write: u32,
    late: u32,
    slow: u32,
    for_nothing: u32,
    clock_moves: bool,
    is_terminal: bool,
}

struct State {
    inner: SimWorld,
    rng: Rng,
    odds: Odds,
    /// How many of each may still come.
    left: Mischief,
    done: Mischief,
    /// What each source is.
    sources: BTreeMap<SourceId, Source>,
    /// Sources that the loop believes to be watched, and when they may be tried again, if this world and not the inner one
    /// has refused them.
    watched: BTreeMap<SourceId, Option<Time>>,
    /// What was read of the inner world and not given, or was taken back.
    held: Vec<u8>,
    coarse: u64,
    fired: BTreeMap<&'static str, u64>,
}

impl Faulty {
    pub(crate) fn new(input: Input, mut rng: Rng) -> Faulty {
        let mut chance = |most: u32| match rng.bool() {
            true => rng.u32(1..most),
            false => 0,
        };
        let odds = Odds {
            short_read: chance(90),
            short_write: chance(90),
            late: chance(50),
            slow: chance(60),
            for_nothing: chance(40),
            clock_moves: chance(2) > 0,
            is_terminal: chance(2) > 0,
        };
        let mut few = |one_in: u32, most: u64| match rng.u32(0..one_in) {
            0 => rng.u64(1..=most),
            _ => 0,
        };
        let left = Mischief {
            interrupts: few(4, 3),
            failed_waits: few(10, 2),
            failed_writes: few(10, 2),
            broken_pipes: few(12, 1),
        };
        Faulty::with(input, rng, odds, left)
    }

    /// Without any fault.
    pub(crate) fn calm(input: Input) -> Faulty {
        Faulty::with(
            input,
            Rng::with_seed(0),
            Odds::default(),
            Mischief::default(),
        )
    }

    fn with(input: Input, rng: Rng, odds: Odds, left: Mischief) -> Faulty {
        Faulty(Rc::new(RefCell::new(State {
            inner: Sim::new().stdin(input).unrecorded().world().clone(),
            odds,
            left,
            rng,
            done: Mischief::default(),
            sources: BTreeMap::new(),
            watched: BTreeMap::new(),
            held: Vec::new(),
            coarse: 0,
            fired: BTreeMap::new(),
        })))
    }

    pub(crate) fn mischief(&self) -> Mischief {
        self.0.borrow().done
    }

    pub(crate) fn fired(&self) -> BTreeMap<&'static str, u64> {
        self.0.borrow().fired.clone()
    }

    pub(crate) fn output(&self) -> (Vec<u8>, Vec<u8>) {
        let state = self.0.borrow();
        (state.inner.stdout().to_vec(), state.inner.stderr().to_vec())
    }
}

/// Whether one of the faults that are left comes now.
fn spend(rng: &mut Rng, one_in: u32, left: &mut u64, done: &mut u64) -> bool {
    let comes = *left > 0 && rng.u32(0..one_in) == 0;
    if comes {
        *left -= 1;
        *done += 1;
    }
    comes
}

impl State {
    fn fire(&mut self, fault: &'static str) {
        *self.fired.entry(fault).or_default() += 1;
    }

    fn chance(&mut self, of_hundred: u32) -> bool {
        of_hundred > 0 && self.rng.u32(0..100) < of_hundred
    }

    fn refuse(&mut self, source: SourceId, wait: Duration) -> Attempt {
        let until = self.inner.now() + wait;
        self.watched.insert(source, Some(until));
        Attempt::WouldBlock
    }

    fn read(&mut self, source: SourceId, buffer: &mut Vec<u8>) -> Attempt {
        if self.chance(self.odds.late) {
            self.fire("read refused although there is input");
            return self.refuse(source, Duration::ZERO);
        }
        if self.held.is_empty() {
            let read = self.inner.attempt(Op::Read(source, &mut self.held));
            match read {
                Attempt::Done(Ok(1..)) => {}
                other => {
                    if let Attempt::Done(Err(_)) = other {
                        self.fire("failed read");
                    }
                    return other;
                }
            }
        }
        let mut bytes = self.held.len();
        if self.chance(self.odds.short_read) {
            bytes = self.rng.usize(1..=bytes);
            if bytes < self.held.len() {
                self.fire("torn read");
            }
        }
        buffer.extend(self.held.drain(..bytes));
        Attempt::Done(Ok(bytes))
    }

    fn write(&mut self, source: SourceId, bytes: &[u8]) -> Attempt {
        if self.chance(self.odds.slow) {
            self.fire("slow reader");
            let wait = Duration::from_micros(self.rng.u64(0..3000));
            return self.refuse(source, wait);
        }
        let is_stdout = self.sources.get(&source) == Some(&Source::Stdout);
        let State {
            rng, left, done, ..
        } = self;
        if is_stdout && spend(rng, 20, &mut left.failed_writes, &mut done.failed_writes) {
            self.fire("failed write");
            return Attempt::Done(Err(io::ErrorKind::StorageFull.into()));
        }
        let has_gone = done.broken_pipes > 0;
        if is_stdout && (has_gone || spend(rng, 20, &mut left.broken_pipes, &mut done.broken_pipes))
        {
            self.fire("reader gone");
            return Attempt::Done(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let mut end = bytes.len();
        if self.chance(self.odds.short_write) {
            end = self.rng.usize(1..=end);
            if end < bytes.len() {
                self.fire("short write");
            }
        }
        self.inner.attempt(Op::Write(source, &bytes[..end]))
    }

    fn wait(&mut self, until: Until, named: &mut Vec<SourceId>) -> io::Result<Waited> {
        let State {
            rng, left, done, ..
        } = self;
        if spend(rng, 30, &mut left.interrupts, &mut done.interrupts) {
            self.fire("interrupt");
            return Ok(Waited::Interrupted);
        }
        if spend(rng, 30, &mut left.failed_waits, &mut done.failed_waits) {
            self.fire("failed wait");
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        if self.chance(self.odds.for_nothing) {
            self.fire("woken for nothing");
            return self
                .inner
                .wait(Until::Now, named)
                .map(|_| self.named(named, true));
        }
        let next = self.watched.values().flatten().min().copied();
        let until = match (until, next) {
            (Until::Forever, Some(next)) => Until::At(next),
            (Until::At(time), Some(next)) => Until::At(time.min(next)),
            (until, _) => until,
        };
        self.inner
            .wait(until, named)
            .map(|_| self.named(named, false))
    }

    /// Completes the list of the sources that may be tried again, one of them for nothing if asked to.
    fn named(&mut self, named: &mut Vec<SourceId>, for_nothing: bool) -> Waited {
        let now = self.inner.now();
        let due = self
            .watched
            .iter()
            .filter(|(_, time)| time.is_some_and(|time| time <= now));
        named.extend(due.map(|(source, _)| *source));
        if for_nothing && !self.watched.is_empty() {
            let any = self.rng.usize(0..self.watched.len());
            named.extend(self.watched.keys().nth(any));
            self.fire("source named for nothing");
        }
        named.sort_unstable();
        named.dedup();
        for source in named.iter() {
            self.unwatch(*source);
        }
        Waited::Polled
    }

    fn unwatch(&mut self, source: SourceId) {
        self.watched.remove(&source);
        self.inner.unwatch(source);
    }
}

impl World for Faulty {
    fn now(&self) -> Time {
        self.0.borrow().inner.now()
    }

    fn coarse_now(&self) -> Option<Time> {
        let mut state = self.0.borrow_mut();
        if !state.odds.clock_moves {
            return None;
        }
        state.coarse += match state.rng.u32(0..50) {
            0 => 3_000_000,
            _ => state.rng.u64(0..20_000),
        };
        Some(Time::from_nanos(state.coarse))
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.sources.insert(source, what);
        state.inner.open(source, what)
    }

    fn close(&mut self, source: SourceId) {
        let mut state = self.0.borrow_mut();
        state.sources.remove(&source);
        state.watched.remove(&source);
        state.inner.close(source);
    }

    fn is_interactive(&mut self, source: SourceId) -> bool {
        let state = self.0.borrow();
        state.odds.is_terminal && state.sources.get(&source) == Some(&Source::Stdout)
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        let mut state = self.0.borrow_mut();
        let (source, attempt) = match op {
            Op::Read(source, buffer) => (source, state.read(source, buffer)),
            Op::Write(source, bytes) => (source, state.write(source, bytes)),
            other => return state.inner.attempt(other),
        };
        if matches!(attempt, Attempt::WouldBlock) {
            state.watched.entry(source).or_insert(None);
        }
        attempt
    }

    fn unread(&mut self, _: SourceId, bytes: Vec<u8>) -> Vec<u8> {
        self.0.borrow_mut().held.splice(..0, bytes);
        Vec::new()
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        self.0.borrow_mut().wait(until, sources)
    }

    fn is_watching(&self) -> bool {
        let state = self.0.borrow();
        state.watched.values().any(Option::is_some) || state.inner.is_watching()
    }

    fn unwatch(&mut self, source: SourceId) {
        self.0.borrow_mut().unwatch(source);
    }
}

impl std::fmt::Debug for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0.borrow().odds)
    }
}
