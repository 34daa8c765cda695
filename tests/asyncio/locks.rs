//! `Lock` and `Semaphore`: who is next, also when one is cancelled that was just admitted.

use loop_core::prelude::*;
use loop_core::sync::{Lock, Semaphore};
use tests::ms;

use crate::pair::{Finally, Pair, differs, pairs, print, print_end, same};

pairs![
    one_after_the_other,
    one_that_waits_is_cancelled,
    one_that_was_handed_the_lock_is_cancelled,
    the_only_one_that_was_handed_the_lock_is_cancelled,
    the_one_that_has_it_is_cancelled,
    the_one_that_has_it_fails,
    the_one_that_releases_it_asks_again,
    a_free_lock_lets_others_run,
    a_lock_taken_twice,
    two_tasks_and_two_locks,
    it_is_free_between_two_holders,
    only_so_many_at_a_time,
    a_permit_of_a_cancelled_task,
    one_that_was_given_a_permit_is_cancelled,
    nobody_overtakes_those_who_wait,
    several_permits_at_once,
    one_that_was_handed_the_lock_and_one_that_waits_are_cancelled,
];

fn one_after_the_other() -> Pair {
    const PYTHON: &str = r#"
async def works(name, lock):
    async with lock:
        print(name, "begins")
        await asyncio.sleep(0.01)
        print(name, "ends")

async def main():
    lock = asyncio.Lock()
    await asyncio.gather(*(works(name, lock) for name in "abc"))
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("{name} begins");
        yield_!(Sleep(ms(10)));
        print!("{name} ends");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        yield_!(All(["a", "b", "c"].map(|name| works(name, lock.clone())))).unwrap();
    }
    same(PYTHON, main)
}

fn one_that_waits_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works(name, lock):
    async with lock:
        print(name, "begins")
        await asyncio.sleep(0.02)
        print(name, "ends")

async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(works(name, lock)) for name in "abc"]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    await asyncio.wait(tasks)
    print("cancelled" if tasks[1].cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("{name} begins");
        yield_!(Sleep(ms(20)));
        print!("{name} ends");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(works(name, lock.clone()))));
        }
        yield_!(Sleep(ms(10)));
        let ended = yield_!(Cancel(tasks.remove(1)));
        for task in tasks {
            yield_!(task).unwrap();
        }
        print_end(&ended.map(|()| "ended"));
    }
    same(PYTHON, main)
}

fn one_that_was_handed_the_lock_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works(name, lock):
    async with lock:
        print(name)

async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = [asyncio.create_task(works(name, lock)) for name in "ab"]
    await asyncio.sleep(0.01)
    lock.release()
    tasks[0].cancel()
    await asyncio.wait(tasks)
    print("held" if lock.locked() else "free")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let guard = yield_!(lock.acquire());
        let a = yield_!(Spawn(works("a", lock.clone())));
        let b = yield_!(Spawn(works("b", lock.clone())));
        yield_!(Sleep(ms(10)));
        drop(guard);
        yield_!(Cancel(a)).unwrap_err();
        yield_!(b).unwrap();
        print!("{}", if lock.is_held() { "held" } else { "free" });
    }
    same(PYTHON, main)
}

fn the_only_one_that_was_handed_the_lock_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works(lock):
    async with lock:
        print("not reached")

async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    task = asyncio.create_task(works(lock))
    await asyncio.sleep(0.01)
    lock.release()
    task.cancel()
    await asyncio.wait([task])
    async with lock:
        print("free")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let guard = yield_!(lock.acquire());
        let task = yield_!(Spawn(works(lock.clone())));
        yield_!(Sleep(ms(10)));
        drop(guard);
        yield_!(Cancel(task)).unwrap_err();
        let _guard = yield_!(lock.acquire());
        print!("free");
    }
    same(PYTHON, main)
}

fn the_one_that_has_it_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works(name, lock):
    try:
        async with lock:
            print(name, "begins")
            await asyncio.sleep(0.02)
    finally:
        print("finally")

async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(works(name, lock)) for name in "ab"]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, lock: Lock<()>) {
        let _finally = Finally("finally");
        let _guard = yield_!(lock.acquire());
        print!("{name} begins");
        yield_!(Sleep(ms(20)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let a = yield_!(Spawn(works("a", lock.clone())));
        let b = yield_!(Spawn(works("b", lock.clone())));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(a)).unwrap_err();
        yield_!(b).unwrap();
    }
    same(PYTHON, main)
}

