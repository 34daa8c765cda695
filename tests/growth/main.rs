//! Memory does not grow, however often something is done. An allocator counts it, per thread.
//!
//! This is a binary of its own, because the allocator counts everything that runs in it.

mod net;

use std::hint::black_box;
use std::panic::resume_unwind;

use allocation_counter::measure;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::channel::{
    BroadcastReceiver, Receiver, UnboundedSender, WatchReceiver, bounded, broadcast, unbounded,
    watch,
};
use loop_core::sync::{Event, Lock};
use loop_core::trace::{Recorder, Ring};
use loop_core::{Cancel, Defer, Error, Interval, Remote, Shield, TaskLocal};
use tests::ms;

/// How often each thing is done, unless the variable `GROWTH_TIMES` says something else: `GROWTH_TIMES=10000000 cargo test
/// --release -p tests --test growth`.
const TIMES: usize = 200_000;

/// How much more memory may be in use at any time than before, in bytes: less than three bits for each thing done.
const SLACK: u64 = 64 * 1024;

fn many() -> usize {
    match std::env::var("GROWTH_TIMES") {
        Ok(times) => times.parse().expect("GROWTH_TIMES is a number"),
        Err(_) => TIMES,
    }
}

/// How much more memory a run of `work` uses than the loop had in use after a shorter run.
fn peak<R>(work: impl Fn(usize) -> Coroutine<R>) -> u64
where
    R: 'static,
{
    let mut event_loop = endless().unrecorded();
    let mut run = |times| drop(event_loop.run_until_complete(work(times)).unwrap());
    run(1_000);
    measure(|| run(many())).bytes_max
}

#[track_caller]
fn assert_is_flat(peak: u64) {
    assert!(peak <= SLACK, "{peak} bytes more for {} times", many());
}

/// A simulation that may take as many steps as it likes.
fn endless() -> Sim {
    Sim::new().step_limit(u64::MAX)
}

#[loop_core::coroutine(lazy)]
fn child(n: usize) -> usize {
    yield_!();
    n
}

#[loop_core::coroutine(lazy)]
fn fails() {
    yield_!();
    // Without the panic hook, which would print.
    resume_unwind(Box::new("out of luck"));
}

#[test]
fn the_allocator_counts() {
    let kept = measure(|| std::mem::forget(black_box(vec![0_u8; 100])));
    assert_eq!(kept.bytes_max, 100);
}

#[test]
fn tasks_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn spawns(times: usize) {
        for n in 0..times {
            yield_!(Spawn(child(n))).detach();
            yield_!();
        }
    }
    assert_is_flat(peak(spawns));
}

#[test]
fn chained_coroutines_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn chains(times: usize) -> usize {
        let mut sum = 0;
        for n in 0..times {
            sum += yield_!(child(n));
        }
        sum
    }
    assert_is_flat(peak(chains));
}

#[test]
fn sleeps_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn sleeps(times: usize) {
        for _ in 0..times {
            yield_!(Sleep(ms(1)));
        }
    }
    assert_is_flat(peak(sleeps));
}

#[test]
fn ticks_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn ticks(times: usize) {
        let mut ticks = Interval::new(ms(1));
        for _ in 0..times {
            yield_!(ticks.tick());
        }
    }
    assert_is_flat(peak(ticks));
}

#[test]
fn task_local_values_leave_nothing() {
    static NUMBER: TaskLocal<usize> = TaskLocal::new("number");
    #[loop_core::coroutine(lazy)]
    fn sets(times: usize) {
        for n in 0..times {
            yield_!(NUMBER.set(n));
            yield_!(Spawn(NUMBER.scope(n, child(n)))).detach();
            yield_!(NUMBER.scope(n, child(n)));
        }
    }
    assert_is_flat(peak(sets));
}

#[loop_core::stream(yields = usize)]
fn counts(times: usize) {
    for n in 0..times {
        if n % 2 == 0 {
            yield_!();
        }
        emit!(n);
    }
}

