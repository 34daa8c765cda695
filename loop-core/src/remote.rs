//! [`Remote`]: running coroutines on a loop from other threads.

use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::inbox::Mailbox;
use crate::request::{IntoTask, Spawn, TaskError, in_loop, make_root};
use crate::stop::Stopper;

/// Runs coroutines on an [`EventLoop`](crate::EventLoop) from other threads, and stops it. Made by
/// [`EventLoop::remote`](crate::EventLoop::remote).
///
/// A coroutine does not leave its thread, so a remote sends a function that makes one. The loop calls it at its next look at the world,
/// in the order in which the functions came, also if it waits for something else.
///
/// [`run`](crate::EventLoop::run) and [`run_until_complete`](crate::EventLoop::run_until_complete) end when their tasks have ended, whether there is a
/// remote or not; what comes later is for the next run. [`run_forever`](crate::EventLoop::run_forever) serves remotes until it is
/// [stopped](Remote::stop). While a remote exists, tasks that wait are no [deadlock](crate::Deadlock): another thread may do
/// something about it. In a simulation they are, because nothing outside happens there.
///
/// ```
/// use std::thread;
/// use loop_core::prelude::*;
///
/// #[loop_core::coroutine]
/// fn double(n: u32) -> u32 {
///     yield_!();
///     2 * n
/// }
///
/// let mut event_loop = EventLoop::new();
/// let remote = event_loop.remote();
/// let thread = thread::spawn(move || {
///     let doubled = remote.call(|| double(21)).wait();
///     remote.stop();
///     doubled
/// });
/// event_loop.run_forever()?;
/// assert_eq!(thread.join().unwrap().unwrap(), 42);
/// # Ok::<(), loop_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Remote {
    // First, so that the loop, which looks when the last mailbox goes, finds both gone.
    stopper: Stopper,
    mailbox: Arc<Mailbox>,
}

impl Remote {
    pub(crate) fn new(stopper: Stopper, mailbox: Arc<Mailbox>) -> Remote {
        Remote { stopper, mailbox }
    }

    /// Makes a task on the loop, as [`EventLoop::schedule`](crate::EventLoop::schedule) does: no task can join it, so its failure makes
    /// the run return an error.
    ///
    /// If the loop was dropped, `make` is dropped too.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn hello() {
    ///     yield_!(Print("hello")).unwrap();
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.remote().schedule(hello);
    /// event_loop.run()?;
    /// assert_eq!(event_loop.world().stdout(), b"hello");
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn schedule<C: IntoTask>(&self, make: impl FnOnce() -> C + Send + 'static) {
        self.mailbox.send(Box::new(move |is_recording| {
            make_root(is_recording, || make().into_coroutine()).into_raw()
        }));
    }

    /// Makes a task on the loop, for whose value the caller can wait.
    ///
    /// A task called `remote` spawns the coroutine and joins it.
    ///
    /// A thread without a loop [waits](RemoteCall::wait) for the value, as in the example of [`Remote`]. A coroutine of another loop
    /// [awaits](crate::Await) it, as in the example of [`RemoteCall`].
    pub fn call<C>(&self, make: impl FnOnce() -> C + Send + 'static) -> RemoteCall<C::Value>
    where
        C: IntoTask + 'static,
        C::Value: Send,
    {
        let reply = Arc::new(Reply::default());
        let replies = Replies(Arc::clone(&reply));
        self.schedule(move || remote(make, replies));
        RemoteCall(reply)
    }

    /// Makes the present run, or the next one, return when the tasks that are ready have had their turns: see
    /// [`Stopper::stop`](crate::Stopper::stop).
    pub fn stop(&self) {
        self.stopper.stop();
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").finish_non_exhaustive()
    }
}

#[loop_macros::coroutine(lazy, crate = crate)]
fn remote<C: IntoTask + 'static>(make: impl FnOnce() -> C + 'static, replies: Replies<C::Value>) {
    let handle = yield_!(Spawn(make()));
    let result = yield_!(handle);
    match result {
        // Nobody waits: it must not be silent.
        Err(error) if error.is_panic() && replies.are_unwanted() => {
            resume_unwind(error.into_panic())
        }
        result => replies.send(result),
    }
}

