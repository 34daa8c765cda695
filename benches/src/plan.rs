//! Which questions a workload asks, and of what size.

use crate::kind::{Kind, Kind::*, Load};
use crate::peers::Peer;

/// One question, as it heads a table.
pub(crate) struct Case {
    pub(crate) workload: &'static str,
    pub(crate) variant: String,
    pub(crate) kind: Kind,
    pub(crate) load: Load,
}

pub(crate) const WORKLOADS: &[&str] = &[
    "switch",
    "spawn",
    "chain",
    "from",
    "parked",
    "channel",
    "lock",
    "timers",
    "timeouts",
    "timeout",
    "cancel",
    "lines",
    "generators",
    "streams",
    "trace",
    "ring",
    "schedules",
    "idle",
    "echo",
    "http",
    "growth",
    "instructions",
];

const MILLION: u64 = 1_000_000;

/// workload, variant, kind, n, width
type Line = (&'static str, &'static str, Kind, u64, u64);

#[rustfmt::skip]
const SIZES: &[Line] = &[
    ("switch",       "2 tasks",                Switch,         2 * MILLION,   2),
    ("switch",       "1000 tasks",             Switch,         2 * MILLION,   1000),
    ("spawn",        "batches of 1000",        Spawn,          MILLION,       1000),
    ("spawn",        "yielding once",          SpawnYield,     MILLION,       1000),
    ("chain",        "a leaf",                 ChainLeaf,      2 * MILLION,   1),
    ("chain",        "yielding once",          ChainYield,     2 * MILLION,   1),
    ("chain",        "1000 deep",              ChainDepth,     MILLION,       1000),
    ("chain",        "1000000 deep",           ChainDepth,     MILLION,       MILLION),
    ("chain",        "a yield 1000 deep",      ChainResume,    100_000,       1000),
    ("from",         "a leaf",                 FromLeaf,       2 * MILLION,   1),
    ("from",         "yielding once",          FromYield,      2 * MILLION,   1),
    ("parked",       "never ready",            ParkedNever,    MILLION,       1),
    ("parked",       "joined by another",      ParkedJoined,   MILLION,       1),
    ("parked",       "sleeping an hour",       ParkedSleeping, MILLION,       1),
    ("parked",       "waiting for an event",   ParkedEvent,    MILLION,       1),
    ("channel",      "there and back",         Channel,        MILLION,       1),
    ("channel",      "... bounded(1)",         ChannelBounded, MILLION,       1),
    ("lock",         "free",                   Lock,           2 * MILLION,   1),
    ("lock",         "10 tasks",               Lock,           MILLION,       10),
    ("timers",       "sleeps within 1 s",      Timers,         MILLION,       MILLION),
    ("timeouts",     "cancelled unfired",      Timeouts,       MILLION,       1),
    ("timeout",      "around a leaf",          TimeoutReady,   MILLION,       1),
    ("cancel",       "a parked task",          Cancel,         MILLION,       1000),
    ("cancel",       "waiters, first to last", CancelWaiters,  MILLION,       0),
    ("cancel",       "... last to first",      CancelWaiters,  MILLION,       1),
    ("cancel",       "... scattered",          CancelWaiters,  MILLION,       2),
    ("lines",        "pipe to pipe",           Lines,          MILLION,       1),
    ("generators",   "for x in g",             Generator,      10 * MILLION,  1),
    ("streams",      "a value",                Stream,         10 * MILLION,  1),
    ("streams",      "... after a yield",      StreamYield,    2 * MILLION,   1),
    ("trace",        "kept in memory",         Trace,          MILLION,       2),
    ("ring",         "the last 1024 events",   Ring,           2 * MILLION,   2),
    ("ring",         "... 1000 tasks",         Ring,           2 * MILLION,   1000),
    ("schedules",    "3 tasks x 10 yields",    Schedules,      100_000,       10),
    ("idle",         "half a second",          Idle,           500,           1000),
    ("idle",         "cold start",             Cold,           10,            1),
    ("echo",         "1 connection",           Echo,           2000,          1),
    ("echo",         "64 connections",         Echo,           2000,          64),
    ("echo",         "1000 connections",       Echo,           2000,          1000),
    ("http",         "1 connection",           Http,           3000,          1),
    ("http",         "64 connections",         Http,           3000,          64),
    ("http",         "1000 connections",       Http,           3000,          1000),
    ("instructions", "switch, 2 tasks",        Switch,         100_000,       2),
    ("instructions", "switch, 1000 tasks",     Switch,         100_000,       1000),
    ("instructions", "spawn + join",           Spawn,          100_000,       1000),
    ("instructions", "spawn + join, yielding once", SpawnYield, 100_000,      1000),
    ("instructions", "chain, a leaf",          ChainLeaf,      100_000,       1),
    ("instructions", "chain, yielding once",   ChainYield,     100_000,       1),
    ("instructions", "channel, there and back", Channel,       100_000,       1),
    ("instructions", "lock, free",             Lock,           100_000,       1),
    ("instructions", "timeout around a leaf",  TimeoutReady,   100_000,       1),
    ("instructions", "cancel a parked task",   Cancel,         100_000,       1000),
    ("instructions", "in place, a leaf",       FromLeaf,       100_000,       1),
    ("instructions", "in place, yielding once", FromYield,     100_000,       1),
    ("instructions", "a value of a generator", Generator,      100_000,       1),
    ("instructions", "a value of a stream",    Stream,         100_000,       1),
    ("instructions", "a trace event",          Traced,         100_000,       2),
];

