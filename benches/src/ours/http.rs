//! The server of the example `http_server`, which answers the same to every request.

use std::io;
use std::rc::Rc;
use std::time::SystemTime;

use examples::http::{Answer, Reply, Server};
use loop_core::net::TcpListener;
use loop_core::prelude::*;

use crate::clock::Sample;
use crate::kind::Load;
use crate::serving::{self, ANY_PORT, BODY, CONTENT_TYPE};

pub(super) fn serve(_: Load) -> Sample {
    super::run(accept()).expect("sockets that work")
}

#[loop_core::coroutine]
fn accept() -> io::Result<Sample> {
    let listener = yield_!(TcpListener::bind(ANY_PORT))?;
    serving::announce(listener.local_addr()?.port());
    let server = Server::new(SystemTime::now(), yield_!(Clock), |_| {
        Reply::Now(Answer::new(CONTENT_TYPE, BODY.as_bytes()))
    });
    yield_!(Rc::new(server).serve(listener));
    Ok(Sample::default())
}
