//! [`Blocking`]: work for another thread.

use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::kind::RequestKind;
use super::object::{AnyObject, Asker, Object, Registration};
use super::object_name::ObjectKind;
use super::typed::Request;
use super::yields::{Resume, Yield};
use crate::coroutine::Payload;
use crate::inbox::{Bell, Job, Line};

/// Runs a closure on another thread, and waits for its value: for what computes for long, or for a function that blocks.
///
/// The closures run on the threads of the crate [`blocking`](https://docs.rs/blocking): at most 500, or what the variable
/// `BLOCKING_MAX_THREADS` says; further closures wait for a thread. Closures that have ended by the time the loop looks are answered in the
/// order in which they were asked for.
///
/// When the task is cancelled, a closure that has not begun is dropped instead of run, by the thread that would have run it. One that
/// runs cannot be stopped: it runs to its end, and its thread drops the value (a panic of that destructor is nobody's failure). The loop and the end of the
/// program wait for neither.
///
/// # In a simulation
///
/// The closure runs at once, on the loop's thread, and takes no time. The task goes on after the loop's next look, as if the closure had just
/// ended.
///
/// # Panics
///
/// If the closure panics, the panic goes on in the task that waits for it.
///
/// ```
/// use loop_core::prelude::*;
///
/// fn fib(n: u64) -> u64 {
///     if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
/// }
///
/// #[loop_core::coroutine]
/// fn program() -> u64 {
///     yield_!(Blocking(|| fib(20)))
/// }
///
/// assert_eq!(EventLoop::new().run_until_complete(program())?, 6765);
/// # Ok::<(), loop_core::Error>(())
/// ```
#[must_use = "a request does nothing unless you `yield_!` it"]
pub struct Blocking<F>(pub F);

impl<F> fmt::Debug for Blocking<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}

impl<F, T> Request for Blocking<F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    type Answer = T;

    fn into_yield(self) -> Yield {
        self.loop_core_ask().0
    }

    fn answer(_: Resume) -> T {
        unreachable!("the value comes from the closure, not from the loop")
    }

    fn loop_core_ask(self) -> (Yield, impl FnOnce(Resume) -> T) {
        let work = Rc::new(Work {
            registration: Registration::new(ObjectKind::Blocking),
            closure: Cell::new(Some(self.0)),
            bell: Cell::default(),
            outcome: Arc::default(),
        });
        let request = Yield::Blocking(AnyObject::new(&work));
        (request, move |_| work.outcome.value())
    }
}

/// A closure that a task waits for.
struct Work<F, T> {
    registration: Registration,
    /// Until it is on its way to its thread.
    closure: Cell<Option<F>>,
    /// Rings when the closure has ended.
    bell: Cell<Weak<Bell>>,
    outcome: Arc<Outcome<T>>,
}

/// How the closure has ended. Its thread and the task share it.
struct Outcome<T>(Mutex<Option<Result<T, Payload>>>);

impl<T> Default for Outcome<T> {
    fn default() -> Outcome<T> {
        Outcome(Mutex::new(None))
    }
}

impl<T> Outcome<T> {
    fn set(&self, outcome: Result<T, Payload>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    fn is_there(&self) -> bool {
        let outcome = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.is_some()
    }

    fn value(&self) -> T {
        let mut outcome = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome
            .take()
            .expect("a task goes on when the closure has ended")
        {
            Ok(value) => value,
            Err(payload) => {
                drop(outcome);
                resume_unwind(payload)
            }
        }
    }
}

impl<F, T> Object for Work<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    fn registration(&self) -> &Registration {
        &self.registration
    }

    fn begin(&self, line: Line) -> Option<Job> {
        let closure = self.closure.take()?;
        let outcome = Arc::clone(&self.outcome);
        let bell = line.bell();
        self.bell.set(Arc::downgrade(&bell));
        Some(Job::Run(Box::new(move || {
            // A destructor that panics, of the closure or of a value that nobody waits for, must not end the thread.
            let _ = catch_unwind(AssertUnwindSafe(move || {
                // The task was cancelled meanwhile.
                if Arc::strong_count(&outcome) == 1 {
                    return;
                }
                outcome.set(catch_unwind(AssertUnwindSafe(closure)));
                // First, so that a value that nobody waits for is dropped here.
                drop(outcome);
                bell.ring();
            }));
        })))
    }

    /// Also if it has ended at once, the task goes on after a look: as it would if it had taken longer.
    fn admit(&self, asker: Asker) -> bool {
        asker.has_waited && self.outcome.is_there()
    }

    fn can_ring(&self) -> bool {
        let bell = self.bell.take();
        let can_ring = bell.strong_count() > 0;
        self.bell.set(bell);
        can_ring
    }

    fn give_back(&self, _: RequestKind) {}
}
