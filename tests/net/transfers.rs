//! Whatever the network does, what is sent arrives whole, in order and once; of what a reset cuts off, a beginning.

use std::io;
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use loop_core::Error;
use loop_core::net::{TcpListener, TcpStream};
use loop_core::prelude::*;
use loop_core::sim::{Faults, Link, Network, Sim};
use proptest::prelude::*;
use tests::ms;

const HOST: [u8; 4] = [127, 0, 0, 1];

/// What one side sends, and how it reads.
#[derive(Clone, Debug)]
struct Plan {
    pieces: Vec<usize>,
    reads: Vec<Read>,
}

#[derive(Clone, Copy, Debug)]
enum Read {
    Some(usize),
    Exact(usize),
    Until(u8),
}

/// The bytes that a plan sends: each depends on its place.
fn bytes(plan: &Plan) -> Vec<u8> {
    let count = plan.pieces.iter().sum::<usize>();
    (0..count).map(|place| (place * 7 % 251) as u8).collect()
}

#[loop_core::coroutine(lazy)]
fn sends(stream: Rc<TcpStream>, plan: Plan) -> io::Result<()> {
    let all = bytes(&plan);
    let mut sent = 0;
    for piece in plan.pieces {
        yield_!(stream.write_all(&all[sent..sent + piece]))?;
        sent += piece;
    }
    yield_!(stream.shutdown(Shutdown::Write))
}

/// Reads by turns as the plan says, until the end or an error. Gives what was read.
#[loop_core::coroutine(lazy)]
fn receives(stream: Rc<TcpStream>, plan: Plan) -> Vec<u8> {
    let mut all = Vec::new();
    for read in plan.reads.into_iter().cycle() {
        let more = match read {
            Read::Some(room) => yield_!(stream.read(Vec::with_capacity(room))),
            Read::Exact(count) => yield_!(stream.read_exact(count)),
            Read::Until(delimiter) => yield_!(stream.read_until(delimiter, usize::MAX)),
        };
        match more {
            Ok(more) if more.is_empty() => break,
            Ok(more) => all.extend(more),
            Err(_) => break,
        }
    }
    // What has come is still there when a read that wanted more has failed.
    while let Ok(more) = yield_!(stream.read(Vec::new()))
        && !more.is_empty()
    {
        all.extend(more);
    }
    all
}

/// Both sides send and receive at once. Gives what each has received.
#[loop_core::coroutine(lazy)]
fn exchange(plans: [Plan; 2]) -> [Vec<u8>; 2] {
    let listener = yield_!(TcpListener::bind("127.0.0.1:80")).unwrap();
    let client = yield_!(TcpStream::connect("127.0.0.1:80")).unwrap();
    let (server, _) = yield_!(listener.accept()).unwrap();
    let [there, back] = plans;
    let (client, server) = (Rc::new(client), Rc::new(server));
    let senders = [
        yield_!(Spawn(sends(client.clone(), there.clone()))),
        yield_!(Spawn(sends(server.clone(), back.clone()))),
    ];
    let receivers = [
        yield_!(Spawn(receives(server, there))),
        yield_!(Spawn(receives(client, back))),
    ];
    for sender in senders {
        // A reset ends it.
        let _ = yield_!(sender).unwrap();
    }
    let mut received = Vec::new();
    for receiver in receivers {
        received.push(yield_!(receiver).unwrap());
    }
    received.try_into().unwrap()
}

fn plan() -> impl Strategy<Value = Plan> {
    let read = prop_oneof![
        (1..2_000_usize).prop_map(Read::Some),
        (1..500_usize).prop_map(Read::Exact),
        any::<u8>().prop_map(Read::Until),
    ];
    let pieces = prop::collection::vec(0..1_500_usize, 0..6);
    let reads = prop::collection::vec(read, 1..4);
    (pieces, reads).prop_map(|(pieces, reads)| Plan { pieces, reads })
}

