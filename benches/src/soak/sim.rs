//! A program in the simulation: once with faults and in random order, once again, and once replayed.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use loop_core::policy::{Fifo, Policy, Random};
use loop_core::sim::{Input, Sim};
use loop_core::trace::{Event, Trace};

use super::book::Book;
use super::check::{self, Fidelity};
use super::driver::{Driven, Driver, Mischief};
use super::faulty::Faulty;
use super::plan::{Place, Plan, rng};
use super::receipt::Receipt;
use super::replay::Replay;

/// What a program was seen to do.
pub(crate) struct Ran {
    pub(crate) receipt: Receipt,
    pub(crate) stdout: Vec<u8>,
    stderr: Vec<u8>,
    trace: Trace,
    fired: BTreeMap<&'static str, u64>,
    mischief: Mischief,
}

/// The input of the simulation: pieces at random times.
fn timed_input(plan: &Plan) -> Input {
    let mut rng = rng(plan.seed, "pieces");
    let mut rest = plan.script.bytes.as_slice();
    let mut time = Duration::ZERO;
    let mut input = Input::new();
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rng.usize(1..=rest.len().min(60)));
        input = input.at(time, piece);
        time += Duration::from_micros(rng.u64(0..1500));
        rest = later;
    }
    if rng.u32(0..12) == 0 {
        input = input.error_at(time, std::io::ErrorKind::ConnectionReset);
    }
    match rng.u32(0..4) {
        0 => input.torn(),
        _ => input,
    }
}

/// Runs a plan once.
fn run<P: Policy>(plan: &Plan, world: Faulty, policy: P) -> Ran {
    let book = Book::default();
    let mischief = || world.mischief();
    let driver = Driver {
        plan,
        place: Place::Sim,
        book: book.clone(),
        mischief: &mischief,
    };
    let builder = driver.settings(Sim::new().builder());
    let builder = builder.recorder(loop_core::trace::Recording::default());
    let mut event_loop = builder.world(world.clone()).policy(policy).build();
    let mut driven = driver.roots(&mut event_loop);
    if let (Driven::Finished, false) = (&driven, plan.rest_in_another_loop) {
        driven = driver.rest(&mut event_loop);
    }
    let trace = event_loop.trace();
    let is_finished = matches!(driven, Driven::Finished);
    if !is_finished {
        book.set_closing();
    }
    drop(event_loop);
    if is_finished && plan.rest_in_another_loop {
        let mut another = driver
            .settings(Sim::new().builder().world(world.clone()))
            .build();
        driven = driver.rest(&mut another);
    }
    let closed = !matches!(driven, Driven::Finished);
    let (stdout, stderr) = world.output();
    Ran {
        receipt: book.close(closed),
        stdout,
        stderr,
        trace,
        fired: world.fired(),
        mischief: world.mischief(),
    }
}

/// As the operating system would run it, when nothing is in the way.
pub(crate) fn run_calmly(plan: &Plan) -> Ran {
    let world = Faulty::calm(Input::from(plan.script.bytes.as_slice()));
    run(plan, world, Fifo)
}

/// Runs a plan in all ways; what it did, or what is wrong.
pub(crate) fn soak(plan: &Plan) -> Result<(Receipt, BTreeMap<&'static str, u64>), String> {
    let world = || Faulty::new(timed_input(plan), rng(plan.seed, "faults"));
    // A quarter of the programs run in the order of production.
    let policy = || {
        Random::new(if plan.seed.is_multiple_of(4) {
            0
        } else {
            plan.seed
        })
    };
    let first = run(plan, world(), policy());
    let runs = || {
        format!(
            "; the runs were {:?}, with {:?}",
            first.receipt.results, first.mischief
        )
    };
    first.check(plan).map_err(|what| what + &runs())?;
    first.same(&run(plan, world(), policy()), "run again")?;
    let strayed = Rc::new(Cell::new(false));
    let replay = Replay::of(&first.trace, &strayed);
    first.same(&run(plan, world(), replay), "replayed")?;
    if strayed.get() {
        return Err("replayed, it asks for other choices".to_owned());
    }
    Ok((first.receipt, first.fired))
}

impl Ran {
    fn check(&self, plan: &Plan) -> Result<(), String> {
        let Mischief {
            interrupts,
            failed_waits,
            failed_writes,
            broken_pipes,
        } = self.mischief;
        let fidelity = match (failed_writes, broken_pipes) {
            (1.., _) => Fidelity::Torn,
            (_, 1..) => Fidelity::Cut,
            _ => Fidelity::Whole,
        };
        let all_heard = !self.receipt.closed && !plan.rest_in_another_loop;
        if failed_writes > 0 && all_heard && self.receipt.write_errors == 0 {
            return Err("nobody was told that writing failed".to_owned());
        }
        // The last writing of such a run may be cut short.
        let cut_short = broken_pipes > 0 && interrupts + failed_waits > 0;
        let stderr = match cut_short {
            true => Fidelity::Cut,
            false => Fidelity::Whole,
        };
        check::check(
            self.receipt.clone(),
            (&self.stdout, fidelity),
            (&self.stderr, stderr),
            &plan.script,
        )
    }

    fn same(&self, other: &Ran, how: &str) -> Result<(), String> {
        let (ours, theirs) = (self.trace.events(), other.trace.events());
        if ours != theirs {
            let place = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
            let shown = |events: &[Event]| format!("{:?}", events.get(place));
            return Err(format!(
                "{how}, event {place} is {} and not {}",
                shown(theirs),
                shown(ours)
            ));
        }
        let all = |ran: &Ran| (ran.stdout.clone(), ran.stderr.clone(), ran.receipt.clone());
        match all(self) == all(other) {
            true => Ok(()),
            false => Err(format!("{how}, the trace is the same, but not what it did")),
        }
    }
}
