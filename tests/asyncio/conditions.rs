//! `Condition` and `Barrier`: notifications, rounds, and tasks that are cancelled in between.

use loop_core::prelude::*;
use loop_core::sync::{Barrier, Condition, Lock};
use tests::ms;

use crate::pair::{Finally, Pair, differs, differs_before, pairs, print, same};

pairs![
    one_is_notified,
    all_are_notified_and_take_the_lock_in_turn,
    until_something_holds,
    a_notification_for_nobody,
    one_that_waits_is_cancelled,
    one_is_cancelled_while_another_has_the_lock,
    one_that_was_notified_is_cancelled,
    one_that_was_notified_and_waits_for_the_lock_is_cancelled,
    notifying_without_the_lock,
    all_come_to_the_barrier,
    one_of_each_round_is_the_leader,
    one_more_than_the_barrier_is_for,
    one_at_the_barrier_is_cancelled,
    one_that_the_barrier_lets_go_is_cancelled,
    a_barrier_is_aborted,
];

fn one_is_notified() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, condition):
    async with condition:
        await condition.wait()
        print(name)

async def main():
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(waits(name, condition)) for name in "abc"]
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify(1)
    await asyncio.sleep(0.01)
    print("the others")
    async with condition:
        condition.notify(2)
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, lock: Lock<()>, condition: Condition) {
        let guard = yield_!(lock.acquire());
        let _guard = yield_!(condition.wait(guard));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(waits(name, lock.clone(), condition.clone()))));
        }
        yield_!(Sleep(ms(10)));
        condition.notify(1);
        yield_!(Sleep(ms(10)));
        print!("the others");
        condition.notify(2);
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn all_are_notified_and_take_the_lock_in_turn() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, condition):
    async with condition:
        await condition.wait()
        print(name, "has the lock")
        await asyncio.sleep(0.01)
        print(name, "releases it")

async def main():
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(waits(name, condition)) for name in "ab"]
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify_all()
        print("main has the lock")
        await asyncio.sleep(0.01)
        print("main releases it")
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, lock: Lock<()>, condition: Condition) {
        let guard = yield_!(lock.acquire());
        let _guard = yield_!(condition.wait(guard));
        print!("{name} has the lock");
        yield_!(Sleep(ms(10)));
        print!("{name} releases it");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let a = yield_!(Spawn(waits("a", lock.clone(), condition.clone())));
        let b = yield_!(Spawn(waits("b", lock.clone(), condition.clone())));
        yield_!(Sleep(ms(10)));
        let guard = yield_!(lock.acquire());
        condition.notify_all();
        print!("main has the lock");
        yield_!(Sleep(ms(10)));
        print!("main releases it");
        drop(guard);
        yield_!(a).unwrap();
        yield_!(b).unwrap();
    }
    same(PYTHON, main)
}

fn until_something_holds() -> Pair {
    const PYTHON: &str = r#"
stock = 0

async def takes(name, wanted, condition):
    global stock
    async with condition:
        await condition.wait_for(lambda: stock >= wanted)
        stock -= wanted
        print(name, "takes", wanted)

async def main():
    global stock
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(takes("a", 3, condition)), asyncio.create_task(takes("b", 1, condition))]
    for _ in range(4):
        await asyncio.sleep(0.01)
        async with condition:
            stock += 1
            print("stock", stock)
            condition.notify_all()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn takes(name: &'static str, wanted: u32, stock: Lock<u32>, condition: Condition) {
        let guard = yield_!(stock.acquire());
        let mut stock = yield_!(condition.wait_while(guard, move |stock| *stock < wanted));
        *stock -= wanted;
        print!("{name} takes {wanted}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (stock, condition) = (Lock::new(0), Condition::new());
        let a = yield_!(Spawn(takes("a", 3, stock.clone(), condition.clone())));
        let b = yield_!(Spawn(takes("b", 1, stock.clone(), condition.clone())));
        for _ in 0..4 {
            yield_!(Sleep(ms(10)));
            let mut stock = yield_!(stock.acquire());
            *stock += 1;
            print!("stock {}", *stock);
            condition.notify_all();
        }
        yield_!(a).unwrap();
        yield_!(b).unwrap();
    }
    same(PYTHON, main)
}

fn a_notification_for_nobody() -> Pair {
    const PYTHON: &str = r#"
async def waits(condition):
    async with condition:
        try:
            await asyncio.wait_for(condition.wait(), 0.01)
            print("notified")
        except TimeoutError:
            print("too late")

async def main():
    condition = asyncio.Condition()
    async with condition:
        condition.notify()
    await waits(condition)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(lock: Lock<()>, condition: Condition) {
        let guard = yield_!(lock.acquire());
        match yield_!(Timeout(ms(10), condition.wait(guard))) {
            Ok(_guard) => print!("notified"),
            Err(_) => print!("too late"),
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        condition.notify_one();
        yield_!(waits(lock, condition));
    }
    same(PYTHON, main)
}

fn one_that_waits_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, condition):
    async with condition:
        await condition.wait()
        print(name)

