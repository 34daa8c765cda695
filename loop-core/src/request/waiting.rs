//! [`Waiting`]: what a task waits for, and where.

use std::fmt;
use std::time::Duration;

use super::kind::RequestKind;
use super::object_name::ObjectName;
use crate::coroutine::Site;

/// A task that waits: in a [`Deadlock`](crate::Deadlock), or when the time of a [`Timeout`](crate::Timeout) is
/// [over](crate::Elapsed::waits).
///
/// Its text says it in one line.
///
/// ```
/// use std::time::Duration;
/// use loop_core::prelude::*;
/// use loop_core::Error;
/// use loop_core::trace::RequestKind;
/// use loop_core::sim::{Input, Sim};
///
/// #[loop_core::coroutine]
/// fn read(lines: &mut u32) {
///     *lines += 1;
///     let _ = yield_!(Stdin);
/// }
///
/// #[loop_core::coroutine]
/// fn reader() {
///     yield_!(Sleep(Duration::from_secs(2)));
///     let mut lines = 0;
///     yield_from!(read(&mut lines));
/// }
///
/// let run = Sim::new().stdin(Input::new().stays_open()).run(reader);
/// let Err(Error::Deadlock(deadlock)) = run.into_result() else { unreachable!() };
/// let waiting = &deadlock.waits()[0];
/// assert_eq!((&*waiting.task, waiting.request), ("reader", RequestKind::Stdin));
/// let names: Vec<_> = waiting.stack.iter().map(|site| site.name).collect();
/// assert_eq!(names, ["reader", "read"]);
/// assert!(waiting.to_string().starts_with("reader waits for standard input, in `reader` > `read` ("));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// The task's name.
    pub task: String,
    /// The coroutines within which it waits, the innermost last: those on its stack, and after each of them those that run in place
    /// within it.
    pub stack: Vec<&'static Site>,
    /// The request that it waits for.
    pub request: RequestKind,
    /// The lock, event or channel that it waits for, if it waits for such an object.
    pub object: Option<ObjectName>,
    /// What that object is, where its name does not say it: the program of a process.
    pub label: Option<String>,
    /// The name of the task whose end it waits for, or that has the lock.
    pub holder: Option<String>,
    /// How long it has waited, as exactly as the loop looks at the clock. `None` if the loop does not keep it: see
    /// [`Builder::track_waits`](crate::Builder::track_waits).
    pub waited: Option<Duration>,
}

/// A line names at most so many coroutines at either end of a stack.
const SHOWN: usize = 3;

/// What a task waits for, in words: "waits for event 1", "waits to acquire lock 1, which main/2 has".
pub(super) fn write_wait(
    f: &mut fmt::Formatter<'_>,
    request: RequestKind,
    object: Option<ObjectName>,
    label: Option<&str>,
    holder: Option<&str>,
) -> fmt::Result {
    f.write_str("waits ")?;
    match (object, holder) {
        (Some(object), holder) => {
            match request {
                RequestKind::Wait
                | RequestKind::Await
                | RequestKind::Signal
                | RequestKind::WaitChild => {
                    write!(f, "for {object}")?;
                }
                RequestKind::Room => write!(f, "for room in {object}")?,
                request => write!(f, "to {request} {object}")?,
            }
            if let Some(label) = label {
                write!(f, " {label}")?;
            }
            match holder {
                Some(holder) => write!(f, ", which {holder} has"),
                None => Ok(()),
            }
        }
        (None, Some(holder)) => write!(f, "for {} of {holder}", request.object()),
        (None, None) => write!(f, "for {}", request.object()),
    }
}

/// The parts of a long list at its two ends, and how many are left out between them.
pub(super) fn ends<T>(list: &[T], shown: usize) -> (&[T], usize, &[T]) {
    match list.len().saturating_sub(2 * shown) {
        0 | 1 => (list, 0, &[]),
        left_out => (&list[..shown], left_out, &list[list.len() - shown..]),
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.task)?;
        let (label, holder) = (self.label.as_deref(), self.holder.as_deref());
        write_wait(f, self.request, self.object, label, holder)?;
        let Some((innermost, outer)) = self.stack.split_last() else {
            return Ok(());
        };
        f.write_str(", in ")?;
        let (first, left_out, last) = ends(outer, SHOWN);
        first
            .iter()
            .try_for_each(|site| write!(f, "`{}` > ", site.name))?;
        if left_out > 0 {
            write!(f, "… {left_out} more … > ")?;
        }
        last.iter()
            .try_for_each(|site| write!(f, "`{}` > ", site.name))?;
        innermost.fmt(f)
    }
}
