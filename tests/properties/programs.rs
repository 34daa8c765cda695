//! Random programs, made of the requests, and what their coroutines see.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use loop_core::Cancel;
use loop_core::prelude::*;
use loop_core::sim::Input;
use proptest::prelude::*;

/// What one coroutine does.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    lazy: bool,
    acts: Vec<Act>,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// So many times.
    Now(usize),
    /// So many times.
    Clock(usize),
    Sleep(u64),
    Print,
    Stdin,
    Chain(Program),
    Spawn(Program),
    Detach(Program),
    /// Joins the oldest task that has not been joined.
    Join,
    /// Cancels the oldest task that has not been joined.
    Cancel,
}

/// What the coroutines of a run have seen.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) lines: Vec<String>,
    pub(crate) printed: Vec<String>,
    pub(crate) begun: usize,
    pub(crate) ended: usize,
}

pub(crate) type Shared = Rc<RefCell<Seen>>;

pub(crate) fn start(program: Program, seen: Shared) -> Coroutine<()> {
    match program.lazy {
        true => lazy(program, seen),
        false => primed(program, seen),
    }
}

#[loop_core::coroutine]
fn primed(program: Program, seen: Shared) {
    seen.borrow_mut().begun += 1;
    // On the task's own stack, so that stacks get deep.
    yield_!(lazy(program, seen.clone()));
    seen.borrow_mut().ended += 1;
}

#[loop_core::coroutine(lazy)]
fn lazy(program: Program, seen: Shared) {
    seen.borrow_mut().begun += 1;
    let mut children = VecDeque::new();
    for act in program.acts {
        match act {
            Act::Now(times) => {
                for _ in 0..times {
                    yield_!();
                }
            }
            Act::Clock(times) => {
                for _ in 0..times {
                    yield_!(Clock);
                }
            }
            Act::Sleep(ms) => yield_!(Sleep(Duration::from_millis(ms))),
            Act::Print => {
                let text = format!("text {}\n", seen.borrow().printed.len());
                seen.borrow_mut().printed.push(text.clone());
                yield_!(Print(text)).unwrap();
            }
            Act::Stdin => {
                let line = yield_!(Stdin).unwrap();
                seen.borrow_mut().lines.extend(line);
            }
            Act::Chain(program) => yield_!(start(program, seen.clone())),
            Act::Spawn(program) => children.push_back(yield_!(Spawn(start(program, seen.clone())))),
            Act::Detach(program) => yield_!(Spawn(start(program, seen.clone()))).detach(),
            Act::Cancel => {
                if let Some(child) = children.pop_front() {
                    let _ = yield_!(Cancel(child));
                }
            }
            Act::Join => {
                if let Some(child) = children.pop_front() {
                    yield_!(child).unwrap();
                }
            }
        }
    }
    for child in children {
        yield_!(child).unwrap();
    }
    seen.borrow_mut().ended += 1;
}

impl Program {
    /// How often each kind of act is in it and in the programs that it starts.
    pub(crate) fn count(&self, is: fn(&Act) -> bool) -> usize {
        let acts = self.acts.iter();
        let each = acts.map(|act| match act {
            Act::Chain(program) | Act::Spawn(program) | Act::Detach(program) => {
                usize::from(is(act)) + program.count(is)
            }
            _ => usize::from(is(act)),
        });
        each.sum()
    }
}

/// Programs of these acts, which may start others.
fn programs(
    act: BoxedStrategy<Act>,
    starts: fn(Program) -> BoxedStrategy<Act>,
) -> impl Strategy<Value = Program> {
    let leaf = (any::<bool>(), prop::collection::vec(act.clone(), 0..6));
    let leaf = leaf.prop_map(|(lazy, acts)| Program { lazy, acts });
    leaf.prop_recursive(4, 40, 4, move |inner| {
        let act = prop_oneof![2 => act.clone(), 3 => inner.prop_flat_map(starts)];
        let program = (any::<bool>(), prop::collection::vec(act, 0..6));
        program.prop_map(|(lazy, acts)| Program { lazy, acts })
    })
}

