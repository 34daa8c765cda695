//! A proxy of a port: what connects to it is connected to another address.
//!
//! ```text
//! $ cargo run -q --example port_proxy -- 127.0.0.1:8080 example.org:80
//! listening on 127.0.0.1:8080
//! ```
//!
//! In another terminal:
//!
//! ```text
//! $ printf 'GET / HTTP/1.0\r\nHost: example.org\r\n\r\n' | nc 127.0.0.1 8080
//! ```
//!
//! The end of one direction is passed on, and the other one goes on. A side that reads slowly slows the other one down: there is one buffer for
//! each direction. Port 0 means any that is free. Ctrl-C ends it.

use std::env;
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;

use loop_core::net::{ReadHalf, TcpListener, TcpStream, WriteHalf};
use loop_core::prelude::*;

const BUFFER: usize = 16 * 1024;

/// Passes on what comes, and then the end: that of `output` is its drop.
#[loop_core::coroutine(lazy)]
fn passes_on(input: ReadHalf, output: WriteHalf) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER);
    loop {
        buffer = yield_!(input.read(buffer))?;
        if buffer.is_empty() {
            return Ok(());
        }
        // The answer is the same buffer, empty.
        buffer = yield_!(output.write_all(buffer))?;
    }
}

/// Both directions. If one fails, the other one ends too.
#[loop_core::coroutine(lazy)]
fn connects(client: TcpStream, target: String) -> io::Result<()> {
    let server = yield_!(TcpStream::connect(target))?;
    let (requests, answers) = client.into_split();
    let (from_server, to_server) = server.into_split();
    yield_!(TryAll([
        passes_on(requests, to_server),
        passes_on(from_server, answers),
    ]))?;
    Ok(())
}

/// A connection that fails ends its own task only.
#[loop_core::coroutine(lazy)]
fn serves(client: TcpStream, peer: SocketAddr, target: String) {
    if let Err(error) = yield_!(connects(client, target)) {
        let _ = yield_!(Eprintln(format!("{peer}: {error}")));
    }
}

/// If a connection cannot be accepted, mostly because there are too many, the others go on, and later ones are accepted.
#[loop_core::coroutine]
pub(crate) fn proxy(listener: TcpListener, target: String) -> io::Result<()> {
    loop {
        match yield_!(listener.accept()) {
            Ok((client, peer)) => yield_!(Spawn(serves(client, peer, target.clone()))).detach(),
            Err(error) => yield_!(Eprintln(error.to_string()))?,
        }
    }
}

#[loop_core::coroutine]
fn program(listen: String, target: String) -> io::Result<()> {
    let listener = yield_!(TcpListener::bind(listen))?;
    yield_!(Println(format!("listening on {}", listener.local_addr()?)))?;
    yield_!(proxy(listener, target))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Ok([listen, target]) = <[String; 2]>::try_from(arguments) else {
        eprintln!("usage: port_proxy LISTEN TARGET");
        return ExitCode::from(2);
    };
    let result = EventLoop::new().run_until_complete(program(listen, target));
    loop_core::report(result)
}
