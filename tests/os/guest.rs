//! The loop as a guest of tokio.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use futures::future::{Either, select};
use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;
use loop_core::{Error, Remote, Stopper};
use tokio::task::LocalSet;
use tokio::time::sleep;

const SOON: Duration = Duration::from_millis(1);

fn on_tokio<T>(program: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, program)
}

fn event_loop() -> EventLoop {
    EventLoop::builder().no_slow_steps().build()
}

#[loop_core::coroutine]
fn double(n: u32) -> u32 {
    yield_!(Sleep(SOON));
    yield_!();
    2 * n
}

/// Timers, futures of tokio, tasks of tokio, closures on other threads.
#[test]
fn coroutines_run_on_tokio_as_they_are() {
    #[loop_core::coroutine]
    fn program() -> u32 {
        let spawned = yield_!(Spawn(double(1)));
        yield_!(Await(sleep(SOON)));
        let of_tokio = tokio::task::spawn_local(async {
            sleep(SOON).await;
            10
        });
        let of_tokio = yield_!(Await(of_tokio)).unwrap();
        of_tokio + yield_!(spawned).unwrap() + yield_!(Blocking(|| 100))
    }
    let value = on_tokio(async { event_loop().run_as_guest(program(), sleep).await });
    assert_eq!(value.unwrap(), 112);
}

/// Two loops and a task of tokio take turns: each goes on only if the others do.
#[test]
fn two_loops_and_a_task_share_a_thread() {
    use futures::channel::mpsc;
    use futures::{SinkExt, StreamExt};

    #[loop_core::coroutine(skip(receiver, sender))]
    fn passes_on(receiver: mpsc::Receiver<u32>, sender: mpsc::Sender<u32>) {
        let (mut receiver, mut sender) = (receiver, sender);
        loop {
            let (next, rest) = yield_!(Await(receiver.into_future()));
            receiver = rest;
            let Some(n) = next else { return };
            let sent = async move { (sender.send(n + 1).await, sender) };
            let (result, back) = yield_!(Await(sent));
            result.unwrap();
            sender = back;
        }
    }
    let sum = on_tokio(async {
        let (mut to_first, first) = mpsc::channel(0);
        let (to_second, second) = mpsc::channel(0);
        let (to_task, task) = mpsc::channel(0);
        for passes_on in [passes_on(first, to_second), passes_on(second, to_task)] {
            tokio::task::spawn_local(async {
                event_loop().run_as_guest(passes_on, sleep).await.unwrap();
            });
        }
        let numbers = tokio::task::spawn_local(task.collect::<Vec<u32>>());
        for n in 0..100 {
            to_first.send(n).await.unwrap();
        }
        drop(to_first);
        numbers.await.unwrap().iter().sum::<u32>()
    });
    assert_eq!(sum, 4950 + 200);
}

#[test]
fn another_thread_wakes_the_host() {
    #[loop_core::coroutine]
    fn calls(remote: Remote) -> u32 {
        let (sender, receiver) = futures::channel::oneshot::channel();
        thread::spawn(move || sender.send(remote.call(|| double(1)).wait().unwrap()));
        yield_!(Await(receiver)).unwrap()
    }
    let value = on_tokio(async {
        let mut event_loop = event_loop();
        let remote = event_loop.remote();
        // Only the remote and the future wake it: there is no timer for this executor.
        let never = |_| std::future::pending();
        let calls = calls_without_timers(remote);
        event_loop.run_as_guest(calls, never).await
    });
    assert_eq!(value.unwrap(), 7);
    let value = on_tokio(async {
        let mut event_loop = event_loop();
        let remote = event_loop.remote();
        event_loop.run_as_guest(calls(remote), sleep).await
    });
    assert_eq!(value.unwrap(), 2);
}

#[loop_core::coroutine]
fn calls_without_timers(remote: Remote) -> u32 {
    #[loop_core::coroutine]
    fn seven() -> u32 {
        yield_!();
        7
    }
    let (sender, receiver) = futures::channel::oneshot::channel();
    thread::spawn(move || sender.send(remote.call(seven).wait().unwrap()));
    yield_!(Await(receiver)).unwrap()
}

#[loop_core::coroutine]
fn forever() {
    yield_!(Await(std::future::pending()))
}

#[test]
fn a_stopper_ends_it() {
    fn stops(stopper: Stopper) {
        thread::spawn(move || stopper.stop());
    }
    let ended = on_tokio(async {
        let mut event_loop = event_loop();
        stops(event_loop.stopper());
        let never = |_| std::future::pending();
        event_loop.run_as_guest(forever(), never).await
    });
    assert!(matches!(ended, Err(Error::Stopped)), "{ended:?}");
}

/// When the future is dropped, the tasks stay: they go on when the loop runs again, here by itself.
#[test]
fn a_guest_may_leave() {
    let mut event_loop = event_loop();
    let remote = event_loop.remote();
    on_tokio(async {
        let run = std::pin::pin!(event_loop.run_as_guest(double(1), sleep));
        let soon = std::pin::pin!(std::future::ready(()));
        // The guest has had one turn.
        assert!(matches!(select(run, soon).await, Either::Right(_)));
    });
    let thread = thread::spawn(move || remote.call(|| double(2)).wait());
    while !thread.is_finished() {
        let _ = event_loop.step(SOON).unwrap();
    }
    assert_eq!(thread.join().unwrap().unwrap(), 4);
    event_loop.run().unwrap();
}

#[test]
fn a_failure_that_nobody_joins_does_not_end_it() {
    #[loop_core::coroutine]
    fn fails() {
        yield_!();
        // Without the panic hook, which would print.
        std::panic::resume_unwind(Box::new("out of luck"))
    }
    #[loop_core::coroutine]
    fn program(has_ended: Rc<Cell<bool>>) {
        yield_!(Spawn(fails())).detach();
        yield_!(double(1));
        has_ended.set(true);
    }
    let has_ended = Rc::new(Cell::new(false));
    let ended = on_tokio(async {
        let mut event_loop = EventLoop::builder()
            .no_slow_steps()
            .on_unjoined_error(|_, _| ())
            .build();
        let program = program(Rc::clone(&has_ended));
        event_loop.run_as_guest(program, sleep).await
    });
    assert!(matches!(ended, Err(Error::Failed(_))), "{ended:?}");
    assert!(has_ended.get());
}

/// A guest looks at them every now and then.
#[test]
fn sockets_of_a_guest() {
    #[loop_core::coroutine(lazy)]
    fn answers(listener: TcpListener) -> io::Result<()> {
        let (stream, _) = yield_!(listener.accept())?;
        while let Some(line) = yield_!(stream.read_line())? {
            yield_!(stream.write_all(format!("<{line}>\n")))?;
        }
        Ok(())
    }
    #[loop_core::coroutine(lazy)]
    fn asks() -> io::Result<Option<String>> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
        let to = listener.local_addr()?;
        let server = yield_!(Spawn(answers(listener)));
        let stream = yield_!(TcpStream::connect(to))?;
        yield_!(stream.write_all("hello\n"))?;
        let line = yield_!(stream.read_line())?;
        drop(stream);
        yield_!(server).unwrap()?;
        Ok(line)
    }
    let line = on_tokio(async { event_loop().run_as_guest(asks(), sleep).await });
    assert_eq!(line.unwrap().unwrap().as_deref(), Some("<hello>"));
}
