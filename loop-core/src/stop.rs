//! [`Stopper`]: stops a run from outside of it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

/// The loop's side of its stoppers. Nothing is allocated before there is one.
#[derive(Default)]
pub(crate) struct StopFlag {
    is_set: Option<Arc<AtomicBool>>,
}

impl StopFlag {
    /// Whether a stopper has asked the run to end.
    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        match &self.is_set {
            Some(is_set) => is_set.load(Ordering::Acquire),
            None => false,
        }
    }

    /// Whether a stopper has asked the run to end; resets that.
    pub(crate) fn take(&self) -> bool {
        match &self.is_set {
            Some(is_set) => is_set.swap(false, Ordering::AcqRel),
            None => false,
        }
    }

    /// Whether a stopper exists.
    pub(crate) fn is_shared(&self) -> bool {
        let count = self.is_set.as_ref().map(Arc::strong_count);
        count.is_some_and(|count| count > 1)
    }

    pub(crate) fn stopper(&mut self, waker: Waker) -> Stopper {
        let is_set = self.is_set.get_or_insert_default();
        Stopper {
            is_set: Arc::clone(is_set),
            waker,
        }
    }
}

/// Stops the run of an [`EventLoop`](crate::EventLoop) from outside of it: from another thread, a hook or a destructor.
///
/// Made by [`EventLoop::stopper`](crate::EventLoop::stopper). In a coroutine use [`yield_!(Stop)`](crate::Stop).
///
/// ```
/// use std::thread;
/// use loop_core::EventLoop;
///
/// let mut event_loop = EventLoop::new();
/// let stopper = event_loop.stopper();
/// let thread = thread::spawn(move || stopper.stop());
/// event_loop.run_forever()?; // no task: it waits until it is stopped
/// thread.join().unwrap();
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Stopper {
    is_set: Arc<AtomicBool>,
    waker: Waker,
}

impl Stopper {
    /// Makes the present run, or the next one, return when the tasks that are ready have had their turns.
    ///
    /// The tasks stay where they are; when the loop runs again, they go on.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn restless() {
    ///     loop {
    ///         yield_!();
    ///     }
    /// }
    ///
    /// let mut event_loop = EventLoop::new();
    /// event_loop.schedule(restless());
    /// event_loop.stopper().stop();
    /// event_loop.run_forever()?; // returns after the first turns
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn stop(&self) {
        self.is_set.store(true, Ordering::Release);
        self.waker.wake_by_ref();
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopper").finish_non_exhaustive()
    }
}
