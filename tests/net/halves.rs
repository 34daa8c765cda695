//! The halves of a connection.

use std::io;

use insta::assert_snapshot;
use loop_core::net::{ReadHalf, ReuniteError, TcpStream, UnixListener, UnixStream, WriteHalf};
use loop_core::prelude::*;
use loop_core::sim::Sim;

use crate::{fresh_path, in_both, pair, succeeds_in_both};

/// What a half that was dropped means for both sides.
#[test]
fn halves() {
    #[loop_core::coroutine(lazy)]
    fn writes(output: WriteHalf, lines: &'static str) {
        yield_!(output.write_all(lines)).unwrap();
    }
    #[loop_core::coroutine(lazy)]
    fn reads(input: ReadHalf) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = yield_!(input.read_line()).unwrap() {
            lines.push(line);
        }
        lines
    }
    #[loop_core::coroutine]
    fn program() -> (Vec<String>, String, Option<String>) {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let (input, output) = client.into_split();
        let client = yield_!(Spawn(writes(output, "1\n2\n")).named("client"));
        let (requests, responses) = server.into_split();
        let lines = yield_!(Spawn(reads(requests)).named("server"));
        let lines = yield_!(lines).unwrap();
        yield_!(client).unwrap();
        // One half of each side is left.
        yield_!(responses.write_all("bye\n")).unwrap();
        let bye = yield_!(input.read_line()).unwrap().unwrap();
        drop(responses);
        let end = yield_!(input.read_line()).unwrap();
        (lines, bye, end)
    }
    let (lines, bye, end) = in_both(program);
    assert_eq!(
        (lines, &*bye, end),
        (vec!["1".to_owned(), "2".to_owned()], "bye", None)
    );
    let run = Sim::new().run(program);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    program  primed  =>  chain pair
    program:pair  primed  =>  listen with listener 1
    program:pair  listens with listener 1  =>  connect connection 1  park

    ~ +0  connection 1  wakes program
    program:pair  connected connection 1  =>  accept from listener 1  ready
    program:pair  accepted from listener 1  =>  return Ok((TcpListener, TcpStream, TcpStream))
    program  returned Ok((TcpListener, TcpStream, TcpStream))  =>  spawn writes(WriteHalf, "1\n2\n")
    program  spawned client  =>  spawn reads(ReadHalf)
    program  spawned server  =>  join server  park
    client  start  =>  write to connection 1  ready
    server  start  =>  read from connection 2  ready
    client  wrote to connection 1  =>  finish
    ! ended writing to connection 1
    server  read from connection 2  =>  read from connection 2  ready
    server  read from connection 2  =>  read from connection 2  ready
    server  read from connection 2  =>  finish ["1", "2"]  wakes program
    program  joined server ["1", "2"]  =>  join client  ready
    program  joined client  =>  write to connection 2  ready
    program  wrote to connection 2  =>  read from connection 1  ready
    program  read from connection 1  =>  read from connection 1  ready
    ! closed connection 2
    program  read from connection 1  =>  finish (["1", "2"], "bye", None)
    ! closed connection 1
    ! closed listener 1
    "#);
}

#[test]
fn halves_are_reunited() {
    #[loop_core::coroutine]
    fn program() -> Vec<Option<String>> {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let (first, second) = (client.into_split(), server.into_split());
        // Not those of different connections.
        let error = TcpStream::reunite(first.0, second.1).unwrap_err();
        let client = TcpStream::reunite(error.0, first.1).unwrap();
        let server = TcpStream::reunite(second.0, error.1).unwrap();
        yield_!();
        // No direction was ended.
        yield_!(client.write_all("there\n")).unwrap();
        yield_!(server.write_all("back\n")).unwrap();
        let mut lines = vec![
            yield_!(server.read_line()).unwrap(),
            yield_!(client.read_line()).unwrap(),
        ];
        drop(client.into_split());
        lines.push(yield_!(server.read_line()).unwrap());
        lines
    }
    let [there, back] = ["there", "back"].map(|line| Some(line.to_owned()));
    assert_eq!(in_both(program), [there, back, None]);
}

#[loop_core::coroutine]
fn of_another_type() -> io::Result<String> {
    let path = fresh_path("halves");
    let _listener = yield_!(UnixListener::bind(&path))?;
    let (input, output) = yield_!(UnixStream::connect(&path))?.into_split();
    let error = TcpStream::reunite(input, output).unwrap_err();
    let said = error.to_string();
    let ReuniteError(input, output) = error;
    UnixStream::reunite(input, output).unwrap();
    Ok(said)
}

#[test]
fn halves_of_a_unix_stream_are_no_tcp_stream() {
    let said = succeeds_in_both(of_another_type);
    assert_eq!(said, "the halves are not of one stream of this type");
}

/// One write takes what there is room for, and gives the buffer back.
#[loop_core::coroutine]
fn writes_some() -> io::Result<(usize, bool)> {
    let (_listener, client, server) = yield_!(pair())?;
    let (none, empty) = yield_!(client.write(""))?;
    assert_eq!((none, empty.len()), (0, 0));
    let big = vec![7; 64 * 1024 * 1024];
    let (written, big) = yield_!(client.write(big))?;
    assert!(0 < written && written < big.len());
    let got = yield_!(server.read_exact(written))?;
    Ok((big.len(), got.iter().all(|byte| *byte == 7)))
}

#[test]
fn some_of_a_buffer() {
    assert_eq!(succeeds_in_both(writes_some), (64 * 1024 * 1024, true));
}
