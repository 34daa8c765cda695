//! `Event` and futures.

use loop_core::prelude::*;
use loop_core::sync::Event;
use loop_core::sync::channel::{self, OneshotReceiver};
use tests::ms;

use crate::pair::{Pair, differs, pairs, print, same};

pairs![
    all_who_wait_go_on,
    set_and_cleared_at_once,
    an_event_that_is_set,
    who_waits_after_the_clearing_waits,
    one_of_those_who_wait_is_cancelled,
    a_future,
    a_future_whose_waiter_is_cancelled,
    a_future_that_nobody_can_set,
];

fn all_who_wait_go_on() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, event):
    await event.wait()
    print(name)

async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(waits(name, event)) for name in "abc"]
    await asyncio.sleep(0.01)
    event.set()
    print("set")
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, event: Event) {
        yield_!(event.wait());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(waits(name, event.clone()))));
        }
        yield_!(Sleep(ms(10)));
        event.set();
        print!("set");
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn set_and_cleared_at_once() -> Pair {
    const PYTHON: &str = r#"
async def waits(event):
    await event.wait()
    print("set" if event.is_set() else "cleared again")

async def main():
    event = asyncio.Event()
    task = asyncio.create_task(waits(event))
    await asyncio.sleep(0.01)
    event.set()
    event.clear()
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(event: Event) {
        yield_!(event.wait());
        print!(
            "{}",
            if event.is_set() {
                "set"
            } else {
                "cleared again"
            }
        );
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let task = yield_!(Spawn(waits(event.clone())));
        yield_!(Sleep(ms(10)));
        event.set();
        event.clear();
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn an_event_that_is_set() -> Pair {
    const PYTHON: &str = r#"
async def other():
    print("other")

async def main():
    event = asyncio.Event()
    event.set()
    task = asyncio.create_task(other())
    await event.wait()
    print("main")
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn other() {
        print!("other");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        event.set();
        let task = yield_!(Spawn(other()));
        yield_!(event.wait());
        print!("main");
        yield_!(task).unwrap();
    }
    differs(
        "a request that could have waited",
        (PYTHON, "main\nother"),
        (main, "other\nmain"),
    )
}

fn who_waits_after_the_clearing_waits() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, event):
    await event.wait()
    print(name)

async def main():
    event = asyncio.Event()
    first = asyncio.create_task(waits("first", event))
    await asyncio.sleep(0.01)
    event.set()
    event.clear()
    second = asyncio.create_task(waits("second", event))
    await asyncio.sleep(0.01)
    print("once more")
    event.set()
    await second
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, event: Event) {
        yield_!(event.wait());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let first = yield_!(Spawn(waits("first", event.clone())));
        yield_!(Sleep(ms(10)));
        event.set();
        event.clear();
        let second = yield_!(Spawn(waits("second", event.clone())));
        yield_!(Sleep(ms(10)));
        print!("once more");
        event.set();
        yield_!(first).unwrap();
        yield_!(second).unwrap();
    }
    same(PYTHON, main)
}

fn one_of_those_who_wait_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def waits(name, event):
    try:
        await event.wait()
        print(name)
    except asyncio.CancelledError:
        print(name, "is cancelled")
        raise

async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(waits(name, event)) for name in "abc"]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    await asyncio.sleep(0.01)
    event.set()
    await asyncio.wait(tasks)
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(name: &'static str, event: Event) {
        yield_!(event.wait());
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let event = Event::new();
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(waits(name, event.clone()))));
        }
        yield_!(Sleep(ms(10)));
        if yield_!(Cancel(tasks.remove(1))).is_err_and(|error| error.is_cancelled()) {
            print!("b is cancelled");
        }
        yield_!(Sleep(ms(10)));
        event.set();
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn a_future() -> Pair {
    const PYTHON: &str = r#"
async def waits(future):
    print("got", await future)

async def main():
    future = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(waits(future))
    await asyncio.sleep(0.01)
    future.set_result(7)
    print("set")
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(future: OneshotReceiver<u32>) {
        print!("got {}", yield_!(future.recv()).unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, future) = channel::oneshot();
        let task = yield_!(Spawn(waits(future)));
        yield_!(Sleep(ms(10)));
        sender.send(7).unwrap();
        print!("set");
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn a_future_whose_waiter_is_cancelled() -> Pair {
    const PYTHON: &str = r#"
async def waits(future):
    await future

async def main():
    future = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(waits(future))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    try:
        future.set_result(7)
    except asyncio.InvalidStateError:
        print("nobody is there")
"#;
    #[loop_core::coroutine(lazy)]
    fn waits(future: OneshotReceiver<u32>) {
        yield_!(future.recv()).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, future) = channel::oneshot();
        let task = yield_!(Spawn(waits(future)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(task)).unwrap_err();
        if sender.send(7).is_err() {
            print!("nobody is there");
        }
    }
    same(PYTHON, main)
}

fn a_future_that_nobody_can_set() -> Pair {
    const PYTHON: &str = r#"
async def main():
    future = asyncio.get_running_loop().create_future()
    await future
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, future) = channel::oneshot::<()>();
        drop(sender);
        print!("{}", yield_!(future.recv()).unwrap_err());
    }
    differs(
        "a queue whose other end is gone",
        (PYTHON, "it hangs"),
        (main, "the other side of the channel was dropped"),
    )
}
