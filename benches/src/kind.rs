//! What can be asked of a peer, and how much of it.

use crate::clock::Sample;

/// The unit of how many events one yield leaves in a trace.
pub(crate) const EVENTS_PER_YIELD: &str = "events/yield";

/// One question. The comment says what one operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One bare yield, `width` tasks taking turns.
    Switch,
    /// Spawn and join a task that returns at once, `width` of them alive together.
    Spawn,
    /// The same with a task that yields once.
    SpawnYield,
    /// Call a coroutine that returns without yielding, and get its value.
    ChainLeaf,
    /// Call a coroutine that yields once, and get its value.
    ChainYield,
    /// One level of a recursion `width` deep.
    ChainDepth,
    /// One yield from the bottom of a recursion `width` deep.
    ChainResume,
    /// [`Kind::ChainLeaf`], in place.
    FromLeaf,
    /// [`Kind::ChainYield`], in place.
    FromYield,
    /// One task that waits for something that never comes.
    ParkedNever,
    /// One task that joins the task before it, and is joined by the one after it.
    ParkedJoined,
    /// One task that sleeps an hour.
    ParkedSleeping,
    /// One task that waits for an event.
    ParkedEvent,
    /// A value through a channel to another task, and back through a second one.
    Channel,
    /// The same through channels with room for one value.
    ChannelBounded,
    /// Take a lock and release it; more than one task, and each yields while it has the lock.
    Lock,
    /// Spawn, sleep and join; deadlines lie within `width` microseconds.
    Timers,
    /// Spawn a task that sleeps an hour, and cancel it; `n` of them alive together.
    Timeouts,
    /// A coroutine that returns without yielding, within a time limit.
    TimeoutReady,
    /// Spawn a task that waits for what never comes, and cancel it, `width` of them alive together.
    Cancel,
    /// The same with `n` of them, which wait for one event. `width` is the [order](crate::bodies::nth).
    CancelWaiters,
    /// One line from a pipe, `fib` of it to a pipe.
    Lines,
    /// One value of a generator.
    Generator,
    /// One value of a stream, which does not ask the loop for it.
    Stream,
    /// The same, and each value is preceded by a bare yield.
    StreamYield,
    /// One event kept in memory: `n` yields of `width` tasks with the trace on, less the same with it off.
    Trace,
    /// [`Kind::Switch`] with the last events kept in memory, beside none of them and all of them.
    Ring,
    /// [`Kind::Switch`] with the trace kept in memory; asked for when instructions are counted.
    Traced,
    /// One execution of a program of 3 tasks, each yielding `width` times, in seeded order.
    Schedules,
    /// `n` milliseconds in which nothing happens, `width` tasks parked.
    Idle,
    /// From the start of the process to its first answer to a line (asked by the parent, as `Lines`).
    Cold,
    /// 64 bytes sent back by a server to each of `width` connections, for `n` milliseconds.
    Echo,
    /// A request of HTTP on each of `width` connections, for `n` milliseconds.
    Http,
}

use Kind::*;

const NAMES: &[(Kind, &str)] = &[
    (Switch, "switch"),
    (Spawn, "spawn"),
    (SpawnYield, "spawn-yield"),
    (ChainLeaf, "chain-leaf"),
    (ChainYield, "chain-yield"),
    (ChainDepth, "chain-depth"),
    (ChainResume, "chain-resume"),
    (FromLeaf, "from-leaf"),
    (FromYield, "from-yield"),
    (ParkedNever, "parked-never"),
    (ParkedJoined, "parked-joined"),
    (ParkedSleeping, "parked-sleeping"),
    (ParkedEvent, "parked-event"),
    (Channel, "channel"),
    (ChannelBounded, "channel-bounded"),
    (Lock, "lock"),
    (Timers, "timers"),
    (Timeouts, "timeouts"),
    (TimeoutReady, "timeout-ready"),
    (Cancel, "cancel"),
    (CancelWaiters, "cancel-waiters"),
    (Lines, "lines"),
    (Generator, "generator"),
    (Stream, "stream"),
    (StreamYield, "stream-yield"),
    (Trace, "trace"),
    (Ring, "ring"),
    (Traced, "traced"),
    (Schedules, "schedules"),
    (Idle, "idle"),
    (Cold, "cold"),
    (Echo, "echo"),
    (Http, "http"),
];

impl Kind {
    /// The name by which a child process is asked.
    pub(crate) fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }

    pub(crate) fn parse(name: &str) -> Option<Kind> {
        NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(kind, _)| *kind)
    }

    /// What the peer itself has to answer: a cold start is its `Lines` program, timed from outside.
    pub(crate) fn asked(self) -> Kind {
        if self == Cold { Lines } else { self }
    }

    /// The child's standard input and output are pipes of numbers.
    pub(crate) fn reads_lines(self) -> bool {
        self.asked() == Lines
    }

    /// The child is a server, and the parent measures it.
    pub(crate) fn is_served(self) -> bool {
        matches!(self, Echo | Http)
    }

    /// Every one of the `n` tasks is alive at once.
    pub(crate) fn holds_all(self) -> bool {
        matches!(
            self,
            ParkedNever
                | ParkedJoined
                | ParkedSleeping
                | ParkedEvent
                | Timers
                | Timeouts
                | CancelWaiters
        )
    }
}

/// How much: `n` operations in all; what `width` is depends on the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) n: u64,
    pub(crate) width: u64,
}

impl Load {
    /// How often a thing `width` large is done so that `n` operations result.
    pub(crate) fn rounds(self) -> u64 {
        (self.n / self.width.max(1)).max(1)
    }

    /// The operations that [`Load::rounds`] really makes.
    pub(crate) fn whole(self) -> u64 {
        self.rounds() * self.width.max(1)
    }
}

/// A measurement: does the work, gives back what it took.
pub(crate) type Bench = fn(Load) -> Sample;
