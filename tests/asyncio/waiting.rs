//! `wait` and `as_completed`, beside `Race` and `AsCompleted`.

use std::io;
use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::{AsCompleted, Ended};
use tests::ms;

use crate::pair::{Finally, Pair, differs, pairs, print, print_end, same};

pairs![
    values_as_they_come,
    failures_as_they_come,
    those_that_end_while_the_body_sleeps,
    only_the_first_is_taken,
    the_first_of_several,
    the_first_of_several_and_the_others_are_cancelled,
    two_are_first,
    the_first_one_fails,
    until_one_fails,
    all_with_failures,
    for_some_time,
    the_task_that_waits_is_cancelled,
];

fn values_as_they_come() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    return time

async def main():
    for first in asyncio.as_completed([naps(30), naps(10), naps(20)]):
        print(await first)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut all = AsCompleted::new([naps(30), naps(10), naps(20)]);
        while let Some((_, time)) = yield_!(all.next()) {
            print!("{}", time.unwrap());
        }
    }
    same(PYTHON, main)
}

fn failures_as_they_come() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    if time == 10:
        raise ValueError("broken")
    return time

async def main():
    for first in asyncio.as_completed([naps(30), naps(10), naps(20)]):
        try:
            print(await first)
        except ValueError as error:
            print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        if time == 10 {
            panic!("broken");
        }
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut all = AsCompleted::new([naps(30), naps(10), naps(20)]);
        while let Some((_, time)) = yield_!(all.next()) {
            print_end(&time);
        }
    }
    same(PYTHON, main)
}

fn those_that_end_while_the_body_sleeps() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    print("slept", time)
    return time

async def main():
    for first in asyncio.as_completed([naps(30), naps(10), naps(20)]):
        print(await first)
        await asyncio.sleep(0.1)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        print!("slept {time}");
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut all = AsCompleted::new([naps(30), naps(10), naps(20)]);
        while let Some((_, time)) = yield_!(all.next()) {
            print!("{}", time.unwrap());
            yield_!(Sleep(ms(100)));
        }
    }
    same(PYTHON, main)
}

fn only_the_first_is_taken() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    print("slept", time)
    return time

async def first_of_all():
    for first in asyncio.as_completed([naps(20), naps(10)]):
        return await first

async def main():
    print(await first_of_all())
    await asyncio.sleep(0.1)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        print!("slept {time}");
        time
    }
    #[loop_core::coroutine(lazy)]
    fn first_of_all() -> u64 {
        let mut all = AsCompleted::new([naps(20), naps(10)]);
        let (_, first) = yield_!(all.next()).unwrap();
        first.unwrap()
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(first_of_all()));
        yield_!(Sleep(ms(100)));
    }
    differs(
        "tasks that nobody waits for any more",
        (PYTHON, "slept 10\n10\nslept 20"),
        (main, "slept 10\n10"),
    )
}

fn the_first_of_several() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    print("slept", time)
    return time

async def main():
    tasks = [asyncio.create_task(naps(time)) for time in (20, 10, 30)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(done.pop().result())
    await asyncio.sleep(0.1)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        print!("slept {time}");
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(Race([20, 10, 30].map(naps))).unwrap());
        yield_!(Sleep(ms(100)));
    }
    differs(
        "tasks that nobody waits for any more",
        (PYTHON, "slept 10\n10\nslept 20\nslept 30"),
        (main, "slept 10\n10"),
    )
}

fn the_first_of_several_and_the_others_are_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    try:
        await asyncio.sleep(time / 1000)
        return time
    finally:
        print("finally", time)

async def main():
    tasks = [asyncio.create_task(naps(time)) for time in (20, 10)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.wait(tasks)
    print(done.pop().result())
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        let _finally = Finally(if time == 10 {
            "finally 10"
        } else {
            "finally 20"
        });
        yield_!(Sleep(ms(time)));
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(Race([naps(20), naps(10)])).unwrap());
    }
    same(PYTHON, main)
}

