//! `futures::executor::LocalPool`; its timers are futures-timer's, which keeps a thread of its own.

use std::future::Future;
use std::time::Duration;

use futures::executor::{LocalPool, LocalSpawner};
use futures::future::RemoteHandle;
use futures::task::LocalSpawnExt;

use crate::async_workloads::async_workloads;
use crate::bodies::{self, wake_and_wait as yield_now};
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

type Cx = LocalSpawner;
type Join = RemoteHandle<u64>;

fn block_on<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output {
    let mut pool = LocalPool::new();
    let main = main(pool.spawner());
    pool.run_until(main)
}

fn spawn(cx: &Cx, task: impl Future<Output = u64> + 'static) -> Join {
    cx.spawn_local_with_handle(task).expect("the pool lives")
}

fn value(joined: u64) -> u64 {
    joined
}

fn sleep(delay: Duration) -> futures_timer::Delay {
    futures_timer::Delay::new(delay)
}

async_workloads!();
