//! [`Ended`] and [`Me`]: what a task can ask about tasks.

use super::handle::Handle;
use super::task_info::TaskInfo;
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
