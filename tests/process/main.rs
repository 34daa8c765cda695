//! Child processes, in the simulation and on the operating system.

mod both;
mod example;
mod programs;
mod simulated;

use loop_core::prelude::*;

use crate::programs::sim;

/// Runs a program in both worlds, which must agree. Gives what it returns.
fn in_both<T: PartialEq + std::fmt::Debug + 'static>(program: impl Fn() -> Coroutine<T>) -> T {
    let simulated = sim().run(&program).into_result().unwrap();
    let real = EventLoop::new().run_until_complete(program()).unwrap();
    assert_eq!(
        simulated, real,
        "left: the simulation, right: the operating system"
    );
    simulated
}
