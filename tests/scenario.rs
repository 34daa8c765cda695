//! `scenario NAME` runs one of the scenarios on the operating system, and prints its trace to standard error at the end.

use loop_core::EventLoop;
use loop_core::trace::Recording;
use tests::{SteadyOs, scenarios};

fn main() {
    let name = std::env::args().nth(1).expect("the name of a scenario");
    let builder = EventLoop::builder().recorder(Recording::default());
    let builder = builder.world(SteadyOs::default());
    let mut event_loop = builder.no_slow_steps().build();
    let result = scenarios::run(&name, &mut event_loop);
    eprint!("{}", event_loop.trace());
    if let Err(error) = result {
        eprintln!("Error: {error}");
    }
}
