//! Coroutines and other threads. Each test ends when the other threads have done their part, however long that takes.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use futures::channel::oneshot;
use loop_core::prelude::*;
use loop_core::sync::Event;
use loop_core::{Error, Remote};

use crate::helper::Helper;

fn event_loop() -> EventLoop {
    EventLoop::builder().no_slow_steps().build()
}

fn run<T: 'static>(main: Coroutine<T>) -> T {
    event_loop().run_until_complete(main).unwrap()
}

// Closures.

#[test]
fn a_closure_runs_on_another_thread_and_the_loop_goes_on() {
    #[loop_core::coroutine]
    fn program() -> ThreadId {
        let (sender, receiver) = mpsc::channel();
        let closure = yield_!(Spawn(blocking(move || {
            receiver.recv().unwrap();
            thread::current().id()
        })));
        // If the closure ran here, nobody would send.
        yield_!();
        sender.send(()).unwrap();
        yield_!(closure).unwrap()
    }
    assert_ne!(run(program()), thread::current().id());
}

#[loop_core::coroutine]
fn blocking<T: Send + 'static>(closure: impl FnOnce() -> T + Send + 'static) -> T {
    yield_!(Blocking(closure))
}

#[test]
fn a_panic_of_a_closure_is_the_askers() {
    #[loop_core::coroutine]
    fn program() -> String {
        let fails = yield_!(Spawn(blocking(|| -> u32 {
            // Without the panic hook, which would print.
            std::panic::resume_unwind(Box::new("out of luck"))
        })));
        yield_!(fails).unwrap_err().message().to_owned()
    }
    assert_eq!(run(program()), "out of luck");
}

/// Says where it is dropped.
struct Dropped(mpsc::Sender<ThreadId>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(thread::current().id());
    }
}

#[test]
fn the_value_of_a_closure_whose_task_was_cancelled_is_dropped_where_it_ran() {
    #[loop_core::coroutine]
    fn program(dropped: mpsc::Sender<ThreadId>) -> mpsc::Sender<()> {
        let (starts, started) = oneshot::channel();
        let (goes_on, waits) = mpsc::channel();
        let closure = yield_!(Spawn(blocking(move || {
            starts.send(()).unwrap();
            waits.recv().unwrap();
            Dropped(dropped)
        })));
        yield_!(Await(started)).unwrap();
        assert!(yield_!(Cancel(closure)).is_err());
        goes_on
    }
    let (sender, dropped) = mpsc::channel();
    let goes_on = run(program(sender));
    goes_on.send(()).unwrap();
    assert_ne!(dropped.recv().unwrap(), thread::current().id());
}

#[test]
fn a_program_does_not_wait_for_its_closures() {
    let ended = Helper::new(&["exit-while-a-closure-runs"]).run();
    assert_eq!(ended.stdout, "leaves\n", "{ended:?}");
    assert!(ended.status.success(), "{ended:?}");
}

#[test]
fn a_thousand_closures_at_once() {
    #[loop_core::coroutine]
    fn program() -> u64 {
        let mut handles = Vec::new();
        for n in 0..1_000 {
            handles.push(yield_!(Spawn(blocking(move || n))));
        }
        let mut sum = 0;
        for handle in handles {
            sum += yield_!(handle).unwrap();
        }
        sum
    }
    assert_eq!(run(program()), 499_500);
}

// Futures.

#[loop_core::coroutine]
fn waits<F: Future + 'static>(future: F) -> F::Output {
    yield_!(Await(future))
}

#[test]
fn a_waker_may_be_called_by_another_thread() {
    let (sender, receiver) = oneshot::channel();
    let thread = thread::spawn(move || sender.send(7).unwrap());
    assert_eq!(run(waits(receiver)), Ok(7));
    thread.join().unwrap();
}

#[test]
fn a_loop_that_waits_for_a_future_is_idle() {
    let running = Helper::new(&["awaits"]).start();
    running.wait_for("ready");
    running.wait_until_parked_for(Duration::from_secs(1), "awaits");
    running.interrupt();
    assert_eq!(running.end().code(), Some(130));
}

/// A future that gives its waker to a thread.
fn hands_over(thread: mpsc::Sender<Waker>) -> impl Future<Output = ()> {
    let mut thread = Some(thread);
    poll_fn(move |context| {
        if let Some(thread) = thread.take() {
            thread.send(context.waker().clone()).unwrap();
        }
        Poll::Pending
    })
}

/// Whether the loop waits already or not, it finds out that nobody can wake the task any more.
#[test]
fn the_end_of_the_last_waker_is_a_deadlock() {
    let (sender, wakers) = mpsc::channel();
    let thread = thread::spawn(move || drop(wakers.recv().unwrap()));
    let run = event_loop().run_until_complete(waits(hands_over(sender)));
    let Err(Error::Deadlock(deadlock)) = run else {
        panic!("nothing can happen: {run:?}");
    };
    assert!(deadlock.to_string().contains("waits waits for future 1"));
    thread.join().unwrap();
}

/// Whoever has the waker may call it.
#[test]
fn a_task_that_waits_for_itself_beside_a_future_is_no_deadlock() {
    #[loop_core::coroutine]
    fn waits_for(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine]
    fn sets(event: Event, receiver: oneshot::Receiver<()>) {
        yield_!(Await(receiver)).unwrap();
        event.set();
    }
    let (sender, receiver) = oneshot::channel();
    let event = Event::new();
    let mut event_loop = event_loop();
    event_loop.schedule(sets(event.clone(), receiver));
    let thread = thread::spawn(move || sender.send(()).unwrap());
    event_loop.run_until_complete(waits_for(event)).unwrap();
    thread.join().unwrap();
}

