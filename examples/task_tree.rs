//! The tree of the tasks, as `python -m asyncio pstree` shows it: what each task waits for, since when, and in which coroutines.
//!
//! The program asks for it when it reads the line `tasks`:
//!
//! ```text
//! $ (sleep 2; echo tasks) | cargo run -q --example task_tree
//! main runs
//! │ `main` (examples/task_tree.rs:81)
//! └─ kitchen waits for group 1 (for 2.004s)
//!    │ `kitchen` (examples/task_tree.rs:65)
//!    ├─ kitchen/1 waits for its deadline (for 2.004s)
//!    │    `cook` (examples/task_tree.rs:58)
//!    │    `bake` (examples/task_tree.rs:51)
//!    └─ kitchen/2 waits to acquire lock 1, which kitchen/1 has (for 2.004s)
//!         `cook` (examples/task_tree.rs:58)
//!         `bake` (examples/task_tree.rs:51)
//! ```
//!
//! And the loop writes it to standard error when the signal `SIGUSR1` comes, whatever the program does. While the one above sleeps, in another
//! terminal:
//!
//! ```text
//! $ kill -USR1 $(pidof task_tree)
//! SIGUSR1, 4 tasks:
//! main waits for standard input (for 1.008s)
//! │ `main` (examples/task_tree.rs:81)
//! │ `commands` (examples/task_tree.rs:73)
//! └─ kitchen waits for group 1 (for 1.008s)
//!    │ `kitchen` (examples/task_tree.rs:65)
//!    ├─ kitchen/1 waits for its deadline (for 1.008s)
//!    │    `cook` (examples/task_tree.rs:58)
//!    │    `bake` (examples/task_tree.rs:51)
//!    └─ kitchen/2 waits to acquire lock 1, which kitchen/1 has (for 1.008s)
//!         `cook` (examples/task_tree.rs:58)
//!         `bake` (examples/task_tree.rs:51)
//! ```
//!
//! Both cooks are in `bake`, which runs in place: the first one has the oven, and the second one waits for it.

use std::io;
use std::time::Duration;

use loop_core::prelude::*;
use loop_core::sync::Lock;
use loop_core::{SignalKind, Tasks};

/// How many loaves it has baked.
type Oven = Lock<u32>;

#[loop_core::coroutine]
fn bake(oven: &Oven) {
    let mut baked = yield_!(oven.acquire());
    yield_!(Sleep(Duration::from_secs(60)));
    *baked += 1;
}

#[loop_core::coroutine]
fn cook(oven: Oven) {
    loop {
        yield_from!(bake(&oven));
    }
}

#[loop_core::coroutine]
fn kitchen() {
    let oven = Oven::new(0);
    let cooks = vec![cook(oven.clone()), cook(oven)];
    // They bake until somebody cancels them.
    let _ = yield_!(All(cooks));
}

#[loop_core::stream(yields = String)]
fn commands() -> io::Result<()> {
    while let Some(line) = yield_!(Stdin)? {
        emit!(line.trim().to_owned());
    }
    Ok(())
}

#[loop_core::main(builder = EventLoop::builder().show_tasks_on(SignalKind::user_defined1()))]
fn main() -> io::Result<()> {
    let kitchen = yield_!(Spawn(kitchen()).named("kitchen"));
    let mut commands = commands();
    while let Some(command) = yield_!(commands.next())? {
        if command == "tasks" {
            let tree = yield_!(Tasks);
            yield_!(Print(tree))?;
        } else {
            yield_!(Eprintln(format!("no such command: {command:?}")))?;
        }
    }
    // At the end of the input it ends.
    let _ = yield_!(Cancel(kitchen));
    Ok(())
}
