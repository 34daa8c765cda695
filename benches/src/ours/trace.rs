//! What the trace adds to a run.

use loop_core::prelude::*;
use loop_core::trace::Recording;

use super::switch::{switch, take_turns};
use crate::clock::{self, Sample, Stopwatch};
use crate::kind::{EVENTS_PER_YIELD, Load};

/// Taking turns with the trace kept in memory.
pub(super) fn traced(load: Load) -> Sample {
    let builder = EventLoop::builder().recorder(Recording::default());
    let mut event_loop = builder.build().expect("a loop");
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
