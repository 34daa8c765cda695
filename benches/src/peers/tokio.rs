//! tokio, one thread: `tokio::spawn` and `LocalSet`, each with `yield_now` and with a plain wake.
//!
//! `yield_now` defers its wake until the driver was polled, which is a system call per round of the queue; the plain
//! wake does not.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::async_workloads::async_workloads;
use crate::bodies;
use crate::clock::{Parking, Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

type Cx = ();
type Join = JoinHandle<u64>;
type Joined = Result<u64, tokio::task::JoinError>;

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a tokio runtime")
}

fn value(joined: Joined) -> u64 {
    joined.expect("no task fails")
}

fn abort(task: &Join) {
    task.abort();
}

fn is_cancelled(joined: &Joined) -> bool {
    joined
        .as_ref()
        .is_err_and(tokio::task::JoinError::is_cancelled)
}

fn sleep(delay: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(delay)
}

fn block_on<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output {
    runtime().block_on(main(()))
}

fn block_on_local<F: Future>(main: impl FnOnce(Cx) -> F) -> F::Output {
    tokio::task::LocalSet::new().block_on(&runtime(), main(()))
}

fn spawn(_: &Cx, task: impl Future<Output = u64> + Send + 'static) -> Join {
    tokio::spawn(task)
}

fn spawn_local(_: &Cx, task: impl Future<Output = u64> + 'static) -> Join {
    tokio::task::spawn_local(task)
}

async fn timeout(limit: Duration, task: impl Future<Output = u64>) -> Option<u64> {
    tokio::time::timeout(limit, task).await.ok()
}

/// Values without a bound.
mod unbounded {
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

    pub(super) fn channel() -> (UnboundedSender<u64>, UnboundedReceiver<u64>) {
        tokio::sync::mpsc::unbounded_channel()
    }

    pub(super) async fn send(sender: &UnboundedSender<u64>, value: u64) {
        sender.send(value).expect("the receiver is there");
    }

    pub(super) async fn recv(receiver: &mut UnboundedReceiver<u64>) -> Option<u64> {
        receiver.recv().await
    }
}

/// One value.
mod bounded {
    use tokio::sync::mpsc::{Receiver, Sender};

    pub(super) fn channel() -> (Sender<u64>, Receiver<u64>) {
        tokio::sync::mpsc::channel(1)
    }

    pub(super) async fn send(sender: &Sender<u64>, value: u64) {
        sender.send(value).await.expect("the receiver is there");
    }

    pub(super) async fn recv(receiver: &mut Receiver<u64>) -> Option<u64> {
        receiver.recv().await
    }
}

type Lock = Arc<tokio::sync::Mutex<u64>>;

fn lock() -> Lock {
    Lock::default()
}

async fn count(lock: &Lock, yields: bool) {
    let mut count = lock.lock().await;
    *count += 1;
    if yields {
        bodies::wake_and_wait().await;
    }
}

/// `tokio::spawn`, `yield_now`.
pub(crate) mod spawned {
    use super::{block_on, spawn, *};
    use tokio::task::yield_now;
    async_workloads!(aborts sync);
}

/// `tokio::spawn`, plain wake.
pub(crate) mod spawned_wake {
    use super::{block_on, spawn, *};
    use bodies::wake_and_wait as yield_now;
    async_workloads!();
}

/// `LocalSet`, `yield_now`.
pub(crate) mod local {
    use super::{block_on_local as block_on, spawn_local as spawn, *};
    use tokio::task::yield_now;
    async_workloads!(aborts sync);
}

/// `LocalSet`, plain wake.
pub(crate) mod local_wake {
    use super::{block_on_local as block_on, spawn_local as spawn, *};
    use bodies::wake_and_wait as yield_now;
    async_workloads!();
}
