//! `wait_for` and `timeout`, beside `Timeout`: in time, too late, at the deadline, nested.

use loop_core::prelude::*;
use loop_core::sync::channel::{self, Receiver, UnboundedSender};
use loop_core::sync::{Event, Lock};
use loop_core::{Defer, Time, TimeoutAt};
use tests::ms;

use crate::pair::{Finally, Pair, differs, pairs, print, print_end, same};

pairs![
    in_time,
    too_late,
    at_the_deadline,
    the_work_is_done_at_the_deadline,
    no_time_at_all,
    an_absolute_deadline,
    one_within_another,
    within_a_task_within_a_time_limit,
    the_coroutine_fails,
    a_failure_goes_through,
    a_failure_while_it_is_closed,
    the_coroutine_refuses,
    the_coroutine_cleans_up,
    the_task_that_waits_is_cancelled,
    cancelled_at_the_deadline,
    a_value_that_comes_at_the_deadline_is_not_lost,
    tries_again,
    a_lock_that_is_released_at_the_deadline_is_not_lost,
    cancelled_when_the_coroutine_has_its_value,
    a_group_within_a_time_limit,
];

fn in_time() -> Pair {
    const PYTHON: &str = r#"
async def works():
    await asyncio.sleep(0.01)
    return 7

async def main():
    print(await asyncio.wait_for(works(), 0.02))
    await asyncio.sleep(0.02)
    print("nothing happens later")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() -> u32 {
        yield_!(Sleep(ms(10)));
        7
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(Timeout(ms(20), works())).unwrap());
        yield_!(Sleep(ms(20)));
        print!("nothing happens later");
    }
    same(PYTHON, main)
}

fn too_late() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
        print("not reached")
    finally:
        print("finally")

async def main():
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(works(), 0.02)
    except TimeoutError:
        print("too late, after", round(1000 * loop.time()))
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(10_000)));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if yield_!(Timeout(ms(20), works())).is_err() {
            let after = yield_!(Clock) - Time::ZERO;
            print!("too late, after {}", after.as_millis());
        }
    }
    same(PYTHON, main)
}

fn at_the_deadline() -> Pair {
    const PYTHON: &str = r#"
async def works():
    await asyncio.sleep(0.02)
    return "in time"

async def main():
    try:
        print(await asyncio.wait_for(works(), 0.02))
    except TimeoutError:
        print("too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() -> &'static str {
        yield_!(Sleep(ms(20)));
        "in time"
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!(
            "{}",
            yield_!(Timeout(ms(20), works())).unwrap_or("too late")
        );
    }
    same(PYTHON, main)
}

fn the_work_is_done_at_the_deadline() -> Pair {
    const PYTHON: &str = r#"
async def sets(event):
    await asyncio.sleep(0.02)
    event.set()

async def waits(event):
    await event.wait()
    return "in time"

async def main():
    event = asyncio.Event()
    task = asyncio.create_task(sets(event))
    await asyncio.sleep(0)
    try:
        print(await asyncio.wait_for(waits(event), 0.02))
    except TimeoutError:
        print("too late")
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn sets(event: Event) {
        yield_!(Sleep(ms(20)));
        event.set();
    }
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) -> &'static str {
        yield_!(event.wait());
        "in time"
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let task = yield_!(Spawn(sets(event.clone())));
        yield_!();
        print!(
            "{}",
            yield_!(Timeout(ms(20), waits(event))).unwrap_or("too late")
        );
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn no_time_at_all() -> Pair {
    const PYTHON: &str = r#"
async def works():
    print("begins")
    return "ready"

async def main():
    try:
        print(await asyncio.wait_for(works(), 0))
    except TimeoutError:
        print("too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() -> &'static str {
        print!("begins");
        "ready"
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(Timeout(ms(0), works())).unwrap_or("too late"));
    }
    differs(
        "a time limit of zero",
        (PYTHON, "too late"),
        (main, "begins\nready"),
    )
}

