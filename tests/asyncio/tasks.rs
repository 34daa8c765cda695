//! Tasks: their values, their failures, their cancellation.

use std::rc::Rc;

use loop_core::prelude::*;
use loop_core::sync::Event;
use loop_core::{Ended, Me};
use tests::{Slot, ms};

use crate::pair::{Finally, Pair, differs, pairs, print, print_end, same};

pairs![
    a_value,
    a_failure,
    joined_after_its_end,
    several_wait_for_one,
    whether_it_has_ended,
    a_name,
    a_failure_that_nobody_awaits,
    tasks_that_are_left_at_the_end,
    cancelled_before_its_first_turn,
    cancelled_while_it_sleeps,
    cancelled_while_it_waits_for_a_task,
    cancelled_when_it_is_ready,
    cancelled_after_its_end,
    cancelled_after_its_failure,
    cancelled_for_a_reason,
    cancelled_in_a_coroutine_that_it_calls,
    cancelled_and_its_children,
    cancelled_by_itself,
    when_a_cancelled_task_cleans_up,
    a_task_that_refuses,
    the_main_task_fails,
    a_child_cancels_its_parent,
    a_finally_wakes_others,
];

fn a_value() -> Pair {
    const PYTHON: &str = r#"
async def double(n):
    await asyncio.sleep(0)
    return 2 * n

async def main():
    tasks = [asyncio.create_task(double(n)) for n in range(3)]
    for task in tasks:
        print(await task)
"#;
    #[loop_core::coroutine(lazy)]
    fn double(n: u32) -> u32 {
        yield_!();
        2 * n
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let mut tasks = Vec::new();
        for n in 0..3 {
            tasks.push(yield_!(Spawn(double(n))));
        }
        for task in tasks {
            print!("{}", yield_!(task).unwrap());
        }
    }
    same(PYTHON, main)
}

fn a_failure() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    try:
        await asyncio.sleep(0)
        raise ValueError("broken")
    finally:
        print("finally")

async def main():
    task = asyncio.create_task(fails())
    try:
        await task
    except ValueError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() {
        let _finally = Finally("finally");
        yield_!();
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(fails()));
        if let Err(error) = yield_!(task) {
            print!("{}", error.message());
        }
    }
    same(PYTHON, main)
}

fn joined_after_its_end() -> Pair {
    const PYTHON: &str = r#"
async def ready():
    return 7

async def other():
    print("other")

async def main():
    task = asyncio.create_task(ready())
    await asyncio.sleep(0.01)
    other_task = asyncio.create_task(other())
    print(await task)
    await other_task
"#;
    #[loop_core::coroutine(lazy)]
    fn ready() -> u32 {
        7
    }
    #[loop_core::coroutine(lazy)]
    fn other() {
        print!("other");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(ready()));
        yield_!(Sleep(ms(10)));
        let other_task = yield_!(Spawn(other()));
        print!("{}", yield_!(task).unwrap());
        yield_!(other_task).unwrap();
    }
    differs(
        "a request that could have waited",
        (PYTHON, "7\nother"),
        (main, "other\n7"),
    )
}

fn several_wait_for_one() -> Pair {
    const PYTHON: &str = r#"
async def works():
    await asyncio.sleep(0.01)
    print("works")

async def waits(name, task):
    await task
    print(name)

async def main():
    task = asyncio.create_task(works())
    first = asyncio.create_task(waits("first", task))
    second = asyncio.create_task(waits("second", task))
    await task
    print("main")
    await first
    await second
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Sleep(ms(10)));
        print!("works");
    }
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, task: Rc<Handle<()>>) {
        yield_!(Ended(&task));
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = Rc::new(yield_!(Spawn(works())));
        let first = yield_!(Spawn(waits("first", Rc::clone(&task))));
        let second = yield_!(Spawn(waits("second", Rc::clone(&task))));
        yield_!(Ended(&task));
        print!("main");
        yield_!(first).unwrap();
        yield_!(second).unwrap();
    }
    same(PYTHON, main)
}