#[test]
fn values_of_streams_leave_nothing() {
    #[loop_core::sink(receives = usize)]
    fn sums(sum: &mut usize) {
        while let Some(n) = receive!() {
            *sum += n;
        }
    }
    #[loop_core::coroutine(lazy)]
    fn pumps(times: usize) {
        let mut sum = 0;
        let mut sums = sums(&mut sum);
        let both = counts(times / 2).merge(counts(times / 2));
        let mut numbers = both.map(|n| n + 1).filter(|n| *n > 0).chunks(3);
        while let Some(chunk) = yield_!(numbers.next()) {
            for n in chunk {
                yield_!(sums.send(n));
            }
        }
        yield_!(sums.close());
    }
    assert_is_flat(peak(pumps));
}

#[test]
fn streams_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn makes(times: usize) {
        for n in 0..times / 4 {
            let mut both = counts(2).merge(counts(2));
            // Most of them are dropped in the middle.
            for _ in 0..n % 5 {
                yield_!(both.next());
            }
        }
    }
    assert_is_flat(peak(makes));
}

#[test]
fn what_is_deferred_or_shielded_leaves_nothing() {
    #[loop_core::coroutine(lazy)]
    fn cleans_up(n: usize) {
        yield_!(Defer(move || child(n)));
        yield_!(Shield(child(n)));
        yield_!(Sleep(ms(1)));
    }
    #[loop_core::coroutine(lazy)]
    fn cancels(times: usize) {
        for n in 0..times / 4 {
            let task = yield_!(Spawn(cleans_up(n)));
            for _ in 0..n % 4 {
                yield_!();
            }
            yield_!(Cancel(task)).unwrap_err();
            yield_!(Timeout(ms(n as u64 % 2), cleans_up(n))).unwrap_err();
        }
    }
    assert_is_flat(peak(cancels));
}

#[test]
fn joins_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn joins(times: usize) -> usize {
        let mut sum = 0;
        for n in 0..times {
            let handle = yield_!(Spawn(child(n)));
            sum += yield_!(handle).unwrap();
        }
        sum
    }
    assert_is_flat(peak(joins));
}

#[test]
fn failures_that_are_joined_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn joins(times: usize) {
        for _ in 0..times {
            let handle = yield_!(Spawn(fails()));
            yield_!(handle).unwrap_err();
        }
    }
    assert_is_flat(peak(joins));
}

#[test]
fn timeouts_that_do_not_fire_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn sleeps_long() {
        yield_!(Sleep(ms(3_600_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn times_out(times: usize) {
        for _ in 0..times {
            let timeout = yield_!(Spawn(sleeps_long()));
            yield_!(); // it sets its timer
            yield_!(Cancel(timeout)).unwrap_err();
        }
    }
    assert_is_flat(peak(times_out));
}

/// Each task spawns the next one and ends.
#[test]
fn ancestors_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn begets(generations: usize) {
        if generations > 0 {
            yield_!(Spawn(begets(generations - 1))).detach();
        }
    }
    let mut event_loop = endless().unrecorded();
    let mut run = |generations| {
        event_loop.schedule(begets(generations));
        event_loop.run().unwrap();
    };
    run(1_000);
    assert_is_flat(measure(|| run(many())).bytes_max);
}

#[test]
fn coroutines_that_are_run_leave_nothing() {
    let mut event_loop = endless().unrecorded();
    let mut run = |times| {
        for n in 0..times {
            assert_eq!(event_loop.run_until_complete(child(n)).unwrap(), n);
        }
    };
    run(1_000);
    assert_is_flat(measure(|| run(many())).bytes_max);
}

#[test]
fn coroutines_that_are_scheduled_leave_nothing() {
    let mut event_loop = endless().unrecorded();
    let mut run = |times| {
        for n in 0..times {
            event_loop.schedule(child(n));
            event_loop.run().unwrap();
        }
    };
    run(1_000);
    assert_is_flat(measure(|| run(many())).bytes_max);
}

#[test]
fn locks_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn counts(lock: Lock<usize>, times: usize, yields: bool) {
        for _ in 0..times {
            let mut count = yield_!(lock.acquire());
            if yields {
                yield_!();
            }
            *count += 1;
        }
    }
    #[loop_core::coroutine(lazy)]
    fn locks(times: usize) {
        let lock = Lock::new(0);
        yield_!(counts(lock.clone(), times / 2, false));
        // Each of them waits for the other one.
        let other = yield_!(Spawn(counts(lock.clone(), times / 4, true)));
        yield_!(counts(lock.clone(), times / 4, true));
        yield_!(other).unwrap();
        assert_eq!(*yield_!(lock.acquire()), times / 4 * 2 + times / 2);
    }
    assert_is_flat(peak(locks));
}

#[test]
fn messages_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn sends(times: usize) {
        let (sender, receiver) = bounded(3);
        let (back, answers) = unbounded();
        let echo = yield_!(Spawn(echo(receiver, back)));
        for n in 0..times {
            yield_!(sender.send(n)).unwrap();
            assert_eq!(yield_!(answers.recv()), Some(n));
        }
        drop(sender);
        yield_!(echo).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn echo(receiver: Receiver<usize>, back: UnboundedSender<usize>) {
        while let Some(n) = yield_!(receiver.recv()) {
            back.send(n).unwrap();
        }
    }
    assert_is_flat(peak(sends));
}

/// Each is in the loop's table while a task waits for it.
#[test]
fn objects_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine(lazy)]
    fn makes(times: usize) {
        for n in 0..times {
            let event = Event::new();
            let task = yield_!(Spawn(waits(event.clone())));
            yield_!();
            match n % 2 {
                0 => event.set(),
                _ => drop(yield_!(Cancel(task))),
            }
        }
    }
    assert_is_flat(peak(makes));
}

