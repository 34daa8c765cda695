//! `gather`, beside `All`: values, failures, cancellation.

use loop_core::TaskError;
use loop_core::prelude::*;
use tests::ms;

use crate::pair::{Finally, Pair, differs, pairs, print, print_end, same};

pairs![
    values_are_in_the_order_of_asking,
    nothing_to_gather,
    coroutines_that_are_ready,
    gathered_within_gathered,
    a_failure,
    a_failure_when_the_others_have_ended,
    failures_as_values,
    two_failures_of_one_time,
    the_task_that_gathers_is_cancelled,
    turns_until_the_news,
];

fn values_are_in_the_order_of_asking() -> Pair {
    const PYTHON: &str = r#"
async def naps(name, time):
    await asyncio.sleep(time / 1000)
    print(name)
    return name

async def main():
    print(await asyncio.gather(naps("a", 30), naps("b", 10), naps("c", 20)))
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(name: &'static str, time: u64) -> &'static str {
        yield_!(Sleep(ms(time)));
        print!("{name}");
        name
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let names = yield_!(All([naps("a", 30), naps("b", 10), naps("c", 20)])).unwrap();
        print!("['{}']", names.join("', '"));
    }
    same(PYTHON, main)
}

fn nothing_to_gather() -> Pair {
    const PYTHON: &str = r#"
async def main():
    print(await asyncio.gather())
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let nothing: Vec<Coroutine<u32>> = Vec::new();
        print!("{:?}", yield_!(All(nothing)).unwrap());
    }
    same(PYTHON, main)
}

fn coroutines_that_are_ready() -> Pair {
    const PYTHON: &str = r#"
async def ready(name):
    print(name)

async def main():
    coroutines = [ready("a"), ready("b")]
    print("made")
    await asyncio.gather(*coroutines)
    print("gathered")
"#;
    #[loop_core::coroutine(lazy)]
    fn ready(name: &'static str) {
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let coroutines = [ready("a"), ready("b")];
        print!("made");
        yield_!(All(coroutines)).unwrap();
        print!("gathered");
    }
    same(PYTHON, main)
}

fn gathered_within_gathered() -> Pair {
    const PYTHON: &str = r#"
async def leaf(name, time):
    await asyncio.sleep(time / 1000)
    print(name)
    return time

async def both(name, time):
    sum_of_both = sum(await asyncio.gather(leaf(name + "1", time), leaf(name + "2", 25)))
    print(name)
    return sum_of_both

async def main():
    print(await asyncio.gather(both("a", 20), both("b", 10)))
"#;
    #[loop_core::coroutine(lazy)]
    fn leaf(name: String, time: u64) -> u64 {
        yield_!(Sleep(ms(time)));
        print!("{name}");
        time
    }
    #[loop_core::coroutine(lazy)]
    fn both(name: &'static str, time: u64) -> u64 {
        let leaves = [leaf(format!("{name}1"), time), leaf(format!("{name}2"), 25)];
        let both = yield_!(All(leaves)).unwrap();
        print!("{name}");
        both.iter().sum()
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!(
            "{:?}",
            yield_!(All([both("a", 20), both("b", 10)])).unwrap()
        );
    }
    same(PYTHON, main)
}

fn a_failure() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.01)
    raise ValueError("broken")

async def works():
    try:
        await asyncio.sleep(0.02)
        print("works on")
    finally:
        print("finally")

async def main():
    try:
        await asyncio.gather(fails(), works())
    except ValueError as error:
        print(error)
    await asyncio.sleep(0.02)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() {
        yield_!(Sleep(ms(10)));
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(20)));
        print!("works on");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let error = yield_!(All([fails(), works()])).unwrap_err();
        print!("{}", error.message());
        yield_!(Sleep(ms(20)));
    }
    differs(
        "tasks that nobody waits for any more",
        (PYTHON, "broken\nworks on\nfinally"),
        (main, "finally\nbroken"),
    )
}