fn whether_it_has_ended() -> Pair {
    const PYTHON: &str = r#"
async def naps():
    await asyncio.sleep(0.01)

async def main():
    task = asyncio.create_task(naps())
    for _ in range(4):
        print("ended" if task.done() else "lives")
        await asyncio.sleep(0.004)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps() {
        yield_!(Sleep(ms(10)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(naps()));
        for _ in 0..4 {
            print!("{}", if task.is_finished() { "ended" } else { "lives" });
            yield_!(Sleep(ms(4)));
        }
    }
    same(PYTHON, main)
}

fn a_name() -> Pair {
    const PYTHON: &str = r#"
async def works():
    print(asyncio.current_task().get_name())

async def main():
    task = asyncio.create_task(works(), name="worker")
    print(task.get_name())
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        print!("{}", yield_!(Me).name);
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(works()).named("worker"));
        print!("{}", yield_!(task.name()));
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn a_failure_that_nobody_awaits() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    raise ValueError("broken")

async def main():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() {
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(Spawn(fails())).detach();
        yield_!(Sleep(ms(10)));
        print!("end");
    }
    differs(
        "a failure that nobody awaits",
        (PYTHON, "end"),
        (main, "end\nthe run fails"),
    )
}

fn tasks_that_are_left_at_the_end() -> Pair {
    const PYTHON: &str = r#"
async def naps(name):
    try:
        await asyncio.sleep(10)
        print("not reached")
    finally:
        print(name)

async def main():
    task = asyncio.create_task(naps("left"))
    await asyncio.sleep(0.01)
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn naps(name: &'static str) {
        let _finally = Finally(name);
        yield_!(Sleep(ms(10_000)));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        yield_!(Spawn(naps("left"))).detach();
        yield_!(Sleep(ms(10)));
        print!("end");
    }
    same(PYTHON, main)
}

fn cancelled_before_its_first_turn() -> Pair {
    const PYTHON: &str = r#"
async def child():
    print("not reached")

async def main():
    task = asyncio.create_task(child())
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
"#;
    #[loop_core::coroutine(lazy)]
    fn child() {
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(child()));
        if yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled()) {
            print!("cancelled");
        }
    }
    same(PYTHON, main)
}

fn cancelled_while_it_sleeps() -> Pair {
    const PYTHON: &str = r#"
async def naps():
    try:
        print("begin")
        await asyncio.sleep(10)
        print("not reached")
    finally:
        print("finally")

async def main():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(naps())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled after", round(1000 * loop.time()))
"#;
    #[loop_core::coroutine(lazy)]
    fn naps() {
        let _finally = Finally("finally");
        print!("begin");
        yield_!(Sleep(ms(10_000)));
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(naps()));
        yield_!(Sleep(ms(10)));
        if yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled()) {
            print!(
                "cancelled after {}",
                (yield_!(Clock) - loop_core::Time::ZERO).as_millis()
            );
        }
    }
    same(PYTHON, main)
}

fn cancelled_while_it_waits_for_a_task() -> Pair {
    const PYTHON: &str = r#"
async def works():
    try:
        await asyncio.sleep(0.02)
        print("work is done")
    except asyncio.CancelledError:
        print("work is cancelled")

async def waits(task):
    await task

async def main():
    work = asyncio.create_task(works())
    task = asyncio.create_task(waits(work))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.02)
    print("cancelled" if task.cancelled() else "ended")
"#;
    #[loop_core::coroutine(lazy)]
    fn works() {
        yield_!(Sleep(ms(20)));
        print!("work is done");
    }
    #[loop_core::coroutine(lazy)]
    fn waits(task: Handle<()>) {
        yield_!(task).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let work = yield_!(Spawn(works()));
        let task = yield_!(Spawn(waits(work)));
        yield_!(Sleep(ms(10)));
        let ended = yield_!(Cancel(task));
        yield_!(Sleep(ms(20)));
        print!("{}", if ended.is_err() { "cancelled" } else { "ended" });
    }
    differs(
        "cancelling a task that awaits another one",
        (PYTHON, "work is cancelled\nended"),
        (main, "work is done\ncancelled"),
    )
}

fn cancelled_when_it_is_ready() -> Pair {
    const PYTHON: &str = r#"
async def waits(event):
    try:
        await event.wait()
        print("not reached")
    finally:
        print("finally")

async def main():
    event = asyncio.Event()
    task = asyncio.create_task(waits(event))
    await asyncio.sleep(0.01)
    event.set()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) {
        let _finally = Finally("finally");
        yield_!(event.wait());
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let task = yield_!(Spawn(waits(event.clone())));
        yield_!(Sleep(ms(10)));
        event.set();
        if yield_!(Cancel(task)).is_err_and(|error| error.is_cancelled()) {
            print!("cancelled");
        }
    }
    same(PYTHON, main)
}

