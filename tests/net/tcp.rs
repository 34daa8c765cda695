//! TCP: the same bodies in both worlds.

use std::io::{self, ErrorKind};
use std::net::Shutdown;

use insta::assert_snapshot;
use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tests::{Notes, ms, without_lines};

use crate::{in_both, pair};

#[loop_core::coroutine(lazy)]
fn echo(stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(1024);
    loop {
        buffer = yield_!(stream.read(buffer))?;
        if buffer.is_empty() {
            return Ok(());
        }
        buffer = yield_!(stream.write_all(buffer))?;
    }
}

#[loop_core::coroutine(lazy)]
fn serve(listener: TcpListener, clients: usize) -> io::Result<()> {
    let mut group = TryGroup::new();
    for _ in 0..clients {
        let (stream, _) = yield_!(listener.accept())?;
        yield_!(group.spawn(echo(stream)));
    }
    yield_!(group.join()).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(())
}

#[loop_core::coroutine(lazy)]
fn says(to: std::net::SocketAddr, lines: &'static [&'static str]) -> io::Result<Vec<String>> {
    let stream = yield_!(TcpStream::connect(to))?;
    let mut answers = Vec::new();
    for line in lines {
        yield_!(stream.write_all(format!("{line}\n")))?;
        answers.extend(yield_!(stream.read_line())?);
    }
    Ok(answers)
}

#[loop_core::coroutine]
fn two_clients() -> Vec<Vec<String>> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let server = yield_!(Spawn(serve(listener, 2)).named("server"));
    let clients = [
        yield_!(Spawn(says(address, &["a", "b"])).named("ann")),
        yield_!(Spawn(says(address, &["x"])).named("bob")),
    ];
    let mut answers = Vec::new();
    for client in clients {
        answers.push(yield_!(client).unwrap().unwrap());
    }
    yield_!(server).unwrap().unwrap();
    answers
}

#[test]
fn two_clients_of_an_echo_server() {
    let answers = in_both(two_clients);
    assert_eq!(answers, [vec!["a", "b"], vec!["x"]]);
    let run = Sim::new().run(two_clients);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    two_clients  primed  =>  listen with listener 1
    two_clients  listens with listener 1  =>  spawn serve(TcpListener, 2)
    two_clients  spawned server  =>  spawn says(127.0.0.1:49152, ["a", "b"])
    two_clients  spawned ann  =>  spawn says(127.0.0.1:49152, ["x"])
    two_clients  spawned bob  =>  join ann  park
    server  start  =>  accept from listener 1  park
    ann  start  =>  connect connection 1  park
    bob  start  =>  connect connection 2  park

    ~ +0  listener 1  wakes server
    ~  connection 1  wakes ann
    ~  connection 2  wakes bob
    server  accepted from listener 1  =>  spawn echo(TcpStream)
    server  spawned server/1  =>  accept from listener 1  ready
    ann  connected connection 1  =>  write to connection 1  ready
    bob  connected connection 2  =>  write to connection 2  ready
    server/1  start  =>  read from connection 3  ready
    server  accepted from listener 1  =>  spawn echo(TcpStream)
    server  spawned server/2  =>  wait for group 1  park
    ann  wrote to connection 1  =>  read from connection 1  park
    bob  wrote to connection 2  =>  read from connection 2  park
    server/1  read from connection 3  =>  write to connection 3  ready
    server/2  start  =>  read from connection 4  ready
    server/1  wrote to connection 3  =>  read from connection 3  park
    server/2  read from connection 4  =>  write to connection 4  ready
    server/2  wrote to connection 4  =>  read from connection 4  park

    ~ +0  connection 1  wakes ann
    ~  connection 2  wakes bob
    ann  read from connection 1  =>  write to connection 1  ready
    bob  read from connection 2  =>  finish Ok(["x"])
    ! closed connection 2
    ann  wrote to connection 1  =>  read from connection 1  park

    ~ +0  connection 3  wakes server/1
    ~  connection 4  wakes server/2
    server/1  read from connection 3  =>  write to connection 3  ready
    server/2  read from connection 4  =>  finish Ok(())
    ! closed connection 4
    server/1  wrote to connection 3  =>  read from connection 3  park

    ~ +0  connection 1  wakes ann
    ann  read from connection 1  =>  finish Ok(["a", "b"])  wakes two_clients
    ! closed connection 1
    two_clients  joined ann Ok(["a", "b"])  =>  join bob  ready
    two_clients  joined bob Ok(["x"])  =>  join server  park

    ~ +0  connection 3  wakes server/1
    server/1  read from connection 3  =>  finish Ok(())  wakes server
    ! closed connection 3
    server  woken by group 1  =>  finish Ok(())  wakes two_clients
    ! closed listener 1
    two_clients  joined server Ok(())  =>  finish [["a", "b"], ["x"]]
    "#);
}

