//! Channels, locks and time limits of the loops that run futures, written once, as in [`async_workloads`](crate::async_workloads).
//!
//! The module that says `async_sync!()` has beside it what that one wants, and
//!
//! - `unbounded` and `bounded`, each with `channel()`, `async fn send(&Sender, u64)` and `async fn recv(&mut Receiver) -> Option<u64>`;
//! - `type Lock`, `lock() -> Lock`, which can be cloned, and `async fn count(&Lock, yields: bool)`, which locks it, counts and yields;
//! - `async fn timeout(Duration, impl Future<Output = u64>) -> Option<u64>`.

macro_rules! async_sync {
    () => {
        fn round_trips(load: Load) -> Sample {
            crate::async_sync::async_sync!(round_trips unbounded, load)
        }

        fn round_trips_bounded(load: Load) -> Sample {
            crate::async_sync::async_sync!(round_trips bounded, load)
        }

        async fn locker(lock: Lock, n: u64, yields: bool) -> u64 {
            for _ in 0..n {
                count(&lock, yields).await;
            }
            n
        }

        fn locks(load: Load) -> Sample {
            block_on(move |cx| async move {
                let lock = lock();
                let watch = Stopwatch::start();
                let task = || locker(lock.clone(), load.rounds(), load.width > 1);
                let mut tasks: Vec<Join> = (0..load.width).map(|_| spawn(&cx, task())).collect();
                assert_eq!(join_all(&mut tasks).await, load.whole());
                watch.per_op(load.whole())
            })
        }

        fn limits(load: Load) -> Sample {
            block_on(move |cx| async move {
                let task = async move {
                    for i in 0..load.n {
                        let ended = timeout(bodies::HOUR, leaf(i)).await;
                        std::hint::black_box(ended.expect("it returns at once"));
                    }
                    load.n
                };
                let watch = Stopwatch::start();
                assert_eq!(value(spawn(&cx, task).await), load.n);
                watch.per_op(load.n)
            })
        }
    };
    // Both ends are tasks: the main future is a special case in some loops.
    (round_trips $channel:ident, $load:ident) => {
        block_on(move |cx| async move {
            let (to, mut there) = $channel::channel();
            let (back, mut here) = $channel::channel();
            let echo = async move {
                while let Some(value) = $channel::recv(&mut there).await {
                    $channel::send(&back, value).await;
                }
                0
            };
            let ping = async move {
                for value in 0..$load.n {
                    $channel::send(&to, value).await;
                    assert_eq!($channel::recv(&mut here).await, Some(value));
                }
                $load.n
            };
            let watch = Stopwatch::start();
            let mut tasks: Vec<Join> = vec![spawn(&cx, echo), spawn(&cx, ping)];
            assert_eq!(join_all(&mut tasks).await, $load.n);
            watch.per_op($load.n)
        })
    };
}

pub(crate) use async_sync;
