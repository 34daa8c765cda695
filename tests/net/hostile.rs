//! Peers that do what no friend does.

use std::fs;
use std::io::{self, ErrorKind, IoSlice, Write};
use std::mem::MaybeUninit;
use std::net;
use std::os::fd::AsFd;
use std::os::unix;

use loop_core::net::{TcpListener, UnixListener};
use loop_core::prelude::*;
use loop_core::world::Address;
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix,
    SocketType, bind, connect, send, sendmsg, socket,
};
use tests::ms;

use crate::{fresh_path, pair, succeeds_in_both};

/// Reads stop before urgent data, also if more has come.
#[test]
fn what_comes_after_urgent_data_is_read() {
    #[loop_core::coroutine]
    fn reads() -> io::Result<Vec<u8>> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
        let mut client = net::TcpStream::connect(listener.local_addr()?)?;
        let (server, _) = yield_!(listener.accept())?;
        client.write_all(b"abc")?;
        send(&client, b"X", SendFlags::OOB)?;
        client.write_all(b"def")?;
        // The loop hears of all of it at once.
        yield_!(Sleep(ms(1)));
        yield_!(server.read_exact(6))
    }
    let read = EventLoop::new().run_until_complete(reads()).unwrap();
    assert_eq!(read.unwrap(), b"abcdef");
}

/// Reads stop behind what descriptors came with, also if more has come.
#[test]
fn what_comes_after_descriptors_is_read() {
    #[loop_core::coroutine]
    fn reads() -> io::Result<Vec<u8>> {
        let path = fresh_path("descriptors");
        let listener = yield_!(UnixListener::bind(&path))?;
        let mut client = unix::net::UnixStream::connect(&path)?;
        let (server, _) = yield_!(listener.accept())?;
        let descriptors = [listens_to_nobody()?];
        let descriptors = [descriptors[0].as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)));
        let abc = [IoSlice::new(b"abc")];
        sendmsg(&client, &abc, &mut control, SendFlags::empty())?;
        client.write_all(b"def")?;
        yield_!(Sleep(ms(1)));
        yield_!(server.read_exact(6))
    }
    let read = EventLoop::new().run_until_complete(reads()).unwrap();
    assert_eq!(read.unwrap(), b"abcdef");
}

fn listens_to_nobody() -> io::Result<net::UdpSocket> {
    net::UdpSocket::bind("127.0.0.1:0")
}

/// A length that a peer has sent may be anything.
#[test]
fn who_waits_for_more_bytes_than_memory_has_gets_those_that_come() {
    #[loop_core::coroutine]
    fn reads(count: usize) -> io::Result<(ErrorKind, String)> {
        let (_listener, client, server) = yield_!(pair())?;
        yield_!(client.write_all("hello"))?;
        drop(client);
        let error = yield_!(server.read_exact(count)).unwrap_err();
        assert_eq!(yield_!(server.read_exact(5))?, b"hello");
        Ok((
            error.kind(),
            error.to_string().split(": ").skip(1).collect(),
        ))
    }
    for count in [usize::MAX, isize::MAX as usize, 1 << 44] {
        let (kind, message) = succeeds_in_both(move || reads(count));
        assert_eq!(kind, ErrorKind::UnexpectedEof);
        assert_eq!(
            message,
            format!("the peer has closed after 5 of {count} bytes")
        );
    }
}

/// The longest path that Linux takes is one byte longer than what it gives back with a zero at its end.
#[cfg(target_os = "linux")]
#[test]
fn a_client_has_the_longest_path_that_there_is() {
    #[loop_core::coroutine]
    fn serves() -> io::Result<()> {
        let path = fresh_path("longest");
        let mut longest = fresh_path("client").into_os_string();
        longest.push("x".repeat(108 - longest.len()));
        let refused = yield_!(UnixListener::bind(&longest)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidFilename);
        let listener = yield_!(UnixListener::bind(&path))?;
        let client = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        bind(&client, &SocketAddrUnix::new(&longest)?)?;
        fs::remove_file(&longest)?;
        connect(&client, &SocketAddrUnix::new(&path)?)?;
        let (server, peer) = yield_!(listener.accept())?;
        assert_eq!(peer, Address::Unnamed);
        send(&client, b"hello", SendFlags::empty())?;
        assert_eq!(yield_!(server.read_exact(5))?, b"hello");
        Ok(())
    }
    let served = EventLoop::new().run_until_complete(serves());
    served.unwrap().unwrap();
}
