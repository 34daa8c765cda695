//! corosensei: a generator with a stack of its own.

use ::corosensei::{Coroutine, CoroutineResult};

use crate::clock::Sample;
use crate::kind::{Bench, Kind, Load};
use crate::peers::generators::drive;

pub(crate) fn bench(kind: Kind) -> Option<Bench> {
    (kind == Kind::Generator).then_some(generator as Bench)
}

fn generator(load: Load) -> Sample {
    let mut coroutine = Coroutine::<(), u64, ()>::new(move |yielder, ()| {
        for i in 0..load.n {
            yielder.suspend(i);
        }
    });
    let next = move || match coroutine.resume(()) {
        CoroutineResult::Yield(x) => Some(x),
        CoroutineResult::Return(()) => None,
    };
    // Exactly n: a finished coroutine must not be resumed, and `from_fn` asks once more.
    drive(std::iter::from_fn(next).take(load.n as usize), load)
}