/// What a task tells others in one step, it tells the loop once.
#[test]
fn changes_in_one_step_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine(lazy)]
    fn changes(times: usize) {
        let (event, (sender, receiver)) = (Event::new(), watch(0));
        let (news, hears) = broadcast(3);
        let tasks = [
            yield_!(Spawn(waits(event.clone()))),
            yield_!(Spawn(watches(receiver))),
            yield_!(Spawn(listens(hears))),
        ];
        yield_!();
        for n in 0..times {
            event.set();
            sender.send(n);
            news.send(n);
        }
        drop((sender, news));
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn watches(receiver: WatchReceiver<usize>) {
        while yield_!(receiver.changed()).is_ok() {}
    }
    #[loop_core::coroutine(lazy)]
    fn listens(receiver: BroadcastReceiver<usize>) {
        yield_!(receiver.recv()).unwrap_err();
    }
    assert_is_flat(peak(changes));
}

#[test]
fn receivers_that_come_and_go_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn subscribes(times: usize) {
        let (sender, receiver) = broadcast(1);
        for n in 0..times {
            let other = sender.subscribe();
            sender.send(n);
            assert_eq!(yield_!(other.recv()), Ok(n));
        }
        drop(receiver);
    }
    assert_is_flat(peak(subscribes));
}

/// The script itself gets shorter by a byte for each line, so the loop must use less than that per line.
#[test]
fn lines_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn reads(times: usize) {
        for _ in 0..times {
            assert_eq!(yield_!(Stdin).unwrap().as_deref(), Some(""));
        }
    }
    let mut event_loop = endless().stdin("\n".repeat(many() + 1_000)).unrecorded();
    event_loop.run_until_complete(reads(1_000)).unwrap();
    let read = measure(|| event_loop.run_until_complete(reads(many())).unwrap());
    assert!(read.bytes_current <= SLACK as i64, "{read:?}");
}

/// The output that the simulation captures is not counted.
#[test]
fn texts_leave_nothing_but_what_is_captured() {
    #[loop_core::coroutine(lazy)]
    fn prints(times: usize) {
        for _ in 0..times {
            yield_!(Print("x")).unwrap();
            yield_!(Eprint("x")).unwrap();
        }
    }
    let mut event_loop = endless().unrecorded();
    event_loop.run_until_complete(prints(1_000)).unwrap();
    let printed = measure(|| event_loop.run_until_complete(prints(many())).unwrap());
    let captured = event_loop.world().stdout().len() + event_loop.world().stderr().len();
    assert_eq!(captured, 2 * (many() + 1_000));
    // A vector that grows has room for up to as much again, and is copied from one that was half as long.
    let allowed = 3 * captured as u64 + 256 * 1024;
    assert!(printed.bytes_max <= allowed, "{printed:?}");
}

