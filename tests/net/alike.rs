//! What Linux does at the edges, and the simulation too: how connections end, who has which address, who waits for whom.

use std::borrow::Borrow;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown};
use std::rc::Rc;

use loop_core::net::{SocketOptions, TcpListener, TcpStream, UnixListener, UnixStream};
use loop_core::prelude::*;
use loop_core::sim::Sim;
use tests::ms;

use crate::{fresh_path, in_both, pair};

/// How many bytes were read or written, or which error there was.
type Outcome = Result<usize, ErrorKind>;

/// `r` reads, `w` writes, `s` shuts down, and the others have time after each.
#[loop_core::coroutine(lazy)]
fn does(stream: impl Borrow<TcpStream> + 'static, what: &'static str) -> Vec<Outcome> {
    let stream = stream.borrow();
    let mut outcomes = Vec::new();
    for what in what.chars() {
        let outcome = match what {
            'r' => yield_!(stream.read(Vec::new())).map(|bytes| bytes.len()),
            'w' => yield_!(stream.write_all("x")).map(|_| 1),
            _ => yield_!(stream.shutdown(Shutdown::Write)).map(|()| 0),
        };
        outcomes.push(outcome.map_err(|error| error.kind()));
        yield_!(Sleep(ms(1)));
    }
    outcomes
}

/// What a client can do after its server has written some bytes and has closed the connection: with something unread, so that it resets it.
#[loop_core::coroutine(lazy)]
fn after_a_reset(written: &'static str, what: &'static str) -> Vec<Outcome> {
    let (_listener, client, server) = yield_!(pair()).unwrap();
    yield_!(client.write_all("unread")).unwrap();
    yield_!(server.write_all(written)).unwrap();
    yield_!(Sleep(ms(5)));
    drop(server);
    yield_!(Sleep(ms(5)));
    yield_!(does(client, what))
}

const RESET: Outcome = Err(ErrorKind::ConnectionReset);
const PIPE: Outcome = Err(ErrorKind::BrokenPipe);

#[test]
fn what_came_before_a_reset_is_read_and_then_the_reset_is_told_once() {
    let outcomes = |written, what| in_both(|| after_a_reset(written, what));
    assert_eq!(outcomes("hello", "rrrw"), [Ok(5), RESET, Ok(0), PIPE]);
    assert_eq!(outcomes("", "rrw"), [RESET, Ok(0), PIPE]);
}

#[test]
fn a_reset_is_told_to_who_writes_first() {
    let outcomes = |written, what| in_both(|| after_a_reset(written, what));
    assert_eq!(outcomes("", "wwr"), [RESET, PIPE, Ok(0)]);
    assert_eq!(outcomes("hello", "wwrr"), [RESET, PIPE, Ok(5), Ok(0)]);
}

#[test]
fn a_connection_that_was_reset_cannot_be_shut_down() {
    let outcomes = in_both(|| after_a_reset("", "sr"));
    assert_eq!(outcomes, [Err(ErrorKind::NotConnected), RESET]);
}

#[test]
fn a_connection_that_both_sides_have_ended_cannot_be_shut_down() {
    #[loop_core::coroutine]
    fn program() -> [Vec<Outcome>; 2] {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let (client, server) = (Rc::new(client), Rc::new(server));
        yield_!(does(client.clone(), "s"));
        yield_!(does(server.clone(), "s"));
        [yield_!(does(client, "sr")), yield_!(does(server, "sr"))]
    }
    let unconnected = Err(ErrorKind::NotConnected);
    assert_eq!(
        in_both(program),
        [[unconnected, Ok(0)], [unconnected, Ok(0)]]
    );
}

#[test]
fn who_writes_to_a_peer_that_has_ended_reads_the_end_and_no_reset() {
    #[loop_core::coroutine(lazy)]
    fn program(written: &'static str, what: &'static str) -> Vec<Outcome> {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        yield_!(server.write_all(written)).unwrap();
        drop(server);
        yield_!(Sleep(ms(5)));
        yield_!(does(client, what))
    }
    let outcomes = |written, what| in_both(|| program(written, what));
    assert_eq!(outcomes("", "rwrww"), [Ok(0), Ok(1), Ok(0), PIPE, PIPE]);
    assert_eq!(outcomes("hello", "wwrr"), [Ok(1), PIPE, Ok(5), Ok(0)]);
}

