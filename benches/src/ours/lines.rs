//! The exercise itself.

use std::io;

use loop_core::prelude::*;

use crate::bodies;
use crate::clock::{Sample, Stopwatch};
use crate::kind::Load;

pub(super) fn lines(_: Load) -> Sample {
    let mut event_loop = EventLoop::new();
    let watch = Stopwatch::start();
    let lines = event_loop
        .run_until_complete(serve())
        .expect("a run without failures");
    watch.per_op(lines.expect("pipes that work"))
}

#[loop_core::coroutine]
fn serve() -> io::Result<u64> {
    let mut count = 0;
    while let Some(line) = yield_!(Stdin)? {
        yield_!(Print(bodies::answer(&line)))?;
        count += 1;
    }
    Ok(count)
}