fn an_absolute_deadline() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    print("slept", time)

async def naps_twice():
    await naps(10)
    await naps(20)

async def main():
    deadline = asyncio.get_running_loop().time() + 0.025
    await asyncio.sleep(0.01)
    try:
        async with asyncio.timeout_at(deadline):
            await naps_twice()
    except TimeoutError:
        print("too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) {
        yield_!(Sleep(ms(time)));
        print!("slept {time}");
    }
    #[loop_core::coroutine(lazy)]
    fn naps_twice() {
        yield_!(naps(10));
        yield_!(naps(20));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let deadline = yield_!(Clock) + ms(25);
        yield_!(Sleep(ms(10)));
        if yield_!(TimeoutAt(deadline, naps_twice())).is_err() {
            print!("too late");
        }
    }
    same(PYTHON, main)
}

fn one_within_another() -> Pair {
    const PYTHON: &str = r#"
async def inner(time):
    try:
        async with asyncio.timeout(time / 1000):
            await asyncio.sleep(10)
    except TimeoutError:
        print("the inner one")

async def outer(outer_time, inner_time):
    try:
        async with asyncio.timeout(outer_time / 1000):
            await inner(inner_time)
            print("goes on")
    except TimeoutError:
        print("the outer one")

async def main():
    await outer(10, 20)
    await outer(20, 10)
    await outer(10, 10)
"#;
    #[loop_core::coroutine(lazy)]
    fn inner(time: u64) {
        if yield_!(Timeout(ms(time), sleeps())).is_err() {
            print!("the inner one");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn sleeps() {
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn outer(outer_time: u64, inner_time: u64) {
        if yield_!(Timeout(ms(outer_time), goes_on(inner_time))).is_err() {
            print!("the outer one");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn goes_on(time: u64) {
        yield_!(inner(time));
        print!("goes on");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(outer(10, 20));
        yield_!(outer(20, 10));
        yield_!(outer(10, 10));
    }
    same(PYTHON, main)
}

fn within_a_task_within_a_time_limit() -> Pair {
    const PYTHON: &str = r#"
async def naps(name, time):
    try:
        await asyncio.wait_for(asyncio.sleep(10), time / 1000)
    except TimeoutError:
        print(name, "is too late")
    finally:
        print(name, "ends")

async def main():
    try:
        await asyncio.wait_for(asyncio.gather(naps("a", 10), naps("b", 30)), 0.02)
    except TimeoutError:
        print("all are too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn sleeps() {
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn naps(name: &'static str, time: u64) {
        let _finally = Finally(if name == "a" { "a ends" } else { "b ends" });
        if yield_!(Timeout(ms(time), sleeps())).is_err() {
            print!("{name} is too late");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn both() {
        yield_!(All([naps("a", 10), naps("b", 30)])).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if yield_!(Timeout(ms(20), both())).is_err() {
            print!("all are too late");
        }
    }
    same(PYTHON, main)
}

fn the_coroutine_fails() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.01)
    raise ValueError("broken")

async def main():
    try:
        await asyncio.wait_for(fails(), 0.02)
    except ValueError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Result<(), &'static str> {
        yield_!(Sleep(ms(10)));
        Err("broken")
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if let Err(error) = yield_!(Timeout(ms(20), fails())).unwrap() {
            print!("{error}");
        }
    }
    same(PYTHON, main)
}

fn a_failure_goes_through() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.01)
    raise RuntimeError("broken")

async def works():
    try:
        await asyncio.wait_for(fails(), 0.02)
        print("not reached")
    finally:
        print("finally")

async def main():
    task = asyncio.create_task(works())
    try:
        await task
    except RuntimeError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() {
        yield_!(Sleep(ms(10)));
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("finally");
        let _ = yield_!(Timeout(ms(20), fails()));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(works()));
        print_end(&yield_!(task).map(|()| "not reached"));
    }
    same(PYTHON, main)
}

fn a_failure_while_it_is_closed() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        raise RuntimeError("broken")

async def limits():
    await asyncio.wait_for(works(), 0.01)

async def main():
    task = asyncio.create_task(limits())
    try:
        await task
    except Exception as error:
        print(error)
"#;
    struct Breaks;
    impl Drop for Breaks {
        fn drop(&mut self) {
            panic!("broken");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _breaks = Breaks;
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn limits() -> &'static str {
        yield_!(Timeout(ms(10), works())).map_or("too late", |()| "in time")
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(limits()));
        print_end(&yield_!(task));
    }
    differs(
        "a failure while a task is cancelled",
        (PYTHON, "broken"),
        (main, "too late\nthe run fails"),
    )
}

fn the_coroutine_refuses() -> Pair {
    const PYTHON: &str = r#"
async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("no")
    return "in time after all"

async def main():
    try:
        print(await asyncio.wait_for(stubborn(), 0.01))
    except TimeoutError:
        print("too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn stubborn() -> &'static str {
        let _finally = Finally("no");
        yield_!(Sleep(ms(10_000)));
        "in time after all"
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!(
            "{}",
            yield_!(Timeout(ms(10), stubborn())).unwrap_or("too late")
        );
    }
    differs(
        "refusing a cancellation",
        (PYTHON, "no\nin time after all"),
        (main, "no\ntoo late"),
    )
}

fn the_coroutine_cleans_up() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("cleans up")
        await asyncio.sleep(0.05)
        print("clean")

async def main():
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(works(), 0.01)
    except TimeoutError:
        print("too late, after", round(1000 * loop.time()))
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up() {
        print!("cleans up");
        yield_!(Sleep(ms(50)));
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Defer(cleans_up));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if yield_!(Timeout(ms(10), works())).is_err() {
            let after = yield_!(Clock) - Time::ZERO;
            print!("too late, after {}", after.as_millis());
        }
    }
    same(PYTHON, main)
}

