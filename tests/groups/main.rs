//! Tasks that belong together: all, the first, for so long, as a group.

mod cancelling;
mod cleanup;
mod everywhere;
mod groups;
mod racing;
mod requests;
mod timeouts;

use loop_core::prelude::*;
use tests::{Notes, ms};

/// Sleeps, and notes how it ended.
#[loop_core::coroutine(lazy)]
fn takes(notes: Notes, name: &'static str, time: u64) -> &'static str {
    let _noted = notes.on_drop(format!("-{name}"));
    yield_!(Sleep(ms(time)));
    notes.add(name);
    name
}