#[test]
fn who_does_not_read_any_more_still_gets_what_comes_and_never_waits() {
    #[loop_core::coroutine]
    fn program() -> [Vec<Outcome>; 3] {
        let (_listener, client, server) = yield_!(pair()).unwrap();
        let server = Rc::new(server);
        yield_!(client.write_all("hello")).unwrap();
        yield_!(Sleep(ms(5)));
        yield_!(server.shutdown(Shutdown::Read)).unwrap();
        let before = yield_!(does(server.clone(), "rr"));
        yield_!(client.write_all("xy")).unwrap();
        yield_!(Sleep(ms(5)));
        let after = yield_!(does(server, "rr"));
        [before, after, yield_!(does(client, "r"))]
    }
    let [before, after, client] = in_both(program);
    assert_eq!(before, [Ok(5), Ok(0)]);
    assert_eq!(after, [Ok(2), Ok(0)]);
    assert_eq!(client, [Ok(0)]);
}

#[test]
fn a_client_that_has_left_before_it_was_accepted() {
    #[loop_core::coroutine]
    fn program() -> Vec<Outcome> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let client = yield_!(TcpStream::connect(listener.local_addr().unwrap())).unwrap();
        yield_!(client.write_all("hi")).unwrap();
        drop(client);
        yield_!(Sleep(ms(5)));
        let (server, _) = yield_!(listener.accept()).unwrap();
        yield_!(does(server, "rrww"))
    }
    assert_eq!(in_both(program), [Ok(2), Ok(0), Ok(1), PIPE]);
}

#[test]
fn a_listener_that_is_closed_resets_those_whom_it_has_not_accepted() {
    #[loop_core::coroutine]
    fn program() -> Vec<Outcome> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let client = yield_!(TcpStream::connect(listener.local_addr().unwrap())).unwrap();
        drop(listener);
        yield_!(Sleep(ms(5)));
        yield_!(does(client, "rr"))
    }
    assert_eq!(in_both(program), [RESET, Ok(0)]);
}

#[test]
fn who_has_which_address() {
    const LOOP4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const LOOP6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    #[loop_core::coroutine(lazy)]
    fn program(at: &'static str) -> [IpAddr; 3] {
        let listener = yield_!(TcpListener::bind(at)).unwrap();
        let client = yield_!(TcpStream::connect(listener.local_addr().unwrap())).unwrap();
        let (server, peer) = yield_!(listener.accept()).unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        let addresses = [client.local_addr(), server.local_addr(), server.peer_addr()];
        addresses.map(|address| address.unwrap().ip())
    }
    let addresses = |at| in_both(|| program(at));
    assert_eq!(addresses("127.0.0.1:0"), [LOOP4; 3]);
    // Who connects comes from the address of the loopback.
    assert_eq!(addresses("127.0.0.2:0"), [LOOP4, OTHER, LOOP4]);
    assert_eq!(addresses("0.0.0.0:0"), [LOOP4; 3]);
    assert_eq!(addresses("[::1]:0"), [LOOP6; 3]);
    assert_eq!(addresses("[::]:0"), [LOOP6; 3]);
}

/// The loopback has many addresses.
#[test]
fn a_client_can_choose_its_address() {
    #[loop_core::coroutine(lazy)]
    fn program(own: [u8; 4]) -> Result<IpAddr, ErrorKind> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let options = SocketOptions::new().local_ip(own.into());
        let client = yield_!(TcpStream::connect_with(address, options));
        let client = client.map_err(|error| error.kind())?;
        let (_server, peer) = yield_!(listener.accept()).unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        Ok(peer.ip())
    }
    assert_eq!(
        in_both(|| program([127, 0, 0, 3])),
        Ok([127, 0, 0, 3].into())
    );
}

