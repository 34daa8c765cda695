//! The soak test: random programs in both worlds, with faults, for as long as one likes.
//!
//! A seed makes a `plan`: `program`s, their input, and how they are run. The coroutines (`actor`) do what the program says and
//! write into a `book` what happens to them; what is left of it after the run is a `receipt`. A `driver` runs a plan on any
//! loop. In the simulation (`sim`) the world is `faulty`, and a recording is made again (`replay`); on the operating system
//! (`os`) a plan runs in a `child` process with `streams` of all kinds. `check` says what must hold, and `tally` counts.

mod actor;
mod book;
mod check;
mod child;
mod driver;
mod faulty;
mod os;
mod plan;
mod program;
mod receipt;
mod replay;
mod sim;
mod streams;
mod tally;

use std::cell::Cell;
use std::fs;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use self::child::run as child;
pub(crate) use self::os::CHILD;
pub(crate) use self::plan::Place;
use self::plan::Plan;
use self::tally::Tally;

/// Programs on the operating system wait most of the time.
const WORKERS: u64 = 2;

/// Only a program that hangs takes as long.
const PATIENCE: Duration = Duration::from_secs(180);

/// Memory may grow so much and a quarter after the first minute, for larger programs than came then. A leak of a hundred bytes
/// per program grows more within a quarter of an hour.
const GROWTH: u64 = 48 * 1024 * 1024;

/// What to soak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Soak {
    pub(crate) time: Duration,
    /// The first seed.
    pub(crate) from: u64,
    /// Only this seed.
    pub(crate) only: Option<u64>,
    /// Only this world.
    pub(crate) place: Option<Place>,
}

/// What the threads of a soak test share.
struct Shared {
    until: Instant,
    /// Something is wrong: the others stop.
    has_failed: AtomicBool,
    /// Programs in the simulation so far.
    simulated: AtomicU64,
    /// The seed that is in the simulation.
    seed: AtomicU64,
    /// No simulation runs any more.
    is_over: AtomicBool,
}

thread_local! {
    static CURRENT: Cell<Option<u64>> = const { Cell::new(None) };
}

impl Soak {
    /// Soaks; whether all was well.
    pub(crate) fn run(self) -> bool {
        name_the_seed_of_a_panic();
        os::let_children_be_interrupted();
        match self.only {
            Some(seed) => self.one(seed),
            None => self.many(),
        }
    }

    fn runs_in(&self, place: Place) -> bool {
        self.place.is_none_or(|only| only == place)
    }

    fn one(&self, seed: u64) -> bool {
        let mut is_well = true;
        if self.runs_in(Place::Sim) {
            is_well &= simulate(seed, &mut Tally::default());
        }
        if self.runs_in(Place::Os) {
            is_well &= operate(seed, &mut Tally::default());
        }
        if is_well {
            println!("soak: seed {seed} is well");
        }
        is_well
    }

    fn many(&self) -> bool {
        let shared = Shared {
            until: Instant::now() + self.time,
            has_failed: AtomicBool::new(false),
            simulated: AtomicU64::new(0),
            seed: AtomicU64::new(self.from),
            is_over: AtomicBool::new(false),
        };
        let (simulated, operated) = thread::scope(|scope| {
            let workers = (0..WORKERS).filter(|_| self.runs_in(Place::Os));
            let workers: Vec<_> = workers
                .map(|worker| {
                    scope.spawn({
                        let shared = &shared;
                        move || self.operated(worker, shared)
                    })
                })
                .collect();
            let simulated = self.runs_in(Place::Sim).then(|| {
                scope.spawn(|| watch(&shared));
                let tally = self.simulated(&shared);
                shared.is_over.store(true, Ordering::Release);
                tally
            });
            let mut operated = Tally::default();
            for worker in workers {
                operated.merge(worker.join().expect("a worker does not panic"));
            }
            (simulated, operated)
        });
        let has_failed = shared.has_failed.load(Ordering::Acquire);
        if let Some(simulated) = simulated {
            simulated.print("sim", &self.seeds(simulated.programs));
        }
        if self.runs_in(Place::Os) {
            operated.print("os", &self.seeds(operated.programs));
        }
        println!("peak memory {}", mib(crate::clock::peak_memory()));
        !has_failed
    }