async def main():
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(waits(name, condition)) for name in "ab"]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify(1)
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, lock: Lock<()>, condition: Condition) {
        let guard = yield_!(lock.acquire());
        let _guard = yield_!(condition.wait(guard));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let a = yield_!(Spawn(waits("a", lock.clone(), condition.clone())));
        let b = yield_!(Spawn(waits("b", lock.clone(), condition.clone())));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(a)).unwrap_err();
        yield_!(Sleep(ms(10)));
        condition.notify_one();
        yield_!(b).unwrap();
    }
    same(PYTHON, main)
}

fn one_is_cancelled_while_another_has_the_lock() -> Pair {
    const PYTHON: &str = r#"
async def waits(condition):
    try:
        async with condition:
            await condition.wait()
    finally:
        print("the waiting task ends")

async def main():
    condition = asyncio.Condition()
    task = asyncio.create_task(waits(condition))
    await asyncio.sleep(0.01)
    async with condition:
        task.cancel()
        await asyncio.sleep(0.01)
        print("main releases the lock")
    await asyncio.wait([task])
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(lock: Lock<()>, condition: Condition) {
        let _finally = Finally("the waiting task ends");
        let guard = yield_!(lock.acquire());
        let _guard = yield_!(condition.wait(guard));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let task = yield_!(Spawn(waits(lock.clone(), condition)));
        yield_!(Sleep(ms(10)));
        let guard = yield_!(lock.acquire());
        yield_!(Cancel(task)).unwrap_err();
        yield_!(Sleep(ms(10)));
        print!("main releases the lock");
        drop(guard);
    }
    differs(
        "a cancelled `Condition.wait`",
        (PYTHON, "main releases the lock\nthe waiting task ends"),
        (main, "the waiting task ends\nmain releases the lock"),
    )
}

fn one_that_was_notified_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, condition):
    async with condition:
        await condition.wait()
        print(name)

async def main():
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(waits(name, condition)) for name in "ab"]
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify(1)
    tasks[0].cancel()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, lock: Lock<()>, condition: Condition) {
        let guard = yield_!(lock.acquire());
        let _guard = yield_!(condition.wait(guard));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let a = yield_!(Spawn(waits("a", lock.clone(), condition.clone())));
        let b = yield_!(Spawn(waits("b", lock.clone(), condition.clone())));
        yield_!(Sleep(ms(10)));
        condition.notify_one();
        yield_!(Cancel(a)).unwrap_err();
        yield_!(b).unwrap();
    }
    differs_before(
        13,
        "a notification of a cancelled task",
        (PYTHON, "it hangs"),
        (main, "b"),
    )
}

fn one_that_was_notified_and_waits_for_the_lock_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, condition):
    async with condition:
        await condition.wait()
        print(name)

async def main():
    condition = asyncio.Condition()
    tasks = [asyncio.create_task(waits(name, condition)) for name in "ab"]
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify(1)
        await asyncio.sleep(0.01)
        tasks[0].cancel()
        await asyncio.sleep(0.01)
        print("main releases the lock")
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, lock: Lock<()>, condition: Condition) {
        let guard = yield_!(lock.acquire());
        let _guard = yield_!(condition.wait(guard));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (lock, condition) = (Lock::new(()), Condition::new());
        let a = yield_!(Spawn(waits("a", lock.clone(), condition.clone())));
        let b = yield_!(Spawn(waits("b", lock.clone(), condition.clone())));
        yield_!(Sleep(ms(10)));
        let guard = yield_!(lock.acquire());
        condition.notify_one();
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(a)).unwrap_err();
        yield_!(Sleep(ms(10)));
        print!("main releases the lock");
        drop(guard);
        yield_!(b).unwrap();
    }
    differs_before(
        13,
        "a notification of a cancelled task",
        (PYTHON, "main releases the lock\nit hangs"),
        (main, "main releases the lock\nb"),
    )
}

fn notifying_without_the_lock() -> Pair {
    const PYTHON: &str = r#"
async def main():
    condition = asyncio.Condition()
    try:
        condition.notify()
        print("notified")
    except RuntimeError:
        print("the lock is needed")
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        Condition::new().notify_one();
        print!("notified");
    }
    differs(
        "notifying without the lock",
        (PYTHON, "the lock is needed"),
        (main, "notified"),
    )
}

fn all_come_to_the_barrier() -> Pair {
    const PYTHON: &str = r#"
async def comes(name, time, barrier):
    await asyncio.sleep(time / 1000)
    print(name, "comes")
    await barrier.wait()
    print(name, "goes on")

async def main():
    barrier = asyncio.Barrier(3)
    await asyncio.gather(comes("a", 20, barrier), comes("b", 10, barrier), comes("c", 30, barrier))
"#;
    #[loop_core::coroutine(lazy)]
    fn comes(name: &'static str, time: u64, barrier: Barrier) {
        yield_!(Sleep(ms(time)));
        print!("{name} comes");
        yield_!(barrier.wait());
        print!("{name} goes on");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let barrier = Barrier::new(3);
        let tasks = [("a", 20), ("b", 10), ("c", 30)];
        yield_!(All(tasks.map(|(name, time)| comes(
            name,
            time,
            barrier.clone()
        ))))
        .unwrap();
    }
    same(PYTHON, main)
}