fn cancelled_after_its_end() -> Pair {
    const PYTHON: &str = r#"
async def ready():
    return 7

async def main():
    task = asyncio.create_task(ready())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await task)
"#;
    #[loop_core::coroutine(lazy)]
    fn ready() -> u32 {
        7
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(ready()));
        yield_!(Sleep(ms(10)));
        print!("{}", yield_!(Cancel(task)).unwrap());
    }
    same(PYTHON, main)
}

fn cancelled_after_its_failure() -> Pair {
    const PYTHON: &str = r#"
async def fails():
    raise ValueError("broken")

async def main():
    task = asyncio.create_task(fails())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except ValueError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn fails() {
        panic!("broken");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(fails()));
        yield_!(Sleep(ms(10)));
        match yield_!(Cancel(task)) {
            Err(error) if error.is_panic() => print!("{}", error.message()),
            _ => print!("not reached"),
        }
    }
    same(PYTHON, main)
}

fn cancelled_for_a_reason() -> Pair {
    const PYTHON: &str = r#"
async def naps():
    await asyncio.sleep(10)

async def main():
    task = asyncio.create_task(naps())
    await asyncio.sleep(0.01)
    task.cancel("it is late")
    try:
        await task
    except asyncio.CancelledError as error:
        print(error)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps() {
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(naps()));
        yield_!(Sleep(ms(10)));
        if let Err(error) = yield_!(Cancel(task).because("it is late")) {
            print!("{}", error.reason().unwrap());
        }
    }
    same(PYTHON, main)
}

fn cancelled_in_a_coroutine_that_it_calls() -> Pair {
    const PYTHON: &str = r#"
async def inner():
    try:
        await asyncio.sleep(10)
    finally:
        print("inner")

async def outer():
    try:
        await inner()
        print("not reached")
    finally:
        print("outer")

async def main():
    task = asyncio.create_task(outer())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
"#;
    #[loop_core::coroutine(lazy)]
    fn inner() {
        let _finally = Finally("inner");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn outer() {
        let _finally = Finally("outer");
        yield_!(inner());
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(outer()));
        yield_!(Sleep(ms(10)));
        if yield_!(Cancel(task)).is_err() {
            print!("cancelled");
        }
    }
    same(PYTHON, main)
}

fn cancelled_and_its_children() -> Pair {
    const PYTHON: &str = r#"
async def child():
    await asyncio.sleep(0.02)
    print("child")

async def parent():
    task = asyncio.create_task(child())
    await asyncio.sleep(10)

async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    await asyncio.sleep(0.02)
"#;
    #[loop_core::coroutine(lazy)]
    fn child() {
        yield_!(Sleep(ms(20)));
        print!("child");
    }
    #[loop_core::coroutine(lazy)]
    fn parent() {
        let _task = yield_!(Spawn(child()));
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(parent()));
        yield_!(Sleep(ms(10)));
        if yield_!(Cancel(task)).is_err() {
            print!("cancelled");
        }
        yield_!(Sleep(ms(20)));
    }
    same(PYTHON, main)
}

fn cancelled_by_itself() -> Pair {
    const PYTHON: &str = r#"
async def gives_up():
    try:
        asyncio.current_task().cancel()
        print("goes on to its next await")
        await asyncio.sleep(0.01)
        print("not reached")
    finally:
        print("finally")

async def main():
    asyncio.create_task(gives_up())
    await asyncio.sleep(0.02)
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn gives_up(me: Slot<()>) {
        let _finally = Finally("finally");
        yield_!(Cancel(me.take().unwrap())).unwrap();
        print!("not reached");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let me: Slot<()> = Slot::default();
        me.set(Some(yield_!(Spawn(gives_up(Rc::clone(&me))))));
        yield_!(Sleep(ms(20)));
        print!("end");
    }
    differs(
        "when a cancelled task is closed",
        (PYTHON, "goes on to its next await\nfinally\nend"),
        (main, "finally\nend"),
    )
}

