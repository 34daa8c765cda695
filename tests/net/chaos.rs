//! Connections that are split, joined again, left and cancelled at random: what arrives is a beginning of what was sent, all of it where nobody was
//! cut short, and nobody waits for ever.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use loop_core::net::{ReadHalf, TcpListener, TcpStream, UnixListener, UnixStream, WriteHalf};
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};

use crate::fresh_path;

const SEEDS: u64 = 40;

/// Numbers that follow from a seed.
#[derive(Clone)]
struct Dice(Rc<Cell<u64>>);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(Rc::new(Cell::new(seed)))
    }

    fn below(&self, end: u64) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn is(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Its own for each task, so that the order of the tasks does not matter.
    fn fork(&self) -> Dice {
        Dice::new(self.below(u64::MAX))
    }

    fn time(&self) -> Duration {
        Duration::from_micros(self.below(3000))
    }
}

/// What one side of a connection sends and has received.
struct Side {
    number: usize,
    count: usize,
    received: RefCell<Vec<u8>>,
    was_cut_short: Cell<bool>,
    dice: Dice,
}

impl Side {
    fn new(number: usize, dice: &Dice) -> Rc<Side> {
        let dice = dice.fork();
        let most = if dice.is(10) { 500_000 } else { 3_000 };
        Rc::new(Side {
            number,
            count: dice.below(most) as usize,
            received: RefCell::default(),
            was_cut_short: Cell::new(false),
            dice,
        })
    }

    fn sends(&self) -> Vec<u8> {
        let byte = |place| ((place * 7 + self.number * 31) % 251) as u8;
        (0..self.count).map(byte).collect()
    }
}

/// A connection of either kind, whole.
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn split(self) -> (ReadHalf, WriteHalf) {
        match self {
            Stream::Tcp(stream) => stream.into_split(),
            Stream::Unix(stream) => stream.into_split(),
        }
    }

    fn unite(input: ReadHalf, output: WriteHalf) -> Stream {
        match TcpStream::reunite(input, output) {
            Ok(stream) => Stream::Tcp(stream),
            Err(halves) => Stream::Unix(UnixStream::reunite(halves.0, halves.1).unwrap()),
        }
    }
}