#[test]
fn all_addresses_and_one_of_them_are_in_use_together() {
    #[loop_core::coroutine(lazy)]
    fn program(first: &'static str, second: &'static str) -> Result<(), ErrorKind> {
        let listener = yield_!(TcpListener::bind(first)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let second = yield_!(TcpListener::bind(format!("{second}:{port}")));
        second.map(drop).map_err(|error| error.kind())
    }
    let bound = |first, second| in_both(|| program(first, second));
    let in_use = Err(ErrorKind::AddrInUse);
    assert_eq!(bound("127.0.0.1:0", "127.0.0.2"), Ok(()));
    assert_eq!(bound("0.0.0.0:0", "127.0.0.1"), in_use);
    assert_eq!(bound("127.0.0.1:0", "0.0.0.0"), in_use);
}

/// A free port is one that nobody has.
#[test]
fn a_port_is_given_once() {
    #[loop_core::coroutine]
    fn program() {
        let any = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let next = any.local_addr().unwrap().port() + 1;
        let asked = yield_!(TcpListener::bind(format!("127.0.0.1:{next}"))).unwrap();
        let another = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        assert_ne!(another.local_addr().unwrap(), asked.local_addr().unwrap());
        let client = yield_!(TcpStream::connect(asked.local_addr().unwrap())).unwrap();
        let taken = [&any, &asked, &another].map(|listener| listener.local_addr().unwrap().port());
        assert!(!taken.contains(&client.local_addr().unwrap().port()));
    }
    Sim::new().run(program).into_result().unwrap();
}

/// All addresses of IPv6 are those of IPv4, too.
#[test]
fn a_client_of_ipv4_at_a_listener_of_ipv6() {
    #[loop_core::coroutine]
    fn program() -> [String; 4] {
        let listener = yield_!(TcpListener::bind("[::]:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = yield_!(TcpStream::connect(format!("127.0.0.1:{port}"))).unwrap();
        let (server, _) = yield_!(listener.accept()).unwrap();
        let addresses = [
            client.local_addr(),
            client.peer_addr(),
            server.local_addr(),
            server.peer_addr(),
        ];
        addresses.map(|address| address.unwrap().ip().to_string())
    }
    let [v4, mapped] = ["127.0.0.1", "::ffff:127.0.0.1"];
    assert_eq!(in_both(program), [v4, v4, mapped, mapped]);
}

/// A Unix socket, whose server writes something, and leaves something unread or not, before it closes.
#[loop_core::coroutine(lazy)]
fn unix(unread: bool, written: &'static str, what: &'static str) -> Vec<Outcome> {
    let path = fresh_path("endings");
    let listener = yield_!(UnixListener::bind(&path)).unwrap();
    let client = yield_!(UnixStream::connect(&path)).unwrap();
    let (server, _) = yield_!(listener.accept()).unwrap();
    if unread {
        yield_!(client.write_all("unread")).unwrap();
    }
    yield_!(server.write_all(written)).unwrap();
    drop(server);
    yield_!(Sleep(ms(1)));
    let mut outcomes = Vec::new();
    for what in what.chars() {
        let outcome = match what {
            'r' => yield_!(client.read(Vec::new())).map(|bytes| bytes.len()),
            'w' => yield_!(client.write_all("x")).map(|_| 1),
            _ => yield_!(client.shutdown(Shutdown::Write)).map(|()| 0),
        };
        outcomes.push(outcome.map_err(|error| error.kind()));
    }
    outcomes
}

#[test]
fn how_unix_sockets_end() {
    let outcomes = |unread, written, what| in_both(|| unix(unread, written, what));
    // Who writes learns at once that nobody reads, and the reset is still told to who reads.
    assert_eq!(outcomes(false, "", "wwr"), [PIPE, PIPE, Ok(0)]);
    assert_eq!(outcomes(false, "hello", "wrr"), [PIPE, Ok(5), Ok(0)]);
    assert_eq!(outcomes(true, "", "wwrr"), [PIPE, PIPE, RESET, Ok(0)]);
    assert_eq!(
        outcomes(true, "hello", "rrrws"),
        [Ok(5), RESET, Ok(0), PIPE, Ok(0)]
    );
}
