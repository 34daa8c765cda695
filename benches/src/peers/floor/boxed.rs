//! Boxed futures in a `VecDeque`, polled in turn without any waking; in seeded order for the schedules.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use crate::bodies::{self, wait_once};
use crate::clock::{self, Parking, Sample};
use crate::kind::{Bench, Kind, Load};

type Task = Pin<Box<dyn Future<Output = u64>>>;

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    Some(match kind {
        Kind::Switch => switch,
        Kind::Spawn => spawn_leaf,
        Kind::SpawnYield => spawn_yield,
        Kind::ParkedNever => parked,
        Kind::Schedules => schedules,
        _ => return None,
    })
}

async fn switcher(n: u64) -> u64 {
    for _ in 0..n {
        wait_once().await;
    }
    n
}

async fn leaf(i: u64) -> u64 {
    i
}

async fn yielder(i: u64) -> u64 {
    wait_once().await;
    i
}

async fn never() -> u64 {
    bodies::about_to_park();
    std::future::pending::<()>().await;
    0
}

fn run(ready: &mut VecDeque<Task>) -> u64 {
    let mut cx = Context::from_waker(Waker::noop());
    let mut sum = 0;
    while let Some(mut task) = ready.pop_front() {
        match task.as_mut().poll(&mut cx) {
            Poll::Ready(value) => sum += value,
            Poll::Pending => ready.push_back(task),
        }
    }
    sum
}

fn switch(load: Load) -> Sample {
    clock::time(load.whole(), || {
        let new = |_| -> Task { Box::pin(switcher(load.rounds())) };
        assert_eq!(run(&mut (0..load.width).map(new).collect()), load.whole());
    })
}

fn spawn_leaf(load: Load) -> Sample {
    spawn(load, |i| Box::pin(leaf(i)))
}

fn spawn_yield(load: Load) -> Sample {
    spawn(load, |i| Box::pin(yielder(i)))
}

fn spawn(load: Load, one: impl Fn(u64) -> Task) -> Sample {
    clock::time(load.whole(), || {
        let mut ready = VecDeque::with_capacity(load.width as usize);
        for _ in 0..load.rounds() {
            ready.extend((0..load.width).map(&one));
            std::hint::black_box(run(&mut ready));
        }
    })
}

fn parked(load: Load) -> Sample {
    let parking = Parking::start();
    let mut tasks: Vec<Task> = Vec::with_capacity(load.n as usize);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..load.n {
        let mut task: Task = Box::pin(never());
        assert!(task.as_mut().poll(&mut cx).is_pending());
        tasks.push(task);
    }
    parking.stop(load.n).report_and_exit()
}

const TASKS: u64 = 3;

fn schedules(load: Load) -> Sample {
    let mut seed = 7;
    clock::time(load.n, || {
        (0..load.n)
            .map(|_| execution(load.width, &mut seed))
            .sum::<u64>()
    })
}

/// One fresh program, run in an order that the seed chooses.
fn execution(yields: u64, seed: &mut u64) -> u64 {
    let mut cx = Context::from_waker(Waker::noop());
    let mut tasks: Vec<Task> = (0..TASKS)
        .map(|_| -> Task { Box::pin(switcher(yields)) })
        .collect();
    let mut sum = 0;
    while !tasks.is_empty() {
        let chosen = random(seed) as usize % tasks.len();
        if let Poll::Ready(value) = tasks[chosen].as_mut().poll(&mut cx) {
            sum += value;
            drop(tasks.swap_remove(chosen));
        }
    }
    sum
}

/// xorshift64*
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
}
