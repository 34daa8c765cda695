//! monoio on epoll (its `LegacyDriver`).

use std::future::Future;
use std::time::Duration;

use ::monoio::task::JoinHandle;
use ::monoio::{LegacyDriver, RuntimeBuilder};

use crate::async_workloads::async_workloads;
use crate::bodies::{self, wake_and_wait as yield_now};
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

type Cx = ();
type Join = JoinHandle<u64>;

fn block_on<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output
where
    F::Output: 'static,
{
    let mut runtime = RuntimeBuilder::<LegacyDriver>::new()
        .enable_timer()
        .build()
        .expect("a monoio runtime");
    runtime.block_on(main(()))
}

fn spawn(_: &Cx, task: impl Future<Output = u64> + 'static) -> Join {
    ::monoio::spawn(task)
}

fn value(joined: u64) -> u64 {
    joined
}

fn sleep(delay: Duration) -> ::monoio::time::Sleep {
    ::monoio::time::sleep(delay)
}

async_workloads!();