#[test]
fn all_is_read_up_to_a_limit() {
    #[loop_core::coroutine]
    fn program(limit: usize) -> Result<usize, ErrorKind> {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        yield_!(client.write_all("one line\n")).unwrap();
        yield_!(client.write_all(vec![7; 30_000])).unwrap();
        drop(client);
        yield_!(server.read_line()).unwrap();
        let all = yield_!(server.read_to_end(limit));
        all.map(|all| all.len()).map_err(|error| error.kind())
    }
    assert_eq!(in_both(|| program(30_000)), Ok(30_000));
    assert_eq!(in_both(|| program(29_999)), Err(ErrorKind::InvalidData));
}

#[test]
fn a_peer_without_an_end_leaves_the_others_their_turns() {
    #[loop_core::coroutine]
    fn writes(stream: TcpStream) -> io::Result<()> {
        loop {
            yield_!(stream.write_all(vec![7; 10_000]))?;
        }
    }
    #[loop_core::coroutine]
    fn program() -> bool {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        yield_!(Spawn(writes(client))).detach();
        yield_!(Timeout(ms(20), server.read_to_end(usize::MAX))).is_err()
    }
    let network = Link::new().latency(ms(1));
    let simulated = Sim::new().network(network).run(program).into_result();
    assert!(simulated.unwrap());
    assert!(EventLoop::new().run_until_complete(program()).unwrap());
}

#[test]
fn each_side_reads_the_end_of_the_other() {
    #[loop_core::coroutine]
    fn program() -> (String, Vec<u8>, Vec<u8>) {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        yield_!(client.write_all("question")).unwrap();
        yield_!(client.shutdown(Shutdown::Write)).unwrap();
        let question = yield_!(server.read_until(0, 100)).unwrap();
        let end = yield_!(server.read(Vec::new())).unwrap();
        // Half of the connection is still there.
        yield_!(server.write_all("answer")).unwrap();
        drop(server);
        let answer = yield_!(client.read_exact(6)).unwrap();
        assert_eq!(yield_!(client.read_line()).unwrap(), None);
        (String::from_utf8(question).unwrap(), end, answer)
    }
    let (question, end, answer) = in_both(program);
    assert_eq!(question, "question");
    assert_eq!((&end[..], &answer[..]), (&b""[..], &b"answer"[..]));
}

#[test]
fn nobody_listens() {
    #[loop_core::coroutine]
    fn program() -> (ErrorKind, bool) {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        yield_!();
        let error = yield_!(TcpStream::connect(address)).unwrap_err();
        let text = error.to_string();
        (
            error.kind(),
            text.starts_with(&format!("cannot connect to {address}: ")),
        )
    }
    assert_eq!(in_both(program), (ErrorKind::ConnectionRefused, true));
}

#[test]
fn an_address_can_be_used_once() {
    #[loop_core::coroutine]
    fn program() -> (ErrorKind, bool) {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let error = yield_!(TcpListener::bind(address)).unwrap_err();
        let is_named = error.to_string().contains(&address.to_string());
        // Until the first one is closed.
        drop(listener);
        yield_!();
        yield_!(TcpListener::bind(address)).unwrap();
        (error.kind(), is_named)
    }
    assert_eq!(in_both(program), (ErrorKind::AddrInUse, true));
}

#[test]
fn what_is_no_address_is_named() {
    #[loop_core::coroutine]
    fn program() -> [String; 2] {
        let bind = yield_!(TcpListener::bind("nonsense")).unwrap_err();
        let connect = yield_!(TcpStream::connect("1.2.3.4")).unwrap_err();
        [bind.to_string(), connect.to_string()]
    }
    let [bind, connect] = in_both(program);
    assert_snapshot!(bind, @r"`nonsense` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`");
    assert_snapshot!(connect, @r"`1.2.3.4` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`");
}

