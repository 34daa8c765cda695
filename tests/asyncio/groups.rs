//! `TaskGroup`, beside `TryGroup` and `Group`: failures, bodies, groups within groups.

use std::io;

use loop_core::prelude::*;
use loop_core::{Failure, Shield, TryGroup};
use tests::ms;

use crate::pair::{Finally, Pair, differs, pairs, print, print_end, same};

pairs![
    it_waits_for_all,
    an_empty_group,
    a_failure_cancels_the_others,
    the_body_is_told_of_a_failure,
    two_fail_at_one_time,
    a_failure_while_it_is_cancelled,
    a_group_within_a_group,
    the_inner_group_catches_it,
    the_body_fails,
    the_task_of_the_group_is_cancelled,
    the_body_is_cancelled,
    it_is_too_late_for_a_new_task,
    a_failure_in_a_shielded_group,
];

fn it_waits_for_all() -> Pair {
    const PYTHON: &str = r#"
async def works(name, time):
    await asyncio.sleep(time / 1000)
    print(name)

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(works("slow", 20))
        group.create_task(works("fast", 10))
        print("body")
    print("all")
"#;
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str, time: u64) {
        yield_!(Sleep(ms(time)));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = Group::new();
        yield_!(group.spawn(works("slow", 20)));
        yield_!(group.spawn(works("fast", 10)));
        print!("body");
        yield_!(group.join()).unwrap();
        print!("all");
    }
    same(PYTHON, main)
}

fn an_empty_group() -> Pair {
    const PYTHON: &str = r#"
async def main():
    async with asyncio.TaskGroup():
        print("body")
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = Group::<()>::new();
        print!("body");
        yield_!(group.join()).unwrap();
        print!("end");
    }
    same(PYTHON, main)
}

fn a_failure_cancels_the_others() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.01)
    raise ValueError("broken")

async def works():
    try:
        await asyncio.sleep(10)
        print("not reached")
    finally:
        print("finally")

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(works())
            group.create_task(fails())
    except* ValueError as errors:
        for error in errors.exceptions:
            print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Result<(), &'static str> {
        yield_!(Sleep(ms(10)));
        Err("broken")
    }
    #[loop_core::coroutine(lazy)]
    fn works() -> Result<(), &'static str> {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(10_000)));
        print!("not reached");
        Ok(())
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(works()));
        yield_!(group.spawn(fails()));
        if let Err(errors) = yield_!(group.join()) {
            print!("{}", errors.first());
            errors.others().iter().for_each(|error| print!("{error}"));
        }
    }
    same(PYTHON, main)
}

fn the_body_is_told_of_a_failure() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    raise ValueError("broken")

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            await asyncio.sleep(0.01)
            print("the body goes on")
    except* ValueError:
        print("failed")
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Result<(), &'static str> {
        Err("broken")
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(fails()));
        yield_!(Sleep(ms(10)));
        print!("the body goes on");
        if yield_!(group.join()).is_err() {
            print!("failed");
        }
    }
    differs(
        "the body of a group",
        (PYTHON, "failed"),
        (main, "the body goes on\nfailed"),
    )
}

fn two_fail_at_one_time() -> Pair {
    const PYTHON: &str = r#"
async def fails(name):
    await asyncio.sleep(0.01)
    raise ValueError(name)

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails("a"))
            group.create_task(fails("b"))
    except* ValueError as errors:
        for error in errors.exceptions:
            print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails(name: &'static str) -> Result<(), &'static str> {
        yield_!(Sleep(ms(10)));
        Err(name)
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(fails("a")));
        yield_!(group.spawn(fails("b")));
        let errors = yield_!(group.join()).unwrap_err();
        print!("{}", errors.first());
        errors.others().iter().for_each(|error| print!("{error}"));
    }
    differs(
        "when a cancelled task is closed",
        (PYTHON, "a\nb"),
        (main, "a"),
    )
}

fn a_failure_while_it_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.01)
    raise RuntimeError("broken")

async def breaks():
    try:
        await asyncio.sleep(10)
    finally:
        raise RuntimeError("broken as well")

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(breaks())
            group.create_task(fails())
    except* RuntimeError as errors:
        for error in errors.exceptions:
            print(error)
