//! An HTTP server: Fibonacci numbers, an echo, and the files of a folder.
//!
//! ```text
//! $ cargo run -q --example http_server -- 8000 --root examples
//! listening on http://127.0.0.1:8000
//! ```
//!
//! In another terminal:
//!
//! ```text
//! $ curl http://127.0.0.1:8000/fib/100
//! 354224848179261915075
//! ```
//!
//! `POST /echo` answers what it is sent, and any other path is a file of the folder, if there is one. Without a port it takes one that is free.
//!
//! At Ctrl-C it accepts no connection any more, finishes the requests that it has, within ten seconds, and dies of the signal: a shell shows status
//! 130. A second Ctrl-C ends it at once. SIGTERM does the same as the first, with status 0.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::SystemTime;
use std::{env, mem};

use examples::http::{Answer, Folder, Method, Reply, Request, Server, Status};
use loop_core::net::TcpListener;
use loop_core::prelude::*;
use loop_core::{Error, SignalKind};
use num_bigint::BigUint;

const HELP: &str = "\
usage: http_server [PORT] [--root FOLDER]

GET /fib/N   the Nth Fibonacci number
POST /echo   what was sent
GET /…       a file of FOLDER
";

/// As in `fib_stdin`: a longer answer is of no use, and other tasks have to wait for it.
const LARGEST: u64 = 100_000;

/// The computation lets other tasks run after this many additions, which take about a millisecond at most.
const ADDITIONS: u64 = 200;

#[loop_core::coroutine(lazy)]
fn fib(n: u64) -> Answer {
    let (mut a, mut b) = (BigUint::ZERO, BigUint::from(1u8));
    for done in 1..=n {
        let next = &a + &b;
        a = mem::replace(&mut b, next);
        if done % ADDITIONS == 0 {
            yield_!();
        }
    }
    Answer::text(format!("{a}\n"))
}

fn fib_of(number: &str) -> Reply {
    match number.parse() {
        Ok(n) if n <= LARGEST => Reply::Later(fib(n)),
        _ => Reply::Now(Answer::error(
            Status::NOT_FOUND,
            format!("there are the numbers from 0 to {LARGEST}"),
        )),
    }
}

/// What is answered to a request.
fn answer(request: &mut Request, folder: Option<&Folder>) -> Reply {
    let is_get = matches!(request.method, Method::Get | Method::Head);
    let answer = match (path(&request.target), request.method) {
        (_, Method::Unknown) => Answer::error(Status::NOT_IMPLEMENTED, "an unknown method"),
        (None, _) => Answer::error(Status::BAD_REQUEST, "the target has no path"),
        (Some("/echo"), Method::Post) => {
            Answer::new("application/octet-stream", mem::take(&mut request.body))
        }
        (Some("/echo"), _) => Answer::only("POST"),
        (Some(_), _) if !is_get => Answer::only("GET, HEAD"),
        (Some(path), _) => match (path.strip_prefix("/fib/"), folder) {
            (Some(number), _) => return fib_of(number),
            (None, Some(folder)) => return Reply::Later(folder.get(path)),
            (None, None) if path == "/" => {
                Answer::new("text/plain; charset=utf-8", HELP.as_bytes())
            }
            (None, None) => Answer::error(Status::NOT_FOUND, "there is nothing here"),
        },
    };
    Reply::Now(answer)
}

/// The path of a target, which may also be a whole URL.
fn path(target: &str) -> Option<&str> {
    match target.strip_prefix("http://") {
        Some(url) => url.find('/').map_or(Some("/"), |start| Some(&url[start..])),
        None => target.starts_with('/').then_some(target),
    }
}

#[derive(Default)]
struct Options {
    port: u16,
    root: Option<OsString>,
    help: bool,
}

impl Options {
    fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Options, String> {
        let mut options = Options::default();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--help" | "-h") => options.help = true,
                Some("--root") => {
                    options.root = Some(words.next().ok_or("--root needs a folder")?);
                }
                other => match other.and_then(|port| port.parse().ok()) {
                    Some(port) => options.port = port,
                    None => return Err(format!("unknown argument {word:?}")),
                },
            }
        }
        Ok(options)
    }
}

/// The date, which the loop does not know.
#[expect(clippy::disallowed_methods, reason = "it is only for a header")]
fn today() -> SystemTime {
    SystemTime::now()
}

/// Serves until a signal comes. Answers whether it was Ctrl-C.
#[loop_core::coroutine(lazy)]
fn serve(port: u16, folder: Option<Folder>) -> io::Result<bool> {
    let listener = yield_!(TcpListener::bind(format!("127.0.0.1:{port}")))?;
    let handler = move |request: &mut Request| answer(request, folder.as_ref());
    let server = Rc::new(Server::new(today(), yield_!(Clock), handler));
    yield_!(Println(format!(
        "listening on http://{}",
        listener.local_addr()?
    )))?;
    let serving = yield_!(Spawn(server.serve(listener)).named("server"));
    let signals = (
        Signal(SignalKind::interrupt()),
        Signal(SignalKind::terminate()),
    );
    let (interrupted, _) = yield_!(Race(signals))?;
    server.closing().set();
    yield_!(serving)?;
    Ok(interrupted.is_some())
}

fn main() -> ExitCode {
    let options = match Options::parse(env::args_os().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("http_server: {mistake}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let folder = options.root.map(|root| {
        Folder::new(&root)
            .map_err(|error| io::Error::new(error.kind(), format!("{root:?}: {error}")))
    });
    let result = match folder.transpose() {
        Ok(folder) => EventLoop::new().run_until_complete(serve(options.port, folder)),
        Err(error) => Ok(Err(error)),
    };
    match result {
        Ok(Ok(false)) => ExitCode::SUCCESS,
        Ok(Ok(true)) => loop_core::report::<()>(Err(Error::Interrupted)),
        Ok(Err(error)) => {
            eprintln!("http_server: {error}");
            ExitCode::FAILURE
        }
        Err(error) => loop_core::report::<()>(Err(error)),
    }
}