fn a_failure_when_the_others_have_ended() -> Pair {
    const PYTHON: &str = r#"
async def works(time, fails):
    await asyncio.sleep(time / 1000)
    print(time)
    if fails:
        raise ValueError("broken")

async def main():
    try:
        await asyncio.gather(works(30, True), works(10, False), works(20, False))
    except ValueError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn works(time: u64, fails: bool) {
        yield_!(Sleep(ms(time)));
        print!("{time}");
        if fails {
            panic!("broken");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let all = [works(30, true), works(10, false), works(20, false)];
        print!("{}", yield_!(All(all)).unwrap_err().message());
    }
    same(PYTHON, main)
}

fn failures_as_values() -> Pair {
    const PYTHON: &str = r#"
async def root(n):
    await asyncio.sleep(n / 1000)
    print("looks at", n)
    if n % 2:
        raise ValueError(f"{n} is odd")
    return n // 2

async def main():
    for value in await asyncio.gather(*(root(n) for n in (4, 3, 2, 1)), return_exceptions=True):
        print(value)
"#;
    #[loop_core::coroutine(lazy)]
    fn root(n: u64) -> Result<u64, String> {
        yield_!(Sleep(ms(n)));
        print!("looks at {n}");
        if n % 2 == 1 {
            return Err(format!("{n} is odd"));
        }
        Ok(n / 2)
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        for value in yield_!(All([4, 3, 2, 1].map(root))).unwrap() {
            print!("{}", value.map_or_else(|error| error, |n| n.to_string()));
        }
    }
    same(PYTHON, main)
}

fn two_failures_of_one_time() -> Pair {
    const PYTHON: &str = r#"
async def fails(name):
    await asyncio.sleep(0.01)
    print(name, "fails")
    raise ValueError(name)

async def main():
    try:
        await asyncio.gather(fails("a"), fails("b"))
    except ValueError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails(name: &'static str) -> Result<(), TaskError> {
        yield_!(Sleep(ms(10)));
        print!("{name} fails");
        panic!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        if let Err(error) = yield_!(TryAll(vec![fails("a"), fails("b")])) {
            print!("{}", error.message());
        }
    }
    differs(
        "tasks that nobody waits for any more",
        (PYTHON, "a fails\nb fails\na"),
        (main, "a fails\na"),
    )
}

fn the_task_that_gathers_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def naps(name):
    try:
        await asyncio.sleep(10)
        print("not reached")
    finally:
        print(name)

async def gathers():
    try:
        await asyncio.gather(naps("a"), naps("b"))
    finally:
        print("gathers")

async def main():
    task = asyncio.create_task(gathers())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(name: &'static str) {
        let _finally = Finally(name);
        yield_!(Sleep(ms(10_000)));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn gathers() {
        let _finally = Finally("gathers");
        yield_!(All([naps("a"), naps("b")])).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(gathers()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    differs(
        "the order in which several tasks are closed",
        (PYTHON, "a\nb\ngathers\ncancelled"),
        (main, "b\na\ngathers\ncancelled"),
    )
}

fn turns_until_the_news() -> Pair {
    const PYTHON: &str = r#"
async def ready():
    print("ready")

async def counts():
    for n in range(4):
        print(n)
        await asyncio.sleep(0)

async def main():
    task = asyncio.create_task(counts())
    await asyncio.gather(ready(), ready())
    print("gathered")
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn ready() {
        print!("ready");
    }
    #[loop_core::coroutine(lazy)]
    fn counts() {
        for n in 0..4 {
            print!("{n}");
            yield_!();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(counts()));
        yield_!(All([ready(), ready()])).unwrap();
        print!("gathered");
        yield_!(task).unwrap();
    }
    differs(
        "how soon a task learns that others have ended",
        (PYTHON, "0\nready\nready\n1\n2\ngathered\n3"),
        (main, "0\nready\nready\n1\ngathered\n2\n3"),
    )
}
