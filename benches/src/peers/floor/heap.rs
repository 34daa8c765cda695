//! A `BinaryHeap` of deadlines over boxed futures, asleep until the next one.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::bodies::{self, wait_once};
use crate::clock::{Sample, Stopwatch};
use crate::kind::{Bench, Kind, Load};

type Task = Pin<Box<dyn Future<Output = u64>>>;
/// Nanoseconds since the start, and the task's number: 16 bytes.
type Deadlines = BinaryHeap<Reverse<(u64, u32)>>;

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    Some(match kind {
        Kind::Timers => timers,
        Kind::Timeouts => timeouts,
        _ => return None,
    })
}

struct Timers {
    watch: Stopwatch,
    deadlines: RefCell<Deadlines>,
}

impl Timers {
    fn now(&self) -> u64 {
        self.watch.wall().as_nanos() as u64
    }

    /// Sleeps until `due` at least; what time it is then.
    fn until(&self, due: u64) -> u64 {
        loop {
            let now = self.now();
            if now >= due {
                return now;
            }
            std::thread::sleep(Duration::from_nanos(due - now));
        }
    }
}

async fn sleeper(timers: Rc<Timers>, id: u32, delay: Duration) -> u64 {
    let due = timers.now() + delay.as_nanos() as u64;
    timers.deadlines.borrow_mut().push(Reverse((due, id)));
    wait_once().await;
    1
}

/// All tasks, each waiting for its deadline.
fn asleep(timers: &Rc<Timers>, delays: impl Iterator<Item = Duration>) -> Vec<Option<Task>> {
    let mut cx = Context::from_waker(Waker::noop());
    let sleeping = (0..).zip(delays).map(|(id, delay)| {
        let mut task: Task = Box::pin(sleeper(timers.clone(), id, delay));
        assert!(task.as_mut().poll(&mut cx).is_pending());
        Some(task)
    });
    sleeping.collect()
}

fn empty(load: Load) -> Rc<Timers> {
    let deadlines = RefCell::new(Deadlines::with_capacity(load.n as usize));
    Rc::new(Timers {
        watch: Stopwatch::start(),
        deadlines,
    })
}

fn timers(load: Load) -> Sample {
    let timers = empty(load);
    let delays = (0..load.n).map(|id| bodies::delay(id, load.width));
    let mut tasks = asleep(&timers, delays);
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(run(&mut tasks, &timers, &mut cx), load.n);
    bodies::timed(&timers.watch, load)
}

/// A heap can remove its first entry alone. All sleep equally long, so the first is the one that is cancelled next.
fn timeouts(load: Load) -> Sample {
    let timers = empty(load);
    let delays = (0..load.n).map(|_| bodies::HOUR);
    for (id, task) in (0..).zip(asleep(&timers, delays)) {
        let first = timers.deadlines.borrow_mut().pop();
        assert!(first.is_some_and(|Reverse((_, first))| first == id));
        drop(task);
    }
    timers.watch.per_op(load.n)
}

fn run(tasks: &mut [Option<Task>], timers: &Timers, cx: &mut Context<'_>) -> u64 {
    let mut sum = 0;
    let mut now = timers.now();
    loop {
        let Some(Reverse((due, id))) = timers.deadlines.borrow_mut().pop() else {
            return sum;
        };
        if due > now {
            now = timers.until(due);
        }
        let task = tasks[id as usize].take();
        if let Some(Poll::Ready(value)) = task.map(|mut task| task.as_mut().poll(cx)) {
            sum += value;
        }
    }
}
