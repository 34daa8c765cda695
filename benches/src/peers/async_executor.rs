//! async-executor's `LocalExecutor` under async-io, which is what smol is made of.

use std::future::Future;
use std::time::Duration;

use ::async_executor::{LocalExecutor, Task};

use crate::async_workloads::async_workloads;
use crate::bodies;
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

type Cx = &'static LocalExecutor<'static>;
type Join = Task<u64>;

fn block_on<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output {
    let executor: Cx = Box::leak(Box::new(LocalExecutor::new()));
    async_io::block_on(executor.run(main(executor)))
}

fn spawn(cx: &Cx, task: impl Future<Output = u64> + 'static) -> Join {
    cx.spawn(task)
}

fn value(joined: u64) -> u64 {
    joined
}

fn yield_now() -> impl Future<Output = ()> {
    futures_lite::future::yield_now()
}

async fn sleep(delay: Duration) {
    async_io::Timer::after(delay).await;
}

async_workloads!();
