//! Calling a future from a future: `Box::pin(f()).await`, and the same behind `dyn`, which recursion needs.
//!
//! An await is a call on the one machine stack: a recursion a million deep needs a stack to match, and every
//! resumption from outside walks down all of it.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread;

use crate::bodies::wait_once;
use crate::clock::{self, Sample};
use crate::kind::{Bench, Kind, Load};

/// `Box::pin(f()).await`.
pub(crate) mod boxed {
    use super::*;

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        Some(match kind {
            Kind::ChainLeaf | Kind::FromLeaf => leaves,
            Kind::ChainYield | Kind::FromYield => yielders,
            _ => return None,
        })
    }

    // The box goes through `black_box`, or the compiler does away with the allocation.
    fn leaves(load: Load) -> Sample {
        time(load.n, async move {
            for i in 0..load.n {
                black_box(black_box(Box::pin(leaf(i))).await);
            }
        })
    }

    fn yielders(load: Load) -> Sample {
        time(load.n, async move {
            for i in 0..load.n {
                black_box(black_box(Box::pin(yielder(i))).await);
            }
        })
    }
}

/// `Pin<Box<dyn Future>>`: the callee is not known to the caller.
pub(crate) mod erased {
    use super::*;

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        Some(match kind {
            Kind::ChainLeaf | Kind::FromLeaf => leaves,
            Kind::ChainYield | Kind::FromYield => yielders,
            Kind::ChainDepth => depth,
            Kind::ChainResume => resume,
            _ => return None,
        })
    }

    type Child = Pin<Box<dyn Future<Output = u64>>>;

    fn leaves(load: Load) -> Sample {
        time(load.n, async move {
            for i in 0..load.n {
                let child: Child = Box::pin(leaf(i));
                black_box(black_box(child).await);
            }
        })
    }

    fn yielders(load: Load) -> Sample {
        time(load.n, async move {
            for i in 0..load.n {
                let child: Child = Box::pin(yielder(i));
                black_box(black_box(child).await);
            }
        })
    }

    /// `depth` levels down, `yields` times there, and back.
    fn nest(depth: u64, yields: u64) -> Child {
        Box::pin(async move {
            if depth > 0 {
                return nest(depth - 1, yields).await + 1;
            }
            for _ in 0..yields {
                wait_once().await;
            }
            0
        })
    }

    fn depth(load: Load) -> Sample {
        on_a_deep_stack(load.width, move || {
            time(load.whole(), async move {
                for _ in 0..load.rounds() {
                    assert_eq!(nest(load.width, 0).await, load.width);
                }
            })
        })
    }

    fn resume(load: Load) -> Sample {
        on_a_deep_stack(load.width, move || time(load.n, nest(load.width, load.n)))
    }
}

async fn leaf(i: u64) -> u64 {
    i
}

async fn yielder(i: u64) -> u64 {
    wait_once().await;
    i
}

/// Polls until it is done; there is nothing to wait for.
fn time<T>(ops: u64, main: impl Future<Output = T>) -> Sample {
    clock::time(ops, || {
        let mut main = pin!(main);
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = main.as_mut().poll(&mut cx) {
                return value;
            }
        }
    })
}

fn on_a_deep_stack(depth: u64, work: impl FnOnce() -> Sample + Send + 'static) -> Sample {
    let stack = (1 << 20) + depth as usize * 1024;
    let thread = thread::Builder::new()
        .stack_size(stack)
        .spawn(work)
        .expect("a thread");
    thread.join().expect("no overflow")
}
