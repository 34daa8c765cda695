//! Two clients at the same time, step by step.

use std::rc::Rc;

use insta::assert_snapshot;
use loop_core::net::TcpStream;
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};
use tests::ms;

use crate::{get, server, start};

#[loop_core::coroutine(lazy)]
fn asks(to: std::net::SocketAddr, paths: &'static [&'static str]) -> usize {
    let stream = yield_!(TcpStream::connect(to)).unwrap();
    let mut answers = 0;
    for path in paths {
        yield_!(stream.write_all(get(path))).unwrap();
        answers += yield_!(stream.read(Vec::new())).unwrap().len();
    }
    answers
}

#[test]
fn two_clients() {
    #[loop_core::coroutine]
    fn program() {
        let server = server();
        let (address, serving) = yield_!(start(Rc::clone(&server)));
        let ann = yield_!(Spawn(asks(address, &["/a", "/later"])).named("ann"));
        let bob = yield_!(Spawn(asks(address, &["/b"])).named("bob"));
        yield_!(ann).unwrap();
        yield_!(bob).unwrap();
        server.closing().set();
        yield_!(serving).unwrap();
    }
    let run = Sim::new().network(Link::new().latency(ms(1))).run(program);
    assert_snapshot!(run.trace());
    run.into_result().unwrap();
}
