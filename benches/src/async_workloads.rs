//! The workloads of every loop that runs futures, written once.
//!
//! A macro and not a trait: tokio's `spawn` wants `Send`, the others do not have it, and only concrete types let the
//! compiler find out. The module that says `async_workloads!()` has beside it
//!
//! - `type Cx` and `block_on(main: FnOnce(Cx) -> impl Future)`: build the loop, run `main` in it;
//! - `type Join`, `spawn(&Cx, future) -> Join`, `value(<Join as Future>::Output) -> u64`;
//! - `yield_now()` and `sleep(Duration)`.
//!
//! `async_workloads!(sync)` says `async_sync!()` as well. `async_workloads!(aborts sync)` wants `abort(&Join)` and `is_cancelled(&<Join as Future>::Output)` too.

macro_rules! async_workloads {
    (sync $($also:path => $bench:ident),*) => {
        async_workloads!(
            Kind::Channel => round_trips,
            Kind::ChannelBounded => round_trips_bounded,
            Kind::Lock => locks,
            Kind::TimeoutReady => limits
            $(, $also => $bench)*
        );
        crate::async_sync::async_sync!();
    };
    (aborts sync) => {
        async_workloads!(sync Kind::Timeouts => timeouts, Kind::Cancel => cancels);

        // All are aborted before the first is awaited, so that nothing is switched to and fro.
        fn timeouts(load: Load) -> Sample {
            block_on(move |cx| async move {
                let watch = Stopwatch::start();
                let tasks: Vec<Join> = (0..load.n)
                    .map(|_| spawn(&cx, sleeper(bodies::HOUR)))
                    .collect();
                until_parked(&cx, load.n).await;
                tasks.iter().for_each(abort);
                for task in tasks {
                    assert!(is_cancelled(&task.await));
                }
                watch.per_op(load.n)
            })
        }

        fn cancels(load: Load) -> Sample {
            block_on(move |cx| async move {
                let watch = Stopwatch::start();
                for round in 1..=load.rounds() {
                    let tasks: Vec<Join> = (0..load.width).map(|_| spawn(&cx, never())).collect();
                    until_parked(&cx, round * load.width).await;
                    tasks.iter().for_each(abort);
                    for task in tasks {
                        assert!(is_cancelled(&task.await));
                    }
                }
                watch.per_op(load.whole())
            })
        }
    };
    ($($also:path => $bench:ident),*) => {
        pub(crate) fn bench(kind: Kind) -> Option<Bench> {
            Some(match kind {
                Kind::Switch => switch,
                Kind::Spawn => spawn_leaf,
                Kind::SpawnYield => spawn_yield,
                Kind::ParkedNever => parked_never,
                Kind::ParkedJoined => parked_joined,
                Kind::ParkedSleeping => parked_sleeping,
                Kind::Timers => timers,
                Kind::Idle => idle,
                $($also => $bench,)*
                _ => return None,
            })
        }

        async fn switcher(n: u64) -> u64 {
            for _ in 0..n {
                yield_now().await;
            }
            n
        }

        async fn leaf(i: u64) -> u64 {
            i
        }

        async fn yielder(i: u64) -> u64 {
            yield_now().await;
            i
        }

        async fn never() -> u64 {
            bodies::about_to_park();
            std::future::pending::<()>().await;
            0
        }

        async fn joiner(other: Join) -> u64 {
            bodies::about_to_park();
            value(other.await)
        }

        async fn sleeper(delay: Duration) -> u64 {
            bodies::about_to_park();
            sleep(delay).await;
            1
        }

        async fn join_all(tasks: &mut Vec<Join>) -> u64 {
            let mut sum = 0u64;
            for task in tasks.drain(..) {
                sum = sum.wrapping_add(value(task.await));
            }
            sum
        }

        // A task of its own: a main future that keeps waking itself starves the tasks in some loops.
        async fn until_parked(cx: &Cx, n: u64) {
            let watcher = async move {
                while bodies::parked() < n {
                    yield_now().await;
                }
                0
            };
            value(spawn(cx, watcher).await);
        }

        fn switch(load: Load) -> Sample {
            block_on(move |cx| async move {
                let watch = Stopwatch::start();
                let mut tasks: Vec<Join> = (0..load.width)
                    .map(|_| spawn(&cx, switcher(load.rounds())))
                    .collect();
                assert_eq!(join_all(&mut tasks).await, load.whole());
                watch.per_op(load.whole())
            })
        }

        fn spawn_leaf(load: Load) -> Sample {
            spawn_join(load, |cx, i| spawn(cx, leaf(i)))
        }

        fn spawn_yield(load: Load) -> Sample {
            spawn_join(load, |cx, i| spawn(cx, yielder(i)))
        }

        fn spawn_join(load: Load, one: impl Fn(&Cx, u64) -> Join) -> Sample {
            block_on(move |cx| async move {
                let watch = Stopwatch::start();
                let mut tasks = Vec::with_capacity(load.width as usize);
                for _ in 0..load.rounds() {
                    tasks.extend((0..load.width).map(|i| one(&cx, i)));
                    std::hint::black_box(join_all(&mut tasks).await);
                }
                watch.per_op(load.whole())
            })
        }

        // The handles are forgotten, not dropped: dropping means something else in each loop.
        fn parked_never(load: Load) -> Sample {
            block_on(move |cx| async move {
                let parking = Parking::start();
                (0..load.n).for_each(|_| std::mem::forget(spawn(&cx, never())));
                until_parked(&cx, load.n).await;
                parking.stop(load.n).report_and_exit()
            })
        }

        fn parked_joined(load: Load) -> Sample {
            block_on(move |cx| async move {
                let parking = Parking::start();
                let first = spawn(&cx, never());
                let last = (1..load.n).fold(first, |other, _| spawn(&cx, joiner(other)));
                until_parked(&cx, load.n).await;
                std::mem::forget(last);
                parking.stop(load.n).report_and_exit()
            })
        }

        fn parked_sleeping(load: Load) -> Sample {
            block_on(move |cx| async move {
                let parking = Parking::start();
                (0..load.n).for_each(|_| std::mem::forget(spawn(&cx, sleeper(bodies::HOUR))));
                until_parked(&cx, load.n).await;
                parking.stop(load.n).report_and_exit()
            })
        }

        fn timers(load: Load) -> Sample {
            block_on(move |cx| async move {
                let watch = Stopwatch::start();
                let delays = (0..load.n).map(|i| bodies::delay(i, load.width));
                let mut tasks: Vec<Join> = delays.map(|delay| spawn(&cx, sleeper(delay))).collect();
                assert_eq!(join_all(&mut tasks).await, load.n);
                bodies::timed(&watch, load)
            })
        }

        fn idle(load: Load) -> Sample {
            block_on(move |cx| async move {
                (0..load.width).for_each(|_| std::mem::forget(spawn(&cx, never())));
                until_parked(&cx, load.width).await;
                let watch = Stopwatch::start();
                sleep(Duration::from_millis(load.n)).await;
                bodies::idled(&watch)
            })
        }
    };
}

pub(crate) use async_workloads;