/// The value of a task on another thread's loop. Made by [`Remote::call`].
///
/// Dropping it does not cancel the task.
///
/// It is a future as well, for a thread that runs another executor, or a coroutine of another loop:
///
/// ```
/// use std::thread;
/// use loop_core::prelude::*;
/// use loop_core::Remote;
///
/// #[loop_core::coroutine]
/// fn double(n: u32) -> u32 {
///     2 * n
/// }
///
/// #[loop_core::coroutine]
/// fn asks(other: Remote) -> u32 {
///     let answer = yield_!(Await(other.call(|| double(21))));
///     other.stop();
///     answer.unwrap()
/// }
///
/// let mut other = EventLoop::new();
/// let remote = other.remote();
/// let thread = thread::spawn(|| EventLoop::new().run_until_complete(asks(remote)));
/// other.run_forever()?;
/// assert_eq!(thread.join().unwrap()?, 42);
/// # Ok::<(), loop_core::Error>(())
/// ```
#[must_use = "use `Remote::schedule` if nobody waits for the value"]
pub struct RemoteCall<T>(Arc<Reply<T>>);

impl<T> RemoteCall<T> {
    /// Waits for the value, and blocks the thread meanwhile.
    ///
    /// # Errors
    ///
    /// The task's failure. A task that never ends, because its loop was dropped, counts as cancelled.
    ///
    /// # Panics
    ///
    /// On a thread where a loop runs, which this would block: in a coroutine, [`Await`](crate::Await) it.
    pub fn wait(self) -> Result<T, TaskError> {
        assert!(
            !in_loop(),
            "a coroutine cannot wait for another loop, which would block its own: `yield_!(Await(…))`"
        );
        let mut state = self.0.state();
        loop {
            match mem::replace(&mut *state, State::Taken) {
                State::Done(result) => return result,
                other => *state = other,
            }
            let waited = self.0.is_done.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Future for RemoteCall<T> {
    type Output = Result<T, TaskError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.state();
        match mem::replace(&mut *state, State::Taken) {
            State::Waiting(_) => {
                *state = State::Waiting(Some(context.waker().clone()));
                Poll::Pending
            }
            State::Done(result) => Poll::Ready(result),
            State::Taken => panic!("a call that has ended was polled again"),
        }
    }
}

impl<T> fmt::Debug for RemoteCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCall").finish_non_exhaustive()
    }
}

/// What the loop's thread and the one that waits share.
struct Reply<T> {
    state: Mutex<State<T>>,
    is_done: Condvar,
}

enum State<T> {
    Waiting(Option<Waker>),
    Done(Result<T, TaskError>),
    Taken,
}

impl<T> Default for Reply<T> {
    fn default() -> Reply<T> {
        Reply {
            state: Mutex::new(State::Waiting(None)),
            is_done: Condvar::new(),
        }
    }
}

impl<T> Reply<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, result: Result<T, TaskError>) {
        let waker = match mem::replace(&mut *self.state(), State::Done(result)) {
            State::Waiting(waker) => waker,
            _ => unreachable!("a call ends once"),
        };
        self.is_done.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The loop's end of a [`Reply`]. Dropping it ends the call.
struct Replies<T>(Arc<Reply<T>>);

impl<T> Replies<T> {
    fn are_unwanted(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    fn send(self, result: Result<T, TaskError>) {
        self.0.end(result);
    }
}

impl<T> Drop for Replies<T> {
    fn drop(&mut self) {
        let is_open = matches!(*self.0.state(), State::Waiting(_));
        if is_open {
            let error = TaskError::cancelled("remote".to_owned(), None, None, None);
            self.0.end(Err(error));
        }
    }
}
