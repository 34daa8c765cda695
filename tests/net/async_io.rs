//! Streams for the futures of other libraries, and a protocol of one.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::mem;
use std::task::Poll;

use async_tungstenite::tungstenite::Message;
use async_tungstenite::{accept_async, client_async};
use futures::future::poll_immediate;
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use insta::assert_snapshot;
use loop_core::net::{AsyncStream, TcpStream};
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::ms;

use crate::{in_both, pair};

/// A server of websockets that sends back what it gets.
async fn echoes(stream: AsyncStream) -> usize {
    let mut socket = accept_async(stream).await.unwrap();
    let mut count = 0;
    while let Some(Ok(message)) = socket.next().await {
        if message.is_text() || message.is_binary() {
            count += 1;
            socket.send(message).await.unwrap();
        }
    }
    count
}

/// Its client: sends each message when it has the answer to the one before.
async fn sends(stream: AsyncStream, messages: Vec<Message>) -> Vec<Message> {
    let (mut socket, _) = client_async("ws://localhost/", stream).await.unwrap();
    let mut answers = Vec::new();
    for message in messages {
        socket.send(message).await.unwrap();
        answers.push(socket.next().await.unwrap().unwrap());
    }
    socket.close(None).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
    answers
}

#[loop_core::coroutine(lazy, skip(stream))]
fn serves(stream: TcpStream) -> usize {
    let stream = yield_!(stream.into_async_io());
    yield_!(Await(echoes(stream)))
}

#[loop_core::coroutine(lazy, skip_all)]
fn exchanges(messages: Vec<Message>) -> (Vec<Message>, usize) {
    let (_listener, client, server) = yield_!(pair()).unwrap();
    let server = yield_!(Spawn(serves(server)).named("server"));
    let client = yield_!(client.into_async_io());
    let answers = yield_!(Await(sends(client, messages)));
    (answers, yield_!(server).unwrap())
}

#[test]
fn websockets() {
    let messages = || {
        let large = vec![7; 300_000];
        let texts = ["hello", "", "world"].map(Message::text);
        texts.into_iter().chain([Message::binary(large)]).collect()
    };
    let (answers, count) = in_both(|| exchanges(messages()));
    assert_eq!((answers, count), (messages(), 4));
}

#[test]
fn the_trace_of_a_websocket() {
    let run = Sim::new().run(|| exchanges(vec![Message::text("hello")]));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    exchanges  start  =>  chain pair
    exchanges:pair  primed  =>  listen with listener 1
    exchanges:pair  listens with listener 1  =>  connect connection 1  park

    ~ +0  connection 1  wakes exchanges
    exchanges:pair  connected connection 1  =>  accept from listener 1  ready
    exchanges:pair  accepted from listener 1  =>  return Ok((TcpListener, TcpStream, TcpStream))
    exchanges  returned Ok((TcpListener, TcpStream, TcpStream))  =>  spawn serves(_)
    exchanges  spawned server  =>  chain into_async_io(_, _)
    exchanges:into_async_io  start  =>  spawn async_reader(_, _)
    exchanges:into_async_io  spawned exchanges/1  =>  spawn async_writer(_, _)
    exchanges:into_async_io  spawned exchanges/2  =>  return AsyncStream
    exchanges  returned AsyncStream  =>  await future 1  park
    server  start  =>  chain into_async_io(_, _)
    server:into_async_io  start  =>  spawn async_reader(_, _)
    server:into_async_io  spawned server/1  =>  spawn async_writer(_, _)
    server:into_async_io  spawned server/2  =>  return AsyncStream
    server  returned AsyncStream  =>  await future 2  park
    exchanges/1  start  =>  wait for event 1  park
    exchanges/2  start  =>  write to connection 1  ready
    server/1  start  =>  wait for event 2  ready
    server/2  start  =>  wait for event 3  park
    exchanges/2  wrote to connection 1  =>  wait for event 4  ready
    server/1  woken by event 2  =>  read from connection 2  ready
    exchanges/2  woken by event 4  =>  wait for event 4  park
    server/1  read from connection 2  =>  wait for event 2  park  wakes exchanges/1, server/2
    exchanges/1  woken by event 1  =>  read from connection 1  park
    server/2  woken by event 3  =>  write to connection 2  ready
    server/2  wrote to connection 2  =>  wait for event 3  park

    ~ +0  connection 1  wakes exchanges/1
    exchanges/1  read from connection 1  =>  wait for event 1  park  wakes server/1
    server/1  woken by event 2  =>  read from connection 2  park  wakes exchanges/2
    exchanges/2  woken by event 4  =>  write to connection 1  ready
    exchanges/2  wrote to connection 1  =>  wait for event 4  park

    ~ +0  connection 2  wakes server/1
    server/1  read from connection 2  =>  wait for event 2  park  wakes exchanges/1
    exchanges/1  woken by event 1  =>  read from connection 1  park  wakes server/2
    server/2  woken by event 3  =>  write to connection 2  ready
    server/2  wrote to connection 2  =>  wait for event 3  park

    ~ +0  connection 1  wakes exchanges/1
    exchanges/1  read from connection 1  =>  wait for event 1  park  wakes server/1
    server/1  woken by event 2  =>  read from connection 2  park  wakes exchanges/2
    exchanges/2  woken by event 4  =>  write to connection 1  ready
    exchanges/2  wrote to connection 1  =>  wait for event 4  park

    ~ +0  connection 2  wakes server/1
    server/1  read from connection 2  =>  wait for event 2  park  wakes exchanges/1
    exchanges/1  woken by event 1  =>  read from connection 1  park

    ~ +0  future 2  wakes server
    server  awaited future 2  =>  wakes server/2
    server/1  =>  cancelled
    server  =>  finish 1
    server/2  woken by event 3  =>  write to connection 2  ready
    server/2  wrote to connection 2  =>  finish
    ! closed connection 2

    ~ +0  connection 1  wakes exchanges/1
    exchanges/1  read from connection 1  =>  wait for event 1  park  wakes exchanges/1
    exchanges/1  woken by event 1  =>  read from connection 1  ready
    exchanges/1  read from connection 1  =>  finish

    ~ +0  future 1  wakes exchanges
    exchanges  awaited future 1  =>  join server  ready  wakes exchanges/2
    exchanges/2  woken by event 4  =>  finish
    ! closed connection 1
    exchanges  joined server 1  =>  finish _
    ! closed listener 1
    ");
    run.into_result().unwrap();
}

