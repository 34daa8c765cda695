//! UDP and Unix sockets for datagrams: the same bodies in both worlds.

use std::io::{self, ErrorKind};

use insta::assert_snapshot;
use loop_core::net::{Address, UdpSocket, UnixDatagram};
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim, cancel_everywhere};
use tests::ms;

use crate::{fresh_path, in_both, succeeds_in_both};

#[loop_core::coroutine(lazy)]
fn answers(socket: UdpSocket, count: usize) -> io::Result<()> {
    for _ in 0..count {
        let (mut bytes, sender) = yield_!(socket.recv_from(Vec::new()))?;
        bytes.reverse();
        yield_!(socket.send_to(bytes, sender))?;
    }
    Ok(())
}

#[loop_core::coroutine]
fn asks() -> io::Result<Vec<Vec<u8>>> {
    let server = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    let address = server.local_addr()?;
    let server = yield_!(Spawn(answers(server, 3)).named("server"));
    let client = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    let mut answers = Vec::new();
    for question in [&b"abc"[..], b"", b"x"] {
        yield_!(client.send_to(question, address))?;
        let (answer, sender) = yield_!(client.recv_from(Vec::new()))?;
        assert_eq!(sender, address);
        answers.push(answer);
    }
    yield_!(server).unwrap()?;
    Ok(answers)
}

#[test]
fn udp_there_and_back() {
    let answers = succeeds_in_both(asks);
    assert_eq!(answers, [&b"cba"[..], b"", b"x"]);
    let run = Sim::new().network(Link::new().latency(ms(5))).run(asks);
    assert_eq!(run.elapsed(), ms(30));
    assert_snapshot!(run.trace(), @r"
    # steps  policy=fifo
    asks  primed  =>  bind socket 1
    asks  bound socket 1  =>  spawn answers(UdpSocket, 3)
    asks  spawned server  =>  bind socket 2
    asks  bound socket 2  =>  write to socket 2  ready
    server  start  =>  read from socket 1  park
    asks  wrote to socket 2  =>  read from socket 2  park

    ~ +5ms  socket 1  wakes server
    server  read from socket 1  =>  write to socket 1  ready
    server  wrote to socket 1  =>  read from socket 1  park

    ~ +5ms  socket 2  wakes asks
    asks  read from socket 2  =>  write to socket 2  ready
    asks  wrote to socket 2  =>  read from socket 2  park

    ~ +5ms  socket 1  wakes server
    server  read from socket 1  =>  write to socket 1  ready
    server  wrote to socket 1  =>  read from socket 1  park

    ~ +5ms  socket 2  wakes asks
    asks  read from socket 2  =>  write to socket 2  ready
    asks  wrote to socket 2  =>  read from socket 2  park

    ~ +5ms  socket 1  wakes server
    server  read from socket 1  =>  write to socket 1  ready
    server  wrote to socket 1  =>  finish Ok(())
    ! closed socket 1

    ~ +5ms  socket 2  wakes asks
    asks  read from socket 2  =>  join server  ready
    asks  joined server Ok(())  =>  finish Ok([[99, 98, 97], [], [120]])
    ! closed socket 2
    ");
}

#[loop_core::coroutine]
fn over_ipv6() -> io::Result<Vec<u8>> {
    let server = yield_!(UdpSocket::bind("[::1]:0"))?;
    let client = yield_!(UdpSocket::bind("[::1]:0"))?;
    yield_!(client.send_to("six", server.local_addr()?))?;
    let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
    assert_eq!(sender, client.local_addr()?);
    Ok(bytes)
}

#[test]
fn udp_over_ipv6() {
    assert_eq!(succeeds_in_both(over_ipv6), b"six");
}

/// What there is no room for is lost, and the next datagram is whole.
#[loop_core::coroutine]
fn truncates() -> io::Result<Vec<Vec<u8>>> {
    let server = yield_!(UdpSocket::bind("127.0.0.1:0"))?;
    let to = server.local_addr()?;
    for text in ["abcdef", "ghi"] {
        yield_!(server.send_to(text, to))?;
    }
    let mut small = Vec::with_capacity(4);
    small.extend(b"..");
    let mut got = Vec::new();
    for buffer in [small, Vec::new()] {
        got.push(yield_!(server.recv_from(buffer))?.0);
    }
    Ok(got)
}

#[test]
fn a_datagram_that_does_not_fit_is_cut() {
    let got = succeeds_in_both(truncates);
    assert_eq!(got, [&b"..ab"[..], b"ghi"]);
}

#[loop_core::coroutine]
fn to_nobody() -> (Result<(), String>, ErrorKind) {
    let udp = yield_!(UdpSocket::bind("127.0.0.1:0")).unwrap();
    // Nobody has the port: it was free a moment ago.
    let free = {
        let socket = yield_!(UdpSocket::bind("127.0.0.1:0")).unwrap();
        socket.local_addr().unwrap()
    };
    yield_!(Now);
    let sent = yield_!(udp.send_to("hello", free));
    let unix = yield_!(UnixDatagram::unbound()).unwrap();
    let error = yield_!(unix.send_to("hello", "/nowhere/at/all")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot send to /nowhere/at/all: "),
        "{error}"
    );
    (
        sent.map(drop).map_err(|error| error.to_string()),
        error.kind(),
    )
}

#[test]
fn nobody_receives() {
    assert_eq!(in_both(to_nobody), (Ok(()), ErrorKind::NotFound));
}

#[loop_core::coroutine]
fn through_a_path() -> io::Result<Vec<(Vec<u8>, bool)>> {
    let path = fresh_path("datagrams");
    let server = yield_!(UnixDatagram::bind(&path))?;
    assert_eq!(server.local_addr()?, Address::Unix(path.clone()));
    let again = yield_!(UnixDatagram::bind(&path)).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AddrInUse);
    let nameless = yield_!(UnixDatagram::unbound())?;
    let named = yield_!(UnixDatagram::bind(fresh_path("client")))?;
    yield_!(nameless.send_to("one", &path))?;
    yield_!(named.send_to("two", &path))?;
    let mut got = Vec::new();
    for _ in 0..2 {
        let (bytes, sender) = yield_!(server.recv_from(Vec::new()))?;
        got.push((bytes, sender == named.local_addr()?));
    }
    drop(server);
    yield_!(Now);
    // The file is gone with the socket.
    let gone = yield_!(named.send_to("three", &path)).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    Ok(got)
}

