//! All peers of the comparison, including loop-core: their names, and how they are started.

mod async_executor;
mod async_stream;
mod compio;
mod corosensei;
mod echo;
mod fauxgen;
mod floor;
mod genawaiter;
pub(crate) mod generators;
mod hyper;
mod localpool;
mod may;
mod monoio;
mod scripts;
mod shuttle;
mod tokio;
mod tokio_lines;

use crate::kind::{Bench, Kind};

pub(crate) use scripts::Script;

/// The name of our own rows.
pub(crate) const OURS: &str = "loop-core";

/// One row of a table.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) how: How,
    /// How many times fewer operations it is given, being slow.
    pub(crate) divide: u64,
    /// The most tasks it can hold at once.
    pub(crate) most: u64,
    /// It is followed through the growth workload.
    pub(crate) grows: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum How {
    /// Linked into this binary.
    Inside(fn(Kind) -> Option<Bench>),
    /// A program of its own.
    Script(&'static Script),
}

impl Peer {
    const fn inside(name: &'static str, bench: fn(Kind) -> Option<Bench>) -> Peer {
        Peer {
            name,
            how: How::Inside(bench),
            divide: 1,
            most: u64::MAX,
            grows: false,
        }
    }

    const fn script(name: &'static str, script: &'static Script, divide: u64) -> Peer {
        Peer {
            name,
            how: How::Script(script),
            divide,
            most: u64::MAX,
            grows: false,
        }
    }

    const fn at_most(self, tasks: u64) -> Peer {
        Peer {
            most: tasks,
            ..self
        }
    }

    const fn growing(self) -> Peer {
        Peer {
            grows: true,
            ..self
        }
    }

    pub(crate) fn answers(&self, kind: Kind) -> bool {
        match self.how {
            How::Inside(bench) => bench(kind.asked()).is_some(),
            How::Script(script) => script.answers.contains(&kind.asked()),
        }
    }

    /// A name selects a peer or a whole family: `tokio` is `tokio-spawn`, `tokio-local` and so on.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name == name
            || self
                .name
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('-'))
    }
}

pub(crate) const PEERS: &[Peer] = &[
    Peer::inside(OURS, crate::ours::bench).growing(),
    Peer::inside("tokio-spawn", |kind| {
        echo::and(kind, echo::tokio::serve, tokio::spawned::bench)
    })
    .growing(),
    Peer::inside("tokio-spawn-wake", |kind| {
        only_switch(kind, tokio::spawned_wake::bench)
    }),
    Peer::inside("tokio-local", tokio::local::bench),
    Peer::inside("tokio-local-wake", |kind| {
        only_switch(kind, tokio::local_wake::bench)
    }),
    Peer::inside("tokio-pipes", tokio_lines::over_pipes::bench).growing(),
    Peer::inside("tokio-stdio", tokio_lines::over_stdio::bench),
    Peer::inside("hyper", hyper::bench),
    Peer::inside("hyper-timer", hyper::bench_with_timer),
    Peer::inside("async-executor", async_executor::bench),
    Peer::inside("localpool", localpool::bench),
    Peer::inside("monoio", |kind| {
        echo::and(kind, echo::monoio::serve, monoio::bench)
    })
    .growing(),
    Peer::inside("monoio-uring", |kind| {
        echo::and(kind, echo::monoio::serve_by_uring, |_| None)
    }),
    Peer::inside("compio-uring", compio::uring::bench).growing(),
    Peer::inside("compio-poll", compio::poll::bench),
    Peer::inside("may", may::bench).at_most(15_000),
    Peer::inside("fauxgen", fauxgen::bench),
    Peer::inside("genawaiter", genawaiter::generators),
    Peer::inside("async-stream", async_stream::bench),
    Peer::inside("corosensei", corosensei::bench),
    Peer::inside("shuttle-futures", shuttle::futures::bench),
    Peer::inside("shuttle-threads", shuttle::threads::bench),
    Peer::inside("floor-boxed", floor::boxed::bench).growing(),
    Peer::inside("floor-genawaiter", genawaiter::floor).growing(),
    Peer::inside("floor-heap", floor::heap::bench).growing(),
    Peer::inside("floor-mio", echo::mio::bench),
    Peer::inside("floor-bufread", floor::lines::bench).growing(),
    Peer::inside("floor-iterator", floor::iterator::bench),
    Peer::inside("floor-await", floor::awaiting::boxed::bench),
    Peer::inside("floor-await-dyn", floor::awaiting::erased::bench).growing(),
    Peer::script("py-asyncio", &scripts::ASYNCIO, 10),
    Peer::script("py-trio", &scripts::TRIO, 20),
    Peer::script("py-bare", &scripts::BARE, 10),
    Peer::script("node", &scripts::NODE, 1),
];

/// For peers that differ from another one in their yield alone.
fn only_switch(kind: Kind, bench: fn(Kind) -> Option<Bench>) -> Option<Bench> {
    if kind == Kind::Switch {
        bench(kind)
    } else {
        None
    }
}

pub(crate) fn find(name: &str) -> Option<&'static Peer> {
    PEERS.iter().find(|peer| peer.name == name)
}
