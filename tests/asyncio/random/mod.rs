//! Random programs, which do the same in both languages.
//!
//! A task sleeps for a random time before and after all that it does. So hardly ever do two things happen at one time, unless one is
//! the cause of the other, and the order in which asyncio and loop-core handle what happens at one time does not matter.
//!
//! Programs in which many things happen at one time run here only: whatever the order, nothing is lost.

mod here;
mod python;

use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::pair;

/// So many objects of each kind.
const OBJECTS: usize = 2;

type Times = BoxedStrategy<u64>;

/// When a run ends, whoever waits then.
const END: u64 = 10_000_000;

/// What a coroutine does: it sleeps for some microseconds, does something, sleeps and so on.
#[derive(Clone, Debug)]
struct Acts {
    sleep: u64,
    then: Vec<(Act, u64)>,
}

#[derive(Clone, Debug)]
enum Act {
    /// Waits for an event and clears it.
    Event(usize),
    Set(usize),
    Put(usize, u32),
    Get(usize),
    /// Waits for a condition.
    Condition(usize),
    Notify(usize, usize),
    Barrier(usize),
    /// Cleans up at the end of the task, for some time.
    Defer(u64),
    Fail,
    /// Cancels the task so many places behind its own, and waits for its end.
    Cancel(usize),
    Lock(usize, Acts),
    Semaphore(usize, Acts),
    Shield(Acts),
    Timeout(u64, Acts),
    All(Vec<Acts>),
    Race(Vec<Acts>),
}

fn acts(act: impl Strategy<Value = Act>, times: Times) -> impl Strategy<Value = Acts> {
    let then = vec((act, times.clone()), 1..5);
    (times, then).prop_map(|(sleep, then)| Acts { sleep, then })
}

fn act(times: Times) -> impl Strategy<Value = Act> {
    let object = 0..OBJECTS;
    let simple = prop_oneof![
        2 => object.clone().prop_map(Act::Event),
        4 => object.clone().prop_map(Act::Set),
        2 => (object.clone(), 0..1000u32).prop_map(|(queue, value)| Act::Put(queue, value)),
        2 => object.clone().prop_map(Act::Get),
        2 => object.clone().prop_map(Act::Condition),
        2 => (object.clone(), 1..3usize).prop_map(|(condition, tasks)| Act::Notify(condition, tasks)),
        2 => object.clone().prop_map(Act::Barrier),
        2 => times.clone().prop_map(Act::Defer),
        2 => (1..4usize).prop_map(Act::Cancel),
        1 => Just(Act::Fail),
    ];
    simple.prop_recursive(3, 30, 4, move |act| {
        let acts = acts(act.clone(), times.clone()).boxed();
        let several = vec(acts.clone(), 2..4);
        prop_oneof![
            5 => act,
            1 => (object.clone(), acts.clone()).prop_map(|(lock, acts)| Act::Lock(lock, acts)),
            1 => (object.clone(), acts.clone()).prop_map(|(which, acts)| Act::Semaphore(which, acts)),
            1 => acts.clone().prop_map(Act::Shield),
            1 => (times.clone(), acts).prop_map(|(time, acts)| Act::Timeout(time, acts)),
            1 => several.clone().prop_map(Act::All),
            1 => several.prop_map(Act::Race),
        ]
    })
}

/// What each task of a program does.
#[derive(Debug)]
pub(crate) struct Program(Vec<Acts>);

/// In which it does not matter what is first.
pub(crate) fn programs() -> Vec<Program> {
    programs_with((1..200_000u64).boxed(), 300)
}

/// In which many things happen at one time.
pub(crate) fn racing_programs() -> Vec<Program> {
    programs_with((0..5u64).prop_map(|time| 1000 * time).boxed(), 500)
}

/// The same programs each time.
fn programs_with(times: Times, programs: usize) -> Vec<Program> {
    let mut runner = TestRunner::deterministic();
    let tasks = vec(acts(act(times.clone()), times), 2..6);
    let program = |_| Program(tasks.new_tree(&mut runner).unwrap().current());
    (0..programs).map(program).collect()
}

impl Program {
    pub(crate) fn python(&self) -> String {
        python::text(&self.0)
    }

    pub(crate) fn run(self) -> String {
        sorted(&pair::run(here::main(self.0, Rc::default())))
    }

    /// What is not as it has to be when all tasks have been closed, if the policy picks the next task by a seed.
    pub(crate) fn loses(&self, seed: u64) -> Option<String> {
        here::loses(self.0.clone(), seed)
    }
}

/// The lines of an output, each of which begins with the time. What happens at one time is in no order.
pub(crate) fn sorted(printed: &str) -> String {
    let mut lines: Vec<_> = printed.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}
