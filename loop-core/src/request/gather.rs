//! [`Gather`]: new tasks, and to wait for them.

use std::fmt;
use std::time::Duration;

use super::any_coroutine::AnyCoroutine;
use super::object::AnyObject;
use crate::time::Time;

/// Plumbing: new tasks, and to wait for them, as it is in a [`Yield`](crate::Yield). [`All`](crate::All), [`Race`](crate::Race) and
/// [`Timeout`](crate::Timeout) make it.
pub struct Gather {
    pub(crate) object: AnyObject,
    /// Coroutines that become tasks of the object's family.
    pub(crate) children: Vec<AnyCoroutine>,
    pub(crate) deadline: Deadline,
}

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    Never,
    /// So long, from when the loop handles the request.
    After(Duration),
    At(Time),
}

impl fmt::Debug for Gather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather")
            .field("children", &self.children)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
