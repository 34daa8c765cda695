//! monoio on epoll (its `LegacyDriver`), with the channels of local-sync.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
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

async fn timeout(limit: Duration, task: impl Future<Output = u64>) -> Option<u64> {
    ::monoio::time::timeout(limit, task).await.ok()
}

mod unbounded {
    use local_sync::mpsc::unbounded::{Rx, Tx};

    pub(super) fn channel() -> (Tx<u64>, Rx<u64>) {
        local_sync::mpsc::unbounded::channel()
    }

    pub(super) async fn send(sender: &Tx<u64>, value: u64) {
        assert!(sender.send(value).is_ok(), "the receiver is there");
    }

    pub(super) async fn recv(receiver: &mut Rx<u64>) -> Option<u64> {
        receiver.recv().await
    }
}

mod bounded {
    use local_sync::mpsc::bounded::{Rx, Tx};

    pub(super) fn channel() -> (Tx<u64>, Rx<u64>) {
        local_sync::mpsc::bounded::channel(1)
    }

    pub(super) async fn send(sender: &Tx<u64>, value: u64) {
        assert!(sender.send(value).await.is_ok(), "the receiver is there");
    }

    pub(super) async fn recv(receiver: &mut Rx<u64>) -> Option<u64> {
        receiver.recv().await
    }
}

/// local-sync has no lock: a semaphore with one permit stands in.
type Lock = Rc<(local_sync::semaphore::Semaphore, Cell<u64>)>;

fn lock() -> Lock {
    Rc::new((local_sync::semaphore::Semaphore::new(1), Cell::new(0)))
}

async fn count(lock: &Lock, yields: bool) {
    let _permit = lock.0.acquire().await.expect("it is not closed");
    lock.1.set(lock.1.get() + 1);
    if yields {
        yield_now().await;
    }
}

async_workloads!(sync);
