//! Bare genawaiter: as a generator, and as coroutines in a `VecDeque`, which is the least a loop over it can cost.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use ::genawaiter::GeneratorState;
use ::genawaiter::rc::{Co, Gen};

use crate::clock::{self, Sample};
use crate::kind::{Bench, Kind, Load};
use crate::peers::generators::drive;

pub(crate) fn generators(kind: Kind) -> Option<Bench> {
    (kind == Kind::Generator).then_some(generator as Bench)
}

pub(crate) fn floor(kind: Kind) -> Option<Bench> {
    Some(match kind {
        Kind::Switch => switch,
        Kind::Spawn => spawn_leaf,
        Kind::SpawnYield => spawn_yield,
        _ => return None,
    })
}

async fn count(n: u64, co: Co<u64>) {
    for i in 0..n {
        co.yield_(i).await;
    }
}

fn generator(load: Load) -> Sample {
    drive(Gen::new(move |co| count(load.n, co)), load)
}

type Coroutine = Gen<usize, usize, Pin<Box<dyn Future<Output = u64>>>>;

async fn switcher(n: u64, co: Co<usize, usize>) -> u64 {
    for i in 0..n {
        co.yield_(i as usize).await;
    }
    n
}

async fn leaf(i: u64, _co: Co<usize, usize>) -> u64 {
    i
}

async fn yielder(i: u64, co: Co<usize, usize>) -> u64 {
    co.yield_(0).await;
    i
}

fn run(ready: &mut VecDeque<Coroutine>) -> u64 {
    let mut sum = 0;
    while let Some(mut coroutine) = ready.pop_front() {
        match coroutine.resume_with(0) {
            GeneratorState::Yielded(_) => ready.push_back(coroutine),
            GeneratorState::Complete(value) => sum += value,
        }
    }
    sum
}

fn switch(load: Load) -> Sample {
    clock::time(load.whole(), || {
        let new = |_| Coroutine::new(|co| Box::pin(switcher(load.rounds(), co)));
        assert_eq!(run(&mut (0..load.width).map(new).collect()), load.whole());
    })
}

fn spawn_leaf(load: Load) -> Sample {
    spawn(load, |i| Coroutine::new(|co| Box::pin(leaf(i, co))))
}

fn spawn_yield(load: Load) -> Sample {
    spawn(load, |i| Coroutine::new(|co| Box::pin(yielder(i, co))))
}

fn spawn(load: Load, one: impl Fn(u64) -> Coroutine) -> Sample {
    clock::time(load.whole(), || {
        let mut ready = VecDeque::with_capacity(load.width as usize);
        for _ in 0..load.rounds() {
            ready.extend((0..load.width).map(&one));
            std::hint::black_box(run(&mut ready));
        }
    })
}
