//! [`Ended`], [`Me`] and [`Tasks`]: what a task can ask about tasks.

use super::handle::Handle;
use super::task_info::TaskInfo;
use super::task_tree::TaskTree;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};

/// Waits for the end of a task, and leaves its value to whoever joins it. Any number of tasks can wait.
///
/// A handle that several tasks wait for is in an [`Rc`](std::rc::Rc).
///
/// ```
/// use std::rc::Rc;
/// use loop_core::prelude::*;
/// use loop_core::{Ended, Handle};
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn works() -> u32 {
///     yield_!(Sleep(std::time::Duration::from_secs(1)));
///     42
/// }
///
/// #[loop_core::coroutine]
/// fn watches(task: Rc<Handle<u32>>) -> bool {
///     yield_!(Ended(&task));
///     task.is_finished()
/// }
///
/// #[loop_core::coroutine]
/// fn parent() {
///     let task = Rc::new(yield_!(Spawn(works())));
///     let watcher = yield_!(Spawn(watches(Rc::clone(&task))));
///     yield_!(Ended(&task));
///     assert!(yield_!(watcher).unwrap());
///     assert_eq!(yield_!(Rc::into_inner(task).unwrap()).unwrap(), 42);
/// }
///
/// Sim::new().run(parent()).into_result().unwrap();
/// ```
///
/// # Panics
///
/// In the task that asks, if the other one belongs to another loop.
#[derive(Debug)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Ended<'a, T>(pub &'a Handle<T>);

impl<T> Request for Ended<'_, T> {
    type Answer = ();

    fn into_yield(self) -> Yield {
        Yield::Ended(self.0.to_task())
    }

    fn answer(_: Resume) {}
}

/// The task itself: its number and its name. It is answered in the same step.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::Me;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn who() -> String {
///     yield_!(Me).name
/// }
///
/// assert_eq!(Sim::new().run(who).into_result().unwrap(), "who");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Me;

impl Request for Me {
    type Answer = TaskInfo;

    fn into_yield(self) -> Yield {
        Yield::Me
    }

    fn answer(resume: Resume) -> TaskInfo {
        match resume {
            Resume::Task(info) => *info,
            other => mismatch("Me", other),
        }
    }
}

/// The tasks of the loop: what each of them waits for, since when, and within which coroutines. It is answered in the same step.
///
/// Outside of a run [`EventLoop::tasks`](crate::EventLoop::tasks) says the same, and a program can
/// [write it on a signal](crate::Builder::show_tasks_on).
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::{TaskTree, Tasks};
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn nap() {
///     yield_!(Sleep(Duration::from_secs(9)));
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> TaskTree {
///     let _nap = yield_!(Spawn(nap()));
///     yield_!(Sleep(Duration::from_secs(2)));
///     yield_!(Tasks)
/// }
///
/// let tree = Sim::new().run(program).into_result().unwrap();
/// let lines: Vec<String> = tree.to_string().lines().map(String::from).collect();
/// assert_eq!(lines[0], "program runs");
/// assert!(lines[1].starts_with("│ `program` ("));
/// assert_eq!(lines[2], "└─ program/1 waits for its deadline (for 2s)");
/// assert!(lines[3].starts_with("     `nap` ("));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Tasks;

impl Request for Tasks {
    type Answer = TaskTree;

    fn into_yield(self) -> Yield {
        Yield::Tasks
    }

    fn answer(resume: Resume) -> TaskTree {
        match resume {
            Resume::Tasks(tree) => *tree,
            other => mismatch("Tasks", other),
        }
    }
}
