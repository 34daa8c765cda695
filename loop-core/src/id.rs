//! Small numbers for what the kernel keeps: tasks and sources.

use std::fmt;

/// Which task of a loop.
///
/// A number is given again after its task has ended and nobody can ask for it any more, so a `TaskId` names a task
/// only while it lives; the trace knows which is meant at each of its lines. People read names (`main/2`), not numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u32);

impl TaskId {
    /// "No task": what the loop itself does has no task behind it.
    pub(crate) const NONE: TaskId = TaskId(u32::MAX);

    pub(crate) fn some(self) -> Option<TaskId> {
        (self != TaskId::NONE).then_some(self)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({})", self.0)
    }
}

/// Something outside that a task can wait for: a stream of bytes, later a socket.
///
/// Sources are numbered in the order in which they are first used, so the order of their numbers is the
/// registration order by which a look at the world wakes their waiters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u32);

impl SourceId {
    /// Standard input.
    pub const STDIN: SourceId = SourceId(0);
    /// Standard output.
    pub const STDOUT: SourceId = SourceId(1);
    /// Standard error.
    pub const STDERR: SourceId = SourceId(2);
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            SourceId::STDIN => f.write_str("stdin"),
            SourceId::STDOUT => f.write_str("stdout"),
            SourceId::STDERR => f.write_str("stderr"),
            SourceId(other) => write!(f, "source#{other}"),
        }
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
