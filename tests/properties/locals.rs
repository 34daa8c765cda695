//! Random programs that set and read task-local values, each with a model of what it must find.

use std::cell::Cell;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::{Defer, TaskLocal};
use proptest::prelude::*;

use crate::config;

static KEYS: [TaskLocal<Counted>; 3] = [
    TaskLocal::new("a"),
    TaskLocal::new("b"),
    TaskLocal::new("c"),
];

/// How many values there are.
type Count = Rc<Cell<u32>>;

/// A value that is counted until it is dropped.
struct Counted(u8, Count);

impl Counted {
    fn new(value: u8, count: &Count) -> Counted {
        count.set(count.get() + 1);
        Counted(value, Rc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.set(self.1.get() - 1);
    }
}

/// What a task must find: a value of each key.
type Model = [Option<u8>; 3];

#[derive(Clone, Debug)]
enum Act {
    Get(usize),
    Set(usize, u8),
    Unset(usize),
    Yield,
    Chain(Vec<Act>),
    Scope(usize, u8, Vec<Act>),
    Spawn(Vec<Act>),
    All(Vec<Act>, Vec<Act>),
    Timeout(Vec<Act>),
    Defer(Vec<Act>),
    /// Spawns a task, and cancels it after a yield.
    Cancel(Vec<Act>),
}

/// Does something, and checks what it finds. Gives what its caller must find then.
#[loop_core::coroutine(lazy)]
fn does(acts: Vec<Act>, mut model: Model, count: Count) -> Model {
    for act in acts {
        match act {
            Act::Get(key) => {
                let value = yield_!(KEYS[key].get());
                assert_eq!(value.map(|value| value.0), model[key]);
            }
            Act::Set(key, value) => {
                let before = yield_!(KEYS[key].set(Counted::new(value, &count)));
                assert_eq!(before.map(|value| value.0), model[key]);
                model[key] = Some(value);
            }
            Act::Unset(key) => {
                let before = yield_!(KEYS[key].reset(None));
                assert_eq!(before.map(|value| value.0), model[key].take());
            }
            Act::Yield => yield_!(),
            Act::Chain(acts) => model = yield_!(does(acts, model, count.clone())),
            Act::Scope(key, value, acts) => {
                let before = model[key].replace(value);
                let inner = does(acts, model, count.clone());
                model = yield_!(KEYS[key].scope(Counted::new(value, &count), inner));
                model[key] = before;
            }
            Act::Spawn(acts) => yield_!(Spawn(does(acts, model, count.clone()))).detach(),
            Act::All(one, two) => {
                let one = does(one, model, count.clone());
                yield_!(All((one, does(two, model, count.clone())))).unwrap();
            }
            Act::Timeout(acts) => {
                let limited = does(acts, model, count.clone());
                yield_!(Timeout(tests::ms(1), limited)).unwrap();
            }
            Act::Defer(acts) => {
                let count = count.clone();
                yield_!(Defer(move || does(acts, model, count)));
            }
            Act::Cancel(acts) => {
                let task = yield_!(Spawn(does(acts, model, count.clone())));
                yield_!();
                let _ = yield_!(Cancel(task));
            }
        }
    }
    model
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let simple = prop_oneof![
        3 => (0..3_usize).prop_map(Act::Get),
        2 => (0..3_usize, any::<u8>()).prop_map(|(key, value)| Act::Set(key, value)),
        1 => (0..3_usize).prop_map(Act::Unset),
        1 => Just(Act::Yield),
    ];
    let act = simple.prop_recursive(4, 64, 6, |act| {
        let acts = || prop::collection::vec(act.clone(), 1..6);
        prop_oneof![
            acts().prop_map(Act::Chain),
            (0..3_usize, any::<u8>(), acts())
                .prop_map(|(key, value, acts)| Act::Scope(key, value, acts)),
            acts().prop_map(Act::Spawn),
            (acts(), acts()).prop_map(|(one, two)| Act::All(one, two)),
            acts().prop_map(Act::Timeout),
            acts().prop_map(Act::Defer),
            acts().prop_map(Act::Cancel),
        ]
    });
    prop::collection::vec(act, 1..8)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn tasks_find_what_they_have_set_or_inherited_in_any_schedule(acts in acts(), seed in 0..4_u64) {
        let count = Count::default();
        let mut event_loop = Sim::new().seed(seed).unrecorded();
        event_loop.schedule(does(acts, [None; 3], count.clone()));
        prop_assert!(event_loop.run().is_ok());
        prop_assert_eq!(count.get(), 0, "values are left");
    }

    #[test]
    fn a_loop_that_is_dropped_leaves_no_value(acts in acts(), steps in 1..40_u64) {
        let count = Count::default();
        let mut event_loop = Sim::new().step_limit(steps).unrecorded();
        event_loop.schedule(does(acts, [None; 3], count.clone()));
        let _ = event_loop.run();
        drop(event_loop);
        prop_assert_eq!(count.get(), 0, "values are left");
    }
}
