//! [`Ask`]: a request to an object.

use std::rc::Rc;

use crate::request::{AnyObject, Object, Request, Resume, Yield};

/// A request to an object, and what makes its answer when the task goes on.
pub(super) struct Ask<F> {
    request: Yield,
    answer: F,
}

/// A request to an object. `answer` is called when the object has admitted the task and the task goes on.
#[inline]
pub(super) fn ask<A, O: Object + 'static, F: FnOnce(Rc<O>) -> A>(
    request: fn(AnyObject) -> Yield,
    object: &Rc<O>,
    answer: F,
) -> Ask<impl FnOnce() -> A + use<A, O, F>> {
    let asked = Rc::clone(object);
    ask_with(request, object, move || answer(asked))
}

/// The same, with an answer that keeps the object itself.
#[inline]
pub(super) fn ask_with<A, O: Object + 'static, F: FnOnce() -> A>(
    request: fn(AnyObject) -> Yield,
    object: &Rc<O>,
    answer: F,
) -> Ask<F> {
    let request = request(AnyObject::new(object));
    Ask { request, answer }
}

impl<A, F: FnOnce() -> A> Request for Ask<F> {
    type Answer = A;

    fn into_yield(self) -> Yield {
        self.request
    }

    fn answer(_: Resume) -> A {
        unreachable!("the answer is made by the function of the request")
    }

    #[inline]
    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> A) {
        (self.request, |_| (self.answer)())
    }
}
