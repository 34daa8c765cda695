//! Groups: tasks that do not outlive the coroutine that started them.
//!
//! ```text
//! $ cargo run -q --example task_group
//! disk: fine
//! a task of the group failed: network: no route
//! connections opened: 3, closed: 3
//! sum of the squares to 5: 55, at most 2 tasks at a time
//! ```
//!
//! The network fails while the database still works. So the database's task is cancelled, which would take ten seconds otherwise. Its
//! connection is closed before `join` answers.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use loop_core::prelude::*;

/// How many connections were opened and closed.
#[derive(Default)]
struct Counts {
    opened: Cell<u32>,
    closed: Cell<u32>,
}

/// A resource that has to be given back, whatever happens: by a destructor.
struct Connection(Rc<Counts>);

impl Connection {
    fn open(counts: Rc<Counts>) -> Connection {
        counts.opened.set(counts.opened.get() + 1);
        Connection(counts)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.closed.set(self.0.closed.get() + 1);
    }
}

#[loop_core::coroutine]
fn check(what: &'static str, milliseconds: u64, counts: Rc<Counts>) -> Result<(), String> {
    let _connection = Connection::open(counts);
    yield_!(Sleep(Duration::from_millis(milliseconds)));
    if what == "network" {
        return Err(format!("{what}: no route"));
    }
    yield_!(Println(format!("{what}: fine"))).map_err(|error| error.to_string())
}

/// The first task that fails cancels the others.
#[loop_core::coroutine]
fn check_all() -> io::Result<()> {
    let counts = Rc::new(Counts::default());
    let mut checks = TryGroup::new();
    for (what, milliseconds) in [("disk", 20), ("network", 40), ("database", 10_000)] {
        yield_!(checks.spawn(check(what, milliseconds, Rc::clone(&counts))));
    }
    if let Err(error) = yield_!(checks.join()) {
        yield_!(Println(error))?;
    }
    let (opened, closed) = (counts.opened.get(), counts.closed.get());
    yield_!(Println(format!(
        "connections opened: {opened}, closed: {closed}"
    )))
}

/// How many tasks run, and how many have run at a time.
#[derive(Default)]
struct Running {
    now: Cell<u32>,
    most: Cell<u32>,
}

// `lazy`: its body begins when its task runs, not at the call.
#[loop_core::coroutine(lazy)]
fn square(n: u32, running: Rc<Running>) -> u32 {
    running.now.set(running.now.get() + 1);
    running.most.set(running.most.get().max(running.now.get()));
    yield_!(Sleep(Duration::from_millis(10)));
    running.now.set(running.now.get() - 1);
    n * n
}

/// A bounded group: `spawn` waits until there is room for one more task.
#[loop_core::coroutine]
fn squares() -> io::Result<()> {
    let running = Rc::new(Running::default());
    let mut group = Group::bounded(2);
    for n in 1..=5 {
        yield_!(group.spawn(square(n, Rc::clone(&running))));
    }
    let squares = yield_!(group.join())?;
    yield_!(Println(format!(
        "sum of the squares to 5: {}, at most {} tasks at a time",
        squares.iter().sum::<u32>(),
        running.most.get()
    )))
}

#[loop_core::main]
fn main() -> io::Result<()> {
    yield_!(check_all())?;
    yield_!(squares())
}