#[test]
fn failures_that_nobody_joins_are_kept_in_a_bounded_number() {
    #[loop_core::coroutine(lazy)]
    fn detaches(times: usize) {
        for _ in 0..times {
            yield_!(Spawn(fails())).detach();
            yield_!();
            yield_!();
        }
    }
    let mut event_loop = endless().builder().on_unjoined_error(|_, _| {}).build();
    event_loop.schedule(detaches(many()));
    let run = measure(|| {
        let Err(Error::Failed(failures)) = event_loop.run() else {
            panic!("tasks failed");
        };
        assert_eq!(failures.more(), many() as u64 - 100);
    });
    assert_is_flat(run.bytes_max);
}

#[test]
fn errors_that_nobody_asks_for_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn refuses() -> Result<(), &'static str> {
        yield_!();
        Err("no route")
    }
    #[loop_core::coroutine(lazy)]
    fn detaches(times: usize) {
        for _ in 0..times {
            yield_!(Spawn(refuses())).detach();
            yield_!();
            yield_!();
        }
    }
    let mut event_loop = endless().builder().on_unjoined_error(|_, _| {}).build();
    event_loop.run_until_complete(detaches(1_000)).unwrap();
    let run = measure(|| event_loop.run_until_complete(detaches(many())).unwrap());
    assert_is_flat(run.bytes_max);
}

/// Each failure makes a flight record, and a loop may have many tasks.
#[test]
fn what_a_flight_record_takes_does_not_depend_on_the_number_of_tasks() {
    #[loop_core::coroutine(lazy)]
    fn main(tasks: usize) {
        for n in 0..tasks {
            yield_!(Spawn(child(n))).detach();
        }
        yield_!(Sleep(ms(1)));
        for _ in 0..10 {
            yield_!();
        }
    }
    let allocated = |tasks| {
        let builder = endless().builder().recorder(Ring::new(8));
        let mut event_loop = builder.build();
        event_loop.run_until_complete(main(tasks)).unwrap();
        measure(|| drop(event_loop.recorder().flight_record())).bytes_total
    };
    assert_eq!(allocated(10_000), allocated(0));
}

#[test]
fn closures_on_other_threads_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn asks(times: usize) -> usize {
        let mut sum = 0;
        for n in 0..times {
            sum += yield_!(Blocking(move || n));
        }
        sum
    }
    assert_is_flat(peak(asks));
}

#[test]
fn futures_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn asks(times: usize) -> usize {
        let mut sum = 0;
        for n in 0..times {
            let (sender, receiver) = futures::channel::oneshot::channel();
            yield_!(Spawn(sends(sender, n))).detach();
            sum += yield_!(Await(receiver)).unwrap();
        }
        sum
    }
    #[loop_core::coroutine(lazy, skip(sender))]
    fn sends(sender: futures::channel::oneshot::Sender<usize>, n: usize) {
        sender.send(n).unwrap();
        yield_!();
    }
    assert_is_flat(peak(asks));
}

#[test]
fn futures_and_closures_whose_tasks_are_cancelled_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn forever() {
        yield_!(Await(std::future::pending()))
    }
    #[loop_core::coroutine(lazy)]
    fn computes() -> u32 {
        yield_!(Blocking(|| 1))
    }
    #[loop_core::coroutine(lazy)]
    fn cancels(times: usize) {
        for _ in 0..times {
            let forever = yield_!(Spawn(forever()));
            let computes = yield_!(Spawn(computes()));
            yield_!();
            yield_!(Cancel(forever)).unwrap_err();
            yield_!(Cancel(computes)).unwrap_err();
        }
    }
    assert_is_flat(peak(cancels));
}

#[test]
fn what_remotes_send_leaves_nothing() {
    #[loop_core::coroutine(lazy)]
    fn calls(remote: Remote, times: usize) -> usize {
        let mut sum = 0;
        for n in 0..times {
            remote.schedule(move || child(n));
            sum += yield_!(Await(remote.call(move || child(n)))).unwrap();
        }
        sum
    }
    let mut event_loop = endless().unrecorded();
    let remote = event_loop.remote();
    let mut run = |times| {
        let calls = calls(remote.clone(), times);
        event_loop.run_until_complete(calls).unwrap();
    };
    run(1_000);
    assert_is_flat(measure(|| run(many())).bytes_max);
}
