//! What runs although a task is cancelled: `finally` and `shield`. And what a cancellation does not reach: threads.

use loop_core::prelude::*;
use loop_core::sync::{Lock, LockGuard};
use loop_core::{Defer, Shield, Time};
use tests::ms;

use crate::pair::{Pair, differs, pairs, print, print_end, same};

pairs![
    a_finally_that_awaits,
    several_that_await,
    cancelled_while_it_cleans_up,
    a_failure_in_a_finally,
    cleaning_up_at_the_end_of_the_run,
    a_shield_without_need,
    a_shield,
    a_shield_that_waits_for_its_work,
    a_shield_within_a_time_limit,
    what_is_shielded_fails,
    a_function_on_a_thread,
    functions_on_threads,
    a_function_on_a_thread_fails,
    a_lock_while_it_cleans_up,
    a_lock_that_the_clean_up_needs,
    who_cancels_it_is_cancelled_while_it_cleans_up,
    several_are_shielded_and_cancelled_at_once,
];

fn a_finally_that_awaits() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
        print("not reached")
    finally:
        print("cleans up")
        await asyncio.sleep(0.02)
        print("clean")

async def main():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(works())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled after", round(1000 * loop.time()))
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up() {
        print!("cleans up");
        yield_!(Sleep(ms(20)));
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Defer(cleans_up));
        yield_!(Sleep(ms(10_000)));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(works()));
        yield_!(Sleep(ms(10)));
        if yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled()) {
            let after = yield_!(Clock) - Time::ZERO;
            print!("cancelled after {}", after.as_millis());
        }
    }
    same(PYTHON, main)
}

fn several_that_await() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        try:
            await asyncio.sleep(0.01)
            print("works")
        finally:
            await asyncio.sleep(0.01)
            print("inner")
    finally:
        await asyncio.sleep(0.01)
        print("outer")

async def main():
    await works()
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up(name: &'static str) {
        yield_!(Sleep(ms(10)));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Defer(|| cleans_up("outer")));
        yield_!(Defer(|| cleans_up("inner")));
        yield_!(Sleep(ms(10)));
        print!("works");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(works()));
        yield_!(task).unwrap();
        print!("end");
    }
    same(PYTHON, main)
}

fn cancelled_while_it_cleans_up() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("cleans up")
        await asyncio.sleep(0.02)
        print("clean")

async def limits():
    try:
        async with asyncio.timeout(0.01):
            await works()
    except TimeoutError:
        print("too late")

