//! A chat: everybody reads what everybody writes.
//!
//! ```text
//! $ cargo run -q --example chat_server -- 7000
//! listening on 127.0.0.1:7000
//! ```
//!
//! In other terminals:
//!
//! ```text
//! $ nc 127.0.0.1 7000
//! * what is your name?
//! ann
//! * hello ann: `/who` says who is here, and `/quit` ends
//! * bob has come
//! bob: good morning
//! ```
//!
//! Without an argument it takes a port that is free. Who reads too slowly is dropped, and the others are told. Ctrl-C tells everybody, and
//! ends it with status 130.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use loop_core::net::{ReadHalf, TcpListener, TcpStream, WriteHalf};
use loop_core::prelude::*;
use loop_core::sync::Event;
use loop_core::sync::channel::{self, Receiver, Sender, TrySendError};
use loop_core::{Exit, Signal, SignalKind};

/// How many lines may wait for one who reads slowly.
const QUEUE: usize = 256;

/// How long a name and a line may be, in bytes.
const NAME: usize = 20;
const LINE: usize = 1000;

/// How long those who are here have to read their last lines.
const GOODBYE: Duration = Duration::from_secs(1);

/// Somebody who is here. Without a name, he only hears what is for him alone.
struct Guest {
    name: Option<String>,
    lines: Sender<String>,
    is_too_slow: Event,
}

/// All who are here, in the order in which they came.
#[derive(Default)]
struct Guests {
    numbers: u64,
    here: BTreeMap<u64, Guest>,
}

#[derive(Clone, Default)]
struct Room(Rc<RefCell<Guests>>);

impl Room {
    /// Somebody comes. Gives his number, what he is to read, and what is set when he is dropped.
    fn enter(&self) -> (u64, Receiver<String>, Event) {
        let mut guests = self.0.borrow_mut();
        guests.numbers += 1;
        let number = guests.numbers;
        let (lines, to_read) = channel::bounded(QUEUE);
        let is_too_slow = Event::new();
        let guest = Guest {
            name: None,
            lines,
            is_too_slow: is_too_slow.clone(),
        };
        guests.here.insert(number, guest);
        (number, to_read, is_too_slow)
    }

    /// Gives somebody a name, or says why not.
    fn rename(&self, number: u64, name: &str) -> Result<(), String> {
        let is_word = name.chars().all(|char| char.is_alphanumeric());
        if name.is_empty() || name.len() > NAME || !is_word {
            return Err(format!("a name has letters and digits, at most {NAME}"));
        }
        if self.names().iter().any(|taken| taken == name) {
            return Err(format!("somebody is called {name} already"));
        }
        if let Some(guest) = self.0.borrow_mut().here.get_mut(&number) {
            guest.name = Some(name.to_owned());
        }
        Ok(())
    }

    fn names(&self) -> Vec<String> {
        let guests = self.0.borrow();
        let names = guests.here.values().filter_map(|guest| guest.name.clone());
        names.collect()
    }

    /// Lets one read a line.
    fn tell(&self, number: u64, line: &str) {
        self.tell_those(line, &|to, _| to == number);
    }

    /// Lets all the others read a line.
    fn tell_others(&self, number: u64, line: &str) {
        self.tell_those(line, &|to, guest| to != number && guest.name.is_some());
    }

    /// Nobody waits for a reader: whose queue is full is dropped.
    fn tell_those(&self, line: &str, whom: &dyn Fn(u64, &Guest) -> bool) {
        let mut dropped = Vec::new();
        self.0.borrow_mut().here.retain(|number, guest| {
            if !whom(*number, guest) {
                return true;
            }
            let sent = guest.lines.try_send(format!("{line}\n"));
            let is_full = matches!(sent, Err(TrySendError::Full(_)));
            if is_full {
                guest.is_too_slow.set();
                dropped.extend(guest.name.clone());
            }
            !is_full
        });
        for name in dropped {
            let line = format!("* {name} was too slow, and is dropped");
            self.tell_those(&line, &|_, guest| guest.name.is_some());
        }
    }

