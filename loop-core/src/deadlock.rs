//! [`Deadlock`]: which task waits for what, when nothing can happen any more.

use std::fmt;

use crate::request::Waiting;

/// Tasks that can never go on: they wait for each other in a cycle, or every task is parked and nothing outside can wake one.
/// Its text says which task waits for what.
///
/// A cycle is found at once, whatever the other tasks do.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::sim::{Input, Sim};
///
/// #[loop_core::coroutine]
/// fn reader() {
///     let _ = yield_!(Stdin);
/// }
///
/// // Input that neither comes nor ends.
/// let run = Sim::new().stdin(Input::new().stays_open()).run(reader());
/// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
/// assert_eq!(deadlock.waits().len(), 1);
/// assert!(deadlock.to_string().contains("reader waits for standard input"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock {
    waits: Vec<Waiting>,
    /// How many further tasks wait.
    more: usize,
    cycles: Vec<Cycle>,
    flight_record: Option<String>,
}

/// A cycle of tasks. Names do not tell them apart, because a program may give the same name to several tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cycle {
    /// Places of its tasks among the waits of the report.
    pub(crate) members: Vec<usize>,
    /// How many further tasks it has.
    pub(crate) more: usize,
}

/// The text of a report has at most this many lines of one kind; the others are counted.
const SHOWN: usize = 50;

impl Deadlock {
    pub(crate) fn new(
        waits: Vec<Waiting>,
        more: usize,
        cycles: Vec<Cycle>,
        flight_record: Option<String>,
    ) -> Deadlock {
        Deadlock {
            waits,
            more,
            cycles,
            flight_record,
        }
    }

    /// The tasks that wait, at most 1,000. If there are more, those that are in [`cycles`](Deadlock::cycles) come first.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn reader() {
    ///     let _ = yield_!(Stdin);
    /// }
    ///
    /// let run = Sim::new().stdin(Input::new().stays_open()).run(reader);
    /// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
    /// assert_eq!(deadlock.waits()[0].task, "reader");
    /// ```
    pub fn waits(&self) -> &[Waiting] {
        &self.waits
    }

    /// How many tasks wait beyond those that [`waits`](Deadlock::waits) gives.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::{Input, Sim};
    ///
    /// #[loop_core::coroutine]
    /// fn reader() {
    ///     let _ = yield_!(Stdin);
    /// }
    ///
    /// let run = Sim::new().stdin(Input::new().stays_open()).run(reader);
    /// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
    /// assert_eq!((deadlock.waits().len(), deadlock.more()), (1, 0));
    /// ```
    pub fn more(&self) -> usize {
        self.more
    }

    /// Cycles of tasks, in each of which every task waits for the next one and the last one for the first. A cycle has only the
    /// tasks that [`waits`](Deadlock::waits) gives.
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::Sim;
    ///
    /// type Slot = Rc<RefCell<Option<Handle<()>>>>;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn joins(other: Slot) {
    ///     let other = other.take();
    ///     let _ = yield_!(other.unwrap());
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     let (a, b) = (Slot::default(), Slot::default());
    ///     let first = yield_!(Spawn(joins(Rc::clone(&b))).named("a"));
    ///     a.replace(Some(first));
    ///     let second = yield_!(Spawn(joins(Rc::clone(&a))).named("b"));
    ///     b.replace(Some(second));
    ///     yield_!(Sleep(std::time::Duration::from_secs(1)));
    /// }
    ///
    /// let Err(Error::Deadlock(deadlock)) = Sim::new().run(program).into_result() else { unreachable!() };
    /// assert_eq!(deadlock.cycles(), [["b", "a"]]);
    /// ```
    pub fn cycles(&self) -> Vec<Vec<&str>> {
        let cycles = self.cycles.iter();
        cycles
            .map(|cycle| self.names(&cycle.members).collect())
            .collect()
    }

    fn names<'a>(&'a self, members: &'a [usize]) -> impl Iterator<Item = &'a str> {
        members.iter().map(|place| self.waits[*place].task.as_str())
    }

    /// The last events before the deadlock, if the loop's recorder [keeps them](crate::trace::Ring).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Error;
    /// use loop_core::sim::{Input, Sim};
    /// use loop_core::trace::Ring;
    ///
    /// #[loop_core::coroutine]
    /// fn reader() {
    ///     let _ = yield_!(Stdin);
    /// }
    ///
    /// let silent = Sim::new().stdin(Input::new().stays_open());
    /// let mut event_loop = silent.builder().recorder(Ring::new(2)).build();
    /// let Err(Error::Deadlock(deadlock)) = event_loop.run_until_complete(reader()) else { unreachable!() };
    /// assert!(deadlock.flight_record().unwrap().starts_with("# last 2 events\n"));
    /// ```
    pub fn flight_record(&self) -> Option<&str> {
        self.flight_record.as_deref()
    }

    fn title(&self) -> &'static str {
        let all = self.waits.len() + self.more;
        match &*self.cycles {
            [cycle] if cycle.len() == 1 && all == 1 => "deadlock: a task waits for itself",
            [cycle] if cycle.len() == all => "deadlock: tasks wait for each other in a cycle",
            _ if all == 0 => "deadlock: no task is left, and nothing can stop the loop",
            _ => "deadlock: every task is parked and nothing outside can wake one",
        }
    }
}

impl Cycle {
    fn len(&self) -> usize {
        self.members.len() + self.more
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())?;
        for wait in self.waits.iter().take(SHOWN) {
            write!(f, "\n  {wait}")?;
        }
        let more = self.waits.len().saturating_sub(SHOWN) + self.more;
        if more > 0 {
            write!(f, "\n  … and {more} more tasks that wait")?;
        }
        for cycle in self.cycles.iter().take(SHOWN) {
            f.write_str("\n  cycle: ")?;
            for name in self.names(&cycle.members).take(SHOWN) {
                write!(f, "{name} -> ")?;
            }
            let cut = if cycle.len() > SHOWN { "… -> " } else { "" };
            write!(f, "{cut}{}", self.waits[cycle.members[0]].task)?;
        }
        match &self.flight_record {
            Some(record) => write!(f, "\n{record}"),
            None => Ok(()),
        }
    }
}
