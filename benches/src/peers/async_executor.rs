//! async-executor's `LocalExecutor` under async-io, which is what smol is made of; with async-channel and async-lock.

use std::future::Future;
use std::rc::Rc;
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

async fn timeout(limit: Duration, task: impl Future<Output = u64>) -> Option<u64> {
    let elapsed = async {
        sleep(limit).await;
        None
    };
    futures_lite::future::or(async { Some(task.await) }, elapsed).await
}

mod unbounded {
    use async_channel::{Receiver, Sender};

    pub(super) fn channel() -> (Sender<u64>, Receiver<u64>) {
        async_channel::unbounded()
    }

    pub(super) async fn send(sender: &Sender<u64>, value: u64) {
        sender.send(value).await.expect("the receiver is there");
    }

    pub(super) async fn recv(receiver: &mut Receiver<u64>) -> Option<u64> {
        receiver.recv().await.ok()
    }
}

mod bounded {
    use async_channel::{Receiver, Sender};

    pub(super) use super::unbounded::{recv, send};

    pub(super) fn channel() -> (Sender<u64>, Receiver<u64>) {
        async_channel::bounded(1)
    }
}

type Lock = Rc<async_lock::Mutex<u64>>;

fn lock() -> Lock {
    Rc::default()
}

async fn count(lock: &Lock, yields: bool) {
    let mut count = lock.lock().await;
    *count += 1;
    if yields {
        yield_now().await;
    }
}

async_workloads!(sync);