"#;
    struct Breaks;
    impl Drop for Breaks {
        fn drop(&mut self) {
            panic!("broken as well");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn fails() {
        yield_!(Sleep(ms(10)));
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn breaks() {
        let _breaks = Breaks;
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = Group::new();
        yield_!(group.spawn(breaks()));
        yield_!(group.spawn(fails()));
        let errors = yield_!(group.join()).unwrap_err();
        for failure in std::iter::once(errors.first()).chain(errors.others()) {
            if let Failure::Panicked(error) = failure {
                print!("{}", error.message());
            }
        }
    }
    differs(
        "a failure while a task is cancelled",
        (PYTHON, "broken\nbroken as well"),
        (main, "broken\nthe run fails"),
    )
}

fn a_group_within_a_group() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.01)
    raise ValueError("broken")

async def works(name):
    try:
        await asyncio.sleep(10)
    finally:
        print(name)

async def inner():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(works("a neighbour"))
            group.create_task(fails())
    finally:
        print("the inner group")

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(works("a task of the outer group"))
            group.create_task(inner())
    except* ValueError as errors:
        print(errors.exceptions[0].exceptions[0])
"#;
    type Ended = Result<(), String>;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Ended {
        yield_!(Sleep(ms(10)));
        Err("broken".to_owned())
    }
    #[loop_core::coroutine(lazy)]
    fn works(name: &'static str) -> Ended {
        let _finally = Finally(name);
        yield_!(Sleep(ms(10_000)));
        Ok(())
    }
    #[loop_core::coroutine(lazy)]
    fn inner() -> Ended {
        let _finally = Finally("the inner group");
        let mut group = TryGroup::new();
        yield_!(group.spawn(works("a neighbour")));
        yield_!(group.spawn(fails()));
        let ended = yield_!(group.join());
        ended
            .map(|_| ())
            .map_err(|errors| errors.first().to_string())
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(works("a task of the outer group")));
        yield_!(group.spawn(inner()));
        print!("{}", yield_!(group.join()).unwrap_err().first());
    }
    same(PYTHON, main)
}

fn the_inner_group_catches_it() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    raise ValueError("broken")

async def inner():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
    except* ValueError:
        print("caught")

async def works():
    await asyncio.sleep(0.01)
    print("works on")

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(inner())
        group.create_task(works())
    print("all")
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Result<(), &'static str> {
        Err("broken")
    }
    #[loop_core::coroutine(lazy)]
    fn inner() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(fails()));
        if yield_!(group.join()).is_err() {
            print!("caught");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Sleep(ms(10)));
        print!("works on");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = Group::new();
        yield_!(group.spawn(inner()));
        yield_!(group.spawn(works()));
        yield_!(group.join()).unwrap();
        print!("all");
    }
    same(PYTHON, main)
}

fn the_body_fails() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("finally")

async def body():
    async with asyncio.TaskGroup() as group:
        group.create_task(works())
        await asyncio.sleep(0.01)
        raise ValueError("broken")

async def main():
    try:
        await body()
    except* ValueError as errors:
        print(errors.exceptions[0])
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn body() -> io::Result<()> {
        let mut group = Group::new();
        yield_!(group.spawn(works()));
        yield_!(Sleep(ms(10)));
        Err(io::Error::other("broken"))
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        print!("{}", yield_!(body()).unwrap_err());
    }
    same(PYTHON, main)
}

fn the_task_of_the_group_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("member")

async def parent():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(works())
    finally:
        print("parent")

async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("member");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn parent() {
        let _finally = Finally("parent");
        let mut group = Group::new();
        yield_!(group.spawn(works()));
        yield_!(group.join()).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(parent()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    same(PYTHON, main)
}

fn the_body_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(10)
    finally:
        print("member")

async def parent():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(works())
            await asyncio.sleep(10)
    finally:
        print("parent")

async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        let _finally = Finally("member");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn parent() {
        let _finally = Finally("parent");
        let mut group = Group::new();
        yield_!(group.spawn(works()));
        yield_!(Sleep(ms(10_000)));
        yield_!(group.join()).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(parent()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    differs(
        "the order in which several tasks are closed",
        (PYTHON, "member\nparent\ncancelled"),
        (main, "parent\nmember\ncancelled"),
    )
}

fn it_is_too_late_for_a_new_task() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    raise ValueError("broken")

async def works():
    print("not reached")

async def body():
    async with asyncio.TaskGroup() as group:
        group.create_task(fails())
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            group.create_task(works())

async def main():
    try:
        await body()
    except* ValueError:
        print("failed")
    except* RuntimeError:
        print("refused")
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Result<(), &'static str> {
        Err("broken")
    }
    #[loop_core::coroutine(lazy)]
    fn works() -> Result<(), &'static str> {
        print!("not reached");
        Ok(())
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(fails()));
        yield_!(Sleep(ms(10)));
        yield_!(group.spawn(works()));
        if yield_!(group.join()).is_err() {
            print!("failed");
        }
    }
    differs(
        "the body of a group",
        (PYTHON, "failed\nrefused"),
        (main, "failed"),
    )
}

fn a_failure_in_a_shielded_group() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    await asyncio.sleep(0.02)
    raise ValueError("broken")

async def inner():
    async with asyncio.TaskGroup() as group:
        group.create_task(fails())

async def outer():
    work = asyncio.create_task(inner())
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        print("the inner group has failed" if work.exception() else "not reached")
        raise

async def main():
    task = asyncio.create_task(outer())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() -> Result<(), &'static str> {
        yield_!(Sleep(ms(20)));
        Err("broken")
    }
    #[loop_core::coroutine(lazy)]
    fn inner() {
        let mut group = TryGroup::new();
        yield_!(group.spawn(fails()));
        match yield_!(group.join()) {
            Ok(_) => print!("not reached"),
            Err(_) => print!("the inner group has failed"),
        }
    }
    #[loop_core::coroutine(lazy)]
    fn outer() {
        yield_!(Shield(inner()));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(outer()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)).map(|()| "ended"));
    }
    same(PYTHON, main)
}
