//! Many tasks write to one connection and read from it, while others give up or are cancelled: each line comes once, and whole.

use std::cell::RefCell;
use std::io;
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use loop_core::net::TcpStream;
use loop_core::prelude::*;
use loop_core::sim::{Link, Sim};
use tests::ms;

use crate::pair;

type Heard = Rc<RefCell<Vec<String>>>;

const WRITERS: usize = 3;
const LINES: usize = 12;

fn line(writer: usize, number: usize) -> String {
    let length = (writer * 7919 + number * 977) % 5000;
    format!("{writer} {number} {}", "x".repeat(length))
}

#[loop_core::coroutine(lazy)]
fn says(stream: Rc<TcpStream>, writer: usize) -> io::Result<()> {
    for number in 0..LINES {
        yield_!(stream.write_all(line(writer, number) + "\n"))?;
    }
    Ok(())
}

/// With patience it gives up now and then, and tries again.
#[loop_core::coroutine(lazy)]
fn hears(stream: Rc<TcpStream>, heard: Heard, patience: Option<Duration>) -> io::Result<()> {
    loop {
        let line = match patience {
            Some(patience) => match yield_!(Timeout(patience, stream.read_line())) {
                Ok(line) => line?,
                Err(_) => continue,
            },
            None => yield_!(stream.read_line())?,
        };
        match line {
            Some(line) => heard.borrow_mut().push(line),
            None => return Ok(()),
        }
    }
}

/// So many readers are cancelled, and others come instead. They have no patience: a line that is there when a timeout is cancelled is dropped.
#[loop_core::coroutine]
fn talk(cancelled: usize) -> io::Result<Vec<String>> {
    let (_listener, client, server) = yield_!(pair())?;
    let (client, server) = (Rc::new(client), Rc::new(server));
    let heard = Heard::default();
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        writers.push(yield_!(Spawn(says(client.clone(), writer))));
    }
    let hears = |patience| hears(server.clone(), heard.clone(), patience);
    let mut readers = vec![
        yield_!(Spawn(hears(Some(ms(1))))),
        yield_!(Spawn(hears(Some(ms(2))))),
    ];
    for number in 0..cancelled as u64 {
        let reader = yield_!(Spawn(hears(None)));
        yield_!(Sleep(Duration::from_micros(number * 37 % 300)));
        let _ = yield_!(Cancel(reader));
    }
    readers.push(yield_!(Spawn(hears(None))));
    for writer in writers {
        yield_!(writer).unwrap()?;
    }
    yield_!(client.shutdown(Shutdown::Write))?;
    for reader in readers {
        yield_!(reader).unwrap()?;
    }
    let mut heard = heard.take();
    heard.sort();
    Ok(heard)
}

fn all_lines() -> Vec<String> {
    let writers = 0..WRITERS;
    let lines = writers.flat_map(|writer| (0..LINES).map(move |number| line(writer, number)));
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines
}

/// What is wrong, in short.
fn missing(heard: &[String]) -> String {
    let all = all_lines();
    let short = |lines: Vec<&String>| -> Vec<String> {
        let short = lines.into_iter().map(|line| line.chars().take(9).collect());
        short.collect()
    };
    let missing = all.iter().filter(|line| !heard.contains(line)).collect();
    let odd = heard.iter().filter(|line| !all.contains(line)).collect();
    let (missing, odd) = (short(missing), short(odd));
    format!(
        "{} lines of {}, without {missing:?}, with {odd:?}",
        heard.len(),
        all.len()
    )
}

#[test]
fn each_line_comes_once_in_the_simulation() {
    let link = Link::new().torn_reads(0.5).short_writes(0.5);
    let link = link.latency(ms(1)).jitter(ms(1)).buffer(2000);
    for seed in 0..30 {
        let run = || {
            let sim = Sim::new().seed(seed).network(link.clone());
            sim.run(|| talk(seed as usize))
        };
        let first = run();
        assert_eq!(
            first.trace().to_string(),
            run().trace().to_string(),
            "seed {seed}"
        );
        let heard = first.into_result().unwrap().unwrap();
        let missing = missing(&heard);
        assert!(heard == all_lines(), "seed {seed}: {missing}");
    }
}

#[test]
fn each_line_comes_once() {
    for cancelled in 0..20 {
        let heard = EventLoop::new().run_until_complete(talk(cancelled));
        let heard = heard.unwrap().unwrap();
        let missing = missing(&heard);
        assert!(heard == all_lines(), "{cancelled} are cancelled: {missing}");
    }
}
