//! A task is cancelled at each place where it uses a socket, on a network that tears what it carries: nothing is lost for the others, nobody waits
//! for ever, and no connection stays open.

use std::io;
use std::net::Shutdown;
use std::rc::Rc;

use loop_core::net::{TcpListener, TcpStream, WriteHalf, lookup_host};
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};
use tests::{Notes, ms};

use crate::pair;

/// Simulations of several seeds, whose network tears.
fn sims() -> impl Iterator<Item = Sim> {
    let link = Link::new().torn_reads(0.5).short_writes(0.5);
    (0..10).map(move |seed| Sim::new().seed(seed).network(link.clone()))
}

const SAID: &str = "a line\nthree bytes and the rest";

#[loop_core::coroutine(lazy)]
fn serves(listener: Rc<TcpListener>, heard: Notes) -> io::Result<()> {
    let (stream, _) = yield_!(listener.accept())?;
    heard.add(yield_!(stream.read_line())?.unwrap_or_default());
    let some = yield_!(stream.read_exact(5))?;
    heard.add(String::from_utf8(some).unwrap());
    let rest = yield_!(stream.read_until(b'!', 100))?;
    heard.add(String::from_utf8(rest).unwrap());
    yield_!(stream.write_all("heard"))?;
    yield_!(stream.shutdown(Shutdown::Both))
}

#[loop_core::coroutine(lazy)]
fn asks() -> io::Result<Vec<u8>> {
    let stream = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    yield_!(stream.write_all(SAID))?;
    yield_!(stream.shutdown(Shutdown::Write))?;
    yield_!(stream.read(Vec::with_capacity(10)))
}

/// Whoever is cancelled, the other one comes to an end.
#[loop_core::coroutine]
fn talk() {
    let heard = Notes::default();
    let Ok(listener) = yield_!(TcpListener::bind("127.0.0.1:80")) else {
        return;
    };
    let listener = Rc::new(listener);
    let server = yield_!(Spawn(serves(listener.clone(), heard.clone())));
    // One of them may be cancelled; the other one is served then.
    let clients = [yield_!(Spawn(asks())), yield_!(Spawn(asks()))];
    let served = yield_!(server);
    // Who is not served is reset.
    drop(listener);
    let mut answered = 0;
    for client in clients {
        answered += usize::from(matches!(yield_!(client), Ok(Ok(answer)) if answer == b"heard"));
    }
    let whole = "a line three  bytes and the rest";
    assert!(whole.starts_with(&heard.text()), "{}", heard.text());
    assert!(answered <= 1);
    if let (1, Ok(Ok(()))) = (answered, served) {
        assert_eq!(heard.text(), whole);
    }
}

#[test]
fn who_is_left_comes_to_an_end() {
    let runs: usize = sims()
        .map(|sim| sim.cancel_everywhere(|| talk, |_| {}))
        .sum();
    assert!(runs > 200, "{runs}");
}

#[derive(Clone, Copy)]
enum How {
    Some,
    Exact,
    Line,
}

#[loop_core::coroutine(lazy)]
fn reads(stream: Rc<TcpStream>, how: How) -> io::Result<Vec<u8>> {
    match how {
        How::Some => yield_!(stream.read(Vec::with_capacity(5))),
        How::Exact => yield_!(stream.read_exact(5)),
        How::Line => yield_!(stream.read_until(b'\n', 100)),
    }
}

/// Two readers share a connection. What one of them has got when it is cancelled is the other one's, or the next one's.
#[loop_core::coroutine(lazy)]
fn shared_reading(how: How) {
    let Ok((_listener, client, server)) = yield_!(pair()) else {
        return;
    };
    let server = Rc::new(server);
    let readers = [
        yield_!(Spawn(reads(server.clone(), how))),
        yield_!(Spawn(reads(server.clone(), how))),
    ];
    let writer = yield_!(Spawn(writes(client, "0123\n5678\nabcd\n")));
    let mut seen = Vec::new();
    for reader in readers {
        if let Ok(Ok(bytes)) = yield_!(reader) {
            seen.push(bytes);
        }
    }
    let is_written = yield_!(writer).is_ok();
    let rest = yield_!(server.read_until(0, 100)).unwrap_or_default();
    seen.push(rest);
    let text = "0123\n5678\nabcd\n";
    for piece in &seen {
        let piece = std::str::from_utf8(piece).unwrap();
        assert!(text.contains(piece), "{piece:?}");
    }
    if is_written {
        let mut seen = seen.concat();
        seen.sort_unstable();
        assert_eq!(seen, b"\n\n\n01235678abcd");
    }
}

#[loop_core::coroutine(lazy)]
fn writes(stream: TcpStream, text: &'static str) -> io::Result<()> {
    yield_!(stream.write_all(text))?;
    yield_!(stream.shutdown(Shutdown::Write))
}

#[test]
fn what_a_cancelled_reader_has_got_is_the_next_ones() {
    for how in [How::Some, How::Exact, How::Line] {
        let runs = sims().map(|sim| sim.cancel_everywhere(|| move || shared_reading(how), |_| {}));
        let runs: usize = runs.sum();
        assert!(runs > 100, "{runs}");
    }
}

#[loop_core::coroutine(lazy)]
fn accepts(listener: Rc<TcpListener>) -> io::Result<TcpStream> {
    Ok(yield_!(listener.accept())?.0)
}

#[loop_core::coroutine(lazy)]
fn introduces(name: &'static str) -> io::Result<TcpStream> {
    let stream = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    yield_!(stream.write_all(name))?;
    yield_!(stream.shutdown(Shutdown::Write))?;
    Ok(stream)
}

