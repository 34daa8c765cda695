//! The decisions of a loop with sockets are the same in both worlds, step by step.

use std::io;
use std::net::{Shutdown, SocketAddr};

use insta::assert_snapshot;
use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;
use loop_core::sim::Sim;
use loop_core::sync::Lock;
use loop_core::trace::Recording;
use tests::{SteadyOs, without_times};

#[loop_core::coroutine(lazy, skip(stream))]
fn echo(stream: TcpStream) -> io::Result<()> {
    while let Some(line) = yield_!(stream.read_line())? {
        yield_!(stream.write_all(format!("{line}\n")))?;
    }
    Ok(())
}

#[loop_core::coroutine(lazy, skip(listener))]
fn serve(listener: TcpListener) -> io::Result<()> {
    let mut clients = TryGroup::new();
    for _ in 0..2 {
        let (stream, _) = yield_!(listener.accept())?;
        yield_!(clients.spawn(echo(stream)));
    }
    yield_!(clients.join())?;
    Ok(())
}

/// Speaks when it is its turn: only one message is on its way at a time, so its order is not the network's.
#[loop_core::coroutine(lazy, skip(to, turn))]
fn says(to: SocketAddr, turn: Lock<()>, lines: [&'static str; 2]) -> io::Result<()> {
    let mine = yield_!(turn.acquire());
    let stream = yield_!(TcpStream::connect(to))?;
    drop(mine);
    for line in lines {
        let _mine = yield_!(turn.acquire());
        yield_!(stream.write_all(format!("{line}\n")))?;
        assert_eq!(yield_!(stream.read_line())?.as_deref(), Some(line));
    }
    let _mine = yield_!(turn.acquire());
    yield_!(stream.shutdown(Shutdown::Write))?;
    assert_eq!(yield_!(stream.read_line())?, None);
    Ok(())
}

#[loop_core::coroutine]
fn two_clients() -> io::Result<()> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    let to = listener.local_addr()?;
    let turn = Lock::new(());
    let server = yield_!(Spawn(serve(listener)).named("server"));
    let ann = yield_!(Spawn(says(to, turn.clone(), ["a", "b"])).named("ann"));
    let bob = yield_!(Spawn(says(to, turn, ["x", "y"])).named("bob"));
    for task in [ann, bob, server] {
        yield_!(task.flatten())?;
    }
    Ok(())
}

#[test]
fn two_clients_of_an_echo_server_step_by_step() {
    let run = Sim::new().run(two_clients);
    let simulated = without_times(&run.trace().to_string());
    run.into_result().unwrap().unwrap();

    let builder = EventLoop::builder().recorder(Recording::default());
    let builder = builder.world(SteadyOs::default());
    let mut event_loop = builder.no_slow_steps().build();
    let ended = event_loop.run_until_complete(two_clients());
    ended.unwrap().unwrap();
    let real = without_times(&event_loop.trace().to_string());

    assert_eq!(
        simulated, real,
        "left: the simulation, right: the operating system"
    );
    assert_snapshot!(simulated, @r#"
    two_clients  primed  =>  listen with listener 1
    two_clients  listens with listener 1  =>  spawn serve(_)
    two_clients  spawned server  =>  spawn says(_, _, ["a", "b"])
    two_clients  spawned ann  =>  spawn says(_, _, ["x", "y"])
    two_clients  spawned bob  =>  join ann  park
    server  start  =>  accept from listener 1  park
    ann  start  =>  acquire lock 1  ready
    bob  start  =>  acquire lock 1  park
    ann  acquired lock 1  =>  connect connection 1  park

    ~ listener 1  wakes server
    ~  connection 1  wakes ann
    server  accepted from listener 1  =>  spawn echo(_)
    server  spawned server/1  =>  accept from listener 1  park
    ann  connected connection 1  =>  acquire lock 1  park  wakes bob
    server/1  start  =>  read from connection 2  park
    bob  acquired lock 1  =>  connect connection 3  park

    ~ listener 1  wakes server
    ~  connection 3  wakes bob
    server  accepted from listener 1  =>  spawn echo(_)
    server  spawned server/2  =>  wait for group 1  park
    bob  connected connection 3  =>  acquire lock 1  park  wakes ann
    server/2  start  =>  read from connection 4  park
    ann  acquired lock 1  =>  write to connection 1  ready
    ann  wrote to connection 1  =>  read from connection 1  park

    ~ connection 2  wakes server/1
    server/1  read from connection 2  =>  write to connection 2  ready
    server/1  wrote to connection 2  =>  read from connection 2  park

    ~ connection 1  wakes ann
    ann  read from connection 1  =>  acquire lock 1  park  wakes bob
    bob  acquired lock 1  =>  write to connection 3  ready
    bob  wrote to connection 3  =>  read from connection 3  park

    ~ connection 4  wakes server/2
    server/2  read from connection 4  =>  write to connection 4  ready
    server/2  wrote to connection 4  =>  read from connection 4  park

    ~ connection 3  wakes bob
    bob  read from connection 3  =>  acquire lock 1  park  wakes ann
    ann  acquired lock 1  =>  write to connection 1  ready
    ann  wrote to connection 1  =>  read from connection 1  park

    ~ connection 2  wakes server/1
    server/1  read from connection 2  =>  write to connection 2  ready
    server/1  wrote to connection 2  =>  read from connection 2  park

    ~ connection 1  wakes ann
    ann  read from connection 1  =>  acquire lock 1  park  wakes bob
    bob  acquired lock 1  =>  write to connection 3  ready
    bob  wrote to connection 3  =>  read from connection 3  park

    ~ connection 4  wakes server/2
    server/2  read from connection 4  =>  write to connection 4  ready
    server/2  wrote to connection 4  =>  read from connection 4  park

    ~ connection 3  wakes bob
    bob  read from connection 3  =>  acquire lock 1  park  wakes ann
    ann  acquired lock 1  =>  shut down connection 1
    ann  shut down connection 1  =>  read from connection 1  park

    ~ connection 2  wakes server/1
    server/1  read from connection 2  =>  finish Ok(())
    ! closed connection 2

    ~ connection 1  wakes ann
    ann  read from connection 1  =>  finish Ok(())  wakes bob, two_clients
    ! closed connection 1
    bob  acquired lock 1  =>  shut down connection 3
    bob  shut down connection 3  =>  read from connection 3  park
    two_clients  joined ann Ok(())  =>  join bob  park

    ~ connection 4  wakes server/2
    server/2  read from connection 4  =>  finish Ok(())  wakes server
    ! closed connection 4
    server  woken by group 1  =>  finish Ok(())
    ! closed listener 1

    ~ connection 3  wakes bob
    bob  read from connection 3  =>  finish Ok(())  wakes two_clients
    ! closed connection 3
    two_clients  joined bob Ok(())  =>  join server  ready
    two_clients  joined server Ok(())  =>  finish Ok(())
    "#);
}
