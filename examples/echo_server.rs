//! An echo server: sends back whatever its clients send.
//!
//! ```text
//! $ cargo run -q --example echo_server -- 7000
//! listening on 127.0.0.1:7000
//! ```
//!
//! In another terminal:
//!
//! ```text
//! $ printf 'hello\n' | nc -q 1 127.0.0.1 7000
//! hello
//! ```
//!
//! Without an argument it takes a port that is free. Ctrl-C ends it.

use std::env;
use std::io;

use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;

/// Serves one client until it has sent its end.
#[loop_core::coroutine]
fn echo(stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        buffer = yield_!(stream.read(buffer))?;
        if buffer.is_empty() {
            return Ok(());
        }
        // The answer is the same buffer, empty.
        buffer = yield_!(stream.write_all(buffer))?;
    }
}

/// A client whose connection fails ends its own task only.
#[loop_core::coroutine]
fn client(stream: TcpStream) {
    if let Err(error) = yield_!(echo(stream)) {
        let _ = yield_!(Eprintln(error));
    }
}

/// Serves all clients. If one cannot be accepted, mostly because there are too many, the others are served, and later ones are accepted.
#[loop_core::coroutine]
pub(crate) fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        match yield_!(listener.accept()) {
            Ok((stream, _)) => yield_!(Spawn(client(stream))).detach(),
            Err(error) => yield_!(Eprintln(error.to_string()))?,
        }
    }
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let port = env::args().nth(1).unwrap_or_else(|| "0".to_owned());
    let listener = yield_!(TcpListener::bind(format!("127.0.0.1:{port}")))?;
    yield_!(Println(format!("listening on {}", listener.local_addr()?)))?;
    yield_!(serve(listener))
}
