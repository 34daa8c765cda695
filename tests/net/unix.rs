//! Unix sockets of connections: the same bodies in both worlds.

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixListener as StdListener;

use loop_core::net::{Address, UnixListener, UnixStream};
use loop_core::prelude::*;

use crate::{fresh_path, succeeds_in_both};

#[loop_core::coroutine(lazy)]
fn serves(listener: UnixListener) -> io::Result<Vec<String>> {
    let (stream, peer) = yield_!(listener.accept())?;
    assert_eq!(peer, Address::Unnamed);
    let mut lines = Vec::new();
    while let Some(line) = yield_!(stream.read_line())? {
        yield_!(stream.write_all(format!("<{line}>\n")))?;
        lines.push(line);
    }
    Ok(lines)
}

#[loop_core::coroutine]
fn talks() -> io::Result<Vec<String>> {
    let path = fresh_path("talks");
    let listener = yield_!(UnixListener::bind(&path))?;
    assert_eq!(listener.local_addr()?, Address::Unix(path.clone()));
    let server = yield_!(Spawn(serves(listener)));
    let client = yield_!(UnixStream::connect(&path))?;
    assert_eq!(client.peer_addr()?, Address::Unix(path.clone()));
    let (input, output) = client.into_split();
    yield_!(output.write_all("one\ntwo\n"))?;
    let mut lines = vec![
        yield_!(input.read_line())?.unwrap(),
        yield_!(input.read_line())?.unwrap(),
    ];
    drop(output);
    lines.extend(yield_!(server).unwrap()?);
    // The listener is gone, and its file with it.
    yield_!(Now);
    let error = yield_!(UnixStream::connect(&path)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let said = error.to_string();
    assert!(
        said.starts_with(&format!("cannot connect to {}: ", path.display())),
        "{said}"
    );
    Ok(lines)
}

#[test]
fn a_talk_through_a_path() {
    let lines = succeeds_in_both(talks);
    assert_eq!(lines, ["<one>", "<two>", "one", "two"]);
}

#[loop_core::coroutine]
fn binds_twice() -> io::Result<ErrorKind> {
    let path = fresh_path("twice");
    let _listener = yield_!(UnixListener::bind(&path))?;
    let error = yield_!(UnixListener::bind(&path)).unwrap_err();
    Ok(error.kind())
}

#[test]
fn a_path_can_be_used_once() {
    assert_eq!(succeeds_in_both(binds_twice), ErrorKind::AddrInUse);
}

#[loop_core::coroutine(lazy)]
fn binds(path: std::path::PathBuf) -> io::Result<()> {
    yield_!(UnixListener::bind(path)).map(drop)
}

/// As a program leaves it that has crashed.
#[test]
fn the_file_of_a_socket_that_nobody_has_open_is_replaced() {
    let path = fresh_path("left");
    drop(StdListener::bind(&path).unwrap());
    assert!(path.exists());
    EventLoop::new()
        .run_until_complete(binds(path.clone()))
        .unwrap()
        .unwrap();
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_no_socket_is_kept() {
    let path = fresh_path("file");
    std::fs::write(&path, "precious").unwrap();
    let bound = EventLoop::new()
        .run_until_complete(binds(path.clone()))
        .unwrap();
    assert_eq!(bound.unwrap_err().kind(), ErrorKind::AddrInUse);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    std::fs::remove_file(path).unwrap();
}

/// A backlog that is full makes clients wait, and all get through.
#[loop_core::coroutine]
fn crowd() -> io::Result<usize> {
    const CLIENTS: usize = 1500;
    let path = fresh_path("crowd");
    let listener = yield_!(UnixListener::bind(&path))?;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(yield_!(Spawn(connects(path.clone()))));
    }
    for _ in 0..CLIENTS {
        let (stream, _) = yield_!(listener.accept())?;
        yield_!(stream.write_all("welcome\n"))?;
    }
    let mut welcome = 0;
    for client in clients {
        welcome += usize::from(yield_!(client).unwrap()?);
    }
    Ok(welcome)
}

#[loop_core::coroutine(lazy)]
fn connects(path: std::path::PathBuf) -> io::Result<bool> {
    let stream = yield_!(UnixStream::connect(path))?;
    Ok(yield_!(stream.read_line())?.as_deref() == Some("welcome"))
}

#[test]
fn more_clients_than_the_backlog_of_a_unix_socket_holds() {
    assert_eq!(succeeds_in_both(crowd), 1500);
}
