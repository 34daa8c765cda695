//! A plain generator.

use crate::clock::Sample;
use crate::kind::Load;
use crate::peers::generators::drive;

pub(super) fn generator(load: Load) -> Sample {
    drive(count(load.n), load)
}

#[loop_core::generator(yields = u64)]
fn count(n: u64) {
    for i in 0..n {
        yield_!(i);
    }
}