#[test]
fn unix_datagrams() {
    let got = succeeds_in_both(through_a_path);
    assert_eq!(got, [(b"one".to_vec(), false), (b"two".to_vec(), true)]);
}

#[loop_core::coroutine(lazy)]
fn sends_many(path: std::path::PathBuf, count: u32) -> io::Result<()> {
    let socket = yield_!(UnixDatagram::unbound())?;
    let mut buffer = Vec::new();
    for number in 0..count {
        buffer.extend(number.to_le_bytes());
        buffer.resize(1000, 0);
        buffer = yield_!(socket.send_to(buffer, &path))?;
    }
    Ok(())
}

/// Nothing is lost and nothing is out of order, though the receiver is slow: its sender waits.
#[loop_core::coroutine]
fn receives_all() -> io::Result<u32> {
    const COUNT: u32 = 2000;
    let path = fresh_path("many");
    let server = yield_!(UnixDatagram::bind(&path))?;
    let sender = yield_!(Spawn(sends_many(path, COUNT)));
    let mut buffer = Vec::with_capacity(1000);
    for expected in 0..COUNT {
        buffer.clear();
        if expected % 500 == 0 {
            yield_!(Sleep(ms(5)));
        }
        (buffer, _) = yield_!(server.recv_from(buffer))?;
        assert_eq!(buffer[..4], expected.to_le_bytes());
    }
    yield_!(sender).unwrap()?;
    Ok(COUNT)
}

#[test]
fn who_sends_to_a_full_unix_socket_waits() {
    assert_eq!(succeeds_in_both(receives_all), 2000);
}

#[loop_core::coroutine(lazy)]
fn takes_one(socket: std::rc::Rc<UdpSocket>) -> io::Result<Vec<u8>> {
    Ok(yield_!(socket.recv_from(Vec::new()))?.0)
}

/// Two wait for two datagrams. If one is cancelled, the other one gets the first that is left.
#[loop_core::coroutine]
fn two_receivers() -> io::Result<()> {
    let socket = std::rc::Rc::new(yield_!(UdpSocket::bind("127.0.0.1:0"))?);
    let tasks = [
        yield_!(Spawn(takes_one(socket.clone())).named("one")),
        yield_!(Spawn(takes_one(socket.clone())).named("two")),
    ];
    yield_!(Sleep(ms(1)));
    let to = socket.local_addr()?;
    yield_!(socket.send_to("a", to))?;
    yield_!(socket.send_to("b", to))?;
    let mut got = Vec::new();
    for task in tasks {
        got.extend(yield_!(task).ok().transpose()?);
    }
    while got.len() < 2 {
        got.push(yield_!(socket.recv_from(Vec::new()))?.0);
    }
    assert_eq!(got, [b"a", b"b"]);
    Ok(())
}

#[test]
fn no_datagram_is_lost_when_a_receiver_is_cancelled() {
    let tried = cancel_everywhere(two_receivers);
    assert!(tried > 5, "{tried}");
}
