//! What the tasks of every peer do: the same small bodies, so that only the loops differ.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock::{self, Sample, Stopwatch};
use crate::kind::Load;

/// Number of tasks that have reached the place where they park.
static PARKED: AtomicU64 = AtomicU64::new(0);

pub(crate) fn parked() -> u64 {
    PARKED.load(Ordering::Relaxed)
}

pub(crate) fn about_to_park() {
    PARKED.fetch_add(1, Ordering::Relaxed);
}

/// Number of tasks that have gone on since they parked.
static WOKEN: AtomicU64 = AtomicU64::new(0);

pub(crate) fn woken() -> u64 {
    WOKEN.load(Ordering::Relaxed)
}

pub(crate) fn is_woken() {
    WOKEN.fetch_add(1, Ordering::Relaxed);
}

/// A yield for those who bring none: wake at once, then wait.
pub(crate) fn wake_and_wait() -> impl Future<Output = ()> {
    WakeAndWait(false)
}

struct WakeAndWait(bool);

impl Future for WakeAndWait {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A yield for loops that poll everything and need no waking.
pub(crate) fn wait_once() -> impl Future<Output = ()> {
    WaitOnce(false)
}

struct WaitOnce(bool);

impl Future for WaitOnce {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// The fib of the exercise: plain recursion, about 28 calls on average for 1 to 10.
pub(crate) fn fib(n: u64) -> u64 {
    if n <= 2 { 1 } else { fib(n - 1) + fib(n - 2) }
}

/// The answer to one line of input.
pub(crate) fn answer(line: &str) -> String {
    let n: u64 = line.trim().parse().unwrap_or(0);
    format!("fib({n}) = {}\n", fib(n))
}

/// The `i`th delay: spread evenly over `span_us`, in no order (murmur's finaliser; the scripts have the same).
pub(crate) fn delay(i: u64, span_us: u64) -> Duration {
    let mut h = i as u32;
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^= h >> 16;
    Duration::from_nanos((u64::from(h) * span_us * 1000) >> 32)
}

/// Which of `n` waiters is the `i`th to be cancelled: the `i`th, the last but `i`, or one anywhere (if 7919 does not divide `n`).
pub(crate) fn nth(order: u64, i: u64, n: u64) -> u64 {
    match order {
        0 => i,
        1 => n - 1 - i,
        _ => i * 7919 % n,
    }
}

/// What a sleeper that is not meant to wake sleeps.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// What the timers took: CPU first, since the wall is mostly the waiting itself.
pub(crate) fn timed(watch: &Stopwatch, load: Load) -> Sample {
    let late = watch
        .wall()
        .saturating_sub(Duration::from_micros(load.width));
    let cpu = clock::nanos(watch.cpu(), load.n);
    Sample::default()
        .with("cpu ns", cpu)
        .with("ms late", late.as_secs_f64() * 1e3)
}

/// What doing nothing cost.
pub(crate) fn idled(watch: &Stopwatch) -> Sample {
    Sample::default().with("cpu us", watch.cpu().as_secs_f64() * 1e6)
}
