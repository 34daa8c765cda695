//! From a seed to a program, its input, and how it is run.

use std::fmt;

use fastrand::Rng;

use super::program::{Act, End, Program, Script};

/// Where a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Sim,
    Os,
}

impl Place {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Place::Sim => "sim",
            Place::Os => "os",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Place, String> {
        let places = [Place::Sim, Place::Os];
        let place = places.into_iter().find(|place| place.name() == name);
        place.ok_or_else(|| format!("no world is called {name}: sim or os"))
    }
}

/// What a program may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Everything.
    Wild,
    /// Nothing that depends on time, and so no input: both worlds print the same, byte for byte.
    Timeless,
    /// It sleeps, and one coroutine reads lines: in both worlds each coroutine prints the same.
    Timed,
}

/// How a program on the operating system ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finale {
    /// By itself.
    Ends,
    /// A task waits for ever, until Ctrl-C.
    Interrupted,
    /// A step never ends, until the second Ctrl-C.
    Killed,
    /// Ctrl-C is ignored.
    Ignores,
    /// A task prints for ever, until the reader goes away.
    ReaderGone,
}

#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) flavour: Flavour,
    pub(crate) finale: Finale,
    pub(crate) roots: Vec<Program>,
    pub(crate) script: Script,
    /// The run is that of the first root, and not until all tasks have ended.
    pub(crate) is_awaited: bool,
    /// The loop is dropped when its first run returns.
    pub(crate) closes: bool,
    /// What is left of the input is read by another loop.
    pub(crate) rest_in_another_loop: bool,
    /// Errors that nobody asks for go to a hook, and not to standard error.
    pub(crate) has_hook: bool,
}

impl Plan {
    pub(crate) fn new(seed: u64, place: Place) -> Plan {
        let mut rng = rng(seed, place.name());
        let flavour = match rng.u32(0..10) {
            0..6 => Flavour::Wild,
            6..8 => Flavour::Timeless,
            _ => Flavour::Timed,
        };
        let finale = match (place, rng.u32(0..10)) {
            (Place::Sim, _) | (_, 0..5) => Finale::Ends,
            (_, 5 | 6) => Finale::Interrupted,
            (_, 7) => Finale::Killed,
            (_, 8) => Finale::Ignores,
            _ => Finale::ReaderGone,
        };
        let is_wild = flavour == Flavour::Wild;
        let mut maker = Maker {
            budget: rng.u32(2..40),
            next: 0,
            flavour,
            takes_bytes: is_wild && rng.bool(),
            bombs: rng.u32(0..3) == 0,
            prints_much: flavour != Flavour::Timeless && rng.u32(0..8) == 0,
            // Between two runs Ctrl-C ends the process at once.
            stops: !matches!(finale, Finale::Interrupted | Finale::ReaderGone),
            rng,
        };
        let mut roots: Vec<Program> = (0..maker.rng.u32(1..4))
            .map(|_| maker.program(0, true))
            .collect();
        if flavour == Flavour::Timed {
            maker.read_lines(&mut roots[0]);
        }
        roots.extend(finale.act().map(|act| maker.only(act)));
        let Maker {
            mut rng,
            takes_bytes,
            ..
        } = maker;
        let rest_in_another_loop = rng.bool();
        Plan {
            seed,
            flavour,
            finale,
            roots,
            script: script(&mut rng, flavour, takes_bytes, rest_in_another_loop),
            is_awaited: finale != Finale::Interrupted && rng.bool(),
            closes: is_wild && finale == Finale::Ends && rng.u32(0..4) == 0,
            rest_in_another_loop,
            has_hook: rng.bool(),
        }
    }

    pub(crate) fn coroutines(&self) -> u64 {
        self.roots.iter().map(Program::coroutines).sum()
    }
}

