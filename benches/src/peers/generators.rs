//! Driving a generator, the same for each crate.

use std::hint::black_box;

use crate::clock::{self, Sample};
use crate::kind::Load;

/// `for x in g`, with every value used.
pub(crate) fn drive(values: impl IntoIterator<Item = u64>, load: Load) -> Sample {
    clock::time(load.n, || {
        let mut count = 0;
        for x in values {
            black_box(x);
            count += 1;
        }
        assert_eq!(count, load.n);
    })
}