    fn seeds(&self, programs: u64) -> String {
        format!(
            "seeds {} to {}",
            self.from,
            self.from + programs.saturating_sub(1)
        )
    }

    /// The loop of the simulation, which also watches the memory of this process.
    fn simulated(&self, shared: &Shared) -> Tally {
        let mut tally = Tally::sim();
        // The first minute, or the first half of a short soak test.
        let warm = Instant::now() + Duration::from_secs(60).min(self.time / 2);
        let mut at_first = None;
        for seed in self.from.. {
            if shared.is_to_stop() {
                break;
            }
            shared.seed.store(seed, Ordering::Relaxed);
            if !simulate(seed, &mut tally) {
                shared.has_failed.store(true, Ordering::Release);
                return tally;
            }
            shared.simulated.fetch_add(1, Ordering::Release);
            if at_first.is_none() && Instant::now() > warm {
                at_first = Some(resident());
            }
        }
        let (first, last) = (at_first.unwrap_or_else(resident), resident());
        println!("memory {} at first, {} at the end", mib(first), mib(last));
        if last > first + first / 4 + GROWTH {
            println!("FAILED: memory has grown too much");
            shared.has_failed.store(true, Ordering::Release);
        }
        tally
    }

    /// The loop of the operating system: every so many seeds from this one on.
    fn operated(&self, worker: u64, shared: &Shared) -> Tally {
        let mut tally = Tally::default();
        for seed in (self.from + worker..).step_by(WORKERS as usize) {
            if shared.is_to_stop() {
                break;
            }
            if !operate(seed, &mut tally) {
                shared.has_failed.store(true, Ordering::Release);
                break;
            }
        }
        tally
    }
}

impl Shared {
    fn is_to_stop(&self) -> bool {
        self.has_failed.load(Ordering::Acquire) || Instant::now() > self.until
    }
}

fn simulate(seed: u64, tally: &mut Tally) -> bool {
    let plan = Plan::new(seed, Place::Sim);
    CURRENT.set(Some(seed));
    let outcome = sim::soak(&plan);
    CURRENT.set(None);
    match outcome {
        Ok((receipt, fired)) => {
            tally.program(plan.coroutines(), &receipt);
            for (fault, times) in fired {
                tally.add("faults", fault, times);
            }
            true
        }
        Err(what) => failed(&plan, Place::Sim, &what),
    }
}

fn operate(seed: u64, tally: &mut Tally) -> bool {
    let plan = Plan::new(seed, Place::Os);
    match os::soak(&plan, tally) {
        Ok(receipt) => {
            tally.program(plan.coroutines(), &receipt);
            true
        }
        Err(what) => failed(&plan, Place::Os, &what),
    }
}

fn failed(plan: &Plan, place: Place, what: &str) -> bool {
    println!(
        "FAILED: {} seed {}: {what}\n{plan}{}",
        place.name(),
        plan.seed,
        again(plan.seed, place)
    );
    false
}

fn again(seed: u64, place: Place) -> String {
    let cargo = "cargo run --release --manifest-path benches/Cargo.toml";
    format!(
        "again: {cargo} -- soak --seed {seed} --world {}",
        place.name()
    )
}

/// A panic that is not caught ends the process, and then at least the seed is known.
fn name_the_seed_of_a_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if let Some(seed) = CURRENT.get() {
            println!("a panic; {}", again(seed, Place::Sim));
        }
        before(info);
    }));
}

/// Ends the process if a simulation does not come to an end. (A child process is given up by its parent.)
fn watch(shared: &Shared) {
    let mut before = (u64::MAX, Instant::now());
    while !shared.is_over.load(Ordering::Acquire) {
        let programs = shared.simulated.load(Ordering::Acquire);
        if programs != before.0 {
            before = (programs, Instant::now());
        } else if before.1.elapsed() > PATIENCE {
            let seed = shared.seed.load(Ordering::Relaxed);
            println!("FAILED: it hangs; {}", again(seed, Place::Sim));
            process::exit(1);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Resident memory now, in bytes.
fn resident() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * rustix::param::page_size() as u64
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / (1024.0 * 1024.0))
}
