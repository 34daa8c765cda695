//! The faults of the simulated network: each comes, is counted, and is the same for the same seed.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Shutdown};
use std::time::Duration;

use insta::assert_snapshot;
use loop_core::net::{SocketOptions, TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use loop_core::prelude::*;
use loop_core::sim::{Faults, Link, Network, NetworkControl, Run, RunSoFar, Sim};
use tests::{ms, without_lines};

use crate::pair;

const HOST: [u8; 4] = [127, 0, 0, 1];

/// Echoes lines until its client has ended.
#[loop_core::coroutine(lazy)]
fn serves(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = yield_!(listener.accept())?;
        while let Ok(Some(line)) = yield_!(stream.read_line()) {
            if yield_!(stream.write_all(format!("{line}\n"))).is_err() {
                break;
            }
        }
    }
}

/// Says ten lines, with a new connection whenever one has failed. Gives the errors.
#[loop_core::coroutine(lazy)]
fn insists() -> Vec<ErrorKind> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
    let server = yield_!(Spawn(serves(listener)).named("server"));
    let mut errors = Vec::new();
    let mut stream: Option<TcpStream> = None;
    let mut said = 0;
    while said < 10 {
        match yield_!(says(stream.take(), said)) {
            Ok(used) => {
                stream = Some(used);
                said += 1;
            }
            Err(error) => errors.push(error.kind()),
        }
    }
    let _ = yield_!(Cancel(server));
    errors
}

#[loop_core::coroutine(lazy)]
fn says(stream: Option<TcpStream>, number: usize) -> io::Result<TcpStream> {
    let stream = match stream {
        Some(stream) => stream,
        None => yield_!(TcpStream::connect("127.0.0.1:80"))?,
    };
    let line = format!("line number {number}");
    yield_!(stream.write_all(format!("{line}\n")))?;
    match yield_!(stream.read_line())? {
        Some(answer) => assert_eq!(answer, line),
        None => return Err(ErrorKind::UnexpectedEof.into()),
    }
    Ok(stream)
}

/// Runs a program on a link with several seeds. Each must do the same again. Gives the faults of all runs, and what they have returned.
fn runs<T: 'static>(link: &Link, program: fn() -> Coroutine<T>) -> (Vec<Faults>, Vec<T>) {
    let (mut faults, mut values, mut traces) = (Vec::new(), Vec::new(), BTreeSet::new());
    for seed in 1..=10 {
        let sim = Sim::new().seed(seed).network(link.clone());
        let again = sim.clone().run(program);
        let run = sim.run(program);
        assert_eq!(again.faults(), run.faults());
        assert_eq!(again.trace().to_string(), run.trace().to_string());
        traces.insert(run.trace().to_string());
        faults.push(run.faults());
        values.push(run.into_result().unwrap());
    }
    assert!(traces.len() > 1, "seeds differ");
    (faults, values)
}

fn all(errors: Vec<Vec<ErrorKind>>) -> Vec<ErrorKind> {
    let mut all = errors.concat();
    all.dedup();
    all
}

#[test]
fn nothing_goes_wrong_by_default() {
    let (faults, errors) = runs(&Link::new(), insists);
    assert_eq!(faults, [Faults::default(); 10]);
    assert_eq!(all(errors), []);
}

#[test]
fn torn_reads_and_short_writes_change_nothing_that_is_received() {
    let (faults, errors) = runs(&Link::new().torn_reads(0.5).short_writes(0.5), insists);
    assert!(faults.iter().all(|faults| faults.torn_reads > 0));
    assert!(faults.iter().all(|faults| faults.short_writes > 0));
    assert_eq!(all(errors), []);
}

#[test]
fn resets() {
    let (faults, errors) = runs(&Link::new().resets(0.1), insists);
    let resets: u64 = faults.iter().map(|faults| faults.resets).sum();
    assert!(resets > 10, "{resets}");
    // The server may have closed its side, as it has seen the reset first.
    let expected = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(!errors.concat().is_empty());
    for error in errors.concat() {
        assert!(expected.contains(&error), "{error:?}");
    }
}

