//! loop-core, as its users write it: through the macros, with the `EventLoop` that `EventLoop::new` gives.

mod cancel;
mod chain;
mod echo;
mod generator;
mod http;
mod lines;
mod parked;
mod schedules;
mod stream;
mod switch;
mod sync;
mod timers;
mod trace;

use loop_core::prelude::*;

use crate::kind::{Bench, Kind};

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    Some(match kind {
        Kind::Switch => switch::switch,
        Kind::Traced => trace::traced,
        Kind::Spawn => switch::spawn,
        Kind::SpawnYield => switch::spawn_yield,
        Kind::ChainLeaf => chain::leaves,
        Kind::ChainYield => chain::yielders,
        Kind::ChainDepth => chain::depth,
        Kind::ChainResume => chain::resume,
        Kind::FromLeaf => chain::leaves_in_place,
        Kind::FromYield => chain::yielders_in_place,
        Kind::ParkedNever => parked::never,
        Kind::ParkedJoined => parked::joined,
        Kind::ParkedSleeping => parked::sleeping,
        Kind::ParkedEvent => sync::parked,
        Kind::Channel => sync::round_trips,
        Kind::ChannelBounded => sync::round_trips_bounded,
        Kind::Lock => sync::locks,
        Kind::Idle => parked::idle,
        Kind::Timers => timers::timers,
        Kind::Timeouts => timers::timeouts,
        Kind::TimeoutReady => timers::limits,
        Kind::Cancel => cancel::parked,
        Kind::CancelWaiters => cancel::waiters,
        Kind::Echo => echo::serve,
        Kind::Http => http::serve,
        Kind::Lines => lines::lines,
        Kind::Generator => generator::generator,
        Kind::Stream => stream::values,
        Kind::StreamYield => stream::values_in_turn,
        Kind::Trace => trace::trace,
        Kind::Ring => trace::ring,
        Kind::Schedules => schedules::schedules,
        Kind::Cold => return None,
    })
}

/// Runs a measuring coroutine on the operating system.
fn run<T: 'static>(main: Coroutine<T>) -> T {
    let mut event_loop = EventLoop::new();
    event_loop
        .run_until_complete(main)
        .expect("a run without failures")
}

#[loop_core::coroutine]
fn join_all(tasks: Vec<Handle<u64>>) -> u64 {
    let mut sum = 0u64;
    for task in tasks {
        sum = sum.wrapping_add(yield_!(task).expect("no task fails"));
    }
    sum
}
