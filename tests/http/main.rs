//! The example of HTTP, in the simulation and on the operating system.

mod client;
mod ending;
mod failing;
mod files;
mod serving;
mod traced;

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use examples::http::{Answer, Folder, Limits, Method, Reply, Request, Server, Status};
use loop_core::Time;
use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;

/// Long enough that no test waits so long, unless it means to.
const PATIENCE: Duration = Duration::from_secs(60);

#[loop_core::coroutine(lazy)]
fn later() -> Answer {
    yield_!(Sleep(Duration::from_millis(20)));
    Answer::text("later")
}

fn answer(request: &mut Request, folder: Option<&Folder>) -> Reply {
    if let (Some(folder), Some(path)) = (folder, request.target.strip_prefix("/files")) {
        return Reply::Later(folder.get(path));
    }
    Reply::Now(match &*request.target {
        "/echo" if request.method != Method::Post => Answer::only("POST"),
        "/echo" => Answer::new("text/plain", std::mem::take(&mut request.body)),
        "/later" => return Reply::Later(later()),
        "/big" => Answer::new("text/plain", vec![b'.'; 3_000_000]),
        "/panic" => panic!("no answer"),
        path if path.len() == 2 => Answer::text(path),
        _ => Answer::error(Status::NOT_FOUND, "there is nothing here"),
    })
}

/// A server of its own, and where it listens.
#[loop_core::coroutine]
fn start(server: Rc<Server>) -> (SocketAddr, Handle<()>) {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let serving = yield_!(Spawn(server.serve(listener)).named("server"));
    (address, serving)
}

fn server_of(folder: Option<Folder>) -> Rc<Server> {
    let handler = move |request: &mut Request| answer(request, folder.as_ref());
    let limits = Limits {
        head: 2000,
        body: 10_000,
    };
    let server = Server::new(UNIX_EPOCH, Time::ZERO, handler);
    Rc::new(server.limits(limits).patience(PATIENCE))
}

fn server() -> Rc<Server> {
    server_of(None)
}

/// What is read until the end.
#[loop_core::coroutine(lazy, skip_all)]
fn all(stream: Rc<TcpStream>) -> io::Result<Vec<u8>> {
    let mut read = Vec::with_capacity(4096);
    loop {
        let before = read.len();
        read = yield_!(stream.read(read))?;
        if read.len() == before {
            return Ok(read);
        }
    }
}

/// Sends pieces one after the other, ends its direction, and reads the answers to the end.
#[loop_core::coroutine(lazy, skip(pieces))]
fn says(to: SocketAddr, pieces: Vec<Vec<u8>>) -> io::Result<String> {
    let stream = Rc::new(yield_!(TcpStream::connect(to))?);
    let answers = yield_!(Spawn(all(Rc::clone(&stream))));
    for piece in pieces {
        // A server that has refused may be gone before it has all.
        if yield_!(stream.write_all(piece)).is_err() {
            break;
        }
        yield_!();
    }
    let _ = yield_!(stream.shutdown(Shutdown::Write));
    let answers = yield_!(answers.flatten()).map_err(io::Error::other)?;
    Ok(without_dates(&String::from_utf8_lossy(&answers)))
}

fn without_dates(answers: &str) -> String {
    let lines = answers.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("Date: ")).collect()
}

/// What a client is answered that sends these pieces. After it a second one is served, and then the server closes.
#[loop_core::coroutine(lazy, skip_all)]
fn exchange(server: Rc<Server>, pieces: Vec<Vec<u8>>) -> String {
    let (address, serving) = yield_!(start(Rc::clone(&server)));
    let answers = yield_!(says(address, pieces)).unwrap();
    assert_eq!(yield_!(says(address, vec![get("/b")])).unwrap(), GOT_B);
    server.closing().set();
    yield_!(serving).unwrap();
    answers
}

/// What a client is answered, in both worlds alike.
fn answers_to(pieces: &[&[u8]]) -> String {
    let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
    tests::in_both(move || exchange(server(), pieces.clone()))
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

const GOT_B: &str =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n/b";