#[derive(Clone)]
enum At {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

#[loop_core::coroutine(lazy, skip_all)]
fn writes(output: WriteHalf, bytes: Vec<u8>, dice: Dice) -> io::Result<WriteHalf> {
    let mut sent = 0;
    while sent < bytes.len() {
        let end = bytes.len().min(sent + 1 + dice.below(5_000) as usize);
        if dice.is(50) {
            yield_!(output.write_all(&bytes[sent..end]))?;
            sent = end;
        } else {
            sent += yield_!(output.write(&bytes[sent..end]))?.0;
        }
        if dice.is(10) {
            yield_!(Sleep(dice.time()));
        }
    }
    Ok(output)
}

/// Reads this way and that, now and then with little patience, until the end or an error.
#[loop_core::coroutine(lazy, skip_all)]
fn reads(input: ReadHalf, side: Rc<Side>, dice: Dice) -> ReadHalf {
    let mut is_at_its_end = false;
    loop {
        let count = 1 + dice.below(3_000) as usize;
        let (how, patience) = (dice.below(3), dice.time() / 5);
        let request = match how {
            0 if !is_at_its_end => input.read_exact(count),
            1 => input.read_until(count as u8, 2_000_000),
            _ => input.read(Vec::with_capacity(count)),
        };
        let read = if dice.is(30) {
            match yield_!(Timeout(patience, request)) {
                Ok(read) => read,
                Err(_) => continue,
            }
        } else {
            yield_!(request)
        };
        match read {
            Ok(some) if some.is_empty() => return input,
            Ok(some) => side.received.borrow_mut().extend(some),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => is_at_its_end = true,
            Err(_) => return input,
        }
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn writes_and_ends(output: WriteHalf, side: Rc<Side>, dice: Dice) {
    // An error means that the other side is gone.
    let _ = yield_!(writes(output, side.sends(), dice));
}

#[loop_core::coroutine(lazy, skip_all)]
fn reads_all(input: ReadHalf, side: Rc<Side>, dice: Dice) {
    yield_!(reads(input, side, dice));
}

/// Sends all, and reads until the end, at the same time or one after the other.
#[loop_core::coroutine(lazy, skip_all)]
fn talks(mut stream: Stream, side: Rc<Side>) {
    let dice = side.dice.clone();
    for _ in 0..dice.below(3) {
        let (input, output) = stream.split();
        stream = Stream::unite(input, output);
    }
    let (input, output) = stream.split();
    if side.count > 3_000 || dice.is(50) {
        let writes = writes_and_ends(output, Rc::clone(&side), dice.fork());
        yield_!(All((writes, reads_all(input, side, dice.fork())))).unwrap();
        return;
    }
    // So little has room in any buffer.
    let Ok(output) = yield_!(writes(output, side.sends(), dice.fork())) else {
        yield_!(reads(input, side, dice));
        return;
    };
    let input = match Stream::unite(input, output) {
        Stream::Tcp(stream) => {
            let _ = yield_!(stream.shutdown(Shutdown::Write));
            stream.into_split()
        }
        Stream::Unix(stream) => {
            let _ = yield_!(stream.shutdown(Shutdown::Write));
            stream.into_split()
        }
    };
    yield_!(reads(input.0, side, dice));
}

#[loop_core::coroutine(lazy, skip_all)]
fn calls(at: At, side: Rc<Side>) {
    yield_!(Sleep(side.dice.time()));
    let stream = match at {
        At::Tcp(at) => yield_!(TcpStream::connect(at)).map(Stream::Tcp),
        At::Unix(at) => yield_!(UnixStream::connect(at)).map(Stream::Unix),
    };
    let (input, output) = stream.unwrap().split();
    let number = (side.number as u32).to_be_bytes();
    // If it fails, so does all that follows.
    let _ = yield_!(output.write_all(number));
    yield_!(talks(Stream::unite(input, output), side));
}

#[loop_core::coroutine(lazy, skip_all)]
fn is_called(stream: Stream, sides: Rc<Vec<Rc<Side>>>) {
    let (input, output) = stream.split();
    let Ok(number) = yield_!(input.read_exact(4)) else {
        return;
    };
    let number = u32::from_be_bytes(number.try_into().unwrap());
    let side = Rc::clone(&sides[number as usize]);
    let talks = talks(Stream::unite(input, output), Rc::clone(&side));
    if side.dice.is(20) {
        let patience = side.dice.time();
        let is_too_long = yield_!(Timeout(patience, talks)).is_err();
        side.was_cut_short.set(is_too_long);
    } else {
        yield_!(talks);
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn accepts(listener: Listener, sides: Rc<Vec<Rc<Side>>>, all: Rc<RefCell<Group<()>>>) {
    loop {
        let stream = match &listener {
            Listener::Tcp(listener) => Stream::Tcp(yield_!(listener.accept()).unwrap().0),
            Listener::Unix(listener) => Stream::Unix(yield_!(listener.accept()).unwrap().0),
        };
        let spawning = all.borrow_mut().spawn(is_called(stream, Rc::clone(&sides)));
        yield_!(spawning);
    }
}

#[loop_core::coroutine(lazy, skip_all)]
fn cancels(task: Handle<()>, after: Duration) {
    yield_!(Sleep(after));
    let _ = yield_!(Cancel(task));
}

/// Gives how many of the connections were whole.
#[loop_core::coroutine(lazy, skip_all)]
fn program(seed: u64, path: PathBuf) -> usize {
    let dice = Dice::new(seed);
    let (listener, at) = if dice.is(50) {
        let listener = yield_!(TcpListener::bind("127.0.0.1:0")).unwrap();
        let at = At::Tcp(listener.local_addr().unwrap());
        (Listener::Tcp(listener), at)
    } else {
        let listener = yield_!(UnixListener::bind(&path)).unwrap();
        (Listener::Unix(listener), At::Unix(path))
    };
    let side = |number| Side::new(number, &dice);
    let callers: Vec<_> = (0..1 + dice.below(8) as usize).map(side).collect();
    let called: Rc<Vec<_>> = Rc::new((0..callers.len()).map(side).collect());
    let group = Rc::new(RefCell::new(Group::new()));
    let door = yield_!(Spawn(accepts(
        listener,
        Rc::clone(&called),
        Rc::clone(&group)
    )));
    let mut tasks = Vec::new();
    for caller in &callers {
        let task = yield_!(Spawn(calls(at.clone(), Rc::clone(caller))));
        tasks.push(if dice.is(20) {
            caller.was_cut_short.set(true);
            yield_!(Spawn(cancels(task, dice.time())))
        } else {
            task
        });
    }
    for task in tasks {
        yield_!(task).unwrap();
    }
    let _ = yield_!(Cancel(door));
    let joining = group.borrow_mut().join();
    // The answer is an error if one has panicked.
    yield_!(joining).unwrap();
    let mut whole = 0;
    for (caller, called) in callers.iter().zip(called.iter()) {
        let is_whole = !caller.was_cut_short.get() && !called.was_cut_short.get();
        for (from, to) in [(caller, called), (called, caller)] {
            let (sent, received) = (from.sends(), to.received.borrow());
            let number = from.number;
            assert!(sent.starts_with(&received), "seed {seed}, {number}");
            assert!(
                !is_whole || *received == sent,
                "seed {seed}, {number}: {} of {}",
                received.len(),
                sent.len()
            );
        }
        whole += usize::from(is_whole);
    }
    whole
}

fn sim(seed: u64) -> Sim {
    let dice = Dice::new(!seed);
    let link = Link::new()
        .latency(dice.time() / 2)
        .jitter(dice.time() / 2)
        .torn_reads(dice.below(100) as f64 / 100.0)
        .short_writes(dice.below(100) as f64 / 100.0);
    Sim::new().seed(seed).network(link)
}

#[test]
fn in_the_simulation() {
    let mut whole = 0;
    for seed in 0..SEEDS {
        let run = sim(seed)
            .unrecorded()
            .run_until_complete(program(seed, "/socket".into()));
        whole += run.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
    assert!(whole > 50, "{whole}");
}

#[test]
fn on_the_operating_system() {
    #[loop_core::coroutine(lazy)]
    fn in_time(seed: u64) -> usize {
        let path = fresh_path("chaos");
        let whole = yield_!(Timeout(
            Duration::from_secs(60),
            program(seed, path.clone())
        ));
        let _ = std::fs::remove_file(path);
        whole.unwrap_or_else(|_| panic!("seed {seed} hangs"))
    }
    let mut whole = 0;
    for seed in 0..SEEDS {
        whole += EventLoop::new().run_until_complete(in_time(seed)).unwrap();
    }
    assert!(whole > 50, "{whole}");
}