fn the_one_that_has_it_fails() -> Pair {
    const PYTHON: &str = r#"
async def fails(lock):
    async with lock:
        await asyncio.sleep(0.01)
        raise ValueError("broken")

async def works(lock):
    async with lock:
        print("works")

async def main():
    lock = asyncio.Lock()
    first, second = asyncio.create_task(fails(lock)), asyncio.create_task(works(lock))
    await asyncio.wait([first, second])
    print(first.exception())
"#;
    #[loop_core::coroutine(lazy)]
    fn fails(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        yield_!(Sleep(ms(10)));
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn works(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("works");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let first = yield_!(Spawn(fails(lock.clone())));
        let second = yield_!(Spawn(works(lock)));
        yield_!(second).unwrap();
        print!("{}", yield_!(first).unwrap_err().message());
    }
    same(PYTHON, main)
}

fn the_one_that_releases_it_asks_again() -> Pair {
    const PYTHON: &str = r#"
async def works(name, lock):
    for n in range(3):
        async with lock:
            print(name, n)
            await asyncio.sleep(0.01)

async def main():
    lock = asyncio.Lock()
    await asyncio.gather(works("a", lock), works("b", lock))
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, lock: Lock<()>) {
        for n in 0..3 {
            let _guard = yield_!(lock.acquire());
            print!("{name} {n}");
            yield_!(Sleep(ms(10)));
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        yield_!(All([works("a", lock.clone()), works("b", lock)])).unwrap();
    }
    same(PYTHON, main)
}

fn a_free_lock_lets_others_run() -> Pair {
    const PYTHON: &str = r#"
async def other():
    print("other")

async def main():
    lock = asyncio.Lock()
    task = asyncio.create_task(other())
    async with lock:
        print("has the lock")
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn other() {
        print!("other");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let task = yield_!(Spawn(other()));
        let guard = yield_!(lock.acquire());
        print!("has the lock");
        drop(guard);
        yield_!(task).unwrap();
    }
    differs(
        "a request that could have waited",
        (PYTHON, "has the lock\nother"),
        (main, "other\nhas the lock"),
    )
}

fn a_lock_taken_twice() -> Pair {
    const PYTHON: &str = r#"
async def main():
    lock = asyncio.Lock()
    async with lock:
        print("once")
        async with lock:
            print("twice")
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let _once = yield_!(lock.acquire());
        print!("once");
        let _twice = yield_!(lock.acquire());
        print!("twice");
    }
    differs(
        "when all tasks wait for ever",
        (PYTHON, "once\nit hangs"),
        (main, "once\na deadlock is reported"),
    )
}

fn two_tasks_and_two_locks() -> Pair {
    const PYTHON: &str = r#"
async def takes(first, second):
    async with first:
        await asyncio.sleep(0.01)
        async with second:
            print("not reached")

async def main():
    a, b = asyncio.Lock(), asyncio.Lock()
    await asyncio.gather(takes(a, b), takes(b, a))
"#;
    #[loop_core::coroutine(lazy)]
    fn takes(first: Lock<()>, second: Lock<()>) {
        let _first = yield_!(first.acquire());
        yield_!(Sleep(ms(10)));
        let _second = yield_!(second.acquire());
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (a, b) = (Lock::new(()), Lock::new(()));
        yield_!(All([takes(a.clone(), b.clone()), takes(b, a)])).unwrap();
    }
    differs(
        "when all tasks wait for ever",
        (PYTHON, "it hangs"),
        (main, "a deadlock is reported"),
    )
}

fn it_is_free_between_two_holders() -> Pair {
    const PYTHON: &str = r#"
async def works(lock):
    async with lock:
        pass

async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    task = asyncio.create_task(works(lock))
    await asyncio.sleep(0.01)
    lock.release()
    print("held" if lock.locked() else "free")
    await task
    print("held" if lock.locked() else "free")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let guard = yield_!(lock.acquire());
        let task = yield_!(Spawn(works(lock.clone())));
        yield_!(Sleep(ms(10)));
        drop(guard);
        print!("{}", if lock.is_held() { "held" } else { "free" });
        yield_!(task).unwrap();
        print!("{}", if lock.is_held() { "held" } else { "free" });
    }
    same(PYTHON, main)
}

fn only_so_many_at_a_time() -> Pair {
    const PYTHON: &str = r#"
async def works(name, time, semaphore):
    async with semaphore:
        print(name, "begins")
        await asyncio.sleep(time / 1000)
    print(name, "ends")

async def main():
    semaphore = asyncio.Semaphore(2)
    times = {"a": 30, "b": 10, "c": 10, "d": 20}
    await asyncio.gather(*(works(name, time, semaphore) for name, time in times.items()))
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, time: u64, semaphore: Semaphore) {
        let permit = yield_!(semaphore.acquire());
        print!("{name} begins");
        yield_!(Sleep(ms(time)));
        drop(permit);
        print!("{name} ends");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let semaphore = Semaphore::new(2);
        let times = [("a", 30), ("b", 10), ("c", 10), ("d", 20)];
        yield_!(All(times.map(|(name, time)| works(
            name,
            time,
            semaphore.clone()
        ))))
        .unwrap();
    }
    same(PYTHON, main)
}

