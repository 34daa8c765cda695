//! compio, on io_uring and on polling (epoll).

use std::future::Future;
use std::time::Duration;

use ::compio::driver::{DriverType, ProactorBuilder};
use ::compio::runtime::{JoinError, JoinHandle, Runtime};

use crate::async_workloads::async_workloads;
use crate::bodies::{self, wake_and_wait as yield_now};
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

type Cx = ();
type Join = JoinHandle<u64>;

fn run<F: Future>(driver: DriverType, main: impl FnOnce(Cx) -> F) -> F::Output {
    let mut proactor = ProactorBuilder::new();
    proactor.driver_type(driver);
    let runtime = Runtime::builder()
        .with_proactor(proactor)
        .build()
        .expect("a compio runtime");
    runtime.block_on(main(()))
}

fn spawn(_: &Cx, task: impl Future<Output = u64> + 'static) -> Join {
    ::compio::runtime::spawn(task)
}

fn value(joined: Result<u64, JoinError>) -> u64 {
    joined.unwrap_or_else(|_| panic!("no task fails"))
}

fn sleep(delay: Duration) -> impl Future<Output = ()> {
    ::compio::time::sleep(delay)
}

/// io_uring; reported as missing where the kernel does not allow it.
pub(crate) mod uring {
    use super::*;

    fn block_on<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output {
        run(DriverType::IoUring, main)
    }

    async_workloads!();
}

/// The `polling` crate.
pub(crate) mod poll {
    use super::*;

    fn block_on<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output {
        run(DriverType::Poll, main)
    }

    async_workloads!();
}
