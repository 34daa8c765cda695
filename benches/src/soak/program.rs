//! What a random program is: trees of coroutines, and the input that they read.

use std::fmt;

/// One coroutine.
#[derive(Clone)]
pub(crate) struct Program {
    /// Each coroutine of a run has another number.
    pub(crate) id: u32,
    pub(crate) lazy: bool,
    /// It is a task of its own, and not chained.
    pub(crate) is_task: bool,
    pub(crate) acts: Vec<Act>,
    pub(crate) end: End,
}

/// What a coroutine does. Times are in microseconds.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A bare yield, so many times.
    Now(u32),
    /// Reads the clock so many times in a row.
    Clock(u32),
    Sleep(u32),
    /// Sleeps until an instant of the loop's clock, which may be over.
    Until(u32),
    /// Prints a line with so many bytes of padding.
    Print(u32),
    Eprint(u32),
    Line,
    Bytes,
    /// Makes a value that lives until the coroutine ends.
    Value,
    /// Makes a value that panics when it is dropped.
    Bomb,
    Chain(Program),
    Spawn(Program),
    /// Spawns a task with a name of its own.
    Named(Program),
    /// Spawns a task and drops its handle.
    Detach(Program),
    /// Spawns a task, yields so many times, and cancels it.
    Race(Program, u32),
    /// Makes a coroutine and drops it, or keeps it until the coroutine ends.
    Unused(Program, bool),
    /// Joins the oldest task that has not been joined.
    Join,
    /// Cancels it.
    Cancel,
    /// Drops its handle.
    Drop,
    /// Chains a coroutine that is so many coroutines deep.
    Deep(u32),
    Stop,
    Exit(u8),
    /// Tries to run another loop.
    Nest,
    /// Sleeps until the program is ended from outside.
    Hang,
    /// Says so on standard error, and begins a step that never ends.
    Stuck,
    /// Prints until the program is ended from outside.
    Flood,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Return,
    Err,
    Panic,
}

/// A trace shows the arguments of a coroutine. The whole tree would be too much there.
impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}", self.id)
    }
}

/// The whole tree.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(f, 1)
    }
}

impl Program {
    fn show(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let kind = if self.lazy { "lazy" } else { "primed" };
        writeln!(f, "{:1$}{self:?} {kind}", "", 2 * depth - 2)?;
        for act in &self.acts {
            writeln!(f, "{:1$}{act:?}", "", 2 * depth)?;
            if let Some(inner) = act.inner() {
                inner.show(f, depth + 2)?;
            }
        }
        writeln!(f, "{:2$}{:?}", "", self.end, 2 * depth)
    }

    /// How many coroutines are in the tree.
    pub(crate) fn coroutines(&self) -> u64 {
        let inner = self.acts.iter().filter_map(Act::inner);
        1 + inner.map(Program::coroutines).sum::<u64>()
    }
}

impl Act {
    fn inner(&self) -> Option<&Program> {
        match self {
            Act::Chain(inner)
            | Act::Spawn(inner)
            | Act::Named(inner)
            | Act::Detach(inner)
            | Act::Race(inner, _)
            | Act::Unused(inner, _) => Some(inner),
            _ => None,
        }
    }
}

/// The input of a program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) bytes: Vec<u8>,
    /// What a task hears that asks for each line, sorted.
    pub(crate) lines: Vec<Vec<u8>>,
}

/// Lines that are longer are an error.
pub(crate) const LINE_LIMIT: usize = 40;

impl Script {
    /// Adds a line with its end.
    pub(crate) fn line(&mut self, line: &[u8], end: &str) {
        self.bytes.extend_from_slice(line);
        self.bytes.extend_from_slice(end.as_bytes());
        self.lines.push(line[..line.len().min(LINE_LIMIT)].to_vec());
        self.lines.sort();
    }
}
