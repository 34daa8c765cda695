//! Names of hosts.

use std::io::ErrorKind;
use std::net::Ipv4Addr;

use insta::assert_snapshot;
use loop_core::net::{TcpListener, TcpStream, lookup_host};
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};
use tests::ms;

use crate::in_both;

#[test]
fn localhost_is_found() {
    #[loop_core::coroutine]
    fn program() -> (bool, Option<String>) {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let found = yield_!(lookup_host(("localhost", address.port()))).unwrap();
        // On the operating system ::1 may come first, where nobody listens.
        let client = yield_!(TcpStream::connect(format!("localhost:{}", address.port()))).unwrap();
        let (server, _) = yield_!(listener.accept()).unwrap();
        yield_!(client.write_all("hello\n")).unwrap();
        (
            found.contains(&address),
            yield_!(server.read_line()).unwrap(),
        )
    }
    assert_eq!(in_both(program), (true, Some("hello".to_owned())));
}

#[test]
fn it_listens_at_localhost() {
    #[loop_core::coroutine]
    fn program() -> bool {
        let listener = yield_!(TcpListener::bind("localhost:0")).unwrap();
        listener.local_addr().unwrap().ip().is_loopback()
    }
    assert!(in_both(program));
}

#[test]
fn an_address_is_its_own() {
    #[loop_core::coroutine]
    fn program() -> Vec<String> {
        let mut found = yield_!(lookup_host("127.0.0.1:80")).unwrap();
        found.extend(yield_!(lookup_host("[::1]:80")).unwrap());
        found.extend(yield_!(lookup_host(("::1", 80))).unwrap());
        found.iter().map(ToString::to_string).collect()
    }
    assert_eq!(in_both(program), ["127.0.0.1:80", "[::1]:80", "[::1]:80"]);
}

/// The names are reserved for names that do not exist.
#[test]
fn a_host_that_does_not_exist_is_named() {
    #[loop_core::coroutine]
    fn program() -> (ErrorKind, ErrorKind, bool) {
        let lookup = yield_!(lookup_host("nowhere.invalid:80")).unwrap_err();
        let connect = yield_!(TcpStream::connect("nowhere.invalid:80")).unwrap_err();
        let start = "cannot look up `nowhere.invalid`: ";
        let is_named = [&lookup, &connect].map(|error| error.to_string().starts_with(start));
        (lookup.kind(), connect.kind(), is_named == [true; 2])
    }
    assert_eq!(
        in_both(program),
        (ErrorKind::NotFound, ErrorKind::NotFound, true)
    );
}

#[test]
fn what_cannot_be_a_host_is_named() {
    #[loop_core::coroutine]
    fn program() -> String {
        let mut errors = String::new();
        for text in [
            "localhost",
            "localhost:http",
            ":80",
            "::1:80",
            "1.2.3.4:70000",
            "",
        ] {
            let error = yield_!(lookup_host(text)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let error = yield_!(TcpStream::connect(text)).unwrap_err();
            errors += &format!("{error}\n");
        }
        errors
    }
    assert_snapshot!(in_both(program), @r"
    `localhost` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`
    `localhost:http` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`
    `:80` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`
    `::1:80` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`
    the port of `1.2.3.4:70000` is not a number from 0 to 65535
    `` is no address with a port: write it as `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`
    ");
}

#[loop_core::coroutine]
fn connects() -> String {
    let _listener = yield_!(TcpListener::bind("10.0.0.3:80")).unwrap();
    let stream = yield_!(TcpStream::connect("example.org:80")).unwrap();
    stream.peer_addr().unwrap().to_string()
}

/// A host with three addresses, at the last of which somebody listens.
fn three_addresses() -> Sim {
    let ip = |last| Ipv4Addr::new(10, 0, 0, last);
    (1..=3).fold(Sim::new(), |sim, last| sim.host("Example.org", ip(last)))
}

#[test]
fn each_address_is_tried() {
    let run = three_addresses().run(connects);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    connects  primed  =>  listen with listener 1
    connects  listens with listener 1  =>  chain by_name("example.org", 80, _, _)
    connects:by_name  start  =>  look up host 1  park

    ~ +0  host 1  wakes connects
    connects:by_name  looked up host 1  =>  connect connection 1  park

    ~ +0  connection 1  wakes connects
    connects:by_name  connected connection 1  =>  connect connection 2  park
    ! closed connection 1

    ~ +0  connection 2  wakes connects
    connects:by_name  connected connection 2  =>  connect connection 3  park
    ! closed connection 2

    ~ +0  connection 3  wakes connects
    connects:by_name  connected connection 3  =>  return
    connects  returned  =>  finish "10.0.0.3:80"
    ! closed connection 3
    ! closed listener 1
    "#);
    assert_eq!(run.into_result().unwrap(), "10.0.0.3:80");
}

#[test]
fn the_error_of_the_last_address_is_the_answer() {
    #[loop_core::coroutine]
    fn program() -> String {
        let error = yield_!(TcpStream::connect(("example.org", 81))).unwrap_err();
        error.to_string()
    }
    let error = three_addresses().run(program).into_result().unwrap();
    assert_snapshot!(error, @r"cannot connect to 10.0.0.3:81: connection refused");
}

/// Also a request that is made of several ones can have a time limit, and be cancelled wherever it is.
#[test]
fn a_connection_by_name_has_a_time_limit() {
    #[loop_core::coroutine]
    fn program() -> bool {
        yield_!(Timeout(ms(15), TcpStream::connect("example.org:80"))).is_err()
    }
    // Each refusal takes 20 ms.
    let run = three_addresses()
        .network(Link::new().latency(ms(10)))
        .run(program);
    assert_eq!(run.elapsed(), ms(15));
    assert!(run.into_result().unwrap());
    let runs = (0..10).map(|seed| {
        three_addresses()
            .seed(seed)
            .cancel_everywhere(|| connects, |_| {})
    });
    assert!(runs.sum::<usize>() > 20);
}

/// A lookup that nobody waits for any more.
#[test]
fn a_lookup_is_cancelled() {
    #[loop_core::coroutine(lazy)]
    fn looks() -> bool {
        yield_!(lookup_host("localhost:80")).is_ok()
    }
    #[loop_core::coroutine]
    fn program() -> bool {
        let task = yield_!(Spawn(looks()));
        yield_!();
        let is_cancelled = yield_!(Cancel(task)).unwrap_err().is_cancelled();
        yield_!(looks()) && is_cancelled
    }
    assert!(in_both(program));
}
