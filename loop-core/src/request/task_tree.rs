//! [`TaskTree`]: the tasks of a loop at one moment.

use std::fmt;
use std::time::Duration;

use super::kind::RequestKind;
use super::object_name::ObjectName;
use super::waiting::{Waiting, ends, write_wait};
use crate::coroutine::Site;
use crate::id::TaskId;

/// The tasks of a loop that have not ended, at one moment. [`Tasks`](crate::Tasks) and [`EventLoop::tasks`](crate::EventLoop::tasks) give it.
///
/// Its text is a tree: each task stands below the one that has spawned it, if that has not ended.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn forgotten() {
///     yield_!();
/// }
///
/// let mut event_loop = Sim::new().event_loop();
/// event_loop.schedule(forgotten());
/// assert_eq!(event_loop.tasks().tasks()[0].name, "forgotten");
/// event_loop.run()?;
/// assert_eq!(event_loop.tasks().to_string(), "no tasks\n");
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaskTree {
    tasks: Vec<TaskNode>,
    more: usize,
}

/// One task of a [`TaskTree`].
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::{TaskState, TaskTree};
///
/// /// The names of the tasks that have waited for so long.
/// fn stuck(tree: &TaskTree, limit: Duration) -> Vec<&str> {
///     let waits = tree.tasks().iter().filter(|task| match task.state {
///         TaskState::Waiting { waited, .. } => waited >= Some(limit),
///         _ => false,
///     });
///     waits.map(|task| task.name.as_str()).collect()
/// }
/// # assert!(stuck(&TaskTree::default(), Duration::ZERO).is_empty());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct TaskNode {
    /// Its number, which is used again when the task has ended.
    pub id: TaskId,
    /// Its name.
    pub name: String,
    /// The task that has spawned it, as a place in [`TaskTree::tasks`], which is before its own. `None` if that has ended, or if no task
    /// has spawned it.
    pub parent: Option<usize>,
    /// What it does.
    pub state: TaskState,
    /// The coroutines within which it is, the innermost last: those on its stack, and after each of them those that run in place within
    /// it.
    pub stack: Vec<&'static Site>,
}