fn one_of_each_round_is_the_leader() -> Pair {
    const PYTHON: &str = r#"
async def comes(name, barrier):
    for n in range(3):
        place = await barrier.wait()
        if place == 0:
            print(name, "leads round", n)

async def main():
    barrier = asyncio.Barrier(2)
    await asyncio.gather(comes("a", barrier), comes("b", barrier))
"#;
    #[loop_core::coroutine(lazy)]
    fn comes(name: &'static str, barrier: Barrier) {
        for n in 0..3 {
            let is_leader = yield_!(barrier.wait());
            if is_leader {
                print!("{name} leads round {n}");
            }
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let barrier = Barrier::new(2);
        yield_!(All([comes("a", barrier.clone()), comes("b", barrier)])).unwrap();
    }
    differs(
        "who leads a round of a barrier",
        (PYTHON, "a leads round 0\na leads round 1\na leads round 2"),
        (main, "b leads round 0\na leads round 1\nb leads round 2"),
    )
}

fn one_more_than_the_barrier_is_for() -> Pair {
    const PYTHON: &str = r#"
async def comes(name, barrier):
    await barrier.wait()
    print(name)

async def main():
    barrier = asyncio.Barrier(2)
    tasks = [asyncio.create_task(comes(name, barrier)) for name in "abc"]
    await asyncio.sleep(0.01)
    print(barrier.n_waiting, "waits")
    await barrier.wait()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn comes(name: &'static str, barrier: Barrier) {
        yield_!(barrier.wait());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let barrier = Barrier::new(2);
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(comes(name, barrier.clone()))));
        }
        yield_!(Sleep(ms(10)));
        print!("{} waits", barrier.waiting());
        yield_!(barrier.wait());
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn one_at_the_barrier_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def comes(name, barrier):
    await barrier.wait()
    print(name)

async def main():
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(comes(name, barrier)) for name in "ab"]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    print(barrier.n_waiting, "waits")
    tasks += [asyncio.create_task(comes(name, barrier)) for name in "cd"]
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn comes(name: &'static str, barrier: Barrier) {
        yield_!(barrier.wait());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let barrier = Barrier::new(3);
        let a = yield_!(Spawn(comes("a", barrier.clone())));
        let b = yield_!(Spawn(comes("b", barrier.clone())));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(a)).unwrap_err();
        yield_!(Sleep(ms(10)));
        print!("{} waits", barrier.waiting());
        let c = yield_!(Spawn(comes("c", barrier.clone())));
        let d = yield_!(Spawn(comes("d", barrier)));
        for task in [b, c, d] {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn one_that_the_barrier_lets_go_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def comes(name, barrier):
    await barrier.wait()
    print(name)

async def main():
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(comes(name, barrier)) for name in "ab"]
    await asyncio.sleep(0.01)
    await barrier.wait()
    tasks[0].cancel()
    await asyncio.wait(tasks)
    print(barrier.n_waiting, "wait")
"#;
    #[loop_core::coroutine(lazy)]
    fn comes(name: &'static str, barrier: Barrier) {
        yield_!(barrier.wait());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let barrier = Barrier::new(3);
        let a = yield_!(Spawn(comes("a", barrier.clone())));
        let b = yield_!(Spawn(comes("b", barrier.clone())));
        yield_!(Sleep(ms(10)));
        yield_!(barrier.wait());
        yield_!(Cancel(a)).unwrap_err();
        yield_!(b).unwrap();
        print!("{} wait", barrier.waiting());
    }
    same(PYTHON, main)
}

fn a_barrier_is_aborted() -> Pair {
    const PYTHON: &str = r#"
async def comes(name, barrier):
    try:
        await barrier.wait()
        print("not reached")
    except asyncio.BrokenBarrierError:
        print(name, "is told")

async def main():
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(comes(name, barrier)) for name in "ab"]
    await asyncio.sleep(0.01)
    await barrier.abort()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn comes(name: &'static str, barrier: Barrier) {
        let _finally = Finally(name);
        yield_!(barrier.wait());
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let barrier = Barrier::new(3);
        let mut group = Group::new();
        for name in ["a is closed", "b is closed"] {
            yield_!(group.spawn(comes(name, barrier.clone())));
        }
        yield_!(Sleep(ms(10)));
        group.cancel();
        yield_!(group.join()).unwrap();
    }
    differs(
        "`Barrier.abort`",
        (PYTHON, "a is told\nb is told"),
        (main, "b is closed\na is closed"),
    )
}