fn a_permit_of_a_cancelled_task() -> Pair {
    const PYTHON: &str = r#"
async def works(name, semaphore):
    async with semaphore:
        print(name, "begins")
        await asyncio.sleep(0.02)
    print(name, "ends")

async def main():
    semaphore = asyncio.Semaphore(1)
    tasks = [asyncio.create_task(works(name, semaphore)) for name in "abcd"]
    await asyncio.sleep(0.01)
    tasks[1].cancel()  # waits
    await asyncio.sleep(0)
    tasks[0].cancel()  # has it
    await asyncio.wait(tasks)
    print("none" if semaphore.locked() else "free")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, semaphore: Semaphore) {
        let permit = yield_!(semaphore.acquire());
        print!("{name} begins");
        yield_!(Sleep(ms(20)));
        drop(permit);
        print!("{name} ends");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let semaphore = Semaphore::new(1);
        let a = yield_!(Spawn(works("a", semaphore.clone())));
        let b = yield_!(Spawn(works("b", semaphore.clone())));
        let others = ["c", "d"].map(|name| works(name, semaphore.clone()));
        let others = yield_!(Spawn(both(others)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(b)).unwrap_err();
        yield_!();
        yield_!(Cancel(a)).unwrap_err();
        yield_!(others).unwrap();
        print!(
            "{}",
            if semaphore.available() == 0 {
                "none"
            } else {
                "free"
            }
        );
    }
    #[loop_core::coroutine(lazy)]
    fn both(tasks: [Coroutine<()>; 2]) {
        yield_!(All(tasks)).unwrap();
    }
    same(PYTHON, main)
}

fn one_that_was_given_a_permit_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works(name, semaphore):
    async with semaphore:
        print(name)

async def main():
    semaphore = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(works(name, semaphore)) for name in "abc"]
    await asyncio.sleep(0.01)
    semaphore.release()
    tasks[0].cancel()
    await asyncio.wait(tasks)
    print("none" if semaphore.locked() else "free")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, semaphore: Semaphore) {
        let _permit = yield_!(semaphore.acquire());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let semaphore = Semaphore::new(0);
        let a = yield_!(Spawn(works("a", semaphore.clone())));
        let b = yield_!(Spawn(works("b", semaphore.clone())));
        let c = yield_!(Spawn(works("c", semaphore.clone())));
        yield_!(Sleep(ms(10)));
        semaphore.add_permits(1);
        yield_!(Cancel(a)).unwrap_err();
        yield_!(b).unwrap();
        yield_!(c).unwrap();
        print!(
            "{}",
            if semaphore.available() == 0 {
                "none"
            } else {
                "free"
            }
        );
    }
    same(PYTHON, main)
}

fn nobody_overtakes_those_who_wait() -> Pair {
    const PYTHON: &str = r#"
async def works(name, semaphore):
    async with semaphore:
        print(name)
        await asyncio.sleep(0.01)

async def main():
    semaphore = asyncio.Semaphore(1)
    await semaphore.acquire()
    tasks = [asyncio.create_task(works(name, semaphore)) for name in "ab"]
    await asyncio.sleep(0.01)
    semaphore.release()
    async with semaphore:
        print("main")
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, semaphore: Semaphore) {
        let _permit = yield_!(semaphore.acquire());
        print!("{name}");
        yield_!(Sleep(ms(10)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let semaphore = Semaphore::new(1);
        let permit = yield_!(semaphore.acquire());
        let a = yield_!(Spawn(works("a", semaphore.clone())));
        let b = yield_!(Spawn(works("b", semaphore.clone())));
        yield_!(Sleep(ms(10)));
        drop(permit);
        let permit = yield_!(semaphore.acquire());
        print!("main");
        drop(permit);
        yield_!(a).unwrap();
        yield_!(b).unwrap();
    }
    same(PYTHON, main)
}

fn several_permits_at_once() -> Pair {
    const PYTHON: &str = r#"
async def works(name, semaphore):
    await semaphore.acquire()
    print(name)

async def main():
    semaphore = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(works(name, semaphore)) for name in "abcd"]
    await asyncio.sleep(0.01)
    for _ in range(3):
        semaphore.release()
    tasks[1].cancel()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, semaphore: Semaphore) {
        let permit = yield_!(semaphore.acquire());
        print!("{name}");
        permit.forget();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let semaphore = Semaphore::new(0);
        let mut tasks = Vec::new();
        for name in ["a", "b", "c", "d"] {
            tasks.push(yield_!(Spawn(works(name, semaphore.clone()))));
        }
        yield_!(Sleep(ms(10)));
        semaphore.add_permits(3);
        yield_!(Cancel(tasks.remove(1))).unwrap_err();
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn one_that_was_handed_the_lock_and_one_that_waits_are_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works(name, lock):
    async with lock:
        print(name)

async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = [asyncio.create_task(works(name, lock)) for name in "abc"]
    await asyncio.sleep(0.01)
    lock.release()
    tasks[0].cancel()
    tasks[1].cancel()
    tasks.append(asyncio.create_task(works("d", lock)))
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, lock: Lock<()>) {
        let _guard = yield_!(lock.acquire());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let lock = Lock::new(());
        let guard = yield_!(lock.acquire());
        let a = yield_!(Spawn(works("a", lock.clone())));
        let b = yield_!(Spawn(works("b", lock.clone())));
        let c = yield_!(Spawn(works("c", lock.clone())));
        yield_!(Sleep(ms(10)));
        drop(guard);
        yield_!(Cancel(a)).unwrap_err();
        yield_!(Cancel(b)).unwrap_err();
        let d = yield_!(Spawn(works("d", lock)));
        yield_!(c).unwrap();
        yield_!(d).unwrap();
    }
    same(PYTHON, main)
}
