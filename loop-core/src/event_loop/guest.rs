//! The loop as a guest: driven step by step, or by an executor of futures.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{EventLoop, value_of};
use crate::error::Error;
use crate::id::TaskId;
use crate::kernel::{Kernel, RunUntil};
use crate::os::OsWorld;
use crate::policy::Policy;
use crate::request::{Coroutine, IntoTask, in_loop};
use crate::trace::Recorder;
use crate::world::World;

/// What there is to do after a [step](EventLoop::step).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "it says when the next step is due"]
#[non_exhaustive]
pub enum Step {
    /// Tasks are ready: make the next step at once.
    Ready,
    /// Tasks wait: for a timer that is due after this time, or only for something else.
    Waiting(Option<Duration>),
    /// No task is left.
    Done,
    /// The loop was [stopped](crate::Stopper).
    Stopped,
}

/// So many rounds a guest may make before its host has its turn.
const ROUNDS: u32 = 16;

/// How often a guest looks at what cannot wake its host.
const LOOK: Duration = Duration::from_millis(10);

impl<W: World, R: Recorder, P: Policy> EventLoop<W, R, P> {
    /// Makes one round of the loop: each task that is ready has one turn, and then the loop looks at clock and world, which a run does less
    /// often while tasks are ready. It waits there only if no task is ready, and for `max_wait` at most. For a program that has a loop of its
    /// own, of a window or a game.
    ///
    /// What tasks have printed is written at the end of a step, as far as its reader has room, and all of it at the end of the last one. Tasks that
    /// wait are no deadlock here, as the program may do something about it between two steps. Ctrl-C is the program's own business.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If tasks failed that no task joined, that is reported at once, and is the error of the step with which the last task ends.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::Step;
    ///
    /// #[loop_core::coroutine]
    /// fn tick() {
    ///     for _ in 0..3 {
    ///         yield_!(Sleep(Duration::from_millis(1)));
    ///     }
    /// }
    ///
    /// let mut event_loop = EventLoop::new();
    /// event_loop.schedule(tick());
    /// let mut frames = 0;
    /// while event_loop.step(Duration::from_millis(16))? != Step::Done {
    ///     frames += 1; // and whatever else is to be done
    /// }
    /// assert!(frames >= 3);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn step(&mut self, max_wait: Duration) -> Result<Step, Error> {
        self.kernel.run_as_guest(RunUntil::AllEnded, 1, max_wait)?;
        if self.kernel.was_stopped() {
            return Ok(Step::Stopped);
        }
        if self.kernel.is_ready() {
            return Ok(Step::Ready);
        }
        Ok(match self.kernel.unfinished() {
            0 => Step::Done,
            _ => Step::Waiting(self.kernel.next_timer()),
        })
    }
}

/// How far a loop is that runs one program beside another loop.
pub(crate) enum Round<T> {
    /// Tasks are ready.
    Ready,
    /// Tasks wait: for a timer that is due after this time, or only for something else.
    Waiting(Option<Duration>),
    /// The program has ended.
    Ended(Result<T, Error>),
}

impl<W: World, R: Recorder, P: Policy> EventLoop<W, R, P> {
    /// As [`step`](EventLoop::step), until a scheduled task has ended.
    pub(crate) fn round<T: 'static>(&mut self, program: TaskId) -> Round<T> {
        let until = RunUntil::Ended(program);
        let run = self.kernel.run_as_guest(until, 1, Duration::ZERO);
        if run.is_ok() && !self.kernel.was_stopped() && !self.kernel.has_ended(program) {
            return match self.kernel.is_ready() {
                true => Round::Ready,
                false => Round::Waiting(self.kernel.next_timer()),
            };
        }
        let value = self.kernel.take_result(program);
        Round::Ended(run.and_then(|()| value_of(value)))
    }

    /// The task of a coroutine that is made now.
    pub(crate) fn begin<T: 'static>(&mut self, make: impl FnOnce() -> Coroutine<T>) -> TaskId {
        self.kernel.schedule(make().into_raw(), None)
    }
}