/// The same seed is drawn from for several purposes, which must not depend on each other.
pub(crate) fn rng(seed: u64, purpose: &str) -> Rng {
    let salt = purpose.bytes().fold(17, |salt: u64, byte| {
        salt.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt)
}

impl Finale {
    fn act(self) -> Option<Act> {
        match self {
            Finale::Ends | Finale::Ignores => None,
            Finale::Interrupted => Some(Act::Hang),
            Finale::Killed => Some(Act::Stuck),
            Finale::ReaderGone => Some(Act::Flood),
        }
    }
}

/// Makes the coroutines of a plan.
struct Maker {
    rng: Rng,
    /// So many coroutines may still be made.
    budget: u32,
    next: u32,
    flavour: Flavour,
    takes_bytes: bool,
    bombs: bool,
    prints_much: bool,
    /// It may end a run before its tasks have ended.
    stops: bool,
}

impl Maker {
    fn program(&mut self, depth: u32, is_task: bool) -> Program {
        let id = self.next;
        self.next += 1;
        self.budget = self.budget.saturating_sub(1);
        let acts = (0..self.rng.u32(0..7)).map(|_| self.act(depth)).collect();
        let end = match self.rng.u32(0..12) {
            0 => End::Panic,
            1 | 2 => End::Err,
            _ => End::Return,
        };
        Program {
            id,
            lazy: self.rng.bool(),
            is_task,
            acts,
            end,
        }
    }

    /// A coroutine that does one thing.
    fn only(&mut self, act: Act) -> Program {
        let mut program = self.program(u32::MAX, true);
        program.lazy = true;
        program.acts = vec![act];
        program.end = End::Return;
        program
    }

    /// Reading lines is what this one does between all others.
    fn read_lines(&mut self, program: &mut Program) {
        for _ in 0..self.rng.u32(1..20) {
            let place = self.rng.usize(0..=program.acts.len());
            program.acts.insert(place, Act::Line);
        }
    }

    fn act(&mut self, depth: u32) -> Act {
        let starts = depth < 5 && self.budget > 0;
        match self.rng.u32(0..100) {
            0..12 => Act::Now(self.rng.u32(1..4)),
            12..28 => Act::Print(self.padding()),
            28..33 => Act::Eprint(self.padding()),
            33..38 => Act::Value,
            38..48 => Act::Join,
            48..50 => Act::Deep(1 << self.rng.u32(0..12)),
            50 => Act::Nest,
            51..55 if self.flavour != Flavour::Timeless => Act::Clock(self.rng.u32(1..4)),
            55 if self.flavour != Flavour::Timeless => Act::Clock(70),
            56..61 if self.flavour != Flavour::Timeless => Act::Sleep(self.time()),
            61 | 62 if self.flavour != Flavour::Timeless => Act::Until(self.time()),
            63..71 if self.flavour != Flavour::Timed => self.harsh(),
            71..77 if self.flavour == Flavour::Wild => self.reading(),
            77..100 if starts => self.starting(depth),
            _ => Act::Now(1),
        }
    }

    fn padding(&mut self) -> u32 {
        match self.rng.u32(0..6) {
            0 if self.prints_much => self.rng.u32(0..100_000),
            0 => self.rng.u32(0..300),
            _ => self.rng.u32(0..20),
        }
    }

    fn time(&mut self) -> u32 {
        match self.rng.u32(0..4) {
            0 => 0,
            1 => 1000,
            _ => self.rng.u32(0..4000),
        }
    }

    fn reading(&mut self) -> Act {
        match self.takes_bytes && self.rng.bool() {
            true => Act::Bytes,
            false => Act::Line,
        }
    }

    /// What ends more than its own coroutine.
    fn harsh(&mut self) -> Act {
        match self.rng.u32(0..20) {
            0..10 => Act::Cancel,
            10..14 => Act::Drop,
            14..18 if self.bombs => Act::Bomb,
            18 if self.stops => Act::Stop,
            19 if self.stops && self.flavour == Flavour::Wild => Act::Exit(self.rng.u8(0..200)),
            _ => Act::Cancel,
        }
    }

    /// What a task waits for just when it is cancelled.
    fn waiting(&mut self, depth: u32) -> Vec<Act> {
        if self.flavour == Flavour::Wild && self.rng.bool() {
            return vec![self.reading()];
        }
        let child = self.program(depth + 1, true);
        vec![Act::Spawn(child), Act::Join]
    }

    fn starting(&mut self, depth: u32) -> Act {
        if self.flavour != Flavour::Timed && self.rng.u32(0..8) == 0 {
            let mut inner = self.program(depth + 1, true);
            let first = self.waiting(depth + 1);
            inner.acts.splice(0..0, first);
            return Act::Race(inner, self.rng.u32(0..4));
        }
        let kind = self.rng.u32(0..10);
        let inner = self.program(depth + 1, (3..9).contains(&kind));
        match kind {
            0..3 => Act::Chain(inner),
            3..6 => Act::Spawn(inner),
            6 => Act::Named(inner),
            7 | 8 => Act::Detach(inner),
            _ => Act::Unused(inner, self.rng.bool()),
        }
    }
}

/// Numbered lines. Where nobody takes bytes, some are no text, too long, or end in other ways.
fn script(
    rng: &mut Rng,
    flavour: Flavour,
    takes_bytes: bool,
    rest_in_another_loop: bool,
) -> Script {
    let mut script = Script::default();
    if flavour == Flavour::Timeless {
        return script;
    }
    let lines = rng.u32(0..30);
    for n in 0..lines {
        let mut line = format!("{n:03} {}", "i".repeat(rng.usize(0..30))).into_bytes();
        let mut end = "\n";
        match rng.u32(0..12) {
            _ if takes_bytes => {}
            0 => line.push(b'\xff'),
            // Another loop does not know that the rest of a line is to be skipped.
            1 if !rest_in_another_loop => line.resize(rng.usize(50..300), b'L'),
            2 => end = "\r\n",
            3 if n + 1 == lines => end = "",
            _ => {}
        }
        script.line(&line, end);
    }
    script
}

/// For the report of a failure.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}, {:?}", self.flavour, self.finale)?;
        writeln!(
            f,
            "awaited {}, closes {}, rest in another loop {}, hook {}",
            self.is_awaited, self.closes, self.rest_in_another_loop, self.has_hook
        )?;
        writeln!(f, "input \"{}\"", self.script.bytes.escape_ascii())?;
        self.roots.iter().try_for_each(|root| root.fmt(f))
    }
}
