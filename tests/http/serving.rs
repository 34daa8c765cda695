//! What is answered to requests.

use insta::assert_snapshot;

use crate::{GOT_B, answers_to, get};

/// Answers without `\r`, which is at the end of each line of a head.
fn shown(answers: &str) -> String {
    answers.replace("\r\n", "\n")
}

#[test]
fn several_requests_on_one_connection() {
    let requests = [&get("/a")[..], &get("/later"), &get("/c")];
    let one_by_one = answers_to(&requests);
    assert_snapshot!(shown(&one_by_one), @r"
    HTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8

    /aHTTP/1.1 200 OK
    Content-Length: 5
    Content-Type: text/plain; charset=utf-8

    laterHTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8

    /c
    ");
    // In one piece, and byte by byte.
    let all = requests.concat();
    assert_eq!(answers_to(&[&all]), one_by_one);
    let bytes: Vec<&[u8]> = all.chunks(1).collect();
    assert_eq!(answers_to(&bytes), one_by_one);
}

#[test]
fn more_requests_than_there_is_room_for() {
    let requests = get("/b").repeat(1000);
    assert_eq!(answers_to(&[&requests]), GOT_B.repeat(1000));
}

#[test]
fn bodies() {
    let length = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let chunked = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n\
        2;extension=\"x\"\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n";
    let empty = b"POST /echo HTTP/1.1\r\nHost: a\r\n\r\n";
    let answers = answers_to(&[length, chunked, empty]);
    assert_snapshot!(shown(&answers), @r"
    HTTP/1.1 200 OK
    Content-Length: 5
    Content-Type: text/plain

    helloHTTP/1.1 200 OK
    Content-Length: 5
    Content-Type: text/plain

    helloHTTP/1.1 200 OK
    Content-Length: 0
    Content-Type: text/plain
    ");
    let all = [&length[..], chunked, empty].concat();
    let bytes: Vec<&[u8]> = all.chunks(1).collect();
    assert_eq!(answers_to(&bytes), answers);
}

#[test]
fn a_client_that_waits_before_it_sends_a_body() {
    let head =
        b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    assert_snapshot!(shown(&answers_to(&[head, b"hi"])), @r"
    HTTP/1.1 100 Continue

    HTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain

    hi
    ");
    // It is not told to go on if the body would be too large.
    let head =
        b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n";
    assert_snapshot!(shown(&answers_to(&[head])), @r"
    HTTP/1.1 413 Content Too Large
    Content-Length: 45
    Content-Type: text/plain; charset=utf-8
    Connection: close

    413 Content Too Large: the body is too large
    ");
}

#[test]
fn methods() {
    let line = |method: &str, path: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        shown(&answers_to(&[request.as_bytes()]))
    };
    // The head is that of a GET.
    assert_snapshot!(line("HEAD", "/a"), @r"
    HTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8
    ");
    assert_snapshot!(line("GET", "/echo"), @r"
    HTTP/1.1 405 Method Not Allowed
    Content-Length: 29
    Content-Type: text/plain; charset=utf-8
    Allow: POST

    405 Method Not Allowed: POST
    ");
    assert_snapshot!(line("GET", "/nothing"), @r"
    HTTP/1.1 404 Not Found
    Content-Length: 37
    Content-Type: text/plain; charset=utf-8

    404 Not Found: there is nothing here
    ");
}

#[test]
fn older_clients_and_those_that_want_no_more() {
    let older = b"GET /a HTTP/1.0\r\n\r\n";
    assert_snapshot!(shown(&answers_to(&[older, older])), @r"
    HTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8
    Connection: close

    /a
    ");
    let kept = b"GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    assert_snapshot!(shown(&answers_to(&[kept, older])), @r"
    HTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8
    Connection: keep-alive

    /aHTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8
    Connection: close

    /a
    ");
    let last = b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n";
    assert_snapshot!(shown(&answers_to(&[last, &get("/c")])), @r"
    HTTP/1.1 200 OK
    Content-Length: 2
    Content-Type: text/plain; charset=utf-8
    Connection: close

    /a
    ");
}

/// A line may end without a `\r`, as when somebody types it into `nc`.
#[test]
fn typed_by_hand() {
    assert_eq!(answers_to(&[b"GET /b HTTP/1.1\nHost: a\n\n"]), GOT_B);
    assert_eq!(answers_to(&[b"\r\n\nGET /b HTTP/1.1\nHost: a\n\n"]), GOT_B);
}

/// The first lines of what a client is answered that sends this and then a request. There is one: the connection has ended.
fn refused(request: &[u8]) -> String {
    let answers = answers_to(&[request, &get("/c")]);
    let (head, body) = answers.split_once("\r\n\r\n").unwrap();
    assert!(head.ends_with("Connection: close"), "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{answers}");
    body.to_owned()
}

#[test]
fn what_is_no_request() {
    let post = |headers: &str, body: &str| {
        refused(format!("POST /echo HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n{body}").as_bytes())
    };
    let answers = [
        refused(b"hello\r\n"),
        refused(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        refused(b"GET / HTTP/1.1\r\n\r\n"),
        refused(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        refused(b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"),
        refused(b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
        refused(b"GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"),
        refused(&[b'\x80'; 3000]),
        post(
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
        ),
        post(
            "Transfer-Encoding: chunked\r\nContent-Length: 1",
            "0\r\n\r\n",
        ),
        post("Content-Length: 1\r\nContent-Length: 1", "x"),
        post("Content-Length: 1, 1", "x"),
        post("Content-Length: +1", "x"),
        post("Content-Length:", "x"),
        post("Content-Length: 0x1", "x"),
        post("Content-Length: 99999999999999999999", "x"),
        post(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "0\r\n\r\n",
        ),
        post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked", "x\r\n"),
        post("Transfer-Encoding: chunked", "\r\n"),
        post("Transfer-Encoding: chunked", "1\nx\n"),
        post("Transfer-Encoding: chunked", "1\r\nxy\r\n"),
        post("Transfer-Encoding: chunked", "1;\nx\r\n"),
        post("Transfer-Encoding: chunked", "ffffffffffffffffffff\r\n"),
        refused(b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ];
    assert_snapshot!(answers.concat(), @r"
    400 Bad Request: the head is malformed
    505 HTTP Version Not Supported: the version of HTTP is unknown
    400 Bad Request: there has to be one Host
    400 Bad Request: there has to be one Host
    400 Bad Request: a header's name is malformed
    400 Bad Request: a header's name is malformed
    400 Bad Request: a header's value is malformed
    431 Request Header Fields Too Large: the head is too large
    400 Bad Request: both Content-Length and Transfer-Encoding
    400 Bad Request: both Content-Length and Transfer-Encoding
    400 Bad Request: there are two lengths of the body
    400 Bad Request: the length of the body is no number
    400 Bad Request: the length of the body is no number
    400 Bad Request: the length of the body is no number
    400 Bad Request: the length of the body is no number
    413 Content Too Large: the body is too large
    400 Bad Request: there are two codings of the body
    501 Not Implemented: the body has an unknown coding
    400 Bad Request: the body is not in chunks
    400 Bad Request: the body is not in chunks
    400 Bad Request: the body is not in chunks
    400 Bad Request: the body is not in chunks
    400 Bad Request: the body is not in chunks
    413 Content Too Large: the body is too large
    400 Bad Request: HTTP/1.0 has no Transfer-Encoding
    ");
}

#[test]
fn limits() {
    let head = |bytes: usize| {
        let padding = "x".repeat(bytes - "GET /b HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".len());
        format!("GET /b HTTP/1.1\r\nHost: a\r\nX: {padding}\r\n\r\n").into_bytes()
    };
    assert_eq!(answers_to(&[&head(2000)]), GOT_B);
    let many = |headers: usize| {
        let headers = "a:\n".repeat(headers - 1);
        format!("GET /b HTTP/1.1\nHost: a\n{headers}\n").into_bytes()
    };
    assert_eq!(answers_to(&[&many(64)]), GOT_B);
    let body = |bytes: usize| {
        let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {bytes}\r\n\r\n");
        [head.into_bytes(), vec![b'.'; bytes]].concat()
    };
    assert!(answers_to(&[&body(10_000)]).ends_with(&".".repeat(10_000)));
    let chunks = |bytes: usize| {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunks = "1\r\n.\r\n".repeat(bytes);
        format!("{head}{chunks}0\r\n\r\n").into_bytes()
    };
    assert!(answers_to(&[&chunks(10_000)]).ends_with(&".".repeat(10_000)));
    let refused = [
        refused(&head(2001)),
        refused(&many(65)),
        refused(&body(10_001)),
        refused(&chunks(10_001)),
        refused(&body(500_000)),
    ];
    assert_snapshot!(refused.concat(), @r"
    431 Request Header Fields Too Large: the head is too large
    431 Request Header Fields Too Large: the head is too large
    413 Content Too Large: the body is too large
    413 Content Too Large: the body is too large
    413 Content Too Large: the body is too large
    ");
}
