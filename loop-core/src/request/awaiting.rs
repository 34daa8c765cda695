//! [`Await`]: waiting for a future of another library.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use super::kind::RequestKind;
use super::object::{AnyObject, Asker, Object, Registration};
use super::object_name::ObjectKind;
use super::typed::Request;
use super::yields::{Resume, Yield};
use crate::coroutine::Payload;
use crate::inbox::{Bell, Job, Line};

/// Waits for a future: the `await` of a world without coroutines. The answer is the future's output.
///
/// The loop polls the future on its own thread, so the future need not be `Send`: once when it is asked for, and then whenever its
/// waker was called, from whichever thread. In one look at the world, the futures whose wakers were called are polled in the order in
/// which they were asked for. A future that needs a runtime of its own finds it as it does elsewhere: tokio's through
/// [`Handle::enter`](https://docs.rs/tokio/latest/tokio/runtime/struct.Handle.html#method.enter), for example, or runs in a loop that is [tokio's guest](crate::EventLoop::run_as_guest). The time that
/// polling takes counts as no task's turn: what computes for long belongs into `Blocking` (feature `blocking`).
///
/// When the task is cancelled, the future is dropped.
///
/// # In a simulation
///
/// No time passes while a future is polled, and nothing outside calls a waker: only what the loop's own tasks do, or futures that wake
/// themselves. A task that waits for another thread, or for a clock other than the loop's, is a [deadlock](crate::Deadlock) there.
/// On the operating system it is one if nobody has the future's waker any more.
///
/// # Panics
///
/// If the future panics, the panic goes on in the task that waits for it.
///
/// ```
/// use std::future::{Future, poll_fn};
/// use std::task::Poll;
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// /// Ready when it is polled again.
/// fn soon<T: Clone>(value: T) -> impl Future<Output = T> {
///     let mut is_polled = false;
///     poll_fn(move |context| {
///         if std::mem::replace(&mut is_polled, true) {
///             return Poll::Ready(value.clone());
///         }
///         context.waker().wake_by_ref();
///         Poll::Pending
///     })
/// }
///
/// #[loop_core::coroutine]
/// fn waits() -> u32 {
///     yield_!(Await(soon(3))) + yield_!(Await(async { soon(4).await }))
/// }
///
/// assert_eq!(Sim::new().run(waits()).into_result().unwrap(), 7);
/// ```
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Await<F>(pub F);

impl<F> fmt::Debug for Await<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Await").finish_non_exhaustive()
    }
}

impl<F: Future + 'static> Request for Await<F> {
    type Answer = F::Output;

    fn into_yield(self) -> Yield {
        self.loop_core_ask().0
    }

    fn answer(_: Resume) -> F::Output {
        unreachable!("the output comes from the future, not from the loop")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> F::Output) {
        let awaited = Rc::new(Awaited {
            registration: Registration::new(ObjectKind::Future),
            line: RefCell::default(),
            state: RefCell::new(State::Pending(Box::pin(self.0))),
        });
        let request = Yield::Await(AnyObject::new(&awaited));
        (request, move |_| awaited.output())
    }
}

/// A future that a task waits for.
struct Awaited<F: Future> {
    registration: Registration,
    line: RefCell<Option<(Line, Weak<Bell>)>>,
    state: RefCell<State<F>>,
}

enum State<F: Future> {
    Pending(Pin<Box<F>>),
    /// It is being polled, or its output was taken.
    Taken,
    Ready(Result<F::Output, Payload>),
}

impl<F: Future> Awaited<F> {
    fn output(&self) -> F::Output {
        match self.state.replace(State::Taken) {
            State::Ready(Ok(output)) => output,
            State::Ready(Err(payload)) => resume_unwind(payload),
            _ => unreachable!("a task goes on when the future is ready"),
        }
    }

    /// The waker for the next poll. It is the same one as long as somebody has it.
    fn waker(&self) -> Waker {
        let mut line = self.line.borrow_mut();
        let (line, last) = line.as_mut().expect("a line comes before the first poll");
        let bell = last.upgrade().unwrap_or_else(|| line.bell());
        bell.heard();
        *last = Arc::downgrade(&bell);
        bell.into()
    }
}

impl<F: Future> Object for Awaited<F> {
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn begin(&self, line: Line) -> Option<Job> {
        *self.line.borrow_mut() = Some((line, Weak::new()));
        None
    }

    /// Polls the future.
    fn admit(&self, _: Asker) -> bool {
        // Nothing is borrowed meanwhile: what the future does may come back here.
        let mut future = match self.state.replace(State::Taken) {
            State::Pending(future) => future,
            other => {
                *self.state.borrow_mut() = other;
                return false;
            }
        };
        let waker = self.waker();
        let polled = catch_unwind(AssertUnwindSafe(move || {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => Ok(output),
                Poll::Pending => Err(future),
            }
        }));
        let (state, is_ready) = match polled {
            Ok(Ok(output)) => (State::Ready(Ok(output)), true),
            Ok(Err(future)) => (State::Pending(future), false),
            Err(payload) => (State::Ready(Err(payload)), true),
        };
        *self.state.borrow_mut() = state;
        is_ready
    }

    fn can_ring(&self) -> bool {
        let line = self.line.borrow();
        line.as_ref()
            .is_some_and(|(_, bell)| bell.strong_count() > 0)
    }

    fn give_back(&self, _: RequestKind) {}
}