#[test]
fn a_big_transfer_both_ways() {
    const SIZE: usize = 4 * 1024 * 1024;
    #[loop_core::coroutine(lazy)]
    fn sends(stream: std::rc::Rc<TcpStream>, byte: u8) -> io::Result<()> {
        yield_!(stream.write_all(vec![byte; SIZE]))?;
        yield_!(stream.shutdown(Shutdown::Write))
    }
    #[loop_core::coroutine(lazy)]
    fn receives(stream: std::rc::Rc<TcpStream>, byte: u8) -> io::Result<usize> {
        let mut received = 0;
        let mut buffer = Vec::with_capacity(16 * 1024);
        loop {
            buffer = yield_!(stream.read(buffer))?;
            if buffer.is_empty() {
                return Ok(received);
            }
            assert!(buffer.iter().all(|found| *found == byte));
            received += buffer.len();
            buffer.clear();
        }
    }
    #[loop_core::coroutine]
    fn program() -> [usize; 2] {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let (client, server) = (std::rc::Rc::new(client), std::rc::Rc::new(server));
        let [first, second] = [
            yield_!(Spawn(sends(client.clone(), 1))),
            yield_!(Spawn(sends(server.clone(), 2))),
        ];
        let [there, back] = [
            yield_!(Spawn(receives(server, 1))),
            yield_!(Spawn(receives(client, 2))),
        ];
        yield_!(first).unwrap().unwrap();
        yield_!(second).unwrap().unwrap();
        [
            yield_!(there).unwrap().unwrap(),
            yield_!(back).unwrap().unwrap(),
        ]
    }
    assert_eq!(in_both(program), [SIZE, SIZE]);
}

#[test]
fn a_slow_reader_stops_its_writer_and_nobody_else() {
    #[loop_core::coroutine(lazy)]
    fn writes(stream: TcpStream, notes: Notes) {
        yield_!(stream.write_all(vec![0; 20_000_000])).unwrap();
        notes.add("written");
    }
    #[loop_core::coroutine]
    fn program() -> String {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let notes = Notes::default();
        let writer = yield_!(Spawn(writes(server, notes.clone())));
        for _ in 0..3 {
            yield_!(Sleep(ms(1)));
            notes.add("tick");
        }
        yield_!(client.read_exact(20_000_000)).unwrap();
        yield_!(writer).unwrap();
        notes.text()
    }
    assert_eq!(in_both(program), "tick tick tick written");
}

#[test]
fn those_who_wait_are_served_in_their_order() {
    #[loop_core::coroutine(lazy)]
    fn reads(stream: std::rc::Rc<TcpStream>, name: &'static str, notes: Notes) {
        let line = yield_!(stream.read_line()).unwrap().unwrap();
        notes.add(format!("{name}:{line}"));
    }
    #[loop_core::coroutine]
    fn program() -> String {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let server = std::rc::Rc::new(server);
        let notes = Notes::default();
        let mut tasks = Vec::new();
        for name in ["a", "b", "c"] {
            tasks.push(yield_!(Spawn(reads(server.clone(), name, notes.clone()))));
        }
        yield_!();
        // The second one leaves.
        let second = tasks.remove(1);
        assert!(yield_!(Cancel(second)).unwrap_err().is_cancelled());
        yield_!(client.write_all("1\n2\n")).unwrap();
        for task in tasks {
            yield_!(task).unwrap();
        }
        notes.text()
    }
    assert_eq!(in_both(program), "a:1 c:2");
}

/// What was read for a task that is cancelled before it goes on is there for the next one.
#[test]
fn nothing_is_lost_when_readers_are_cancelled() {
    #[loop_core::coroutine(lazy)]
    fn reads(stream: std::rc::Rc<TcpStream>) -> Option<String> {
        yield_!(stream.read_line()).unwrap()
    }
    #[loop_core::coroutine]
    fn program() {
        let Ok((_listener, client, server)) = yield_!(pair()) else {
            return;
        };
        let server = std::rc::Rc::new(server);
        yield_!(client.write_all("1\n2\n3\n")).unwrap();
        yield_!(client.shutdown(Shutdown::Write)).unwrap();
        let mut tasks = Vec::new();
        for _ in 0..2 {
            tasks.push(yield_!(Spawn(reads(server.clone()))));
        }
        let mut seen = Vec::new();
        for task in tasks {
            if let Ok(line) = yield_!(task) {
                seen.extend(line);
            }
        }
        while let Some(line) = yield_!(server.read_line()).unwrap() {
            seen.push(line);
        }
        seen.sort_unstable();
        assert_eq!(seen, ["1", "2", "3"]);
    }
    let runs = (0..20).map(|seed| Sim::new().seed(seed).cancel_everywhere(|| program, |_| {}));
    assert!(runs.sum::<usize>() > 100);
}