/// The tasks of the loop have a turn.
async fn yields() {
    let mut is_polled = false;
    poll_fn(|cx| {
        if mem::replace(&mut is_polled, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A writer cannot get further ahead of its reader than the buffers allow. Then what it has written arrives, though it is gone.
#[test]
fn a_slow_reader_stops_a_writer() {
    #[loop_core::coroutine]
    fn program() -> (bool, usize) {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let mut client = yield_!(client.into_async_io());
        let write = async move {
            let mut written = 0;
            // It ends when there is no room, and drops the stream.
            while let Some(result) = poll_immediate(client.write(&[0; 1000])).await {
                written += result.unwrap();
                yields().await;
            }
            written
        };
        let written = yield_!(Await(write));
        let mut read = 0;
        loop {
            let bytes = yield_!(server.read(Vec::with_capacity(4096))).unwrap();
            if bytes.is_empty() {
                return (read == written, written);
            }
            read += bytes.len();
        }
    }
    // What a connection holds is different in the worlds.
    let simulated = Sim::new().run(program).into_result().unwrap();
    let real = EventLoop::new().run_until_complete(program()).unwrap();
    assert!(simulated.0 && real.0, "{simulated:?} {real:?}");
    assert!((64_000..110_000).contains(&simulated.1), "{simulated:?}");
}

/// It reads only what its future wants: the rest stays where it is, and stops the peer.
#[test]
fn a_slow_future_stops_its_peer() {
    #[loop_core::coroutine(lazy)]
    fn writes(stream: TcpStream) -> usize {
        let mut written = 0;
        while written < 10_000_000 {
            if yield_!(Timeout(ms(50), stream.write_all(vec![0; 10_000]))).is_err() {
                break;
            }
            written += 10_000;
        }
        written
    }
    #[loop_core::coroutine]
    fn program() -> (usize, bool) {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let mut client = yield_!(client.into_async_io());
        let written = yield_!(Spawn(writes(server)));
        let (client, first) = yield_!(Await(async move {
            let mut first = [1; 10];
            client.read_exact(&mut first).await.unwrap();
            (client, first)
        }));
        let written = yield_!(written).unwrap();
        drop(client);
        (written, first == [0; 10])
    }
    let (written, is_read) = Sim::new().run(program).into_result().unwrap();
    assert!((64_000..110_000).contains(&written), "{written}");
    assert!(is_read);
}

#[test]
fn both_ends_of_both_directions() {
    #[loop_core::coroutine]
    fn program() -> (Option<String>, Option<String>, ErrorKind, usize) {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let mut client = yield_!(client.into_async_io());
        let closed = yield_!(Await(async move {
            client.write_all(b"bye\n").await?;
            client.close().await?;
            let error = client.write_all(b"more").await.unwrap_err();
            io::Result::Ok((client, error.kind()))
        }));
        let (mut client, error) = closed.unwrap();
        let bye = yield_!(server.read_line()).unwrap();
        let end = yield_!(server.read_line()).unwrap();
        // The other direction is still there.
        yield_!(server.write_all("12345")).unwrap();
        drop(server);
        let read = yield_!(Await(async move {
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.unwrap();
            // Again, at the end.
            client.read(&mut [0; 10]).await.unwrap() + read.len()
        }));
        (bye, end, error, read)
    }
    let bye = Some("bye".to_owned());
    assert_eq!(in_both(program), (bye, None, ErrorKind::BrokenPipe, 5));
}

#[test]
fn dropping_it_closes_the_connection() {
    #[loop_core::coroutine]
    fn program() -> (Option<String>, Option<String>) {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let mut client = yield_!(client.into_async_io());
        yield_!(Await(async move {
            client.write_all(b"bye\n").await.unwrap();
            // The task that reads waits for its connection when it is dropped.
            assert!(poll_immediate(client.read(&mut [0; 10])).await.is_none());
        }));
        (
            yield_!(server.read_line()).unwrap(),
            yield_!(server.read_line()).unwrap(),
        )
    }
    assert_eq!(in_both(program), (Some("bye".to_owned()), None));
    let run = Sim::new().run(program);
    let trace = run.trace().to_string();
    assert!(trace.contains("! closed connection 1"), "{trace}");
}

/// Its future learns what the peer has done.
#[test]
fn a_reset_is_an_error_of_both_directions() {
    #[loop_core::coroutine]
    fn program() -> [ErrorKind; 3] {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let mut client = yield_!(client.into_async_io());
        let client = yield_!(Await(async move {
            client.write_all(b"unread").await.unwrap();
            client.flush().await.unwrap();
            client
        }));
        yield_!(Sleep(ms(1)));
        drop(server);
        yield_!(Sleep(ms(1)));
        yield_!(Await(async move {
            let mut client = client;
            let mut errors = [ErrorKind::Other; 3];
            errors[0] = client.read(&mut [0; 10]).await.unwrap_err().kind();
            // It is taken, and then cannot be sent.
            client.write_all(b"more").await.unwrap();
            errors[1] = client.flush().await.unwrap_err().kind();
            errors[2] = client.write(b"more").await.unwrap_err().kind();
            errors
        }))
    }
    use ErrorKind::{BrokenPipe, ConnectionReset};
    assert_eq!(in_both(program), [ConnectionReset, BrokenPipe, BrokenPipe]);
}

/// Whichever task is cancelled, and when: its peers learn of it, and nobody waits for ever.
#[test]
fn each_task_can_be_cancelled() {
    async fn asks(mut stream: AsyncStream) -> io::Result<String> {
        stream.write_all(b"question").await?;
        stream.close().await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
    async fn answers(mut stream: AsyncStream) -> io::Result<()> {
        stream.read_to_end(&mut Vec::new()).await?;
        stream.write_all(b"answer").await?;
        stream.flush().await
    }
    #[loop_core::coroutine(lazy, skip_all)]
    fn serves(stream: TcpStream) {
        let stream = yield_!(stream.into_async_io());
        let _ = yield_!(Await(answers(stream)));
    }
    #[loop_core::coroutine]
    fn program() -> bool {
        let Ok((_listener, client, server)) = yield_!(pair()) else {
            return false;
        };
        yield_!(Spawn(serves(server))).detach();
        let client = yield_!(client.into_async_io());
        yield_!(Await(asks(client))).is_ok_and(|answer| answer == "answer")
    }
    let (mut well, mut badly) = (0, 0);
    let runs = (0..5).map(|seed| {
        Sim::new().seed(seed).cancel_everywhere(
            || program,
            |run| match run.result() {
                Ok(true) => well += 1,
                _ => badly += 1,
            },
        )
    });
    assert!(runs.sum::<usize>() > 100);
    assert!(well > 10 && badly > 10, "{well} {badly}");
}
