//! Coroutines that give out values, and coroutines that take them in.

mod adapters;
mod ending;
mod everywhere;
mod forms;
mod merging;
mod sinks;
mod streams;

use loop_core::prelude::*;
use tests::{Notes, ms};

/// The numbers from 1 on, each after a rest. Notes when it is dropped.
#[loop_core::stream(yields = u32)]
fn slowly(notes: Notes, last: u32) {
    let _noted = notes.on_drop("-slowly");
    for n in 1..=last {
        yield_!(Sleep(ms(10)));
        emit!(n);
    }
    notes.add("end");
}
