//! Programs of the helper that use sockets.

use std::io;
use std::io::Write;
use std::net::TcpStream as StdStream;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use loop_core::Handle;
use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;

/// Runs one of these programs; `None` if there is none of that name.
pub(crate) fn run(name: &str) -> Option<ExitCode> {
    let main = match name {
        "accept" => accepts(),
        "line-while-output-is-written" => return Some(line_while_output_is_written()),
        _ => return None,
    };
    let mut event_loop = EventLoop::builder().no_slow_steps().build();
    let ended = event_loop.run_until_complete(main);
    ended
        .expect("nobody interrupts it")
        .expect("it can bind and print");
    Some(ExitCode::SUCCESS)
}

#[loop_core::coroutine]
fn echo(stream: TcpStream) -> io::Result<()> {
    while let Some(line) = yield_!(stream.read_line())? {
        yield_!(stream.write_all(format!("{line}\n")))?;
    }
    Ok(())
}

/// Accepts whoever comes. Says what errors it gets, with the milliseconds since the one before.
#[loop_core::coroutine]
fn accepts() -> io::Result<()> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    yield_!(Println(listener.local_addr()?))?;
    let mut before = yield_!(Clock);
    loop {
        match yield_!(listener.accept()) {
            Ok((stream, _)) => yield_!(Spawn(echo(stream))).detach(),
            Err(error) => {
                let now = yield_!(Clock);
                yield_!(Println(format!(
                    "{} ms: {error}",
                    (now - before).as_millis()
                )))?;
                before = now;
            }
        }
    }
}

#[loop_core::coroutine(lazy)]
fn reads(listener: TcpListener) -> io::Result<Option<String>> {
    let (stream, _) = yield_!(listener.accept())?;
    yield_!(stream.read_line())
}

/// Ends while a task reads, and while more is printed than its reader takes at once.
#[loop_core::coroutine(lazy)]
fn prints_a_lot() -> io::Result<Handle<io::Result<Option<String>>>> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:0"))?;
    let to = listener.local_addr()?;
    let reader = yield_!(Spawn(reads(listener)));
    thread::spawn(move || {
        let mut client = StdStream::connect(to).unwrap();
        thread::sleep(Duration::from_millis(100));
        client.write_all(b"hello\n").unwrap();
        // It stays open.
        thread::sleep(Duration::from_secs(1000));
    });
    yield_!(Sleep(Duration::from_millis(50)));
    yield_!(Print("x".repeat(64 * 1024)))?;
    yield_!(Print("x".repeat(63 * 1024)))?;
    Ok(reader)
}

#[loop_core::coroutine(lazy)]
fn joins(reader: Handle<io::Result<Option<String>>>) -> io::Result<()> {
    let line = yield_!(reader.flatten())?;
    yield_!(Eprintln(format!("{line:?}")))
}

fn line_while_output_is_written() -> ExitCode {
    let mut event_loop = EventLoop::builder().no_slow_steps().build();
    let reader = event_loop.run_until_complete(prints_a_lot());
    let reader = reader.unwrap().unwrap();
    event_loop
        .run_until_complete(joins(reader))
        .unwrap()
        .unwrap();
    ExitCode::SUCCESS
}