impl<R: Recorder, P: Policy> EventLoop<OsWorld, R, P> {
    /// Runs until this coroutine has ended, as [`run_until_complete`](EventLoop::run_until_complete) does, as a future of another executor: the loop
    /// blocks the thread only while tasks compute. So coroutines move as they are into a program that runs on tokio, for example in a
    /// `LocalSet`, and [`Await`](crate::Await) there what it offers.
    ///
    /// `sleep` makes the executor's future that is ready after so much time, such as `tokio::time::sleep`. Timers are as exact as it is. Whatever the
    /// waker of a future, a closure on another thread or a [`Remote`](crate::Remote) has for the loop wakes the executor at once. Standard input,
    /// outputs whose reader is slow, sockets and signals cannot do that: while a task waits for them, the loop looks every 10 ms.
    ///
    /// Ctrl-C is the executor's business. Nothing is a deadlock. When the future is dropped, the tasks stay where they are, and go on when the loop
    /// runs again.
    ///
    /// # Errors
    ///
    /// As [`run_until_complete`](EventLoop::run_until_complete).
    ///
    /// ```
    /// use std::future::ready;
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn answer() -> u32 {
    ///     yield_!();
    ///     42
    /// }
    ///
    /// async fn program() -> u32 {
    ///     let mut event_loop = EventLoop::new();
    ///     // In a program of tokio `tokio::time::sleep` is in place of this.
    ///     let sleep = |time: Duration| ready(std::thread::sleep(time));
    ///     event_loop.run_as_guest(answer(), sleep).await.unwrap()
    /// }
    ///
    /// # let mut program = std::pin::pin!(program());
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # let std::task::Poll::Ready(answer) = program.as_mut().poll(&mut context) else { unreachable!() };
    /// # assert_eq!(answer, 42);
    /// # use std::future::Future;
    /// ```
    pub async fn run_as_guest<C, S, F>(&mut self, coroutine: C, sleep: S) -> Result<C::Value, Error>
    where
        C: IntoTask,
        S: FnMut(Duration) -> F,
        F: Future<Output = ()>,
    {
        if in_loop() {
            return Err(Error::Nested);
        }
        let raw = coroutine.into_coroutine().into_raw();
        let task = self.kernel.schedule(raw, None);
        let mut guest = Guest {
            kernel: &mut self.kernel,
            task,
            sleep,
            sleeping: None,
            has_ended: false,
        };
        let run = poll_fn(|context| guest.poll(context)).await;
        guest.has_ended = true;
        let value = guest.kernel.take_result(task);
        run?;
        value_of(value)
    }
}

/// A loop that runs until a task has ended, driven by an executor.
struct Guest<'a, R: Recorder, P: Policy, S, F> {
    kernel: &'a mut Kernel<OsWorld, R, P>,
    task: TaskId,
    sleep: S,
    sleeping: Option<Pin<Box<F>>>,
    /// And its result was taken.
    has_ended: bool,
}

impl<R: Recorder, P: Policy, S, F> Guest<'_, R, P, S, F>
where
    S: FnMut(Duration) -> F,
    F: Future<Output = ()>,
{
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let until = RunUntil::Ended(self.task);
        let run = self.kernel.run_as_guest(until, ROUNDS, Duration::ZERO);
        if run.is_err() || self.kernel.was_stopped() || self.kernel.has_ended(self.task) {
            return Poll::Ready(run);
        }
        if self.kernel.is_ready() || !self.kernel.set_host(context.waker().clone()) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.sleeping = None;
        let timer = self.kernel.next_timer();
        let look = self.kernel.is_watching().then_some(LOOK);
        if let Some(time) = timer.into_iter().chain(look).min() {
            let mut sleeping = Box::pin((self.sleep)(time));
            if sleeping.as_mut().poll(context).is_ready() {
                context.waker().wake_by_ref();
            }
            self.sleeping = Some(sleeping);
        }
        Poll::Pending
    }
}

impl<R: Recorder, P: Policy, S, F> Drop for Guest<'_, R, P, S, F> {
    fn drop(&mut self) {
        self.kernel.forget_host();
        if !self.has_ended {
            // As a run that was stopped: the task goes on in the next one.
            self.kernel.detach(self.task);
        }
    }
}