async def main():
    task = asyncio.create_task(limits())
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up() {
        print!("cleans up");
        yield_!(Sleep(ms(20)));
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Defer(cleans_up));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn limits() {
        if yield_!(Timeout(ms(10), works())).is_err() {
            print!("too late");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(limits()));
        yield_!(Sleep(ms(20)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    differs(
        "cancelled while it cleans up",
        (PYTHON, "cleans up\ncancelled"),
        (main, "cleans up\nclean\ncancelled"),
    )
}

fn a_failure_in_a_finally() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        raise RuntimeError("broken")

async def main():
    task = asyncio.create_task(works())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    except RuntimeError as error:
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
    fn main() {
        let task = yield_!(Spawn(works()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    differs(
        "a failure while a task is cancelled",
        (PYTHON, "broken"),
        (main, "cancelled\nthe run fails"),
    )
}

fn cleaning_up_at_the_end_of_the_run() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("cleans up")
        await asyncio.sleep(0.01)
        print("clean")

async def main():
    task = asyncio.create_task(works())
    await asyncio.sleep(0.01)
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up() {
        print!("cleans up");
        yield_!(Sleep(ms(10)));
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Defer(cleans_up));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(Spawn(works())).detach();
        yield_!(Sleep(ms(10)));
        print!("end");
    }
    differs(
        "cleaning up at the end of the run",
        (PYTHON, "end\ncleans up\nclean"),
        (main, "end"),
    )
}

fn a_shield_without_need() -> Pair {
    const PYTHON: &str = r#"
async def works():
    await asyncio.sleep(0.01)
    return 7

async def main():
    print(await asyncio.shield(works()))
"#;
    #[loop_core::coroutine(lazy)]
    fn works() -> u32 {
        yield_!(Sleep(ms(10)));
        7
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(Shield(works())));
    }
    same(PYTHON, main)
}

fn a_shield() -> Pair {
    const PYTHON: &str = r#"
async def writes():
    await asyncio.sleep(0.02)
    print("written")

async def saves():
    await asyncio.shield(writes())
    print("not reached")

async def main():
    task = asyncio.create_task(saves())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
    await asyncio.sleep(0.02)
"#;
    #[loop_core::coroutine(lazy)]
    fn writes() {
        yield_!(Sleep(ms(20)));
        print!("written");
    }
    #[loop_core::coroutine(lazy)]
    fn saves() {
        yield_!(Shield(writes()));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(saves()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
        yield_!(Sleep(ms(20)));
    }
    differs(
        "a shield",
        (PYTHON, "cancelled\nwritten"),
        (main, "written\ncancelled"),
    )
}

fn a_shield_that_waits_for_its_work() -> Pair {
    const PYTHON: &str = r#"
async def writes():
    await asyncio.sleep(0.02)
    print("written")

async def saves():
    work = asyncio.create_task(writes())
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await work
        raise

async def main():
    task = asyncio.create_task(saves())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn writes() {
        yield_!(Sleep(ms(20)));
        print!("written");
    }
    #[loop_core::coroutine(lazy)]
    fn saves() {
        yield_!(Shield(writes()));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(saves()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    same(PYTHON, main)
}

fn a_shield_within_a_time_limit() -> Pair {
    const PYTHON: &str = r#"
async def writes():
    await asyncio.sleep(0.02)
    print("written")

async def main():
    work = asyncio.create_task(writes())
    try:
        await asyncio.wait_for(asyncio.shield(work), 0.01)
    except TimeoutError:
        print("too late")
    await work
"#;
    #[loop_core::coroutine(lazy)]
    fn writes() {
        yield_!(Sleep(ms(20)));
        print!("written");
    }
    #[loop_core::coroutine(lazy)]
    fn saves() {
        yield_!(Shield(writes()));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if yield_!(Timeout(ms(10), saves())).is_err() {
            print!("too late");
        }
    }
    differs(
        "a shield",
        (PYTHON, "too late\nwritten"),
        (main, "written\ntoo late"),
    )
}

fn what_is_shielded_fails() -> Pair {
    const PYTHON: &str = r#"
async def writes():
    await asyncio.sleep(0.01)
    raise OSError("the disk is full")

async def main():
    try:
        await asyncio.shield(writes())
    except OSError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn writes() -> Result<(), &'static str> {
        yield_!(Sleep(ms(10)));
        Err("the disk is full")
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if let Err(error) = yield_!(Shield(writes())) {
            print!("{error}");
        }
    }
    same(PYTHON, main)
}

fn a_function_on_a_thread() -> Pair {
    const PYTHON: &str = r#"
def adds(a, b):
    return a + b

async def main():
    print(await asyncio.to_thread(adds, 3, 4))
"#;
    fn adds(a: u32, b: u32) -> u32 {
        a + b
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(Blocking(|| adds(3, 4))));
    }
    same(PYTHON, main)
}

fn functions_on_threads() -> Pair {
    const PYTHON: &str = r#"
async def squares(n):
    value = await asyncio.to_thread(lambda: n * n)
    print(n, "is done")
    return value

async def main():
    print(await asyncio.gather(*(squares(n) for n in range(3))))
"#;
    #[loop_core::coroutine(lazy)]
    fn squares(n: u32) -> u32 {
        let value = yield_!(Blocking(move || n * n));
        print!("{n} is done");
        value
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{:?}", yield_!(All([0, 1, 2].map(squares))).unwrap());
    }
    same(PYTHON, main)
}

fn a_function_on_a_thread_fails() -> Pair {
    const PYTHON: &str = r#"
def fails():
    raise ValueError("broken")

async def works():
    await asyncio.to_thread(fails)

async def main():
    task = asyncio.create_task(works())
    try:
        await task
    except ValueError as error:
        print(error)
"#;
    fn fails() {
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Blocking(fails));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(works()));
        print_end(&yield_!(task).map(|()| "ended"));
    }
    same(PYTHON, main)
}

