//! Sockets.

use std::fs;
use std::io;
use std::net::SocketAddr;

use allocation_counter::measure;
use loop_core::net::{TcpListener, TcpStream, UdpSocket};
use loop_core::prelude::*;

use crate::{assert_is_flat, peak};

/// Real connections take longer.
const CONNECTIONS: usize = 10_000;

#[loop_core::coroutine(lazy)]
fn greets(listener: TcpListener, times: usize) -> io::Result<()> {
    for _ in 0..times {
        let (stream, _) = yield_!(listener.accept())?;
        // Half of the clients are gone.
        let _ = yield_!(stream.write_all("welcome\n"));
    }
    Ok(())
}

/// Opens and drops connections, of which every second one reads what the server says.
#[loop_core::coroutine(lazy)]
fn connects(to: SocketAddr, times: usize) -> io::Result<()> {
    for n in 0..times {
        let stream = yield_!(TcpStream::connect(to))?;
        if n % 2 == 0 {
            yield_!(stream.read_line())?;
        }
    }
    Ok(())
}

#[loop_core::coroutine(lazy)]
fn visits(times: usize) -> io::Result<()> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let server = yield_!(Spawn(greets(listener, times)));
    yield_!(connects(address, times))?;
    yield_!(server).unwrap()
}

#[test]
fn simulated_connections_leave_nothing() {
    assert_is_flat(peak(visits));
}

#[test]
fn real_connections_leave_nothing() {
    let mut event_loop = EventLoop::new();
    let mut run = |times| {
        let visited = event_loop.run_until_complete(visits(times));
        visited.unwrap().unwrap();
    };
    run(1_000);
    let before = descriptors();
    assert_is_flat(measure(|| run(CONNECTIONS)).bytes_max);
    // Other tests of this binary open some at the same time.
    let after = descriptors();
    assert!(after < before + 100, "{before} descriptors, then {after}");
}

fn descriptors() -> usize {
    fs::read_dir("/dev/fd").unwrap().count()
}

#[test]
fn datagrams_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn sends(times: usize) -> io::Result<()> {
        let socket = yield_!(UdpSocket::bind("127.0.0.1:53"))?;
        let mut buffer = Vec::new();
        for _ in 0..times {
            buffer.extend(b"question");
            buffer = yield_!(socket.send_to(buffer, "127.0.0.1:53"))?;
            (buffer, _) = yield_!(socket.recv_from(buffer))?;
            buffer.clear();
        }
        Ok(())
    }
    assert_is_flat(peak(sends));
}

/// A task that waits is cancelled, and its place in the socket's table is used again.
#[test]
fn cancelled_readers_leave_nothing() {
    #[loop_core::coroutine(lazy)]
    fn reads(stream: std::rc::Rc<TcpStream>) -> io::Result<Vec<u8>> {
        yield_!(stream.read_exact(10))
    }
    #[loop_core::coroutine(lazy)]
    fn cancels(times: usize) -> io::Result<()> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
        let stream = yield_!(TcpStream::connect(listener.local_addr()?))?;
        let stream = std::rc::Rc::new(stream);
        let (other, _) = yield_!(listener.accept())?;
        for _ in 0..times {
            let reader = yield_!(Spawn(reads(stream.clone())));
            yield_!(other.write_all("12345"))?;
            yield_!();
            yield_!(Cancel(reader)).unwrap_err();
            assert_eq!(yield_!(stream.read_exact(5))?, b"12345");
        }
        Ok(())
    }
    assert_is_flat(peak(cancels));
}