#[test]
fn a_reader_of_a_closed_connection_and_a_writer() {
    #[loop_core::coroutine]
    fn program() -> Vec<ErrorKind> {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        // It has not read all: the other one is reset.
        yield_!(client.write_all("unread")).unwrap();
        yield_!(Sleep(ms(1)));
        drop(server);
        yield_!(Sleep(ms(1)));
        let mut errors = Vec::new();
        errors.extend(yield_!(client.read_line()).err().map(|error| error.kind()));
        errors.extend(
            yield_!(client.write_all("more"))
                .err()
                .map(|error| error.kind()),
        );
        errors
    }
    assert_eq!(
        in_both(program),
        [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe]
    );
}

#[test]
fn tasks_that_wait_for_ever_are_a_deadlock_in_the_simulation() {
    #[loop_core::coroutine]
    fn program() {
        let listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
        yield_!(listener.accept()).unwrap();
    }
    let error = Sim::new().run(program).into_result().unwrap_err();
    assert_snapshot!(without_lines(&error), @r"
    deadlock: every task is parked and nothing outside can wake one
      program waits to accept from listener 1, in `program` (tests/net/tcp.rs)
    ");
}

#[test]
fn latency_is_time() {
    let run = Sim::new()
        .network(Link::new().latency(ms(10)))
        .run(two_clients);
    assert_eq!(run.elapsed(), ms(70));
    assert_eq!(run.into_result().unwrap().len(), 2);
}

#[test]
fn a_thousand_clients() {
    #[loop_core::coroutine]
    fn program() -> usize {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let server = yield_!(Spawn(serve(listener, 1000)));
        let mut group = TryGroup::new();
        for _ in 0..1000 {
            yield_!(group.spawn(says(address, &["a", "b", "c"])));
        }
        let answers = yield_!(group.join()).unwrap();
        yield_!(server).unwrap().unwrap();
        answers.iter().map(Vec::len).sum()
    }
    // Two descriptors for each.
    let limit = getrlimit(Resource::Nofile);
    let current = limit.maximum;
    setrlimit(Resource::Nofile, Rlimit { current, ..limit }).unwrap();
    assert_eq!(in_both(program), 3000);
}

#[loop_core::coroutine(lazy)]
fn reads(stream: TcpStream) -> io::Result<Option<String>> {
    yield_!(stream.read_line())
}

#[loop_core::coroutine(lazy)]
fn ends(stream: TcpStream) -> io::Result<()> {
    yield_!(stream.shutdown(Shutdown::Both))
}

/// Its number may be that of another socket in the other loop.
#[test]
fn a_socket_belongs_to_the_loop_that_has_opened_it() {
    let mut event_loop = EventLoop::new();
    let (_listener, client, server) = event_loop.run_until_complete(pair()).unwrap().unwrap();
    let mut other = EventLoop::new();
    let others = other.run_until_complete(pair()).unwrap().unwrap();
    let failed = |ended: Result<(), loop_core::Error>| ended.unwrap_err().to_string();
    let read = other.run_until_complete(reads(client)).map(drop);
    let ended = other.run_until_complete(ends(server)).map(drop);
    let said = "the connection was opened by another event loop: only that one can use it";
    assert!(failed(read).contains(said));
    assert!(failed(ended).contains(said));
    // Those of the other loop are still there.
    let (_listener, client, server) = others;
    other.run_until_complete(ends(client)).unwrap().unwrap();
    let line = other.run_until_complete(reads(server)).unwrap();
    assert_eq!(line.unwrap(), None);
}

#[loop_core::coroutine]
fn says_what_is_wrong() -> io::Result<(String, Option<String>, String)> {
    let (_listener, client, server) = yield_!(pair())?;
    yield_!(client.write_all(b"caf\xe9\nnext\n0123456789"))?;
    let peer = server.peer_addr()?.to_string();
    let without_port = |error: io::Error| error.to_string().replace(&peer, "PEER");
    let line = yield_!(server.read_line()).map_err(without_port);
    let next = yield_!(server.read_line())?;
    let rest = yield_!(server.read_to_end(5)).map_err(without_port);
    Ok((line.unwrap_err(), next, rest.unwrap_err()))
}

#[test]
fn what_cannot_be_read_names_the_peer() {
    let (line, next, rest) = crate::succeeds_in_both(says_what_is_wrong);
    assert_snapshot!(line, @r"cannot read from PEER: the line is not UTF-8: incomplete utf-8 byte sequence from index 3");
    assert_eq!(next.as_deref(), Some("next"));
    assert_snapshot!(rest, @r"cannot read from PEER: there are more than 5 bytes");
}