#[test]
fn refusals_although_there_is_a_listener() {
    let (faults, errors) = runs(&Link::new().refusals(0.7), insists);
    let refusals: u64 = faults.iter().map(|faults| faults.refusals).sum();
    assert_eq!(refusals as usize, errors.concat().len());
    assert_eq!(all(errors), [ErrorKind::ConnectionRefused]);
}

#[test]
fn unreachable_hosts() {
    let (faults, errors) = runs(&Link::new().unreachable(0.7), insists);
    let unreachable: u64 = faults.iter().map(|faults| faults.unreachable).sum();
    assert_eq!(unreachable as usize, errors.concat().len());
    assert_eq!(all(errors), [ErrorKind::HostUnreachable]);
}

/// What is torn is seen by who waits for more, and by who asks for what is there.
#[test]
fn a_torn_line_parks_its_reader() {
    #[loop_core::coroutine]
    fn program() -> io::Result<Option<String>> {
        let (_listener, client, server) = yield_!(pair())?;
        yield_!(client.write_all("a line that comes in pieces\n"))?;
        yield_!(server.read_line())
    }
    let run = Sim::new().network(Link::new().torn_reads(1.0)).run(program);
    assert!(run.faults().torn_reads > 1);
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    program  primed  =>  chain pair
    program:pair  primed  =>  listen with listener 1
    program:pair  listens with listener 1  =>  connect connection 1  park

    ~ +0  connection 1  wakes program
    program:pair  connected connection 1  =>  accept from listener 1  ready
    program:pair  accepted from listener 1  =>  return Ok((TcpListener, TcpStream, TcpStream))
    program  returned Ok((TcpListener, TcpStream, TcpStream))  =>  write to connection 1  ready
    program  wrote to connection 1  =>  read from connection 2  park

    ~ +0  connection 2  wakes program
    program  read from connection 2  =>  finish Ok(Some("a line that comes in pieces"))
    ! closed connection 2
    ! closed connection 1
    ! closed listener 1
    "#);
    let line = run.into_result().unwrap().unwrap();
    assert_eq!(line.as_deref(), Some("a line that comes in pieces"));
}

#[loop_core::coroutine]
fn datagrams() -> Vec<u8> {
    let receiver = yield_!(UdpSocket::bind("127.0.0.1:0")).unwrap();
    let sender = yield_!(UdpSocket::bind("127.0.0.1:0")).unwrap();
    let to = receiver.local_addr().unwrap();
    for number in 0..50 {
        yield_!(sender.send_to([number], to)).unwrap();
    }
    let mut received = Vec::new();
    while let Ok(Ok((bytes, _))) = yield_!(Timeout(ms(100), receiver.recv_from(Vec::new()))) {
        received.extend(bytes);
    }
    received
}

#[test]
fn lost_and_doubled_datagrams() {
    let (faults, received) = runs(&Link::new().losses(0.2).duplicates(0.2), datagrams);
    for (faults, received) in faults.into_iter().zip(received) {
        assert!(faults.losses > 0 && faults.duplicates > 0);
        let expected = 50 - faults.losses + faults.duplicates;
        assert_eq!(received.len() as u64, expected);
        assert!(received.is_sorted());
    }
}

#[test]
fn jitter_changes_the_order_of_datagrams_and_loses_none() {
    let (_, received) = runs(&Link::new().jitter(ms(10)), datagrams);
    for mut received in received {
        assert!(!received.is_sorted());
        received.sort_unstable();
        assert_eq!(received, (0..50).collect::<Vec<u8>>());
    }
}

