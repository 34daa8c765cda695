//! `Queue`, beside channels: order, room, cancellation while something is assigned.

use loop_core::prelude::*;
use loop_core::sync::channel::{
    self, Receiver, Sender, TryRecvError, TrySendError, UnboundedSender,
};
use tests::ms;

use crate::pair::{Finally, Pair, differs, pairs, print, same};

pairs![
    values_come_out_in_order,
    the_youngest_and_the_least_first,
    nothing_there_and_no_room,
    a_full_queue_makes_the_producer_wait,
    a_queue_with_room_lets_others_run,
    getters_are_served_in_order,
    putters_are_served_in_order,
    a_getter_is_cancelled_while_it_waits,
    a_getter_is_cancelled_when_a_value_is_there_for_it,
    the_only_getter_is_cancelled_when_a_value_is_there_for_it,
    a_putter_is_cancelled_while_it_waits,
    a_putter_is_cancelled_when_there_is_room_for_it,
    a_value_is_taken_before_a_getter_has_it,
    the_producers_are_gone,
    a_pipeline,
    two_queues_and_the_first_value_of_both,
];

fn values_come_out_in_order() -> Pair {
    const PYTHON: &str = r#"
async def main():
    queue = asyncio.Queue()
    for n in range(3):
        queue.put_nowait(n)
    print(queue.qsize())
    while not queue.empty():
        print(await queue.get())
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        for n in 0..3 {
            sender.send(n).unwrap();
        }
        print!("{}", receiver.len());
        while !receiver.is_empty() {
            print!("{}", yield_!(receiver.recv()).unwrap());
        }
    }
    same(PYTHON, main)
}

fn the_youngest_and_the_least_first() -> Pair {
    const PYTHON: &str = r#"
async def main():
    for queue in [asyncio.LifoQueue(), asyncio.PriorityQueue()]:
        for n in [2, 3, 1, 2]:
            queue.put_nowait(n)
        print([await queue.get() for _ in range(4)])
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        for (sender, receiver) in [channel::lifo(4), channel::priority(4)] {
            for n in [2, 3, 1, 2] {
                sender.try_send(n).unwrap();
            }
            let mut got = Vec::new();
            for _ in 0..4 {
                got.push(yield_!(receiver.recv()).unwrap());
            }
            print!("{got:?}");
        }
    }
    same(PYTHON, main)
}

fn nothing_there_and_no_room() -> Pair {
    const PYTHON: &str = r#"
async def main():
    queue = asyncio.Queue(1)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty:
        print("empty")
    queue.put_nowait("a")
    try:
        queue.put_nowait("b")
    except asyncio.QueueFull:
        print("full")
    print(queue.get_nowait())
"#;
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::bounded(1);
        if receiver.try_recv() == Err(TryRecvError::Empty) {
            print!("empty");
        }
        sender.try_send("a").unwrap();
        if sender.try_send("b") == Err(TrySendError::Full("b")) {
            print!("full");
        }
        print!("{}", receiver.try_recv().unwrap());
    }
    same(PYTHON, main)
}

