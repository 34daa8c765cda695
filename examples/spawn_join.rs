//! Tasks: how to schedule them before the loop runs, how to wait for a coroutine on the same task (chain) or on another task
//! (spawn and join), and how to sleep.
//!
//! ```text
//! $ cargo run -q --example spawn_join
//! kettle: on the fire
//! cook: toast first
//! toast: done
//! cook: now eggs and bacon
//! kettle: boils
//! bacon: done
//! eggs: done
//! cook: toast, eggs and bacon are served
//! ```

use std::error::Error;
use std::io;
use std::time::Duration;

use loop_core::prelude::*;

/// A minute in this kitchen.
const MINUTE: Duration = Duration::from_millis(50);

#[loop_core::coroutine]
fn kettle() -> io::Result<()> {
    yield_!(Print("kettle: on the fire\n"))?;
    yield_!(Sleep(4 * MINUTE));
    yield_!(Print("kettle: boils\n"))
}

#[loop_core::coroutine]
fn fry(what: &'static str, minutes: u32) -> io::Result<&'static str> {
    yield_!(Sleep(minutes * MINUTE));
    yield_!(Println(format!("{what}: done")))?;
    Ok(what)
}

#[loop_core::coroutine]
fn cook() -> Result<(), Box<dyn Error>> {
    yield_!(Print("cook: toast first\n"))?;
    // Yield a coroutine to chain it: it runs on this task, which goes on with its value.
    let toast = yield_!(fry("toast", 1))?;

    yield_!(Print("cook: now eggs and bacon\n"))?;
    // Spawn a coroutine to make it a task of its own. These two take seven minutes together, not twelve.
    let eggs = yield_!(Spawn(fry("eggs", 7)));
    let bacon = yield_!(Spawn(fry("bacon", 5)));

    // Yield a handle to join its task. The first `?` is for a task that panicked, the second for one that returned an error.
    let eggs = yield_!(eggs)??;
    let bacon = yield_!(bacon)??;
    yield_!(Print(format!(
        "cook: {toast}, {eggs} and {bacon} are served\n"
    )))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut event_loop = EventLoop::new();
    event_loop.schedule(kettle());
    event_loop.run_until_complete(cook())?
}
