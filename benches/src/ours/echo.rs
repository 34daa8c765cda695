//! The body of the example `echo_server`.

use std::io;

use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;

use crate::clock::Sample;
use crate::kind::Load;
use crate::serving::{self, ANY_PORT, BUFFER};

pub(super) fn serve(_: Load) -> Sample {
    super::run(accept()).expect("sockets that work")
}

#[loop_core::coroutine]
fn accept() -> io::Result<Sample> {
    let listener = yield_!(TcpListener::bind(ANY_PORT))?;
    serving::announce(listener.local_addr()?.port());
    loop {
        let (stream, _) = yield_!(listener.accept())?;
        yield_!(Spawn(echo(stream))).detach();
    }
}

#[loop_core::coroutine]
fn echo(stream: TcpStream) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(BUFFER);
    loop {
        buffer = yield_!(stream.read(buffer))?;
        if buffer.is_empty() {
            return Ok(());
        }
        buffer = yield_!(stream.write_all(buffer))?;
    }
}
