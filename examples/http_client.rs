//! Asks a server for what is at a URL, and prints it.
//!
//! ```text
//! $ cargo run -q --example http_client -- http://127.0.0.1:8000/fib/10
//! 55
//! ```
//!
//! Port 8000 is that of the example `http_server`, in another terminal. If the answer says that something is wrong, its status is
//! printed to standard error and the program's own status is 1. It waits ten seconds, or as many as a second argument says.

use std::env;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

use examples::http::{Response, Url, get};
use loop_core::prelude::*;

const USAGE: &str = "usage: http_client URL [SECONDS]";

/// The URL and the time limit.
fn arguments(mut words: impl Iterator<Item = String>) -> Result<(Url, Duration), String> {
    let url = words.next().ok_or(USAGE)?.parse()?;
    let seconds = words.next().map_or(Ok(10), |word| {
        word.parse()
            .map_err(|_| format!("{word:?} is no number of seconds"))
    })?;
    match words.next() {
        Some(_) => Err(USAGE.to_owned()),
        None => Ok((url, Duration::from_secs(seconds))),
    }
}

/// Asks, and prints the body. That may be no text, so another thread writes it as it is. A reader that has gone, as `head` does, is no error.
#[loop_core::coroutine(lazy)]
fn print(url: Url, limit: Duration) -> io::Result<(u16, String)> {
    let Response { status, body, .. } = yield_!(get(url, limit))?;
    let write = move || {
        let mut stdout = io::stdout();
        stdout.write_all(&body)?;
        stdout.flush()
    };
    match yield_!(Blocking(write)) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(status),
    }
}

fn main() -> ExitCode {
    let (url, limit) = match arguments(env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(mistake) => {
            eprintln!("http_client: {mistake}");
            return ExitCode::from(2);
        }
    };
    match EventLoop::new().run_until_complete(print(url, limit)) {
        Ok(Ok((200..300, _))) => ExitCode::SUCCESS,
        Ok(Ok((status, meaning))) => {
            eprintln!("http_client: {status} {meaning}");
            ExitCode::FAILURE
        }
        Ok(Err(error)) => {
            eprintln!("http_client: {error}");
            ExitCode::FAILURE
        }
        Err(error) => loop_core::report::<()>(Err(error)),
    }
}
