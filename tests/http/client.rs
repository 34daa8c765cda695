//! The client, asking servers that are not always well.

use std::io::ErrorKind;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use examples::http::{Response, Url, get};
use insta::assert_snapshot;
use loop_core::net::TcpListener;
use loop_core::prelude::*;
use loop_core::sim::Sim;

use crate::{server, start};

const LIMIT: Duration = Duration::from_secs(5);

/// What comes of it, as text. Errors name the port.
fn text(result: std::io::Result<Response>, port: u16) -> String {
    match result {
        Ok(Response { status, body, .. }) => {
            format!(
                "{} {}: {}",
                status.0,
                status.1,
                String::from_utf8_lossy(&body)
            )
        }
        Err(error) => format!("{error}").replace(&port.to_string(), "PORT"),
    }
}

fn url(address: SocketAddr, path: &str) -> Url {
    format!("http://{address}{path}").parse().unwrap()
}

/// What the client makes of an answer, after which the server ends its direction, or does not.
#[loop_core::coroutine(lazy, skip_all)]
fn asks(answer: Vec<u8>, ends: bool) -> String {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let asking = yield_!(Spawn(get(url(address, "/x"), LIMIT)));
    let (stream, _) = yield_!(listener.accept()).unwrap();
    let request = yield_!(stream.read(Vec::new())).unwrap();
    assert!(request.starts_with(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:"));
    yield_!(stream.write_all(answer)).unwrap();
    if ends {
        yield_!(stream.shutdown(Shutdown::Write)).unwrap();
    }
    text(yield_!(asking).unwrap(), address.port())
}

fn made_of(answer: &str, ends: bool) -> String {
    tests::in_both(|| asks(answer.into(), ends))
}

#[test]
fn answers_that_are_complete_without_the_end_of_the_connection() {
    let made = [
        made_of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more",
            false,
        ),
        made_of(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            false,
        ),
        made_of(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            false,
        ),
        made_of("HTTP/1.0 204\r\n\r\n", false),
    ];
    assert_snapshot!(made.join("\n"), @r"
    200 OK: hi
    404 Not Found: 
    200 OK: hi
    204 :
    ");
}

#[test]
fn answers_that_end_with_the_connection() {
    let made = [
        made_of("HTTP/1.1 200 OK\r\n\r\nhi", true),
        made_of("HTTP/1.1 200 OK\r\n\r\n", true),
        made_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", true),
        made_of(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
            true,
        ),
        made_of("HTTP/1.1 200 OK\r\nX: ", true),
        made_of("", true),
    ];
    assert_snapshot!(made.join("\n"), @r"
    200 OK: hi
    200 OK: 
    http://127.0.0.1:PORT/x: the answer ends too early
    http://127.0.0.1:PORT/x: the answer ends too early
    http://127.0.0.1:PORT/x: the answer ends too early
    http://127.0.0.1:PORT/x: the answer ends too early
    ");
}

#[test]
fn what_is_no_answer() {
    let large = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(70_000));
    let made = [
        made_of("220 ftp\r\n", false),
        made_of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
            false,
        ),
        made_of(
            "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
            false,
        ),
        made_of(&large, false),
    ];
    assert_snapshot!(made.join("\n"), @r"
    http://127.0.0.1:PORT/x: the version of HTTP is unknown
    http://127.0.0.1:PORT/x: both Content-Length and Transfer-Encoding
    http://127.0.0.1:PORT/x: the body is too large
    http://127.0.0.1:PORT/x: the head is too large
    ");
}

#[test]
fn redirections() {
    let to = |location: &str| {
        made_of(
            &format!("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"),
            false,
        )
    };
    assert_snapshot!(to("https://a"), @r"http://127.0.0.1:PORT/x: `https://a` is no URL for this program: it has to begin with `http://`");
    assert_snapshot!(made_of("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", false), @r"302 Found:");

    /// Each answer leads to the next.
    #[loop_core::coroutine]
    fn program() -> [String; 2] {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let mut texts = Vec::new();
        for wanted in [2, 10] {
            let asking = yield_!(Spawn(get(url(address, "/0"), LIMIT)));
            for number in 0..=wanted.min(5) {
                let (stream, _) = yield_!(listener.accept()).unwrap();
                let request = yield_!(stream.read_line()).unwrap();
                assert_eq!(request.unwrap(), format!("GET /{number} HTTP/1.1"));
                let (status, next) = (if number < wanted { 301 } else { 200 }, number + 1);
                yield_!(stream.write_all(format!(
                    "HTTP/1.1 {status} X\r\nLocation: /{next}\r\nContent-Length: 0\r\n\r\n"
                )))
                .unwrap();
                // The client goes first.
                while yield_!(stream.read_line()).unwrap().is_some() {}
            }
            texts.push(text(yield_!(asking).unwrap(), address.port()));
        }
        texts.try_into().unwrap()
    }
    assert_snapshot!(tests::in_both(program).join("\n"), @r"
    200 X: 
    http://127.0.0.1:PORT/0: there are too many redirections
    ");
}

#[test]
fn nobody_listens() {
    #[loop_core::coroutine]
    fn program() -> (String, ErrorKind) {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        yield_!();
        let error = yield_!(get(url(address, "/"), LIMIT)).unwrap_err();
        let kind = error.kind();
        let text = text(Err(error), address.port());
        // The operating system has a number more.
        let (text, _) = text.split_once(": ").unwrap();
        (text.to_owned(), kind)
    }
    let (text, kind) = tests::in_both(program);
    assert_eq!(
        (&*text, kind),
        ("http://127.0.0.1:PORT/", ErrorKind::ConnectionRefused)
    );
}

#[test]
fn a_server_that_does_not_answer() {
    #[loop_core::coroutine]
    fn program() -> String {
        let listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
        let asking = yield_!(Spawn(get("http://127.0.0.1".parse().unwrap(), LIMIT)));
        let (stream, _) = yield_!(listener.accept()).unwrap();
        yield_!(stream.write_all("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi")).unwrap();
        text(yield_!(asking).unwrap(), 80)
    }
    let run = Sim::new().run(program);
    assert_eq!(run.elapsed(), LIMIT);
    assert_snapshot!(run.into_result().unwrap(), @r"http://127.0.0.1:PORT/: there is no answer within 5s");
}

#[test]
fn our_client_and_our_server() {
    #[loop_core::coroutine]
    fn program() -> Vec<String> {
        let server = server();
        let (address, serving) = yield_!(start(server.clone()));
        let mut texts = Vec::new();
        for path in ["/a", "/later", "/nothing"] {
            texts.push(text(yield_!(get(url(address, path), LIMIT)), 0));
        }
        let big = yield_!(get(url(address, "/big"), LIMIT)).unwrap();
        texts.push(big.body.len().to_string());
        server.closing().set();
        yield_!(serving).unwrap();
        texts
    }
    assert_snapshot!(tests::in_both(program).join("\n"), @r"
    200 OK: /a
    200 OK: later
    404 Not Found: 404 Not Found: there is nothing here

    3000000
    ");
}

/// By another thread, which may have to ask other machines.
#[test]
fn names_are_resolved() {
    #[loop_core::coroutine]
    fn program() -> (String, bool) {
        let server = server();
        let (address, _serving) = yield_!(start(server));
        let here = format!("http://localhost:{}/a", address.port());
        let here = yield_!(get(here.parse().unwrap(), LIMIT));
        let nowhere = "http://nothing.invalid/".parse().unwrap();
        let error = yield_!(get(nowhere, LIMIT)).unwrap_err().to_string();
        (
            text(here, 0),
            error.starts_with("http://nothing.invalid:80/: "),
        )
    }
    assert_eq!(tests::in_both(program), ("200 OK: /a".to_owned(), true));
}
