//! Random programs beside models: values of a queue, a counter of permits, one holder at a time, and nobody waits for ever.

mod channels;
mod holding;
mod signals;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Cancel, Handle};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tests::ms;

/// The same programs each time, as for the properties of the requests. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for others.
fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    ProptestConfig {
        failure_persistence: None,
        cases: 6 * given.cases,
        rng_seed: match given.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed => fixed,
        },
        ..given
    }
}

/// What a task does: numbers, whose meaning each model gives.
type Acts = Vec<u8>;

/// Tasks, and what is done to them.
#[derive(Clone, Debug)]
struct Plan {
    tasks: Vec<Acts>,
    control: Vec<Control>,
    /// The order of the ready tasks; 0 is that of production.
    seed: u64,
}

#[derive(Clone, Debug)]
enum Control {
    Now,
    Sleep,
    /// Cancels a task: this one of those that are left.
    Cancel(usize),
}

fn plans(tasks: usize, acts: u8) -> impl Strategy<Value = Plan> {
    let control = prop_oneof![
        2 => Just(Control::Now),
        1 => Just(Control::Sleep),
        2 => (0..tasks).prop_map(Control::Cancel),
    ];
    let tasks = prop::collection::vec(prop::collection::vec(0..acts, 0..6), 1..=tasks);
    let control = prop::collection::vec(control, 0..8);
    (tasks, control, 0..4_u64).prop_map(|(tasks, control, seed)| Plan {
        tasks,
        control,
        seed,
    })
}

impl Plan {
    /// How many tasks are cancelled at most.
    fn cancels(&self) -> usize {
        let control = self.control.iter();
        control
            .filter(|control| matches!(control, Control::Cancel(_)))
            .count()
    }
}

/// Starts the tasks, cancels some, runs the last coroutine, and joins the others.
fn run(tasks: Vec<Coroutine<()>>, plan: Plan, last: Coroutine<()>) {
    let mut event_loop = Sim::new().seed(plan.seed).unrecorded();
    event_loop
        .run_until_complete(controls(tasks, plan.control, last))
        .unwrap();
}

/// Runs them at the same time, to their ends.
#[loop_core::coroutine(lazy)]
fn all_of(coroutines: Vec<Coroutine<()>>) {
    let mut handles = Vec::new();
    for coroutine in coroutines {
        handles.push(yield_!(Spawn(coroutine)));
    }
    for handle in handles {
        yield_!(handle).unwrap();
    }
}

#[loop_core::coroutine(lazy)]
fn controls(tasks: Vec<Coroutine<()>>, control: Vec<Control>, last: Coroutine<()>) {
    let mut handles: Vec<Handle<()>> = Vec::new();
    for task in tasks {
        handles.push(yield_!(Spawn(task)));
    }
    for control in control {
        match control {
            Control::Now => yield_!(),
            Control::Sleep => yield_!(Sleep(ms(1))),
            Control::Cancel(_) if handles.is_empty() => {}
            Control::Cancel(which) => {
                let which = which % handles.len();
                let _ = yield_!(Cancel(handles.remove(which)));
            }
        }
    }
    yield_!(last);
    for handle in handles {
        yield_!(handle).unwrap();
    }
}

/// Lets others run: a turn, or longer.
#[loop_core::coroutine(lazy)]
fn rests(how: u8) {
    match how % 2 {
        0 => yield_!(),
        _ => yield_!(Sleep(ms(1))),
    }
}

/// Those who have asked, in their order.
#[derive(Clone, Default)]
struct Line {
    asked: Rc<RefCell<VecDeque<u32>>>,
    next: Rc<Cell<u32>>,
    /// Whether they must go on in that order. Where a policy picks, those who are ready may change places.
    is_strict: bool,
}

impl Line {
    fn new(seed: u64) -> Line {
        Line {
            is_strict: seed == 0,
            ..Line::default()
        }
    }

    fn ask(&self) -> Place {
        let number = self.next.get();
        self.next.set(number + 1);
        self.asked.borrow_mut().push_back(number);
        Place(number, self.clone())
    }
}

/// A place in a line. It is dropped when the task goes on or is cancelled.
struct Place(u32, Line);

impl Place {
    fn goes_on(self) {
        if self.1.is_strict {
            assert_eq!(self.1.asked.borrow().front(), Some(&self.0), "it overtakes");
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.1.asked.borrow_mut().retain(|number| *number != self.0);
    }
}