fn a_full_queue_makes_the_producer_wait() -> Pair {
    const PYTHON: &str = r#"
async def produces(queue):
    for n in range(4):
        await queue.put(n)
        print("put", n)

async def main():
    queue = asyncio.Queue(2)
    task = asyncio.create_task(produces(queue))
    await asyncio.sleep(0.01)
    for _ in range(4):
        print("got", await queue.get())
        await asyncio.sleep(0.01)
    await task
"#;
    #[loop_core::coroutine(lazy)]
    fn produces(sender: Sender<u32>) {
        for n in 0..4 {
            yield_!(sender.send(n)).unwrap();
            print!("put {n}");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::bounded(2);
        let task = yield_!(Spawn(produces(sender)));
        yield_!(Sleep(ms(10)));
        for _ in 0..4 {
            print!("got {}", yield_!(receiver.recv()).unwrap());
            yield_!(Sleep(ms(10)));
        }
        yield_!(task).unwrap();
    }
    same(PYTHON, main)
}

fn a_queue_with_room_lets_others_run() -> Pair {
    const PYTHON: &str = r#"
async def produces(queue):
    for n in range(2):
        await queue.put(n)
        print("put", n)

async def consumes(queue):
    for n in range(2):
        print("got", await queue.get())

async def main():
    queue = asyncio.Queue()
    await asyncio.gather(produces(queue), consumes(queue))
"#;
    #[loop_core::coroutine(lazy)]
    fn produces(sender: Sender<u32>) {
        for n in 0..2 {
            yield_!(sender.send(n)).unwrap();
            print!("put {n}");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn consumes(receiver: Receiver<u32>) {
        for _ in 0..2 {
            print!("got {}", yield_!(receiver.recv()).unwrap());
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::bounded(10);
        yield_!(All((produces(sender), consumes(receiver)))).unwrap();
    }
    differs(
        "a request that could have waited",
        (PYTHON, "put 0\nput 1\ngot 0\ngot 1"),
        (main, "put 0\ngot 0\nput 1\ngot 1"),
    )
}

fn getters_are_served_in_order() -> Pair {
    const PYTHON: &str = r#"
async def gets(name, queue):
    print(name, await queue.get())

async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(gets(name, queue)) for name in "abc"]
    await asyncio.sleep(0.01)
    for n in range(3):
        queue.put_nowait(n)
    for task in tasks:
        await task
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(name: &'static str, receiver: Receiver<u32>) {
        print!("{name} {}", yield_!(receiver.recv()).unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(gets(name, receiver.clone()))));
        }
        yield_!(Sleep(ms(10)));
        for n in 0..3 {
            sender.send(n).unwrap();
        }
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn putters_are_served_in_order() -> Pair {
    const PYTHON: &str = r#"
async def puts(name, queue):
    await queue.put(name)
    print(name)

async def main():
    queue = asyncio.Queue(1)
    tasks = [asyncio.create_task(puts(name, queue)) for name in "abc"]
    await asyncio.sleep(0.01)
    for _ in range(3):
        print("got", queue.get_nowait())
        await asyncio.sleep(0.01)
    for task in tasks:
        await task
"#;
    #[loop_core::coroutine(lazy)]
    fn puts(name: &'static str, sender: Sender<&'static str>) {
        yield_!(sender.send(name)).unwrap();
        print!("{name}");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::bounded(1);
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(puts(name, sender.clone()))));
        }
        yield_!(Sleep(ms(10)));
        for _ in 0..3 {
            print!("got {}", receiver.try_recv().unwrap());
            yield_!(Sleep(ms(10)));
        }
        for task in tasks {
            yield_!(task).unwrap();
        }
    }
    same(PYTHON, main)
}