/// Calls from several threads, while the loop is busy and while it waits: none is lost.
#[test]
fn no_waking_is_lost() {
    const TIMES: u32 = 2_000;
    #[loop_core::coroutine]
    fn program(senders: Vec<mpsc::Sender<oneshot::Sender<u32>>>) -> u32 {
        let mut handles = Vec::new();
        for sender in senders {
            handles.push(yield_!(Spawn(asks(sender))));
        }
        let mut sum = 0;
        for handle in handles {
            sum += yield_!(handle).unwrap();
        }
        sum
    }
    #[loop_core::coroutine]
    fn asks(thread: mpsc::Sender<oneshot::Sender<u32>>) -> u32 {
        let mut sum = 0;
        for _ in 0..TIMES {
            let (sender, receiver) = oneshot::channel();
            thread.send(sender).unwrap();
            sum += yield_!(Await(receiver)).unwrap();
        }
        sum
    }
    let (senders, threads): (Vec<_>, Vec<_>) = (0..4)
        .map(|_| {
            let (sender, receiver) = mpsc::channel::<oneshot::Sender<u32>>();
            let answer = move || receiver.iter().for_each(|reply| reply.send(1).unwrap());
            (sender, thread::spawn(answer))
        })
        .unzip();
    assert_eq!(run(program(senders)), 4 * TIMES);
    for thread in threads {
        thread.join().unwrap();
    }
}

// Tokio.

/// A runtime that runs on a thread of its own until the sender is dropped.
fn tokio() -> (
    tokio::runtime::Handle,
    oneshot::Sender<()>,
    thread::JoinHandle<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let handle = runtime.handle().clone();
    let (stop, stopped) = oneshot::channel();
    let thread = thread::spawn(move || {
        let _ = runtime.block_on(stopped);
    });
    (handle, stop, thread)
}

#[test]
fn futures_of_tokio() {
    #[loop_core::coroutine]
    fn program(tokio: tokio::runtime::Handle) -> u32 {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let task = tokio.spawn(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            sender.send(20).unwrap();
            22
        });
        yield_!(Await(tokio::time::sleep(Duration::from_millis(1))));
        yield_!(Await(receiver)).unwrap() + yield_!(Await(task)).unwrap()
    }
    let (handle, stop, thread) = tokio();
    let entered = handle.enter();
    assert_eq!(run(program(handle.clone())), 42);
    drop(entered);
    drop(stop);
    thread.join().unwrap();
}

#[test]
fn a_task_of_tokio_calls_a_loop() {
    let (tokio, stop, thread) = tokio();
    let mut event_loop = event_loop();
    let remote = event_loop.remote();
    let task = tokio.spawn(async move {
        let doubled = remote.call(|| double(21)).await;
        remote.stop();
        doubled.unwrap()
    });
    event_loop.run_forever().unwrap();
    assert_eq!(futures::executor::block_on(task).unwrap(), 42);
    drop(stop);
    thread.join().unwrap();
}

// Remotes.

#[loop_core::coroutine]
fn double(n: u32) -> u32 {
    yield_!();
    2 * n
}

#[test]
fn many_threads_call_a_loop() {
    let mut event_loop = event_loop();
    let remote = event_loop.remote();
    let calls = |remote: Remote| {
        move || {
            (0..500)
                .map(|n| remote.call(move || double(n)).wait().unwrap())
                .sum()
        }
    };
    let threads: Vec<thread::JoinHandle<u32>> = (0..4)
        .map(|_| thread::spawn(calls(remote.clone())))
        .collect();
    let last = thread::spawn(move || {
        let sums = threads.into_iter().map(|thread| thread.join().unwrap());
        let sum: u32 = sums.sum();
        remote.stop();
        sum
    });
    event_loop.run_forever().unwrap();
    assert_eq!(last.join().unwrap(), 4 * 249_500);
}

/// What a task waits for may be done by a function that another thread sends.
#[test]
fn a_remote_may_wake_a_task() {
    thread_local! {
        static EVENT: RefCell<Option<Event>> = const { RefCell::new(None) };
    }
    #[loop_core::coroutine]
    fn waits_for(event: Event) {
        yield_!(event.wait());
    }
    #[loop_core::coroutine]
    fn set() {
        EVENT.with_borrow(|event| event.as_ref().unwrap().set());
    }
    let event = Event::new();
    EVENT.set(Some(event.clone()));
    let mut event_loop = event_loop();
    let remote = event_loop.remote();
    let thread = thread::spawn(move || remote.schedule(set));
    event_loop.run_until_complete(waits_for(event)).unwrap();
    thread.join().unwrap();
}

#[test]
fn a_loop_that_nobody_can_stop_any_more_ends() {
    let mut event_loop = event_loop();
    let remote = event_loop.remote();
    let thread = thread::spawn(move || drop(remote));
    let run = event_loop.run_forever();
    assert!(matches!(run, Err(Error::Deadlock(_))), "{run:?}");
    thread.join().unwrap();
}

/// Nothing that another thread sends has to be sent back: values that are not `Send` stay with the loop.
#[test]
fn a_coroutine_that_cannot_leave_its_thread_is_made_on_the_loops() {
    #[loop_core::coroutine]
    fn shares(value: Rc<u32>) -> u32 {
        yield_!();
        *value
    }
    let mut event_loop = event_loop();
    let remote = event_loop.remote();
    let thread = thread::spawn(move || {
        let value = remote.call(|| shares(Rc::new(3))).wait();
        remote.stop();
        value
    });
    event_loop.run_forever().unwrap();
    assert_eq!(thread.join().unwrap().unwrap(), 3);
}