/// What a task does that has not ended.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::{TaskState, Tasks};
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn program() {
///     assert_eq!(yield_!(Tasks).tasks()[0].state, TaskState::Running);
///     assert_eq!(TaskState::Running.to_string(), "runs");
/// }
///
/// Sim::new().run(program).into_result().unwrap();
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TaskState {
    /// It runs: it is the one that asks.
    Running,
    /// It is in the ready queue.
    Ready,
    /// It waits.
    #[non_exhaustive]
    Waiting {
        /// The request that it waits for.
        request: RequestKind,
        /// The lock, event or channel that it waits for, if it waits for such an object.
        object: Option<ObjectName>,
        /// What that object is, where its name does not say it: the program of a process.
        label: Option<String>,
        /// The name of the task whose end it waits for, or that has the lock.
        holder: Option<String>,
        /// How long it has waited, as exactly as the loop looks at the clock. `None` if the loop does not keep it: see
        /// [`Builder::track_waits`](crate::Builder::track_waits).
        waited: Option<Duration>,
    },
}

impl TaskNode {
    /// A task that does not wait.
    pub(crate) fn new(
        id: TaskId,
        name: String,
        state: TaskState,
        stack: Vec<&'static Site>,
    ) -> TaskNode {
        TaskNode {
            id,
            name,
            parent: None,
            state,
            stack,
        }
    }

    pub(crate) fn waiting(id: TaskId, waiting: Waiting) -> TaskNode {
        let Waiting {
            task,
            stack,
            request,
            object,
            label,
            holder,
            waited,
        } = waiting;
        let state = TaskState::Waiting {
            request,
            object,
            label,
            holder,
            waited,
        };
        TaskNode::new(id, task, state, stack)
    }
}

/// A text has at most so many tasks; the others are counted.
pub(crate) const SHOWN: usize = 1_000;

/// At most so many coroutines at either end of a stack; the others are counted.
const ENDS: usize = 10;

/// The branches of at most so many generations are drawn; deeper ones are not moved to the right any further.
const DRAWN: usize = 20;

impl TaskTree {
    /// Tasks, each behind its parent and that one's earlier children; and how many more there are.
    pub(crate) fn new(tasks: Vec<TaskNode>, more: usize) -> TaskTree {
        TaskTree { tasks, more }
    }

    /// The tasks. Each stands behind the one that has spawned it, with all that are below it, in the order in which they were spawned;
    /// those that were spawned with a name come first.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::Tasks;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn leaf() {
    ///     yield_!();
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn branch() {
    ///     let _leaf = yield_!(Spawn(leaf()));
    ///     yield_!();
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn root() {
    ///     let _branches = [yield_!(Spawn(branch())), yield_!(Spawn(branch()))];
    ///     yield_!();
    ///     let tree = yield_!(Tasks);
    ///     let names: Vec<_> = tree.tasks().iter().map(|task| &*task.name).collect();
    ///     assert_eq!(names, ["root", "root/1", "root/1/1", "root/2", "root/2/1"]);
    ///     assert_eq!(tree.tasks()[4].parent, Some(3));
    /// }
    ///
    /// Sim::new().run(root).into_result().unwrap();
    /// ```
    pub fn tasks(&self) -> &[TaskNode] {
        &self.tasks
    }

    /// For each task whether the text has further ones below the same parent, and below itself.
    fn branches(&self) -> Vec<Branch> {
        let mut branches = vec![Branch::default(); self.tasks.len()];
        let mut has_later = vec![false; self.tasks.len()];
        for (place, task) in self.tasks.iter().enumerate().rev() {
            if let Some(parent) = task.parent {
                branches[place].goes_on = std::mem::replace(&mut has_later[parent], true);
                branches[parent].has_children = true;
            }
        }
        branches
    }

    /// What stands before the lines of the tasks below this one.
    fn indent(&self, branches: &[Branch], task: usize) -> String {
        let above = std::iter::successors(Some(task), |task| self.tasks[*task].parent);
        let mut above = above.filter(|task| self.tasks[*task].parent.is_some());
        let mut drawn: Vec<&str> = above
            .by_ref()
            .take(DRAWN)
            .map(|task| {
                if branches[task].goes_on {
                    "│  "
                } else {
                    "   "
                }
            })
            .collect();
        if above.next().is_some() {
            drawn.push("…  ");
        }
        drawn.reverse();
        drawn.concat()
    }
}

/// How the lines of a task are connected.
#[derive(Clone, Copy, Default)]
struct Branch {
    /// A further task has the same parent.
    goes_on: bool,
    has_children: bool,
}

impl fmt::Display for TaskTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tasks.is_empty() {
            return f.write_str("no tasks\n");
        }
        let branches = self.branches();
        for (place, task) in self.tasks.iter().enumerate().take(SHOWN) {
            let before = match task.parent {
                None => String::new(),
                Some(parent) => {
                    let fork = if branches[place].goes_on {
                        "├─ "
                    } else {
                        "└─ "
                    };
                    self.indent(&branches, parent) + fork
                }
            };
            writeln!(f, "{before}{} {}", task.name, task.state)?;
            let below = if branches[place].has_children {
                "│ "
            } else {
                "  "
            };
            let before = self.indent(&branches, place) + below;
            let (first, left_out, last) = ends(&task.stack, ENDS);
            first
                .iter()
                .try_for_each(|site| writeln!(f, "{before}{site}"))?;
            if left_out > 0 {
                writeln!(f, "{before}… {left_out} more coroutines")?;
            }
            last.iter()
                .try_for_each(|site| writeln!(f, "{before}{site}"))?;
        }
        match self.tasks.len().saturating_sub(SHOWN) + self.more {
            0 => Ok(()),
            more => writeln!(f, "… and {more} more tasks"),
        }
    }
}

impl fmt::Display for TaskState {
    /// "runs", "is ready", "waits for event 1 (for 2.5s)".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskState::Running => f.write_str("runs"),
            TaskState::Ready => f.write_str("is ready"),
            TaskState::Waiting {
                request,
                object,
                label,
                holder,
                waited,
            } => {
                let (label, holder) = (label.as_deref(), holder.as_deref());
                write_wait(f, *request, *object, label, holder)?;
                match *waited {
                    None | Some(Duration::ZERO) => Ok(()),
                    Some(waited) => write!(f, " (for {:?})", rounded(waited)),
                }
            }
        }
    }
}

/// A time as a person reads it: of milliseconds no fractions.
fn rounded(time: Duration) -> Duration {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    match millis {
        0 => time,
        _ => Duration::from_millis(millis),
    }
}
