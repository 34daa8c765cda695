//! fauxgen: generators over async, pinned on the stack.

use crate::clock::Sample;
use crate::kind::{Bench, Kind, Load};
use crate::peers::generators::drive;

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    (kind == Kind::Generator).then_some(generator as Bench)
}

#[::fauxgen::generator(yield = u64)]
fn count(n: u64) {
    for i in 0..n {
        r#yield!(i);
    }
}

fn generator(load: Load) -> Sample {
    drive(std::pin::pin!(count(load.n)), load)
}
