//! Programs of the helper that use sockets.

use std::io;
use std::process::ExitCode;

use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;

/// Runs one of these programs; `None` if there is none of that name.
pub(crate) fn run(name: &str) -> Option<ExitCode> {
    let main = match name {
        "accept" => accepts(),
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
