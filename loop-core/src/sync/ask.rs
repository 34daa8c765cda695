//! [`Ask`]: a request to an object.

use std::mem;
use std::rc::Rc;

use crate::request::{AnyObject, Object, Request, Resume, Yield};

/// A request to an object. `H` holds the object: while the task waits, nothing else is kept.
pub(super) struct Ask<H, Q, F> {
    holds: H,
    request: Q,
    answer: F,
}

/// What holds an object.
pub(super) trait Holds {
    fn object(&self) -> AnyObject;
}

impl<O: Object + 'static> Holds for Rc<O> {
    #[inline]
    fn object(&self) -> AnyObject {
        AnyObject::new(self)
    }
}

/// A request to an object. `answer` is called when the object has admitted the task and the task goes on.
#[inline]
pub(super) fn ask<A, H, Q, F>(request: Q, holds: H, answer: F) -> Ask<H, Q, F>
where
    H: Holds,
    Q: FnOnce(AnyObject) -> Yield,
    F: FnOnce(H) -> A,
{
    Ask {
        holds,
        request,
        answer,
    }
}

impl<A, H, Q, F> Request for Ask<H, Q, F>
where
    H: Holds,
    Q: FnOnce(AnyObject) -> Yield,
    F: FnOnce(H) -> A,
{
    type Answer = A;

    fn into_yield(self) -> Yield {
        (self.request)(self.holds.object())
    }

    fn answer(_: Resume) -> A {
        unreachable!("the answer is made by the function of the request")
    }

    #[inline]
    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> A) {
        let Ask {
            holds,
            request,
            answer,
        } = self;
        let request = request(holds.object());
        let read = move |unit| {
            // It is always `Resume::Unit`, so there is nothing to drop.
            mem::forget(unit);
            answer(holds)
        };
        (request, read)
    }
}