#[test]
fn unix_sockets_have_no_link_but_torn_reads_and_short_writes() {
    #[loop_core::coroutine]
    fn program() -> io::Result<Vec<u8>> {
        let listener = yield_!(UnixListener::bind("/socket"))?;
        let client = yield_!(UnixStream::connect("/socket"))?;
        let (server, _) = yield_!(listener.accept())?;
        yield_!(client.write_all("hello"))?;
        yield_!(server.read_exact(5))
    }
    let link = Link::new().latency(ms(10)).resets(1.0).refusals(1.0);
    let link = link.torn_reads(1.0).short_writes(1.0);
    let run = Sim::new().network(link).run(program);
    assert_eq!(run.elapsed(), Duration::ZERO);
    assert!(run.faults().torn_reads > 0 && run.faults().short_writes > 0);
    assert_eq!(run.into_result().unwrap().unwrap(), b"hello");
}

/// A line from a client to its server, with waits between the steps.
#[loop_core::coroutine(lazy)]
fn slowly(pause: Duration) -> io::Result<Option<String>> {
    let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
    let client = yield_!(Spawn(says_slowly(pause)));
    yield_!(Sleep(pause / 2));
    let (server, _) = yield_!(listener.accept())?;
    let line = yield_!(server.read_line())?;
    yield_!(client).unwrap()?;
    Ok(line)
}

#[loop_core::coroutine(lazy)]
fn says_slowly(pause: Duration) -> io::Result<()> {
    let stream = yield_!(TcpStream::connect("127.0.0.1:80"))?;
    yield_!(Sleep(pause));
    yield_!(stream.write_all("a line\n"))?;
    yield_!(Sleep(pause));
    Ok(())
}

fn line<T>(run: Run<io::Result<T>>) -> T {
    run.into_result().unwrap().unwrap()
}

/// The client has written before its server is accepted, and the bytes arrive later.
#[test]
fn what_was_sent_before_the_accept_arrives_after_it() {
    #[loop_core::coroutine]
    fn program() -> io::Result<Option<String>> {
        let listener = yield_!(TcpListener::bind("127.0.0.1:80"))?;
        let client = yield_!(TcpStream::connect("127.0.0.1:80"))?;
        yield_!(client.write_all("early\n"))?;
        let (server, _) = yield_!(listener.accept())?;
        yield_!(server.read_line())
    }
    let run = Sim::new().network(Link::new().latency(ms(10))).run(program);
    assert_eq!(run.elapsed(), ms(30));
    assert_eq!(line(run).as_deref(), Some("early"));
}

/// Whether somebody listens matters when the question arrives.
#[test]
fn who_listens_while_the_question_is_on_its_way_gets_it() {
    #[loop_core::coroutine(lazy)]
    fn connects() -> Result<(), ErrorKind> {
        let connected = yield_!(TcpStream::connect("127.0.0.1:80"));
        connected.map(drop).map_err(|error| error.kind())
    }
    #[loop_core::coroutine(lazy)]
    fn program(after: Duration) -> Result<(), ErrorKind> {
        let client = yield_!(Spawn(connects()));
        yield_!(Sleep(after));
        let _listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
        yield_!(client).unwrap()
    }
    let sim = Sim::new().network(Link::new().latency(ms(10)));
    let connected = |after| sim.clone().run(|| program(after)).into_result().unwrap();
    assert_eq!(connected(ms(9)), Ok(()));
    assert_eq!(connected(ms(11)), Err(ErrorKind::ConnectionRefused));
}

