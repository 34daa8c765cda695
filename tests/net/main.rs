//! Sockets, in the simulation and on the operating system.

mod alike;
mod async_io;
mod chaos;
mod crowd;
mod datagrams;
mod everywhere;
mod faults;
mod halves;
mod hostile;
mod names;
mod steps;
mod tcp;
mod transfers;
mod unix;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;
use tests::in_both;

/// As [`in_both`], of a program that must succeed.
fn succeeds_in_both<T: PartialEq + std::fmt::Debug + 'static>(
    program: impl Fn() -> Coroutine<io::Result<T>>,
) -> T {
    #[loop_core::coroutine(skip_all)]
    fn succeeds<T: 'static>(program: Coroutine<io::Result<T>>) -> T {
        yield_!(program).unwrap()
    }
    in_both(|| succeeds(program()))
}

/// A listener on a free port, and a connection to it.
#[loop_core::coroutine]
fn pair() -> io::Result<(TcpListener, TcpStream, TcpStream)> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    let client = yield_!(TcpStream::connect(listener.local_addr()?))?;
    let (server, peer) = yield_!(listener.accept())?;
    assert_eq!(peer, client.local_addr()?);
    assert_eq!(peer, server.peer_addr()?);
    assert_eq!(server.local_addr()?, client.peer_addr()?);
    Ok((listener, client, server))
}

/// A path at which there is nothing.
fn fresh_path(name: &str) -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let file = format!("loop-core-{}-{number}-{name}", std::process::id());
    std::env::temp_dir().join(file)
}
