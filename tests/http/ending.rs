//! Clients that are too slow, and the end of a server.

use std::rc::Rc;
use std::time::Duration;

use insta::assert_snapshot;
use loop_core::net::TcpStream;
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::ms;

use crate::{GOT_B, PATIENCE, all, get, says, server, start, without_dates};

/// Sends pieces with a pause before each, and keeps its direction open. What it is answered, and after how long the connection ends.
#[loop_core::coroutine(lazy, skip_all)]
fn slow(pieces: Vec<(u64, Vec<u8>)>) -> (String, Duration) {
    let server = server();
    let (address, _serving) = yield_!(start(server));
    let begin = yield_!(Clock);
    let stream = Rc::new(yield_!(TcpStream::connect(address)).unwrap());
    let answers = yield_!(Spawn(all(Rc::clone(&stream))));
    for (seconds, piece) in pieces {
        yield_!(Sleep(Duration::from_secs(seconds)));
        let _ = yield_!(stream.write_all(piece));
    }
    let answers = yield_!(answers.flatten()).unwrap();
    let took = yield_!(Clock) - begin;
    (without_dates(&String::from_utf8(answers).unwrap()), took)
}

fn slowly(pieces: &[(u64, &[u8])]) -> (String, u64) {
    let pieces: Vec<_> = pieces
        .iter()
        .map(|(at, piece)| (*at, piece.to_vec()))
        .collect();
    let run = Sim::new().run(move || slow(pieces.clone()));
    let (answers, took) = run.into_result().unwrap();
    (answers.replace('\r', ""), took.as_secs())
}

#[test]
fn a_request_that_does_not_come_in_time() {
    let limit = PATIENCE.as_secs();
    // Time begins with the first byte.
    let (answers, took) = slowly(&[(50, b"GET /b HTTP/1.1\r\n"), (20, b"Host:")]);
    assert_snapshot!(answers, @r"
    HTTP/1.1 408 Request Timeout
    Content-Length: 54
    Content-Type: text/plain; charset=utf-8
    Connection: close

    408 Request Timeout: the request has not come in time
    ");
    // One second more: the server waits for the client, which ends later.
    assert_eq!(took, 50 + limit);
    let body = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel";
    let (answers, took) = slowly(&[(0, body), (59, b"l")]);
    assert!(answers.starts_with("HTTP/1.1 408 "), "{answers}");
    assert_eq!(took, limit);
    // It comes in time.
    let (answers, _) = slowly(&[(50, b"GET /b HTTP/1.1\r\n"), (59, b"Host: a\r\n\r\n")]);
    assert_eq!(answers, GOT_B.replace('\r', ""));
}

/// It is no mistake to ask for nothing more.
#[test]
fn a_client_that_does_not_ask() {
    assert_eq!(slowly(&[]), (String::new(), PATIENCE.as_secs()));
    let (answers, took) = slowly(&[(1, &get("/b")), (50, &get("/b"))]);
    assert_eq!(answers, GOT_B.replace('\r', "").repeat(2));
    assert_eq!(took, 51 + PATIENCE.as_secs());
}

#[test]
fn a_client_that_does_not_read_its_answer() {
    #[loop_core::coroutine]
    fn program() -> Vec<u8> {
        let (address, _serving) = yield_!(start(server()));
        let stream = yield_!(TcpStream::connect(address)).unwrap();
        yield_!(stream.write_all(get("/big"))).unwrap();
        yield_!(Sleep(PATIENCE + ms(1)));
        // What is there has come; the rest does not.
        let mut read = Vec::with_capacity(3_000_000);
        loop {
            let before = read.len();
            match yield_!(stream.read(read)) {
                Ok(more) if more.len() > before => read = more,
                Ok(more) => return more,
                Err(_) => return Vec::new(),
            }
        }
    }
    let read = Sim::new().run(program).into_result().unwrap().len();
    assert!(read < 1_000_000, "{read}");
}

/// Those who wait for nothing end, those who have asked are answered, and nobody else is let in.
#[test]
fn a_server_that_closes() {
    #[loop_core::coroutine]
    fn program() -> (Vec<String>, bool) {
        let server = server();
        let (address, serving) = yield_!(start(Rc::clone(&server)));
        let mut clients = Vec::new();
        for pieces in [&[get("/b")][..], &[get("/later"), get("/b")], &[]] {
            let stream = Rc::new(yield_!(TcpStream::connect(address)).unwrap());
            for piece in pieces {
                yield_!(stream.write_all(piece.clone())).unwrap();
            }
            clients.push(yield_!(Spawn(all(stream))));
        }
        yield_!(Sleep(ms(5)));
        server.closing().set();
        yield_!(Sleep(ms(1)));
        let is_refused = yield_!(TcpStream::connect(address)).is_err();
        let mut answers = Vec::new();
        for client in clients {
            let answer = yield_!(client.flatten()).unwrap();
            answers.push(without_dates(&String::from_utf8(answer).unwrap()).replace('\r', ""));
        }
        yield_!(serving).unwrap();
        (answers, is_refused)
    }
    let (answers, is_refused) = tests::in_both(program);
    assert!(is_refused);
    assert_eq!(answers[0], GOT_B.replace('\r', ""));
    // The second request is not begun any more.
    assert_snapshot!(answers[1], @r"
    HTTP/1.1 200 OK
    Content-Length: 5
    Content-Type: text/plain; charset=utf-8
    Connection: close

    later
    ");
    assert_eq!(answers[2], "");
}

/// A request in work may take a while, and no longer.
#[test]
fn a_server_that_closes_waits_for_so_long() {
    #[loop_core::coroutine]
    fn program() -> Duration {
        let server = server();
        let (address, serving) = yield_!(start(Rc::clone(&server)));
        let stream = yield_!(TcpStream::connect(address)).unwrap();
        yield_!(stream.write_all("GET /b")).unwrap();
        yield_!(Sleep(ms(5)));
        let begin = yield_!(Clock);
        server.closing().set();
        yield_!(serving).unwrap();
        yield_!(Clock) - begin
    }
    let took = Sim::new().run(program).into_result().unwrap();
    assert_eq!(took, Duration::from_secs(10));
}

#[test]
fn a_server_that_closes_before_anybody_has_come() {
    #[loop_core::coroutine]
    fn program() -> bool {
        let server = server();
        server.closing().set();
        let (address, serving) = yield_!(start(server));
        yield_!(serving).unwrap();
        yield_!(says(address, vec![get("/b")])).is_err()
    }
    assert!(tests::in_both(program));
}
