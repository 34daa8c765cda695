//! In which order tasks run: starts, sleeps, yields.

use loop_core::Time;
use loop_core::prelude::*;
use tests::ms;

use crate::pair::{Pair, differs, pairs, print, same};

pairs![
    sleeps_end_in_the_order_of_their_deadlines,
    sleeps_of_one_deadline_end_in_the_order_of_asking,
    many_timers_of_one_deadline,
    tasks_take_turns,
    a_sleep_of_no_time,
    a_new_task_runs_when_its_parent_waits,
    tasks_that_tasks_start,
    a_coroutine_runs_on_its_callers_task,
    a_call_and_the_start_of_the_body,
    the_clock_goes_on_by_sleeping,
];

fn sleeps_end_in_the_order_of_their_deadlines() -> Pair {
    const PYTHON: &str = r#"
async def nap(name, seconds):
    await asyncio.sleep(seconds)
    print(name)

async def main():
    await asyncio.gather(nap("slow", 0.03), nap("fast", 0.01), nap("middle", 0.02))
"#;
    #[loop_core::coroutine(lazy)]
    fn nap(name: &'static str, time: u64) {
        yield_!(Sleep(ms(time)));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(All([nap("slow", 30), nap("fast", 10), nap("middle", 20)])).unwrap();
    }
    same(PYTHON, main)
}

fn sleeps_of_one_deadline_end_in_the_order_of_asking() -> Pair {
    const PYTHON: &str = r#"
async def nap(name, before, after):
    await asyncio.sleep(before)
    await asyncio.sleep(after)
    print(name)

async def main():
    await asyncio.gather(nap("a", 0.25, 0.75), nap("b", 0.125, 0.875), nap("c", 0.5, 0.5))
"#;
    #[loop_core::coroutine(lazy)]
    fn nap(name: &'static str, before: u64, after: u64) {
        yield_!(Sleep(ms(before)));
        yield_!(Sleep(ms(after)));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(All([
            nap("a", 250, 750),
            nap("b", 125, 875),
            nap("c", 500, 500)
        ]))
        .unwrap();
    }
    same(PYTHON, main)
}

fn many_timers_of_one_deadline() -> Pair {
    const PYTHON: &str = r#"
async def nap(name, time):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_at(time, future.set_result, None)
    await future
    print(name)

async def main():
    await asyncio.gather(*(nap(name, 1.0) for name in range(5)))
"#;
    #[loop_core::coroutine(lazy)]
    fn nap(name: u32, time: Time) {
        yield_!(SleepUntil(time));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let naps: Vec<_> = (0..5)
            .map(|name| nap(name, Time::ZERO + ms(1000)))
            .collect();
        yield_!(All(naps)).unwrap();
    }
    differs(
        "timers of one deadline",
        (PYTHON, "0\n2\n4\n1\n3"),
        (main, "0\n1\n2\n3\n4"),
    )
}

fn tasks_take_turns() -> Pair {
    const PYTHON: &str = r#"
async def count(name, times):
    for n in range(times):
        print(name, n)
        await asyncio.sleep(0)

async def main():
    tasks = [asyncio.create_task(count(name, times)) for name, times in [("a", 3), ("b", 1), ("c", 2)]]
    for task in tasks:
        await task
"#;
    #[loop_core::coroutine(lazy)]
    fn count(name: &'static str, times: u32) {
        for n in 0..times {
            print!("{name} {n}");
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut tasks = Vec::new();
        for (name, times) in [("a", 3), ("b", 1), ("c", 2)] {
            tasks.push(yield_!(Spawn(count(name, times))));
        }
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn a_sleep_of_no_time() -> Pair {
    const PYTHON: &str = r#"
async def other():
    for n in range(3):
        print("other", n)
        await asyncio.sleep(0)

async def main():
    task = asyncio.create_task(other())
    await asyncio.sleep(0)
    print("slept")
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn other() {
        for n in 0..3 {
            print!("other {n}");
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(other()));
        yield_!(Sleep(ms(0)));
        print!("slept");
        yield_!(task).unwrap();
    }
    differs(
        "a sleep of no time",
        (PYTHON, "other 0\nslept\nother 1\nother 2"),
        (main, "other 0\nother 1\nother 2\nslept"),
    )
}

fn a_new_task_runs_when_its_parent_waits() -> Pair {
    const PYTHON: &str = r#"
async def child():
    print("child")

async def main():
    task = asyncio.create_task(child())
    print("parent")
    await task
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn child() {
        print!("child");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(child()));
        print!("parent");
        yield_!(task).unwrap();
        print!("end");
    }
    same(PYTHON, main)
}

fn tasks_that_tasks_start() -> Pair {
    const PYTHON: &str = r#"
async def tree(name, depth):
    print(name)
    if depth > 0:
        left = asyncio.create_task(tree(name + "l", depth - 1))
        right = asyncio.create_task(tree(name + "r", depth - 1))
        await left
        await right
    print("-" + name)

async def main():
    await tree("t", 2)
"#;
    #[loop_core::coroutine(lazy)]
    fn tree(name: String, depth: u32) {
        print!("{name}");
        if depth > 0 {
            let left = yield_!(Spawn(tree(format!("{name}l"), depth - 1)));
            let right = yield_!(Spawn(tree(format!("{name}r"), depth - 1)));
            yield_!(left).unwrap();
            yield_!(right).unwrap();
        }
        print!("-{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(tree("t".to_owned(), 2));
    }
    same(PYTHON, main)
}

fn a_coroutine_runs_on_its_callers_task() -> Pair {
    const PYTHON: &str = r#"
async def helper():
    print("helper")
    return 7

async def other():
    print("other")

async def main():
    task = asyncio.create_task(other())
    print(await helper())
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn helper() -> u32 {
        print!("helper");
        7
    }
    #[loop_core::coroutine(lazy)]
    fn other() {
        print!("other");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(other()));
        print!("{}", yield_!(helper()));
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn a_call_and_the_start_of_the_body() -> Pair {
    const PYTHON: &str = r#"
async def child():
    print("child")

async def main():
    coroutine = child()
    print("called")
    await coroutine
"#;
    #[loop_core::coroutine]
    fn child() {
        print!("child");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let coroutine = child();
        print!("called");
        yield_!(coroutine);
    }
    differs(
        "the call of a coroutine",
        (PYTHON, "called\nchild"),
        (main, "child\ncalled"),
    )
}

fn the_clock_goes_on_by_sleeping() -> Pair {
    const PYTHON: &str = r#"
async def main():
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for n in range(1, 4):
        await asyncio.sleep(n / 100)
        print(round(1000 * (loop.time() - begin)))
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let begin = yield_!(Clock);
        for n in 1..4 {
            yield_!(Sleep(ms(10 * n)));
            print!("{}", (yield_!(Clock) - begin).as_millis());
        }
    }
    same(PYTHON, main)
}
