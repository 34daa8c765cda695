//! Random programs on loops with limits: a task is refused, and a stack is too deep, exactly when the limit is reached.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::trace::EventKind;
use proptest::prelude::*;

use crate::config;

#[derive(Clone, Debug)]
enum Act {
    Yield,
    Chain(Vec<Act>),
    Spawn(Vec<Act>),
    /// Waits for the task that was spawned first.
    Join,
}

/// What all tasks share.
#[derive(Clone)]
struct Shared {
    tasks: Rc<Cell<usize>>,
    refused: Rc<Cell<usize>>,
    too_deep: Rc<Cell<usize>>,
    max_tasks: usize,
    max_depth: usize,
}

/// A task that has not ended.
struct Living(Shared);

impl Living {
    fn new(shared: &Shared) -> Living {
        shared.tasks.set(shared.tasks.get() + 1);
        Living(shared.clone())
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.0.tasks.set(self.0.tasks.get() - 1);
    }
}

#[loop_core::coroutine(lazy)]
fn task(acts: Vec<Act>, living: Living) {
    yield_!(does(acts, living.0.clone(), 2));
}

/// The coroutine that is at this depth of its task's stack.
#[loop_core::coroutine(lazy)]
fn does(acts: Vec<Act>, shared: Shared, depth: usize) {
    assert!(depth <= shared.max_depth);
    let mut tasks = Vec::new();
    for act in acts {
        match act {
            Act::Yield => yield_!(),
            Act::Chain(acts) => {
                let is_too_deep = usize::from(depth == shared.max_depth);
                shared.too_deep.set(shared.too_deep.get() + is_too_deep);
                yield_!(does(acts, shared.clone(), depth + 1));
            }
            Act::Spawn(acts) => {
                let living = Living::new(&shared);
                let is_full = shared.tasks.get() > shared.max_tasks;
                shared
                    .refused
                    .set(shared.refused.get() + usize::from(is_full));
                tasks.push(yield_!(Spawn(task(acts, living))));
            }
            Act::Join => {
                if let Some(task) = tasks.pop()
                    && let Err(error) = yield_!(task)
                {
                    assert!(error.limit().is_some(), "{error}");
                }
            }
        }
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![Just(Act::Yield), Just(Act::Join)];
    let act = act.prop_recursive(6, 80, 5, |act| {
        let acts = || prop::collection::vec(act.clone(), 1..5);
        prop_oneof![acts().prop_map(Act::Chain), acts().prop_map(Act::Spawn)]
    });
    prop::collection::vec(act, 1..8)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn limits_are_reached_exactly(
        acts in acts(), max_tasks in 1..5_usize, max_depth in 2..5_usize, seed in 0..4_u64,
    ) {
        let shared = Shared {
            tasks: Rc::default(),
            refused: Rc::default(),
            too_deep: Rc::default(),
            max_tasks,
            max_depth,
        };
        let sim = Sim::new().seed(seed).max_tasks(max_tasks).max_depth(max_depth);
        let mut event_loop = sim.event_loop();
        event_loop.schedule(task(acts, Living::new(&shared)));
        let run = event_loop.run();
        let trace = event_loop.trace();
        let failed = trace.events().iter().filter(|event| event.kind() == EventKind::Failed).count();
        prop_assert_eq!(failed, shared.refused.get() + shared.too_deep.get());
        if failed == 0 {
            prop_assert!(run.is_ok());
        }
        prop_assert_eq!(shared.tasks.get(), 0);
    }
}