/// Two accept. A connection that a cancelled one has got is accepted again.
#[loop_core::coroutine]
fn shared_accepting() {
    let Ok(listener) = yield_!(TcpListener::bind("127.0.0.1:80")) else {
        return;
    };
    let listener = Rc::new(listener);
    let servers = [
        yield_!(Spawn(accepts(listener.clone()))),
        yield_!(Spawn(accepts(listener.clone()))),
    ];
    let clients = [
        yield_!(Spawn(introduces("a"))),
        yield_!(Spawn(introduces("b"))),
    ];
    let mut connected = Vec::new();
    for (client, name) in clients.into_iter().zip(["a", "b"]) {
        if let Ok(stream) = yield_!(client) {
            connected.push((stream.unwrap(), name));
        }
    }
    // For a server that still waits, because a client has been cancelled.
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(yield_!(introduces("")).unwrap());
    }
    let mut accepted = Vec::new();
    for server in servers {
        accepted.extend(yield_!(server).ok().transpose().unwrap());
    }
    while let Ok(next) = yield_!(Timeout(ms(1), listener.accept())) {
        accepted.push(next.unwrap().0);
    }
    drop(others);
    let mut names = Vec::new();
    for stream in accepted {
        let name = yield_!(stream.read(Vec::new())).unwrap();
        names.push(String::from_utf8(name).unwrap());
    }
    for (_, name) in connected {
        assert!(names.iter().any(|found| found == name), "{names:?}");
    }
}

#[test]
fn what_a_cancelled_task_has_accepted_is_accepted_again() {
    let runs = sims().map(|sim| sim.cancel_everywhere(|| shared_accepting, |_| {}));
    let runs: usize = runs.sum();
    assert!(runs > 100, "{runs}");
}

/// A connection that nobody wants any more is closed, however far it was.
#[loop_core::coroutine(lazy)]
fn connect_for(time: u64) {
    let listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
    let client = yield_!(Timeout(ms(time), introduces("nobody")));
    assert!(client.is_err());
    yield_!(Sleep(ms(50)));
    // If there is one to accept, its end is there, too.
    if let Ok(Ok((stream, _))) = yield_!(Timeout(ms(1), listener.accept())) {
        assert_eq!(yield_!(stream.read(Vec::new())).unwrap(), b"");
    }
}

#[test]
fn a_connection_that_is_being_made_is_dropped() {
    for time in [0, 5, 10, 15, 19] {
        let sim = Sim::new().network(Link::new().latency(ms(10)));
        let run = sim.run(|| connect_for(time));
        assert!(run.result().is_ok(), "{}", run.trace());
    }
}

const PIECES: u8 = 4;

fn all_pieces() -> Vec<u8> {
    (0..PIECES).flat_map(|piece| [piece; 10]).collect()
}

#[loop_core::coroutine(lazy, skip_all)]
fn writes_pieces(output: WriteHalf) -> io::Result<()> {
    for piece in 0..PIECES {
        yield_!(output.write_all([piece; 10]))?;
    }
    Ok(())
}

/// Writes in a task of its own, and reads until the end. Gives what it has read.
#[loop_core::coroutine(lazy, skip_all)]
fn both_ways(stream: TcpStream) -> io::Result<Vec<u8>> {
    let (input, output) = stream.into_split();
    let stream = TcpStream::reunite(input, output).unwrap();
    let (input, output) = stream.into_split();
    let writer = yield_!(Spawn(writes_pieces(output)));
    let read = yield_!(input.read_to_end(1000))?;
    yield_!(writer).map_err(io::Error::other)??;
    Ok(read)
}

#[loop_core::coroutine(lazy, skip_all)]
fn accepts_one(listener: TcpListener) -> io::Result<Vec<u8>> {
    let (stream, _) = yield_!(listener.accept())?;
    drop(listener);
    yield_!(both_ways(stream))
}

#[loop_core::coroutine(lazy, skip_all)]
fn looks_up_and_connects() -> io::Result<Vec<u8>> {
    let address = yield_!(lookup_host("example.org:80"))?[0];
    yield_!(both_ways(yield_!(TcpStream::connect(address))?))
}

/// The halves of two streams are in four tasks. Who reads an end without an error has read all, unless a writer was cancelled.
#[loop_core::coroutine]
fn halves() -> bool {
    let Ok(listener) = yield_!(TcpListener::bind("127.0.0.1:80")) else {
        return false;
    };
    let server = yield_!(Spawn(accepts_one(listener)));
    let client = yield_!(yield_!(Spawn(looks_up_and_connects())));
    if client.is_err() {
        // The server may still wait for somebody. If it does not, it listens no more.
        drop(yield_!(TcpStream::connect("127.0.0.1:80")));
    }
    match (client, yield_!(server)) {
        (Ok(Ok(one)), Ok(Ok(other))) => {
            assert_eq!([one, other], [all_pieces(), all_pieces()]);
            true
        }
        _ => false,
    }
}

#[test]
fn halves_in_tasks_of_their_own_come_to_an_end() {
    let mut well = 0;
    let runs = sims().map(|sim| {
        let sim = sim.host("example.org", [127, 0, 0, 1]);
        sim.cancel_everywhere(
            || halves,
            |run| well += usize::from(*run.result().unwrap_or(&false)),
        )
    });
    let runs: usize = runs.sum();
    assert!(runs > 200 && well >= 10, "{runs} {well}");
}