fn the_task_that_waits_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("inner")

async def limits():
    try:
        await asyncio.wait_for(works(), 1)
    except TimeoutError:
        print("not reached")
    finally:
        print("outer")

async def main():
    task = asyncio.create_task(limits())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("inner");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn limits() {
        let _finally = Finally("outer");
        if yield_!(Timeout(ms(1000), works())).is_err() {
            print!("not reached");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(limits()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    same(PYTHON, main)
}

fn cancelled_at_the_deadline() -> Pair {
    const PYTHON: &str = r#"
async def limits():
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except TimeoutError:
        print("too late")
        await asyncio.sleep(1)

async def main():
    task = asyncio.create_task(limits())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn sleeps() {
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn limits() {
        if yield_!(Timeout(ms(10), sleeps())).is_err() {
            print!("too late");
            yield_!(Sleep(ms(1000)));
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(limits()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    same(PYTHON, main)
}

fn a_value_that_comes_at_the_deadline_is_not_lost() -> Pair {
    const PYTHON: &str = r#"
async def main():
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()
    loop.call_later(0.01, queue.put_nowait, "value")
    try:
        got = await asyncio.wait_for(queue.get(), 0.01)
    except TimeoutError:
        got = queue.get_nowait()
    print(got)
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(receiver: Receiver<&'static str>) -> Option<&'static str> {
        yield_!(receiver.recv())
    }
    #[loop_core::coroutine(lazy)]
    fn puts(sender: UnboundedSender<&'static str>) {
        yield_!(Sleep(ms(10)));
        sender.send("value").unwrap();
        yield_!(Sleep(ms(10)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let puts = yield_!(Spawn(puts(sender)));
        yield_!();
        let got = match yield_!(Timeout(ms(10), gets(receiver.clone()))) {
            Ok(got) => got.unwrap(),
            Err(_) => receiver.try_recv().unwrap(),
        };
        print!("{got}");
        yield_!(puts).unwrap();
    }
    same(PYTHON, main)
}

fn tries_again() -> Pair {
    const PYTHON: &str = r#"
async def attempt(n):
    await asyncio.sleep(0.03 - n / 100)
    return f"attempt {n} is in time"

async def main():
    for n in range(4):
        try:
            print(await asyncio.wait_for(attempt(n), 0.015))
            break
        except TimeoutError:
            print("attempt", n, "is too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn attempt(n: u64) -> String {
        yield_!(Sleep(ms(30 - 10 * n)));
        format!("attempt {n} is in time")
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        for n in 0..4 {
            if let Ok(text) = yield_!(Timeout(ms(15), attempt(n))) {
                print!("{text}");
                break;
            }
            print!("attempt {n} is too late");
        }
    }
    same(PYTHON, main)
}

fn a_lock_that_is_released_at_the_deadline_is_not_lost() -> Pair {
    const PYTHON: &str = r#"
async def holds(lock):
    async with lock:
        await asyncio.sleep(0.01)

async def takes(lock):
    async with lock:
        print("takes it")

async def main():
    lock = asyncio.Lock()
    task = asyncio.create_task(holds(lock))
    await asyncio.sleep(0)
    try:
        await asyncio.wait_for(takes(lock), 0.01)
    except TimeoutError:
        print("too late")
    await asyncio.wait_for(takes(lock), 0.01)
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn holds(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        yield_!(Sleep(ms(10)));
    }
    #[loop_core::coroutine(lazy)]
    fn takes(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("takes it");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let task = yield_!(Spawn(holds(lock.clone())));
        yield_!();
        if yield_!(Timeout(ms(10), takes(lock.clone()))).is_err() {
            print!("too late");
        }
        yield_!(Timeout(ms(10), takes(lock))).unwrap();
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn cancelled_when_the_coroutine_has_its_value() -> Pair {
    const PYTHON: &str = r#"
async def gets(queue):
    print("got", await asyncio.wait_for(queue.get(), 1))

async def main():
    queue = asyncio.Queue()
    task = asyncio.create_task(gets(queue))
    await asyncio.sleep(0.01)
    queue.put_nowait("value")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    print(queue.qsize(), "left")
"#;
    #[loop_core::coroutine(lazy)]
    fn receives(receiver: Receiver<&'static str>) -> Option<&'static str> {
        yield_!(receiver.recv())
    }
    #[loop_core::coroutine(lazy)]
    fn gets(receiver: Receiver<&'static str>) {
        let got = yield_!(Timeout(ms(1000), receives(receiver)));
        print!("got {}", got.unwrap().unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let task = yield_!(Spawn(gets(receiver.clone())));
        yield_!(Sleep(ms(10)));
        sender.send("value").unwrap();
        yield_!();
        let _ = yield_!(Cancel(task));
        print!("{} left", receiver.len());
    }
    differs(
        "cancelled one turn after the value of a `wait_for` has come",
        (PYTHON, "got value\n0 left"),
        (main, "0 left"),
    )
}

fn a_group_within_a_time_limit() -> Pair {
    const PYTHON: &str = r#"
async def works(name, time):
    try:
        await asyncio.sleep(time / 1000)
        print(name, "is done")
    finally:
        print("finally")

async def main():
    try:
        async with asyncio.timeout(0.02):
            async with asyncio.TaskGroup() as group:
                group.create_task(works("a", 10))
                group.create_task(works("b", 30))
            print("not reached")
    except TimeoutError:
        print("too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, time: u64) {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(time)));
        print!("{name} is done");
    }
    #[loop_core::coroutine(lazy)]
    fn both() {
        let mut group = Group::new();
        yield_!(group.spawn(works("a", 10)));
        yield_!(group.spawn(works("b", 30)));
        yield_!(group.join()).unwrap();
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if yield_!(Timeout(ms(20), both())).is_err() {
            print!("too late");
        }
    }
    same(PYTHON, main)
}