fn a_getter_is_cancelled_while_it_waits() -> Pair {
    const PYTHON: &str = r#"
async def gets(name, queue):
    print(name, await queue.get())

async def main():
    queue = asyncio.Queue()
    first = asyncio.create_task(gets("first", queue))
    second = asyncio.create_task(gets("second", queue))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0.01)
    queue.put_nowait("value")
    await second
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(name: &'static str, receiver: Receiver<&'static str>) {
        print!("{name} {}", yield_!(receiver.recv()).unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let first = yield_!(Spawn(gets("first", receiver.clone())));
        let second = yield_!(Spawn(gets("second", receiver)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(first)).unwrap_err();
        yield_!(Sleep(ms(10)));
        sender.send("value").unwrap();
        yield_!(second).unwrap();
    }
    same(PYTHON, main)
}

fn a_getter_is_cancelled_when_a_value_is_there_for_it() -> Pair {
    const PYTHON: &str = r#"
async def gets(name, queue):
    print(name, await queue.get())

async def main():
    queue = asyncio.Queue()
    first = asyncio.create_task(gets("first", queue))
    second = asyncio.create_task(gets("second", queue))
    await asyncio.sleep(0.01)
    queue.put_nowait("value")
    first.cancel()
    await second
    print(queue.qsize())
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(name: &'static str, receiver: Receiver<&'static str>) {
        print!("{name} {}", yield_!(receiver.recv()).unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let first = yield_!(Spawn(gets("first", receiver.clone())));
        let second = yield_!(Spawn(gets("second", receiver.clone())));
        yield_!(Sleep(ms(10)));
        sender.send("value").unwrap();
        yield_!(Cancel(first)).unwrap_err();
        yield_!(second).unwrap();
        print!("{}", receiver.len());
    }
    same(PYTHON, main)
}

fn the_only_getter_is_cancelled_when_a_value_is_there_for_it() -> Pair {
    const PYTHON: &str = r#"
async def gets(queue):
    print("got", await queue.get())

async def main():
    queue = asyncio.Queue()
    task = asyncio.create_task(gets(queue))
    await asyncio.sleep(0.01)
    queue.put_nowait("value")
    task.cancel()
    await asyncio.wait([task])
    print(queue.get_nowait(), "is still there")
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(receiver: Receiver<&'static str>) {
        print!("got {}", yield_!(receiver.recv()).unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let task = yield_!(Spawn(gets(receiver.clone())));
        yield_!(Sleep(ms(10)));
        sender.send("value").unwrap();
        yield_!(Cancel(task)).unwrap_err();
        print!("{} is still there", receiver.try_recv().unwrap());
    }
    same(PYTHON, main)
}

fn a_putter_is_cancelled_while_it_waits() -> Pair {
    const PYTHON: &str = r#"
async def puts(name, queue):
    try:
        await queue.put(name)
    finally:
        print(name, "ends")

async def main():
    queue = asyncio.Queue(1)
    queue.put_nowait("first")
    tasks = [asyncio.create_task(puts(name, queue)) for name in "ab"]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    print(await queue.get())
    print(await queue.get())
    print(queue.qsize())
"#;
    #[loop_core::coroutine(lazy)]
    fn puts(name: &'static str, sender: Sender<&'static str>) {
        let _finally = Finally(if name == "a" { "a ends" } else { "b ends" });
        yield_!(sender.send(name)).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::bounded(1);
        sender.try_send("first").unwrap();
        let a = yield_!(Spawn(puts("a", sender.clone())));
        let b = yield_!(Spawn(puts("b", sender)));
        yield_!(Sleep(ms(10)));
        yield_!(Cancel(a)).unwrap_err();
        yield_!(Sleep(ms(10)));
        print!("{}", yield_!(receiver.recv()).unwrap());
        print!("{}", yield_!(receiver.recv()).unwrap());
        print!("{}", receiver.len());
        yield_!(b).unwrap();
    }
    same(PYTHON, main)
}

fn a_putter_is_cancelled_when_there_is_room_for_it() -> Pair {
    const PYTHON: &str = r#"
async def puts(name, queue):
    await queue.put(name)
    print(name, "has put")

async def main():
    queue = asyncio.Queue(1)
    queue.put_nowait("first")
    tasks = [asyncio.create_task(puts(name, queue)) for name in "ab"]
    await asyncio.sleep(0.01)
    print(queue.get_nowait())
    tasks[0].cancel()
    await tasks[1]
    print(queue.get_nowait())
"#;
    #[loop_core::coroutine(lazy)]
    fn puts(name: &'static str, sender: Sender<&'static str>) {
        yield_!(sender.send(name)).unwrap();
        print!("{name} has put");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::bounded(1);
        sender.try_send("first").unwrap();
        let a = yield_!(Spawn(puts("a", sender.clone())));
        let b = yield_!(Spawn(puts("b", sender)));
        yield_!(Sleep(ms(10)));
        print!("{}", receiver.try_recv().unwrap());
        yield_!(Cancel(a)).unwrap_err();
        yield_!(b).unwrap();
        print!("{}", receiver.try_recv().unwrap());
    }
    same(PYTHON, main)
}

fn a_value_is_taken_before_a_getter_has_it() -> Pair {
    const PYTHON: &str = r#"
async def gets(name, queue):
    print(name, await queue.get())

async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(gets(name, queue)) for name in "ab"]
    await asyncio.sleep(0.01)
    queue.put_nowait(1)
    try:
        print("main", queue.get_nowait())
    except asyncio.QueueEmpty:
        print("not for main")
    await asyncio.sleep(0.01)
    queue.put_nowait(2)
    queue.put_nowait(3)
    await asyncio.sleep(0.01)
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(name: &'static str, receiver: Receiver<u32>) {
        let value = yield_!(receiver.recv());
        print!("{name} {}", value.unwrap());
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let a = yield_!(Spawn(gets("a", receiver.clone())));
        let b = yield_!(Spawn(gets("b", receiver.clone())));
        yield_!(Sleep(ms(10)));
        sender.send(1).unwrap();
        match receiver.try_recv() {
            Ok(value) => print!("main {value}"),
            Err(_) => print!("not for main"),
        }
        yield_!(Sleep(ms(10)));
        sender.send(2).unwrap();
        sender.send(3).unwrap();
        yield_!(a).unwrap();
        yield_!(b).unwrap();
    }
    differs(
        "overtaking",
        (PYTHON, "main 1\nb 2\na 3"),
        (main, "not for main\na 1\nb 2"),
    )
}

fn the_producers_are_gone() -> Pair {
    const PYTHON: &str = r#"
async def consumes(queue):
    while True:
        print(await queue.get())

async def main():
    queue = asyncio.Queue()
    task = asyncio.create_task(consumes(queue))
    queue.put_nowait("a")
    queue.put_nowait("b")
    del queue
    await task
    print("end")
"#;
    #[loop_core::coroutine(lazy)]
    fn consumes(receiver: Receiver<&'static str>) {
        while let Some(value) = yield_!(receiver.recv()) {
            print!("{value}");
        }
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (sender, receiver) = channel::unbounded();
        let task = yield_!(Spawn(consumes(receiver)));
        sender.send("a").unwrap();
        sender.send("b").unwrap();
        drop(sender);
        yield_!(task).unwrap();
        print!("end");
    }
    differs(
        "a queue whose other end is gone",
        (PYTHON, "a\nb\nit hangs"),
        (main, "a\nb\nend"),
    )
}

fn a_pipeline() -> Pair {
    const PYTHON: &str = r#"
async def produces(queue):
    for n in range(3):
        await asyncio.sleep(0.01)
        await queue.put(n)
    await queue.put(None)

async def doubles(source, sink):
    while (n := await source.get()) is not None:
        await sink.put(2 * n)
    await sink.put(None)

async def prints(queue):
    while (n := await queue.get()) is not None:
        print(n)
    print("end")

async def main():
    first, second = asyncio.Queue(1), asyncio.Queue(1)
    await asyncio.gather(prints(second), doubles(first, second), produces(first))
"#;
    #[loop_core::coroutine(lazy)]
    fn produces(sender: Sender<u32>) {
        for n in 0..3 {
            yield_!(Sleep(ms(10)));
            yield_!(sender.send(n)).unwrap();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn doubles(source: Receiver<u32>, sink: Sender<u32>) {
        while let Some(n) = yield_!(source.recv()) {
            yield_!(sink.send(2 * n)).unwrap();
        }
    }
    #[loop_core::coroutine(lazy)]
    fn prints(receiver: Receiver<u32>) {
        while let Some(n) = yield_!(receiver.recv()) {
            print!("{n}");
        }
        print!("end");
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let (first, second) = (channel::bounded(1), channel::bounded(1));
        let all = (
            prints(second.1),
            doubles(first.1, second.0),
            produces(first.0),
        );
        yield_!(All(all)).unwrap();
    }
    same(PYTHON, main)
}

fn two_queues_and_the_first_value_of_both() -> Pair {
    const PYTHON: &str = r#"
async def main():
    a, b = asyncio.Queue(), asyncio.Queue()
    tasks = [asyncio.create_task(queue.get()) for queue in (a, b)]
    await asyncio.sleep(0.01)
    a.put_nowait("a")
    b.put_nowait("b")
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task in done:
            print("got", task.result())
    for queue in (a, b):
        print(queue.qsize(), "left")
"#;
    #[loop_core::coroutine(lazy)]
    fn gets(receiver: Receiver<&'static str>) -> &'static str {
        yield_!(receiver.recv()).unwrap()
    }
    #[loop_core::coroutine(lazy)]
    fn puts(a: UnboundedSender<&'static str>, b: UnboundedSender<&'static str>) {
        yield_!(Sleep(ms(10)));
        a.send("a").unwrap();
        b.send("b").unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn main() {
        let ((to_a, a), (to_b, b)) = (channel::unbounded(), channel::unbounded());
        yield_!(Spawn(puts(to_a, to_b))).detach();
        let got = yield_!(Race((gets(a.clone()), gets(b.clone())))).unwrap();
        for got in [got.0, got.1].into_iter().flatten() {
            print!("got {got}");
        }
        for queue in [a, b] {
            print!("{} left", queue.len());
        }
    }
    differs(
        "when a cancelled task is closed",
        (PYTHON, "got a\ngot b\n0 left\n0 left"),
        (main, "got a\n0 left\n1 left"),
    )
}