/// What grows, and the unit in which its cost should stay flat: operation, counted thing, kind, unit, first size.
pub(crate) struct Growth {
    pub(crate) operation: &'static str,
    pub(crate) things: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: &'static str,
    first: u64,
}

#[rustfmt::skip]
pub(crate) const GROWTHS: &[Growth] = &[
    Growth { operation: "switch", things: "tasks",  kind: Switch,      unit: "ns",     first: 1_000 },
    Growth { operation: "spawn",  things: "tasks",  kind: Spawn,       unit: "ns",     first: 1_000 },
    Growth { operation: "parked", things: "tasks",  kind: ParkedNever, unit: "bytes",  first: 1_000 },
    Growth { operation: "timers", things: "timers", kind: Timers,      unit: "cpu ns", first: 1_000 },
    Growth { operation: "cancel", things: "waiters", kind: CancelWaiters, unit: "ns",  first: 1_000 },
    Growth { operation: "chain",  things: "levels", kind: ChainDepth,  unit: "ns",     first: 1_000 },
    Growth { operation: "lines",  things: "lines",  kind: Lines,       unit: "cpu ns",  first: 10_000 },
];

const STEPS: [u64; 4] = [1, 10, 100, 1000];

impl Growth {
    /// The sizes: 1, 10, 100 and 1,000 times the first.
    pub(crate) fn sizes(&self, short: bool) -> Vec<u64> {
        let first = if short { self.first / 1000 } else { self.first };
        STEPS.iter().map(|step| first * step).collect()
    }

    pub(crate) fn variant(&self, size: u64) -> String {
        format!("{}, {size} {}", self.operation, self.things)
    }

    fn load(&self, size: u64) -> Load {
        match self.kind {
            // Ten yields per task, so that spawning it is the lesser part.
            Switch => Load {
                n: (10 * size).max(MILLION.min(100 * size)),
                width: size,
            },
            Spawn | ChainDepth => Load {
                n: size.max(MILLION.min(100 * size)),
                width: size,
            },
            // One deadline per microsecond whatever their number; waiters are cancelled in the scattered order.
            _ => Load {
                n: size,
                width: size,
            },
        }
    }
}

/// The questions of `workload`; `short` makes them tiny, to see that they work.
pub(crate) fn cases(workload: &'static str, short: bool) -> Vec<Case> {
    if workload == "growth" {
        return growth_cases(short);
    }
    let lines = SIZES.iter().filter(|line| line.0 == workload);
    // Valgrind starts slowly, and wrk knows whole seconds only: one of them is enough to see that it works.
    let most = if short && matches!(workload, "instructions" | "http") {
        1
    } else {
        usize::MAX
    };
    lines.take(most).map(|line| case(line, short)).collect()
}

fn case(&(workload, variant, kind, n, width): &Line, short: bool) -> Case {
    let load = Load { n, width };
    Case {
        workload,
        variant: variant.to_owned(),
        kind,
        load: if short { tiny(kind, load) } else { load },
    }
}

fn growth_cases(short: bool) -> Vec<Case> {
    let sizes = GROWTHS.iter().flat_map(|growth| {
        growth
            .sizes(short)
            .into_iter()
            .map(move |size| (growth, size))
    });
    let case = |(growth, size): (&Growth, u64)| Case {
        workload: "growth",
        variant: growth.variant(size),
        kind: growth.kind,
        load: growth.load(size),
    };
    sizes.map(case).collect()
}

fn tiny(kind: Kind, load: Load) -> Load {
    match kind {
        Timers => Load {
            n: 1000,
            width: 10_000,
        },
        Idle => Load { n: 20, width: 10 },
        Cold => Load { n: 1, width: 1 },
        Echo => Load {
            n: 50,
            width: load.width.min(100),
        },
        Http => Load { n: 1000, ..load },
        Schedules => Load {
            n: 50,
            width: load.width,
        },
        _ => Load {
            n: (load.n / 1000).max(500),
            width: load.width.min(500),
        },
    }
}

impl Case {
    /// The load for `peer`: less for slow peers, and none for peers that cannot hold that many tasks.
    pub(crate) fn load_for(&self, peer: &Peer) -> Option<Load> {
        let Load { n, width } = self.load;
        if matches!(self.kind, Idle | Cold) || self.kind.is_served() {
            return Some(self.load);
        }
        if self.kind.holds_all() {
            let held = (n / peer.divide).min(peer.most);
            let comparable = self.workload != "growth" || held == n;
            return comparable.then_some(Load { n: held, width });
        }
        let alive = if matches!(self.kind, Spawn | SpawnYield | Switch | Cancel) {
            width
        } else {
            1
        };
        (alive <= peer.most).then_some(Load {
            n: (n / peer.divide).max(width),
            width,
        })
    }
}
