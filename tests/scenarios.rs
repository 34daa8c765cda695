//! Scenarios that run on the operating system and in the simulation: nothing in them depends on how long something takes.

use std::io;
use std::time::Duration;

use loop_core::Error;
use loop_core::policy::Policy;
use loop_core::prelude::*;
use loop_core::trace::Recorder;
use loop_core::world::World;
use loop_core::{Request, TaskLocal, Time};

use crate::Slot;

const TICK: Duration = Duration::from_millis(2);

/// Runs the scenario of this name.
///
/// # Panics
///
/// If there is none.
pub fn run<W: World, R: Recorder, P: Policy>(
    name: &str,
    event_loop: &mut EventLoop<W, R, P>,
) -> Result<(), Error> {
    match name {
        "timers" => event_loop.run_until_complete(timers()),
        "tasks" => event_loop.run_until_complete(tasks()),
        "failure" => event_loop.run_until_complete(failure()),
        "echo" => event_loop.run_until_complete(echo()),
        "two readers" => event_loop.run_until_complete(two_readers()),
        "bytes" => event_loop.run_until_complete(bytes()),
        "locals" => event_loop.run_until_complete(locals()),
        "ring" => event_loop.run_until_complete(ring()),
        _ => panic!("no scenario is called {name}"),
    }
}

/// One sleep after the other; then three deadlines that have all passed.
#[loop_core::coroutine]
fn timers() {
    for _ in 0..3 {
        yield_!(Sleep(TICK));
    }
    yield_!(Sleep(Duration::ZERO));
    let sleepers = [
        yield_!(Spawn(until(3))),
        yield_!(Spawn(until(1))),
        yield_!(Spawn(until(2))),
    ];
    for sleeper in sleepers {
        yield_!(sleeper).unwrap();
    }
    yield_!(until(4));
}

#[loop_core::coroutine]
fn until(nanos: u64) {
    yield_!(SleepUntil(Time::from_nanos(nanos)));
}

#[loop_core::coroutine]
fn half(n: u32) -> u32 {
    yield_!();
    if n < 2 { n } else { yield_!(half(n / 2)) }
}

#[loop_core::coroutine(lazy)]
fn count(n: u32) -> u32 {
    for _ in 0..n {
        yield_!();
    }
    n
}

/// Spawns, chains and joins.
#[loop_core::coroutine]
fn tasks() {
    let counting = yield_!(Spawn(count(3)));
    let halving = yield_!(Spawn(half(5)));
    assert_eq!(yield_!(half(9)), 1);
    assert_eq!(yield_!(counting).unwrap(), 3);
    assert_eq!(yield_!(halving).unwrap(), 1);
}

#[loop_core::coroutine]
fn failing() {
    yield_!(Sleep(TICK));
    panic!("as it should");
}

#[loop_core::coroutine]
fn fails_soon() {
    yield_!();
    panic!("before the other");
}

/// One failure is joined, the others are not.
#[loop_core::coroutine]
fn failure() {
    let handle = yield_!(Spawn(failing()));
    assert_eq!(yield_!(handle).unwrap_err().message(), "as it should");
    yield_!(Spawn(fails_soon())).detach();
    let handle = yield_!(Spawn(failing()));
    yield_!(handle).unwrap();
}

/// Answers each line before it asks for the next.
#[loop_core::coroutine]
fn echo() {
    while let Some(line) = line(yield_!(Stdin)) {
        yield_!(Print(format!("{line}\n"))).unwrap();
    }
    yield_!(Eprint("end\n")).unwrap();
}

/// A line, whatever is wrong with it.
fn line(answer: <Stdin as Request>::Answer) -> Option<String> {
    match answer {
        Ok(line) => line,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Some(error.to_string()),
        Err(error) => panic!("{error}"),
    }
}

#[loop_core::coroutine]
fn reader(name: &'static str) -> u32 {
    let mut lines = 0;
    while let Some(line) = yield_!(Stdin).unwrap() {
        yield_!(Print(format!("{name} {line}\n"))).unwrap();
        lines += 1;
    }
    lines
}

/// Two tasks read lines alternately.
#[loop_core::coroutine]
fn two_readers() {
    let a = yield_!(Spawn(reader("a")));
    let b = yield_!(Spawn(reader("b")));
    let lines = yield_!(a).unwrap() + yield_!(b).unwrap();
    yield_!(Print(format!("{lines} lines\n"))).unwrap();
}

#[loop_core::coroutine]
fn bytes() {
    while let Some(bytes) = yield_!(StdinBytes).unwrap() {
        yield_!(Print(format!("{bytes:?}\n"))).unwrap();
    }
}

#[loop_core::coroutine(lazy)]
fn joins(slot: Slot<()>) {
    let handle = loop {
        match slot.take() {
            Some(handle) => break handle,
            None => yield_!(),
        }
    };
    let _ = yield_!(handle);
}

/// Two tasks wait for each other, while a third one sleeps.
#[loop_core::coroutine]
fn ring() {
    let (a, b) = (Slot::default(), Slot::default());
    let first = yield_!(Spawn(joins(a.clone())));
    let second = yield_!(Spawn(joins(b.clone())));
    a.set(Some(second));
    b.set(Some(first));
    yield_!(Sleep(Duration::from_secs(60)));
}

static USER: TaskLocal<&str> = TaskLocal::new("user");

/// Whose task it is, after a while.
#[loop_core::coroutine(lazy)]
fn user() -> Option<&'static str> {
    yield_!(Sleep(TICK));
    let user = yield_!(USER.get())?;
    Some(*user)
}

/// Values that tasks inherit.
#[loop_core::coroutine]
fn locals() {
    let before = yield_!(Spawn(user()));
    yield_!(USER.set("Ada"));
    let after = yield_!(Spawn(user()));
    let both = yield_!(All((user(), USER.scope("Alan", user()))));
    assert_eq!(both.unwrap(), (Some("Ada"), Some("Alan")));
    assert_eq!(yield_!(before).unwrap(), None);
    assert_eq!(yield_!(after).unwrap(), Some("Ada"));
}
