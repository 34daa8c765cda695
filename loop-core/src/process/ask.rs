//! [`ProcessRequest`].

use std::fmt;
use std::io;
use std::rc::Rc;

use crate::request::process::{Process, Wish};
use crate::request::{AnyObject, Request, Resume, Yield};

/// A request to a process, whose answer is an [`io::Result`] of a `T`. Made by [`Command::spawn`](super::Command::spawn) and the methods of
/// [`Child`](super::Child).
///
/// ```
/// use loop_core::process::{Child, Command, ProcessRequest};
///
/// let request: ProcessRequest<Child> = Command::new("cat").spawn(); // nothing has happened yet
/// # drop(request);
/// ```
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct ProcessRequest<T> {
    process: Rc<Process>,
    wish: Wish,
    request: fn(AnyObject) -> Yield,
    answer: fn(Rc<Process>) -> io::Result<T>,
}

impl<T> ProcessRequest<T> {
    pub(super) fn new(
        process: Rc<Process>,
        wish: Wish,
        request: fn(AnyObject) -> Yield,
        answer: fn(Rc<Process>) -> io::Result<T>,
    ) -> ProcessRequest<T> {
        ProcessRequest {
            process,
            wish,
            request,
            answer,
        }
    }
}

impl<T> fmt::Debug for ProcessRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProcessRequest")
    }
}

impl<T> Request for ProcessRequest<T> {
    type Answer = io::Result<T>;

    fn into_yield(self) -> Yield {
        self.loop_core_ask().0
    }

    fn answer(_: Resume) -> io::Result<T> {
        unreachable!("the answer is made by the function of the request")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> io::Result<T>) {
        let ProcessRequest {
            process,
            wish,
            request,
            answer,
        } = self;
        process.ask(wish);
        let request = request(AnyObject::new(&process));
        (request, move |_: Resume| answer(process))
    }
}
