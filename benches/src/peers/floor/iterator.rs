//! An iterator written by hand: what a generator would be if it cost nothing.

use crate::clock::Sample;
use crate::kind::{Bench, Kind, Load};
use crate::peers::generators::drive;

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    (kind == Kind::Generator).then_some(generator as Bench)
}

struct Count {
    next: u64,
    end: u64,
}

impl Iterator for Count {
    type Item = u64;
    fn next(&mut self) -> Option<u64> {
        let next = self.next;
        self.next += 1;
        (next < self.end).then_some(next)
    }
}

fn generator(load: Load) -> Sample {
    drive(
        Count {
            next: 0,
            end: load.n,
        },
        load,
    )
}