fn when_a_cancelled_task_cleans_up() -> Pair {
    const PYTHON: &str = r#"
async def naps():
    try:
        await asyncio.sleep(10)
    finally:
        print("finally")

async def main():
    task = asyncio.create_task(naps())
    await asyncio.sleep(0.01)
    task.cancel()
    print("after cancel")
    await asyncio.sleep(0.01)
"#;
    #[loop_core::coroutine(lazy)]
    fn naps() {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(naps()));
        yield_!(Sleep(ms(10)));
        let _ = yield_!(Cancel(task));
        print!("after cancel");
        yield_!(Sleep(ms(10)));
    }
    differs(
        "when a cancelled task is closed",
        (PYTHON, "after cancel\nfinally"),
        (main, "finally\nafter cancel"),
    )
}

fn a_task_that_refuses() -> Pair {
    const PYTHON: &str = r#"
async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("no")
    return 7

async def main():
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await task)
"#;
    #[loop_core::coroutine(lazy)]
    fn stubborn() -> u32 {
        let _finally = Finally("no");
        yield_!(Sleep(ms(10_000)));
        7
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let task = yield_!(Spawn(stubborn()));
        yield_!(Sleep(ms(10)));
        print_end(&yield_!(Cancel(task)));
    }
    differs(
        "refusing a cancellation",
        (PYTHON, "no\n7"),
        (main, "no\ncancelled"),
    )
}

fn the_main_task_fails() -> Pair {
    const PYTHON: &str = r#"
async def naps():
    try:
        await asyncio.sleep(10)
    finally:
        print("finally")

async def main():
    task = asyncio.create_task(naps())
    await asyncio.sleep(0.01)
    raise ValueError("broken")
"#;
    #[loop_core::coroutine(lazy)]
    fn naps() {
        let _finally = Finally("finally");
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let _task = yield_!(Spawn(naps()));
        yield_!(Sleep(ms(10)));
        panic!("broken");
    }
    same(PYTHON, main)
}

fn a_child_cancels_its_parent() -> Pair {
    const PYTHON: &str = r#"
async def child(parent):
    try:
        parent.cancel()
        await asyncio.sleep(0.01)
        print("the child works on")
    finally:
        print("child")

async def parent():
    task = asyncio.create_task(child(asyncio.current_task()))
    try:
        await task
    finally:
        print("parent")

async def main():
    task = asyncio.create_task(parent())
    await asyncio.sleep(0.02)
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn child(parent: Handle<()>) {
        let _finally = Finally("child");
        yield_!(Cancel(parent)).unwrap_err();
        yield_!(Sleep(ms(10)));
        print!("the child works on");
    }
    #[loop_core::coroutine(lazy)]
    fn parent(me: Slot<()>) {
        let _finally = Finally("parent");
        let task = yield_!(Spawn(child(me.take().unwrap())));
        yield_!(task).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let me: Slot<()> = Slot::default();
        me.set(Some(yield_!(Spawn(parent(Rc::clone(&me))))));
        yield_!(Sleep(ms(20)));
        print!("end");
    }
    differs(
        "cancelling a task that awaits another one",
        (PYTHON, "child\nparent\nend"),
        (main, "parent\nthe child works on\nchild\nend"),
    )
}

fn a_finally_wakes_others() -> Pair {
    const PYTHON: &str = r#"
async def naps(event):
    try:
        await asyncio.sleep(10)
    finally:
        event.set()

async def waits(event):
    await event.wait()
    print("woken")

async def main():
    event = asyncio.Event()
    task = asyncio.create_task(naps(event))
    waiting = asyncio.create_task(waits(event))
    await asyncio.sleep(0.01)
    task.cancel()
    await waiting
    print("cancelled" if task.cancelled() else "lives")
"#;
    struct Sets(Event);
    impl Drop for Sets {
        fn drop(&mut self) {
            self.0.set();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn naps(event: Event) {
        let _sets = Sets(event);
        yield_!(Sleep(ms(10_000)));
    }
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) {
        yield_!(event.wait());
        print!("woken");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let task = yield_!(Spawn(naps(event.clone())));
        let waiting = yield_!(Spawn(waits(event)));
        yield_!(Sleep(ms(10)));
        let ended = yield_!(Cancel(task));
        yield_!(waiting).unwrap();
        print_end(&ended.map(|()| "lives"));
    }
    same(PYTHON, main)
}
