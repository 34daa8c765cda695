//! Clients that go away, and answers that fail: the others do not notice.

use std::net::Shutdown;

use loop_core::net::TcpStream;
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};
use tests::ms;

use crate::{GOT_B, PATIENCE, answers_to, exchange, get, says, server, start};

/// A request whose end does not come has no answer.
#[test]
fn a_client_that_ends_within_a_request() {
    for part in ["G", "GET /a HTTP/1.1\r\n", "GET /a HTTP/1.1\r\nHost: a\r\n"] {
        assert_eq!(answers_to(&[part.as_bytes()]), "", "{part}");
    }
    let body = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel";
    assert_eq!(answers_to(&[&get("/b"), body]), GOT_B);
    assert_eq!(answers_to(&[]), "");
}

/// A client that leaves a connection with something in it resets it.
#[loop_core::coroutine(lazy)]
fn leaves(part: Vec<u8>, reads: usize) -> usize {
    let server = server();
    let (address, serving) = yield_!(start(server.clone()));
    let stream = yield_!(TcpStream::connect(address)).unwrap();
    // The answer to this is not read.
    yield_!(stream.write_all([get("/b"), part].concat())).unwrap();
    let read = yield_!(stream.read_exact(reads)).unwrap().len();
    yield_!(Sleep(ms(2)));
    drop(stream);
    yield_!(Sleep(ms(2)));
    assert_eq!(yield_!(says(address, vec![get("/b")])).unwrap(), GOT_B);
    server.closing().set();
    yield_!(serving).unwrap();
    read
}

#[test]
fn resets_in_each_phase() {
    let parts = [
        "",
        "GET /a HTTP",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "GET /later HTTP/1.1\r\nHost: a\r\n\r\n",
        // More than fits into a connection.
        "GET /big HTTP/1.1\r\nHost: a\r\n\r\n",
        // While the server reads what is not wanted.
        "nonsense\r\n",
    ];
    for part in parts {
        for reads in [0, 50] {
            assert_eq!(tests::in_both(|| leaves(part.into(), reads)), reads);
        }
    }
}

#[test]
fn an_answer_that_panics_ends_its_connection() {
    let program = || exchange(server(), vec![get("/a"), get("/panic"), get("/b")]);
    let run = Sim::new().run(program);
    // What the client has asked before came with it, and is lost too.
    assert_eq!(tests::without_lines(&run.stderr()), FAILED);
    assert_eq!(run.into_result().unwrap(), "");
}

const FAILED: &str = "a connection has failed: task `server/1/1/1` panicked in `requests` (examples/http/connection.rs): no answer\n";

/// The order in which tasks run does not matter, nor in which pieces things come.
#[test]
fn other_schedules_and_a_network_that_tears() {
    let pieces = || {
        vec![
            get("/a"),
            get("/later"),
            b"GET ".into(),
            b"/b nonsense\r\n".into(),
        ]
    };
    let link = Link::new().latency(ms(1)).jitter(ms(3));
    let link = link.torn_reads(0.5).short_writes(0.5);
    let run = |sim: Sim| sim.run(|| exchange(server(), pieces())).into_result();
    let usual = run(Sim::new().seed(0)).unwrap();
    assert_eq!(usual.matches("HTTP/1.1 ").count(), 3, "{usual}");
    for seed in 1..50 {
        let (orderly, torn) = (Sim::new().seed(seed), Sim::new().seed(seed));
        assert_eq!(run(orderly).unwrap(), usual, "seed {seed}");
        assert_eq!(
            run(torn.network(link.clone())).unwrap(),
            usual,
            "seed {seed}"
        );
    }
}

/// Some clients get nothing, or a part of it, and the server ends in time all the same.
#[test]
fn a_network_that_resets() {
    #[loop_core::coroutine]
    fn program() -> usize {
        let server = server();
        let (address, serving) = yield_!(start(server.clone()));
        let mut clients = Vec::new();
        for _ in 0..20 {
            let pieces = vec![get("/b"), get("/later"), get("/b")];
            clients.push(yield_!(Spawn(says(address, pieces))));
        }
        let mut failed = 0;
        for client in clients {
            failed += usize::from(yield_!(client.flatten()).is_err());
        }
        server.closing().set();
        yield_!(serving).unwrap();
        failed
    }
    let link = Link::new().latency(ms(1)).resets(0.05);
    let failed = (0..20).map(|seed| {
        let run = Sim::new().seed(seed).network(link.clone()).run(program);
        assert!(run.elapsed() < PATIENCE, "seed {seed}");
        run.into_result().unwrap()
    });
    let failed: usize = failed.sum();
    assert!((10..390).contains(&failed), "{failed} of 400");
}

/// Wherever a task is cancelled, the run ends. The connection, its watch and its requests are tasks of the server.
#[test]
fn cancelled_everywhere() {
    #[loop_core::coroutine]
    fn program() {
        let server = server();
        let (address, serving) = yield_!(start(server.clone()));
        if let Ok(stream) = yield_!(TcpStream::connect(address))
            && yield_!(stream.write_all(get("/later"))).is_ok()
        {
            let _ = yield_!(stream.shutdown(Shutdown::Write));
            let _ = yield_!(stream.read(Vec::new()));
        }
        server.closing().set();
        let _ = yield_!(serving);
    }
    assert!(Sim::new().cancel_everywhere(|| program, |_| {}) > 10);
}
