//! may: coroutines with stacks, one worker thread. A stack is two mappings, so tens of thousands are the most.

use std::time::Duration;

use ::may::coroutine::{self, JoinHandle};
use ::may::go;

use crate::bodies;
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    Some(match kind {
        Kind::Switch => switch,
        Kind::Spawn => spawn_leaf,
        Kind::SpawnYield => spawn_yield,
        Kind::ParkedNever => parked_never,
        Kind::ParkedJoined => parked_joined,
        Kind::ParkedSleeping => parked_sleeping,
        Kind::Timers => timers,
        Kind::Idle => idle,
        _ => return None,
    })
}

/// Runs `main` as a coroutine on the one worker.
fn block_on(main: impl FnOnce() -> Sample + Send + 'static) -> Sample {
    ::may::config().set_worker_pin(false);
    ::may::config().set_workers(1);
    go!(main).join().expect("main does not fail")
}

fn join_all(tasks: &mut Vec<JoinHandle<u64>>) -> u64 {
    tasks
        .drain(..)
        .map(|task| task.join().expect("no task fails"))
        .sum()
}

fn until_parked(n: u64) {
    while bodies::parked() < n {
        coroutine::sleep(Duration::from_millis(1)); // a yield would come back at once, before the new ones
    }
}

fn never() -> u64 {
    bodies::about_to_park();
    loop {
        coroutine::park();
    }
}

fn switcher(n: u64) -> u64 {
    for _ in 0..n {
        coroutine::yield_now();
    }
    n
}

fn sleeper(delay: Duration) -> u64 {
    bodies::about_to_park();
    coroutine::sleep(delay);
    1
}

fn switch(load: Load) -> Sample {
    block_on(move || {
        let watch = Stopwatch::start();
        let mut tasks = (0..load.width)
            .map(|_| go!(move || switcher(load.rounds())))
            .collect();
        assert_eq!(join_all(&mut tasks), load.whole());
        watch.per_op(load.whole())
    })
}

fn spawn_leaf(load: Load) -> Sample {
    spawn_join(load, |i| go!(move || i))
}

fn spawn_yield(load: Load) -> Sample {
    spawn_join(load, |i| go!(move || yielder(i)))
}

fn yielder(i: u64) -> u64 {
    coroutine::yield_now();
    i
}

fn spawn_join(load: Load, one: fn(u64) -> JoinHandle<u64>) -> Sample {
    block_on(move || {
        let watch = Stopwatch::start();
        let mut tasks = Vec::with_capacity(load.width as usize);
        for _ in 0..load.rounds() {
            tasks.extend((0..load.width).map(one));
            std::hint::black_box(join_all(&mut tasks));
        }
        watch.per_op(load.whole())
    })
}

fn parked_never(load: Load) -> Sample {
    block_on(move || {
        let parking = Parking::start();
        (0..load.n).for_each(|_| std::mem::forget(go!(never)));
        until_parked(load.n);
        parking.stop(load.n).report_and_exit()
    })
}

fn parked_joined(load: Load) -> Sample {
    block_on(move || {
        let parking = Parking::start();
        let last = (1..load.n).fold(go!(never), |other, _| {
            go!(move || {
                bodies::about_to_park();
                other.join().expect("no task fails")
            })
        });
        until_parked(load.n);
        std::mem::forget(last);
        parking.stop(load.n).report_and_exit()
    })
}

fn parked_sleeping(load: Load) -> Sample {
    block_on(move || {
        let parking = Parking::start();
        (0..load.n).for_each(|_| std::mem::forget(go!(|| sleeper(bodies::HOUR))));
        until_parked(load.n);
        parking.stop(load.n).report_and_exit()
    })
}

fn timers(load: Load) -> Sample {
    block_on(move || {
        let watch = Stopwatch::start();
        let delays = (0..load.n).map(|i| bodies::delay(i, load.width));
        let mut tasks = delays.map(|delay| go!(move || sleeper(delay))).collect();
        assert_eq!(join_all(&mut tasks), load.n);
        bodies::timed(&watch, load)
    })
}

fn idle(load: Load) -> Sample {
    block_on(move || {
        (0..load.width).for_each(|_| std::mem::forget(go!(never)));
        until_parked(load.width);
        let watch = Stopwatch::start();
        coroutine::sleep(Duration::from_millis(load.n));
        bodies::idled(&watch)
    })
}