fn two_are_first() -> Pair {
    const PYTHON: &str = r#"
async def naps(name):
    await asyncio.sleep(0.01)
    return name

async def main():
    tasks = [asyncio.create_task(naps(name)) for name in "ab"]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        print("ended" if task in done else "lives")
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(name: &'static str) -> &'static str {
        yield_!(Sleep(ms(10)));
        name
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (a, b) = yield_!(Race((naps("a"), naps("b")))).unwrap();
        for name in [a, b] {
            print!("{}", name.map_or("is cancelled", |_| "ended"));
        }
    }
    differs(
        "when a cancelled task is closed",
        (PYTHON, "ended\nended"),
        (main, "ended\nis cancelled"),
    )
}

fn the_first_one_fails() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    if time == 10:
        raise ValueError("broken")
    return time

async def main():
    tasks = [asyncio.create_task(naps(time)) for time in (20, 10)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(done.pop().exception())
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        if time == 10 {
            panic!("broken");
        }
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print_end(&yield_!(Race([naps(20), naps(10)])));
    }
    same(PYTHON, main)
}

fn until_one_fails() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    try:
        await asyncio.sleep(time / 1000)
        if time == 20:
            raise ValueError("broken")
    finally:
        print(time)

async def main():
    tasks = [asyncio.create_task(naps(time)) for time in (30, 20, 10)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    await asyncio.wait(tasks)
    print(tasks[1].exception())
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64, name: &'static str) -> io::Result<()> {
        let _finally = Finally(name);
        yield_!(Sleep(ms(time)));
        if time == 20 {
            return Err(io::Error::other("broken"));
        }
        Ok(())
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let tasks = vec![naps(30, "30"), naps(20, "20"), naps(10, "10")];
        print!("{}", yield_!(TryAll(tasks)).unwrap_err());
    }
    same(PYTHON, main)
}

fn all_with_failures() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    if time == 10:
        raise ValueError("broken")
    return time

async def main():
    tasks = [asyncio.create_task(naps(time)) for time in (20, 10)]
    await asyncio.wait(tasks)
    print("all have ended")
    for task in tasks:
        print(task.exception() or task.result())
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        if time == 10 {
            panic!("broken");
        }
        time
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let tasks = [yield_!(Spawn(naps(20))), yield_!(Spawn(naps(10)))];
        for task in &tasks {
            yield_!(Ended(task));
        }
        print!("all have ended");
        for task in tasks {
            print_end(&yield_!(task));
        }
    }
    same(PYTHON, main)
}

fn for_some_time() -> Pair {
    const PYTHON: &str = r#"
async def naps(time):
    await asyncio.sleep(time / 1000)
    return time

async def main():
    task = asyncio.create_task(naps(20))
    done, pending = await asyncio.wait([task], timeout=0.01)
    print("it works on" if pending else "it has ended")
    print(await task)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        time
    }
    #[loop_core::coroutine(lazy)]
    fn ends(task: Rc<Handle<u64>>) {
        yield_!(Ended(&task));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = Rc::new(yield_!(Spawn(naps(20))));
        let ended = yield_!(Timeout(ms(10), ends(Rc::clone(&task))));
        print!("{}", ended.map_or("it works on", |()| "it has ended"));
        print!("{}", yield_!(Rc::into_inner(task).unwrap()).unwrap());
    }
    same(PYTHON, main)
}

fn the_task_that_waits_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def naps(name):
    try:
        await asyncio.sleep(0.02)
        print(name, "has slept")
    finally:
        print("finally")

async def waits():
    tasks = [asyncio.create_task(naps(name)) for name in "ab"]
    await asyncio.wait(tasks)

async def main():
    task = asyncio.create_task(waits())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.02)
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(name: &'static str) {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(20)));
        print!("{name} has slept");
    }
    #[loop_core::coroutine(lazy)]
    fn waits() {
        let mut all = AsCompleted::new([naps("a"), naps("b")]);
        while yield_!(all.next()).is_some() {}
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(waits()));
        yield_!(Sleep(ms(10)));
        let ended = yield_!(Cancel(task));
        yield_!(Sleep(ms(20)));
        print_end(&ended.map(|()| "ended"));
    }
    differs(
        "tasks that nobody waits for any more",
        (
            PYTHON,
            "a has slept\nfinally\nb has slept\nfinally\ncancelled",
        ),
        (main, "finally\nfinally\ncancelled"),
    )
}