fn a_lock_while_it_cleans_up() -> Pair {
    const PYTHON: &str = r#"
async def works(lock):
    async with lock:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.02)
            print("clean")

async def takes(lock):
    async with lock:
        print("takes the lock")

async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(works(lock)), asyncio.create_task(takes(lock))]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up() {
        yield_!(Sleep(ms(20)));
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        yield_!(Defer(cleans_up));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn takes(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("takes the lock");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let first = yield_!(Spawn(works(lock.clone())));
        let second = yield_!(Spawn(takes(lock)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(first)).unwrap_err();
        yield_!(second).unwrap();
    }
    differs(
        "what a task holds while it cleans up",
        (PYTHON, "clean\ntakes the lock"),
        (main, "takes the lock\nclean"),
    )
}

fn a_lock_that_the_clean_up_needs() -> Pair {
    const PYTHON: &str = r#"
async def works(lock):
    await lock.acquire()
    try:
        await asyncio.sleep(10)
    finally:
        await asyncio.sleep(0.02)
        lock.release()
        print("clean")

async def takes(lock):
    async with lock:
        print("takes the lock")

async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(works(lock)), asyncio.create_task(takes(lock))]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up(guard: LockGuard<()>) {
        yield_!(Sleep(ms(20)));
        drop(guard);
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works(lock: Lock<()>) {
        let guard = yield_!(lock.acquire());
        yield_!(Defer(|| cleans_up(guard)));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn takes(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("takes the lock");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let first = yield_!(Spawn(works(lock.clone())));
        let second = yield_!(Spawn(takes(lock)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(first)).unwrap_err();
        yield_!(second).unwrap();
    }
    same(PYTHON, main)
}

fn who_cancels_it_is_cancelled_while_it_cleans_up() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("cleans up")
        await asyncio.sleep(0.02)
        print("clean")

async def cancels(task):
    task.cancel()
    await task

async def main():
    task = asyncio.create_task(works())
    await asyncio.sleep(0.01)
    canceller = asyncio.create_task(cancels(task))
    await asyncio.sleep(0.01)
    canceller.cancel()
    await asyncio.wait([canceller])
    await asyncio.sleep(0.02)
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn cleans_up() {
        print!("cleans up");
        yield_!(Sleep(ms(20)));
        print!("clean");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Defer(cleans_up));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn cancels(task: Handle<()>) {
        yield_!(Cancel(task)).unwrap_err();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(works()));
        yield_!(Sleep(ms(10)));
        let canceller = yield_!(Spawn(cancels(task)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(canceller)).unwrap_err();
        yield_!(Sleep(ms(20)));
        print!("end");
    }
    differs(
        "cancelled while it cleans up",
        (PYTHON, "cleans up\nend"),
        (main, "cleans up\nclean\nend"),
    )
}

fn several_are_shielded_and_cancelled_at_once() -> Pair {
    const PYTHON: &str = r#"
async def writes(name, time):
    await asyncio.sleep(time / 1000)
    print(name, "is written")

async def saves(name, time):
    work = asyncio.create_task(writes(name, time))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await work
        raise

async def main():
    try:
        async with asyncio.timeout(0.01):
            await asyncio.gather(saves("a", 30), saves("b", 20))
    except TimeoutError:
        print("too late")
"#;
    #[loop_core::coroutine(lazy)]
    fn writes(name: &'static str, time: u64) {
        yield_!(Sleep(ms(time)));
        print!("{name} is written");
    }
    #[loop_core::coroutine(lazy)]
    fn saves(name: &'static str, time: u64) {
        yield_!(Shield(writes(name, time)));
    }
    #[loop_core::coroutine(lazy)]
    fn both() {
        yield_!(All([saves("a", 30), saves("b", 20)])).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if yield_!(Timeout(ms(10), both())).is_err() {
            print!("too late");
        }
    }
    differs(
        "tasks that nobody waits for any more",
        (PYTHON, "b is written\ntoo late"),
        (main, "b is written\na is written\ntoo late"),
    )
}