fn any_act() -> BoxedStrategy<Act> {
    prop_oneof![
        2 => (1..30_usize).prop_map(Act::Now),
        1 => (1..70_usize).prop_map(Act::Clock),
        2 => (0..4_u64).prop_map(Act::Sleep),
        2 => Just(Act::Print),
        3 => Just(Act::Stdin),
        2 => Just(Act::Join),
    ]
    .boxed()
}

pub(crate) fn any_programs() -> impl Strategy<Value = Vec<Program>> {
    programs_of(any_act())
}

/// Programs that also cancel some of the tasks that they have spawned.
pub(crate) fn cancelling_programs() -> impl Strategy<Value = Vec<Program>> {
    let act = prop_oneof![
        2 => any_act(),
        2 => Just(Act::Stdin),
        2 => Just(Act::Cancel),
        1 => (0..4_u64).prop_map(Act::Sleep),
    ];
    programs_of(act.boxed())
}

fn programs_of(act: BoxedStrategy<Act>) -> impl Strategy<Value = Vec<Program>> {
    let program = programs(act, |inner| {
        let (chained, spawned) = (inner.clone(), inner.clone());
        prop_oneof![
            Just(Act::Chain(chained)),
            Just(Act::Spawn(spawned)),
            Just(Act::Detach(inner)),
        ]
        .boxed()
    });
    prop::collection::vec(program, 1..5)
}

/// Programs whose tasks have nothing to do with each other.
pub(crate) fn independent_programs() -> impl Strategy<Value = Vec<Program>> {
    let act = prop_oneof![
        2 => (1..30_usize).prop_map(Act::Now),
        1 => (1..70_usize).prop_map(Act::Clock),
        2 => (0..4_u64).prop_map(Act::Sleep),
    ];
    let program = programs(act.boxed(), |inner| {
        prop_oneof![Just(Act::Chain(inner.clone())), Just(Act::Detach(inner))].boxed()
    });
    prop::collection::vec(program, 1..5)
}

/// Numbered lines, each at a time, torn or whole.
pub(crate) fn scripts() -> impl Strategy<Value = (usize, Input)> {
    (prop::collection::vec(0..6_u64, 0..12), any::<bool>()).prop_map(|(mut times, torn)| {
        times.sort_unstable();
        let numbered = times.iter().enumerate();
        let input = numbered.fold(Input::new(), |input, (n, time)| {
            input.at(Duration::from_millis(*time), format!("line {n}\n"))
        });
        (times.len(), if torn { input.torn() } else { input })
    })
}

/// How many tasks sleep, and how long: all the same time, each less than the one before, or anything.
pub(crate) fn sleeps() -> impl Strategy<Value = Vec<u64>> {
    let many = 1..600_usize;
    prop_oneof![
        (many.clone(), 0..2_000_u64).prop_map(|(many, time)| vec![time; many]),
        many.clone()
            .prop_map(|many| (0..many as u64).rev().collect()),
        prop::collection::vec(0..2_000_u64, many.clone()),
        prop::collection::vec(0..1_u64 << 40, many),
    ]
}

/// Starts sleepers, rests, starts more; every third sleeps until an instant that may be over.
#[loop_core::coroutine]
pub(crate) fn many_sleepers(sleeps: Vec<Vec<u64>>, rests: Vec<u64>) {
    for (sleeps, rest) in sleeps.into_iter().zip(rests) {
        for (n, nanos) in sleeps.into_iter().enumerate() {
            yield_!(Spawn(nap(n % 3 == 0, nanos))).detach();
        }
        yield_!(Sleep(Duration::from_nanos(rest)));
    }
}

#[loop_core::coroutine]
fn nap(until: bool, nanos: u64) {
    match until {
        true => yield_!(SleepUntil(loop_core::Time::from_nanos(nanos))),
        false => yield_!(Sleep(Duration::from_nanos(nanos))),
    }
}
