//! Many simulations of one small program, each with a seed of its own.

use loop_core::prelude::*;
use loop_core::sim::Sim;

use super::switch::switcher;
use crate::clock::{self, Sample};
use crate::kind::Load;

const TASKS: usize = 3;

pub(super) fn schedules(load: Load) -> Sample {
    clock::time(load.n, || {
        for seed in 1..=load.n {
            let mut event_loop = Sim::new().seed(seed).unrecorded();
            let sum = event_loop.run_until_complete(program(load.width));
            assert_eq!(sum.expect("no task fails"), load.width * TASKS as u64);
        }
    })
}

#[loop_core::coroutine]
fn program(yields: u64) -> u64 {
    let mut tasks = Vec::with_capacity(TASKS);
    for _ in 0..TASKS {
        tasks.push(yield_!(Spawn(switcher(yields))));
    }
    let mut sum = 0;
    for task in tasks {
        sum += yield_!(task).expect("no task fails");
    }
    sum
}
