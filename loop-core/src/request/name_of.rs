//! [`NameOf`]: the name of another task.

use super::any_handle::TaskRef;
use super::typed::{Request, mismatch};
use super::yields::{Resume, Yield};

/// Request: the name of a task.
pub(super) struct NameOf(pub(super) TaskRef);

impl Request for NameOf {
    type Answer = String;

    fn into_yield(self) -> Yield {
        Yield::NameOf(self.0)
    }

    fn answer(resume: Resume) -> String {
        match resume {
            Resume::Task(info) => info.name,
            other => mismatch("the name of a task", other),
        }
    }
}
