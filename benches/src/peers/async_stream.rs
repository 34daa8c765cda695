//! async-stream, polled by tokio's current-thread runtime.

use std::hint::black_box;

use futures::Stream;
use futures::StreamExt;

use crate::bodies::wake_and_wait;
use crate::clock::{Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    Some(match kind {
        Kind::Stream => |load| run(count(load.n), load),
        Kind::StreamYield => |load| run(count_in_turn(load.n), load),
        _ => return None,
    })
}

fn count(n: u64) -> impl Stream<Item = u64> {
    ::async_stream::stream! {
        for i in 0..n {
            yield i;
        }
    }
}

fn count_in_turn(n: u64) -> impl Stream<Item = u64> {
    ::async_stream::stream! {
        for i in 0..n {
            wake_and_wait().await;
            yield i;
        }
    }
}

fn run(values: impl Stream<Item = u64>, load: Load) -> Sample {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a tokio runtime").block_on(async {
        let watch = Stopwatch::start();
        let mut values = std::pin::pin!(values);
        let mut count = 0;
        while let Some(x) = values.next().await {
            black_box(x);
            count += 1;
        }
        assert_eq!(count, load.n);
        watch.per_op(load.n)
    })
}