#[test]
fn a_link_that_is_cut_holds_up_what_is_sent() {
    let at = |time| Duration::from_secs(time);
    let network = Network::new()
        .partition_at(at(5), HOST, HOST)
        .repair_at(at(30), HOST, HOST);
    let run = Sim::new().network(network.clone()).run(|| slowly(at(10)));
    assert_snapshot!(run.trace(), @r#"
    # steps  policy=fifo
    slowly  start  =>  listen with listener 1
    slowly  listens with listener 1  =>  spawn says_slowly(10s)
    slowly  spawned slowly/1  =>  sleep 5s  park
    slowly/1  start  =>  connect connection 1  park

    ~ +0  connection 1  wakes slowly/1
    slowly/1  connected connection 1  =>  sleep 10s  park

    ~ +5s  timer  wakes slowly
    slowly  slept  =>  accept from listener 1  ready
    slowly  accepted from listener 1  =>  read from connection 2  park

    ~ +5s  timer  wakes slowly/1
    slowly/1  slept  =>  write to connection 1  ready
    slowly/1  wrote to connection 1  =>  sleep 10s  park

    ~ +10s  timer  wakes slowly/1
    slowly/1  slept  =>  finish Ok(())
    ! closed connection 1

    ~ +10s  connection 2  wakes slowly
    slowly  read from connection 2  =>  join slowly/1  ready
    slowly  joined slowly/1 Ok(())  =>  finish Ok(Some("a line"))
    ! closed connection 2
    ! closed listener 1
    "#);
    // The line and the end.
    assert_eq!(run.faults().held, 2);
    assert_eq!((run.faults().partitions, run.faults().repairs), (1, 1));
    assert_eq!(line(run).as_deref(), Some("a line"));
    // What was sent before is not held up, though it arrives after the cut.
    let slow = network.links(Link::new().latency(ms(1_900)));
    let run = Sim::new().network(slow).run(|| slowly(ms(500)));
    assert_eq!(run.faults().held, 0);
    assert_eq!(run.elapsed(), ms(6_200));
    assert_eq!(line(run).as_deref(), Some("a line"));
}

#[loop_core::coroutine]
fn connects_to_a_listener() -> Result<(), ErrorKind> {
    let _listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
    let connected = yield_!(TcpStream::connect("127.0.0.1:80"));
    connected.map(drop).map_err(|error| error.kind())
}

#[test]
fn who_connects_over_a_link_that_is_cut_waits_for_the_repair_or_gives_up() {
    let cut = Network::new()
        .links(Link::new().connect_timeout(ms(300)).latency(ms(10)))
        .partition_at(Duration::ZERO, HOST, HOST);
    let run = Sim::new().network(cut.clone()).run(connects_to_a_listener);
    assert_eq!((run.elapsed(), run.faults().timeouts), (ms(300), 1));
    assert_eq!(run.into_result().unwrap(), Err(ErrorKind::TimedOut));
    let repaired = cut.clone().repair_at(ms(200), HOST, HOST);
    let run = Sim::new().network(repaired).run(connects_to_a_listener);
    assert_eq!((run.elapsed(), run.faults().timeouts), (ms(220), 0));
    assert_eq!(run.into_result().unwrap(), Ok(()));
    // The question arrives in time, but not the answer.
    let late = cut.repair_at(ms(285), HOST, HOST);
    let run = Sim::new().network(late).run(connects_to_a_listener);
    assert_eq!((run.elapsed(), run.faults().timeouts), (ms(300), 1));
    assert_eq!(run.into_result().unwrap(), Err(ErrorKind::TimedOut));
}

/// The answer is held up if the link is cut while the question is on its way.
#[test]
fn a_link_that_is_cut_between_question_and_answer() {
    let network = Network::new()
        .links(Link::new().latency(ms(10)))
        .partition_at(ms(5), HOST, HOST)
        .repair_at(ms(50), HOST, HOST);
    let run = Sim::new().network(network).run(connects_to_a_listener);
    assert_eq!(run.elapsed(), ms(60));
    assert_eq!(run.into_result().unwrap(), Ok(()));
}

/// Nobody waits for what never comes: the simulation says so, and its clock stays where it is.
#[test]
fn a_link_that_is_never_repaired_is_a_deadlock() {
    let network = Network::new().partition_at(Duration::from_secs(5), HOST, HOST);
    let pause = Duration::from_secs(10);
    let run = Sim::new().network(network).run(move || slowly(pause));
    assert_eq!(run.elapsed(), Duration::from_secs(20));
    assert_snapshot!(without_lines(&run.into_result().unwrap_err()), @r"
    deadlock: every task is parked and nothing outside can wake one
      slowly waits to read from connection 2, in `slowly` (tests/net/faults.rs)
    ");
}

/// Three hosts, of which one loses another one, and not the third.
#[test]
fn a_partition_is_between_two_hosts() {
    const A: [u8; 4] = [10, 0, 0, 1];
    const B: [u8; 4] = [10, 0, 0, 2];
    const C: [u8; 4] = [10, 0, 0, 3];
    #[loop_core::coroutine(lazy)]
    fn connects(from: [u8; 4]) -> Result<IpAddr, ErrorKind> {
        let options = SocketOptions::new().local_ip(from.into());
        let stream = yield_!(TcpStream::connect_with("10.0.0.1:80", options));
        let stream = stream.map_err(|error| error.kind())?;
        Ok(stream.local_addr().unwrap().ip())
    }
    #[loop_core::coroutine(lazy)]
    fn program(network: NetworkControl) -> [Result<IpAddr, ErrorKind>; 4] {
        let _listener = yield_!(TcpListener::bind("10.0.0.1:80")).unwrap();
        let before = yield_!(connects(B));
        network.partition(B, A);
        let during = [yield_!(connects(B)), yield_!(connects(C))];
        network.repair(A, B);
        [before, during[0], during[1], yield_!(connects(B))]
    }
    let control = NetworkControl::new();
    let sim = Sim::new().network(Network::new().control(&control));
    let run = sim.run(|| program(control.clone()));
    assert_eq!(run.faults(), control.faults());
    let [before, b, c, after] = run.into_result().unwrap();
    assert_eq!((before, after), (Ok(B.into()), Ok(B.into())));
    assert_eq!((b, c), (Err(ErrorKind::TimedOut), Ok(C.into())));
}

/// Also one that waits, and one that is not accepted yet.
#[test]
fn all_connections_of_a_link_are_reset() {
    #[loop_core::coroutine]
    fn program() -> Vec<ErrorKind> {
        let (listener, client, server) = yield_!(pair()).unwrap();
        let another = yield_!(TcpStream::connect(listener.local_addr().unwrap())).unwrap();
        let mut errors = vec![yield_!(client.read_line()).unwrap_err().kind()];
        let (accepted, _) = yield_!(listener.accept()).unwrap();
        for stream in [server, another, accepted] {
            errors.push(yield_!(stream.read_line()).unwrap_err().kind());
        }
        errors
    }
    let network = Network::new().reset_at(ms(7), HOST, HOST);
    let run = Sim::new().network(network).run(program);
    assert_eq!((run.elapsed(), run.faults().resets), (ms(7), 2));
    assert_eq!(run.into_result().unwrap(), [ErrorKind::ConnectionReset; 4]);
}

#[test]
fn a_backlog_that_is_full_makes_clients_wait() {
    #[loop_core::coroutine(lazy)]
    fn connects(to: std::net::SocketAddr) -> Result<TcpStream, ErrorKind> {
        yield_!(TcpStream::connect(to)).map_err(|error| error.kind())
    }
    #[loop_core::coroutine]
    fn program() -> Vec<Result<(), ErrorKind>> {
        let options = SocketOptions::new().backlog(1);
        let listener = yield_!(TcpListener::bind_with("127.0.0.1:80", options)).unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients = Vec::new();
        for _ in 0..4 {
            clients.push(yield_!(Spawn(connects(address))));
        }
        yield_!(Sleep(Duration::from_secs(1)));
        // Two are let in, as on Linux, and then one more. The last one gives up.
        yield_!(listener.accept()).unwrap();
        let mut results = Vec::new();
        for client in clients {
            results.push(yield_!(client).unwrap().map(drop));
        }
        results
    }
    let run = Sim::new().run(program);
    assert_eq!((run.elapsed().as_secs(), run.faults().timeouts), (127, 1));
    let expected = [Ok(()), Ok(()), Ok(()), Err(ErrorKind::TimedOut)];
    assert_eq!(run.into_result().unwrap(), expected);
}

/// A link is shared by all its connections, and its directions are not.
#[test]
fn bandwidth_is_shared() {
    #[loop_core::coroutine(lazy)]
    fn sends(stream: std::rc::Rc<TcpStream>) -> io::Result<()> {
        yield_!(stream.write_all(vec![0; 1_000])).map(drop)
    }
    #[loop_core::coroutine(lazy)]
    fn program(both_ways: bool) -> io::Result<()> {
        let listener = yield_!(TcpListener::bind("127.0.0.2:0"))?;
        let mut streams = Vec::new();
        for _ in 0..2 {
            streams.push(yield_!(TcpStream::connect(listener.local_addr()?))?);
            streams.push(yield_!(listener.accept())?.0);
        }
        let streams: Vec<_> = streams.into_iter().map(std::rc::Rc::new).collect();
        let [client, server, another, last] = <[_; 4]>::try_from(streams).unwrap();
        yield_!(sends(client.clone()))?;
        match both_ways {
            true => {
                yield_!(sends(server.clone()))?;
                yield_!(client.read_exact(1_000))?;
            }
            false => {
                yield_!(sends(another))?;
                yield_!(last.read_exact(1_000))?;
            }
        }
        yield_!(server.read_exact(1_000)).map(drop)
    }
    let sim = Sim::new().network(Link::new().bandwidth(1_000).latency(ms(1)));
    let elapsed = |both_ways| sim.clone().run(|| program(both_ways)).elapsed();
    let [way, two] = [elapsed(true), elapsed(false)];
    assert_eq!((way - ms(4), two - ms(4)), (ms(1_001), ms(2_001)));
}

/// A test sees the faults of its own run.
#[loop_core::test(sim = Sim::new().network(Link::new().unreachable(1.0)))]
fn counts_while_it_runs(run: RunSoFar) {
    assert_eq!(run.faults().unreachable, 0);
    yield_!(TcpStream::connect("10.0.0.1:80")).unwrap_err();
    assert_eq!(run.faults().unreachable, 1);
}

/// What a peer sent before its end is read, also if the end is held up.
#[test]
fn an_end_is_held_up_too() {
    #[loop_core::coroutine(lazy)]
    fn program(network: NetworkControl) -> io::Result<Vec<u8>> {
        let (_listener, client, server) = yield_!(pair())?;
        yield_!(client.write_all("before"))?;
        network.partition(HOST, HOST);
        yield_!(client.shutdown(Shutdown::Write))?;
        let _repair = yield_!(Spawn(repairs(network)));
        yield_!(server.read_until(b'\n', 100))
    }
    #[loop_core::coroutine(lazy)]
    fn repairs(network: NetworkControl) {
        yield_!(Sleep(ms(50)));
        network.repair(HOST, HOST);
    }
    let control = NetworkControl::new();
    let sim = Sim::new().network(Network::new().control(&control));
    let run = sim.run(|| program(control.clone()));
    assert_eq!((run.elapsed(), run.faults().held), (ms(50), 1));
    assert_eq!(line(run), b"before");
}

/// What a program says at its end happens in its own run, and not in the next one.
#[test]
fn a_control_is_heard_in_the_run_that_uses_it() {
    #[loop_core::coroutine(lazy)]
    fn program(network: NetworkControl) -> Result<(), ErrorKind> {
        let connected = yield_!(connects_to_a_listener());
        network.partition(HOST, HOST);
        connected
    }
    let control = NetworkControl::new();
    let sim = Sim::new().network(Network::new().control(&control));
    for _ in 0..2 {
        let run = sim.clone().run(|| program(control.clone()));
        assert_eq!(run.faults().partitions, 1);
        assert_eq!(run.into_result().unwrap(), Ok(()));
    }
}
