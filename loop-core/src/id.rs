//! Small numbers for what the kernel keeps: tasks and sources.

use std::fmt;

/// The number of a task of a loop.
///
/// A number is used again after its task has ended and no handle of it exists. So a `TaskId` names a task only while the task
/// lives; a trace knows which task is meant in each of its lines. Reports have names (`main/2`), not numbers.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn child() {}
///
/// #[loop_core::coroutine]
/// fn parent() -> String {
///     let handle = yield_!(Spawn(child()));
///     handle.id().to_string()
/// }
///
/// assert_eq!(Sim::new().run(parent()).into_result().unwrap(), "1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u32);

impl TaskId {
    /// "No task", for what the loop itself does.
    pub(crate) const NONE: TaskId = TaskId(u32::MAX);

    pub(crate) fn some(self) -> Option<TaskId> {
        (self != TaskId::NONE).then_some(self)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({})", self.0)
    }
}

/// Something outside that a task can wait for: a stream of bytes, later a socket.
///
/// Sources are numbered in the order in which they are opened, and a poll of the world wakes their waiters in the order of
/// these numbers. The number of a closed source is used again with another *generation*, so that an event of the closed source
/// never reaches its successor.
///
/// ```
/// use loop_core::SourceId;
///
/// /// What a world keeps of each source, at the place of its number.
/// struct Table<T>(Vec<Option<(SourceId, T)>>);
///
/// impl<T> Table<T> {
///     /// Nothing, if the source was closed and another one has its number now.
///     fn get(&self, source: SourceId) -> Option<&T> {
///         let (id, kept) = self.0.get(source.number())?.as_ref()?;
///         (*id == source).then_some(kept)
///     }
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId {
    number: u32,
    generation: u32,
}

impl SourceId {
    pub(crate) fn new(number: u32, generation: u32) -> SourceId {
        SourceId { number, generation }
    }

    /// The source's place in a table of sources.
    ///
    /// ```
    /// use loop_core::SourceId;
    ///
    /// fn place<T>(table: &[T], source: SourceId) -> Option<&T> {
    ///     table.get(source.number())
    /// }
    /// ```
    pub fn number(self) -> usize {
        self.number as usize
    }

    /// How many sources had this number before.
    ///
    /// ```
    /// use loop_core::SourceId;
    ///
    /// /// Whether `new` has the number that `old` had before it was closed.
    /// fn succeeds(new: SourceId, old: SourceId) -> bool {
    ///     new.number() == old.number() && new.generation() > old.generation()
    /// }
    /// ```
    pub fn generation(self) -> u32 {
        self.generation
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "source#{}", self.number)
    }
}

impl fmt::Debug for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceId({}, {})", self.number, self.generation)
    }
}