    /// Somebody is gone. The others are told, if they know him.
    fn leave(&self, number: u64) {
        let guest = self.0.borrow_mut().here.remove(&number);
        if let Some(name) = guest.and_then(|guest| guest.name) {
            self.tell_others(number, &format!("* {name} has left"));
        }
    }

    /// Everybody reads a last line.
    fn close(&self, line: &str) {
        self.tell_those(line, &|_, _| true);
        self.0.borrow_mut().here.clear();
    }
}

/// Reads what one writes, until he ends.
#[loop_core::coroutine]
fn reads(number: u64, input: ReadHalf, room: Room) -> io::Result<()> {
    let mut name = None;
    room.tell(number, "* what is your name?");
    while let Some(line) = yield_!(input.read_line())? {
        // What a terminal would obey.
        let line: String = line.chars().filter(|char| !char.is_control()).collect();
        match (&name, line.trim()) {
            (None, wish) => match room.rename(number, wish) {
                Ok(()) => {
                    name = Some(wish.to_owned());
                    let hello = "`/who` says who is here, and `/quit` ends";
                    room.tell(number, &format!("* hello {wish}: {hello}"));
                    room.tell_others(number, &format!("* {wish} has come"));
                }
                Err(why) => room.tell(number, &format!("* {why}: what is your name?")),
            },
            (Some(_), "") => {}
            (Some(_), "/quit") => break,
            (Some(_), "/who") => room.tell(number, &format!("* {}", room.names().join(", "))),
            (Some(_), line) if line.len() > LINE => room.tell(number, "* that is too long"),
            (Some(name), line) => room.tell_others(number, &format!("{name}: {line}")),
        }
    }
    Ok(())
}

/// Writes what one is to read, until there is nothing any more.
#[loop_core::coroutine]
fn writes(lines: Receiver<String>, output: WriteHalf) -> io::Result<()> {
    while let Some(mut text) = yield_!(lines.recv()) {
        // All that waits is written together. Written one by one, lines that come together would fill the queue of a guest who reads well.
        while let Ok(line) = lines.try_recv() {
            text.push_str(&line);
        }
        yield_!(output.write_all(text))?;
    }
    Ok(())
}

/// Serves one until he ends, his connection fails, he is too slow, or the room is closed.
#[loop_core::coroutine]
fn serves(stream: TcpStream, room: Room, _is_open: Sender<()>) {
    let (number, lines, is_too_slow) = room.enter();
    let (input, output) = stream.into_split();
    let reads = reads(number, input, room.clone());
    let _ = yield_!(Race((reads, writes(lines, output), is_too_slow.wait())));
    room.leave(number);
}

/// If one cannot be let in, mostly because there are too many, the others stay, and later ones are let in.
#[loop_core::coroutine]
fn lets_in(listener: TcpListener, room: Room, is_open: Sender<()>) -> io::Result<()> {
    loop {
        match yield_!(listener.accept()) {
            Ok((stream, _)) => {
                let serves = serves(stream, room.clone(), is_open.clone());
                yield_!(Spawn(serves)).detach();
            }
            Err(error) => yield_!(Eprintln(error.to_string()))?,
        }
    }
}

/// Serves all who come, until Ctrl-C.
#[loop_core::coroutine]
pub(crate) fn chat(listener: TcpListener) -> io::Result<()> {
    let room = Room::default();
    // It ends when all who have the other half are gone.
    let (is_open, all_are_gone) = channel::bounded(1);
    let door = Spawn(lets_in(listener, room.clone(), is_open)).named("door");
    let door = yield_!(door);
    yield_!(Signal(SignalKind::interrupt()))?;
    let _ = yield_!(Cancel(door));
    room.close("* the chat ends");
    let _ = yield_!(Timeout(GOODBYE, all_are_gone.recv()));
    Ok(())
}

#[loop_core::main]
fn main() -> io::Result<()> {
    let port = env::args().nth(1).unwrap_or_else(|| "0".to_owned());
    let listener = yield_!(TcpListener::bind(format!("127.0.0.1:{port}")))?;
    yield_!(Println(format!("listening on {}", listener.local_addr()?)))?;
    yield_!(chat(listener))?;
    yield_!(Exit(130));
    Ok(())
}
