//! Taking turns, spawning and joining.

use loop_core::prelude::*;
use loop_core::trace::Recorder;
use loop_core::world::World;

use crate::clock::{self, Sample, Stopwatch};
use crate::kind::Load;

#[loop_core::coroutine]
pub(super) fn switcher(n: u64) -> u64 {
    for _ in 0..n {
        yield_!();
    }
    n
}

#[loop_core::coroutine]
pub(super) fn leaf(i: u64) -> u64 {
    i
}

#[loop_core::coroutine]
fn yielder(i: u64) -> u64 {
    yield_!();
    i
}

/// `width` tasks take turns until each has yielded its share. All are scheduled before the first one runs.
pub(super) fn take_turns<W: World, R: Recorder>(event_loop: &mut EventLoop<W, R>, load: Load) {
    for _ in 0..load.width {
        event_loop.schedule(switcher(load.rounds()));
    }
    event_loop.run().expect("no task fails");
}

pub(super) fn switch(load: Load) -> Sample {
    let mut event_loop = EventLoop::new();
    clock::time(load.whole(), || take_turns(&mut event_loop, load))
}

pub(super) fn spawn(load: Load) -> Sample {
    super::run(batches(load, leaf))
}

pub(super) fn spawn_yield(load: Load) -> Sample {
    super::run(batches(load, yielder))
}

#[loop_core::coroutine]
fn batches(load: Load, task: fn(u64) -> Coroutine<u64>) -> Sample {
    let watch = Stopwatch::start();
    let mut tasks = Vec::with_capacity(load.width as usize);
    for _ in 0..load.rounds() {
        for i in 0..load.width {
            tasks.push(yield_!(Spawn(task(i))));
        }
        for task in tasks.drain(..) {
            std::hint::black_box(yield_!(task).expect("no task fails"));
        }
    }
    watch.per_op(load.whole())
}
