//! shuttle: seeded random schedules, of futures and of threads (which are coroutines with stacks there).

use ::shuttle::{check_random_with_seed, future, thread};

use crate::clock::{self, Sample};
use crate::kind::{Bench, Kind, Load};

const SEED: u64 = 7;
const TASKS: u64 = 3;

pub(crate) mod futures {
    use super::*;

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        (kind == Kind::Schedules).then_some(schedules as Bench)
    }

    fn schedules(load: Load) -> Sample {
        clock::time(load.n, || {
            check_random_with_seed(move || program(load.width), SEED, load.n as usize)
        })
    }

    fn program(yields: u64) {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| future::spawn(switcher(yields)))
            .collect();
        future::block_on(async move {
            for task in tasks {
                task.await.expect("no task fails");
            }
        });
    }

    async fn switcher(yields: u64) {
        for _ in 0..yields {
            future::yield_now().await;
        }
    }
}

pub(crate) mod threads {
    use super::*;

    pub(crate) fn bench(kind: Kind) -> Option<Bench> {
        (kind == Kind::Schedules).then_some(schedules as Bench)
    }

    fn schedules(load: Load) -> Sample {
        clock::time(load.n, || {
            check_random_with_seed(move || program(load.width), SEED, load.n as usize)
        })
    }

    fn program(yields: u64) {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| thread::spawn(move || switcher(yields)))
            .collect();
        for task in tasks {
            task.join().expect("no task fails");
        }
    }

    fn switcher(yields: u64) {
        for _ in 0..yields {
            thread::yield_now();
        }
    }
}
