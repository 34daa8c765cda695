//! What the trace adds to a run.

use loop_core::prelude::*;
use loop_core::trace::{Recording, Ring};

use super::switch::{switch, take_turns};
use crate::clock::{self, Sample, Stopwatch};
use crate::kind::{EVENTS_PER_YIELD, Load};

/// Taking turns with the trace kept in memory.
pub(super) fn traced(load: Load) -> Sample {
    let builder = EventLoop::builder().recorder(Recording::default());
    let mut event_loop = builder.build();
    let before = clock::peak_memory();
    let watch = Stopwatch::start();
    take_turns(&mut event_loop, load);
    let times = watch.per_op(load.whole());
    let bytes = clock::peak_memory().saturating_sub(before);
    let events = event_loop.recorder().events().len() as f64;
    times
        .with("bytes", bytes as f64 / events)
        .with(EVENTS_PER_YIELD, events / load.whole() as f64)
}

/// The same turns without and with the trace: the difference, by its events.
pub(super) fn trace(load: Load) -> Sample {
    let (off, mut on) = (switch(load), traced(load));
    let density = on.get(EVENTS_PER_YIELD).unwrap_or(1.0);
    for (unit, value) in &mut on.0 {
        if let Some(without) = off.get(unit) {
            *value = (*value - without) / density;
        }
    }
    on
}

/// How many events the flight recorder keeps.
const KEPT: usize = 1024;

/// Taking turns with the last events kept; beside it the same with none of them kept, and with all.
pub(super) fn ring(load: Load) -> Sample {
    let off = switch(load);
    let builder = EventLoop::builder().recorder(Ring::new(KEPT));
    let mut event_loop = builder.build();
    let ring = clock::time(load.whole(), || take_turns(&mut event_loop, load));
    // Last, because its memory is new and stays.
    let recording = traced(load);
    let ns = |sample: &Sample| sample.get("ns").unwrap_or_default();
    ring.with("off ns", ns(&off))
        .with("recording ns", ns(&recording))
}