fn link() -> impl Strategy<Value = Link> {
    let times = (0..50_u64, 0..50_u64, prop::option::of(500..1_000_000_u64));
    let sizes = prop_oneof![1..20_usize, 1_000..100_000_usize];
    (times, sizes, 0.0..=1.0, 0.0..=1.0).prop_map(
        |((latency, jitter, bandwidth), buffer, torn, short)| {
            let link = Link::new().latency(ms(latency)).jitter(ms(jitter));
            let link = link.buffer(buffer).torn_reads(torn).short_writes(short);
            bandwidth.map_or(link.clone(), |bandwidth| link.bandwidth(bandwidth))
        },
    )
}

/// When the link is cut, and for how long.
fn cuts() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((1..200_u64, 0..200_u64), 0..4)
}

fn network(link: Link, cuts: &[(u64, u64)]) -> Network {
    let mut network = Network::new().links(link);
    let mut now = 0;
    for (after, time) in cuts {
        let (cut, repaired) = (now + after, now + after + time);
        network = network.partition_at(ms(cut), HOST, HOST);
        network = network.repair_at(ms(repaired), HOST, HOST);
        now = repaired;
    }
    network
}

fn received(seed: u64, network: Network, plans: &[Plan; 2]) -> Result<[Vec<u8>; 2], Error> {
    let sim = Sim::new().seed(seed).network(network);
    sim.unrecorded().run_until_complete(exchange(plans.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn all_arrives_in_order_and_once(
        seed: u64,
        link in link(),
        cuts in cuts(),
        plans in [plan(), plan()],
    ) {
        let received = received(seed, network(link, &cuts), &plans).unwrap();
        prop_assert_eq!(received, plans.each_ref().map(bytes));
    }

    #[test]
    fn a_beginning_arrives_if_the_connection_is_reset(
        seed: u64,
        link in link(),
        resets in 0.0..0.2_f64,
        cuts in cuts(),
        at in prop::option::of(0..200_u64),
        plans in [plan(), plan()],
    ) {
        let mut network = network(link.resets(resets), &cuts);
        if let Some(at) = at {
            network = network.reset_at(ms(at), HOST, HOST);
        }
        let received = received(seed, network, &plans).unwrap();
        for (received, plan) in received.iter().zip(&plans) {
            prop_assert!(bytes(plan).starts_with(received));
        }
    }
}

/// The properties above say something: the runs that they make have these faults.
#[test]
fn an_exchange_meets_faults() {
    let piece = Plan {
        pieces: vec![1_000; 5],
        reads: vec![Read::Some(100), Read::Until(0), Read::Exact(10)],
    };
    let link = Link::new().latency(ms(5)).buffer(500).resets(0.02);
    let link = link.torn_reads(0.3).short_writes(0.3);
    let mut sum = Faults::default();
    let mut whole = 0;
    for seed in 0..20 {
        let network = network(link.clone(), &[(12, 50)]);
        let sim = Sim::new().seed(seed).network(network);
        let run = sim.run(|| exchange([piece.clone(), piece.clone()]));
        let faults = run.faults();
        sum.resets += faults.resets;
        sum.torn_reads += faults.torn_reads;
        sum.short_writes += faults.short_writes;
        sum.held += faults.held;
        let all = bytes(&piece);
        whole += usize::from(run.into_result().unwrap() == [all.clone(), all]);
    }
    let counts = [sum.resets, sum.torn_reads, sum.short_writes, sum.held];
    assert!(counts.iter().all(|count| *count > 5), "{sum:?}");
    assert!(whole > 0 && whole < 20, "{whole}");
}

/// A link on which nothing is told twice: a buffer of one byte in each direction.
#[test]
fn byte_by_byte() {
    let plan = Plan {
        pieces: vec![300],
        reads: vec![Read::Exact(7), Read::Until(3)],
    };
    let network = Network::from(Link::new().buffer(1).latency(Duration::from_secs(1)));
    let all = bytes(&plan);
    let received = received(0, network, &[plan.clone(), plan]).unwrap();
    assert_eq!(received, [all.clone(), all]);
}
