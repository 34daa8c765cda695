//! [`EventLoop`]: the loop as its users see it.

mod builder;

use std::cell::Cell;
use std::fmt;

pub use self::builder::Builder;
use crate::coroutine::{PrimeState, deep_drop};
use crate::error::Error;
use crate::id::TaskId;
use crate::interpreter::{Kernel, StopReason};
use crate::look::Look;
use crate::os::OsWorld;
use crate::request::{AnyCoroutine, Coroutine, Entered, TaskError, Value, with_airlock};
use crate::scheduler::Wait;
use crate::slow::SlowSteps;
use crate::trace::{Off, Recorder, Recording, Trace};
use crate::turn::GATHER;
use crate::world::World;

/// Runs coroutines: resumes them in turn, and interprets what they yield.
///
/// The two type parameters are what it runs on, the operating system or a [simulation](crate::sim), and what takes
/// down its decisions, nothing unless a [`Recorder`] is given.
///
/// # Rules
///
/// Snapshots of a trace freeze scheduling, so these are part of the interface and do not change silently:
///
/// 1. The ready queue is first in, first out. A request that is answered at once puts its task at the back.
/// 2. A *turn* runs the tasks that were ready when it began, then looks at timers and the world. Short
///    turns are gathered: a look comes after at least 64 steps, or when nothing is ready.
/// 3. In a look, due timers come first, by deadline and then by the order in which they were set; then standard input, output and
///    error. Woken tasks join the queue in that order. Those who wait for one thing are served in the order of asking, one item each.
/// 4. A task is named by its coroutine, its children by their number: `main`, `main/1`, `main/1/1`.
/// 5. A coroutine that has ended by the time it is spawned never enters the queue.
///
/// ```
/// use loop_core::prelude::*;
///
/// #[loop_core::coroutine]
/// fn answer() -> u32 {
///     yield_!();
///     42
/// }
///
/// assert_eq!(EventLoop::new()?.run_until_complete(answer())?, 42);
/// # Ok::<(), loop_core::Error>(())
/// ```
pub struct EventLoop<W: World = OsWorld, R: Recorder = Off> {
    kernel: Kernel<W, R>,
    slow: SlowSteps,
    /// Scheduled coroutines that had ended already.
    ended: Vec<(TaskId, PrimeState)>,
    stop: Cell<bool>,
}

impl EventLoop {
    /// A loop on the operating system, which records nothing.
    ///
    /// # Errors
    ///
    /// None today: what a run needs of the operating system is asked for when the run begins.
    pub fn new() -> Result<EventLoop, Error> {
        EventLoop::builder().build()
    }

    /// A loop with settings of your own.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    ///
    /// let event_loop = EventLoop::builder()
    ///     .slow_step(Duration::from_millis(20))
    ///     .line_limit(4096)
    ///     .build()?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl<W: World, R: Recorder> EventLoop<W, R> {
    /// Makes a coroutine a task, which runs when the loop does. Nobody joins it: a failure of it makes the run return an error.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn hello(n: u32) {
    ///     yield_!(Print(format!("hello {n}\n"))).unwrap();
    /// }
    ///
    /// let mut event_loop = EventLoop::new()?;
    /// event_loop.schedule(hello(1));
    /// event_loop.schedule(hello(2));
    /// event_loop.run()?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn schedule<T: 'static>(&mut self, coroutine: Coroutine<T>) {
        let task = self.add(coroutine);
        self.kernel.scheduler.detach(task);
    }

    fn add<T: 'static>(&mut self, coroutine: Coroutine<T>) -> TaskId {
        let coroutine = AnyCoroutine::from(coroutine).0;
        let (task, ended) = self.kernel.admit(TaskId::NONE, coroutine);
        self.ended.extend(ended.map(|ended| (task, ended)));
        task
    }

    /// Runs until every task has ended.
    ///
    /// # Errors
    ///
    /// See [`Error`]; among them the failures of tasks that nobody joined, once the others have ended.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// let mut event_loop = EventLoop::new()?;
    /// event_loop.run()?; // nothing to do
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn run(&mut self) -> Result<(), Error> {
        self.drive(TaskId::NONE)
    }

    /// Runs until this coroutine has ended, and gives its value. Other tasks that have not ended stay where they are.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If the coroutine panics, that is [`Error::Failed`]; so is the failure of a task that nobody joined, even if
    /// this coroutine ended well.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn word() -> String {
    ///     "value".to_owned()
    /// }
    ///
    /// assert_eq!(EventLoop::new()?.run_until_complete(word())?, "value");
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn run_until_complete<T: 'static>(&mut self, coroutine: Coroutine<T>) -> Result<T, Error> {
        if with_airlock(|airlock| airlock.in_loop()) {
            return Err(Error::Nested);
        }
        let task = self.add(coroutine);
        let run = self.drive(task);
        let value = match self.kernel.scheduler.is_over(task) {
            true => self.value(task),
            false => {
                self.kernel.scheduler.detach(task);
                None
            }
        };
        run?;
        let value = value.ok_or(Error::Stopped)?;
        Ok(value.take().expect("a task's value has its type"))
    }

    /// The value of a task that is over, unless it failed.
    fn value(&mut self, task: TaskId) -> Option<Value> {
        let kernel = &mut self.kernel;
        let ended = kernel.scheduler.task(task).wait == Wait::Ended;
        let value = ended.then(|| kernel.take_value(task));
        kernel.forget(task);
        value
    }

    /// Runs until [`stop`](EventLoop::stop) or [`Stop`](crate::Stop); or until no task is left, for then nothing can ever happen.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn stop_after(time: Duration) {
    ///     yield_!(Sleep(time));
    ///     yield_!(Stop);
    /// }
    ///
    /// let mut event_loop = EventLoop::new()?;
    /// event_loop.schedule(stop_after(Duration::from_millis(1)));
    /// event_loop.run_forever()?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn run_forever(&mut self) -> Result<(), Error> {
        self.drive(TaskId::NONE)
    }

    /// Makes the run that goes on, or the next one, return after the batch of tasks that is ready.
    ///
    /// A coroutine says [`yield_!(Stop)`](crate::Stop).
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
    /// let mut event_loop = EventLoop::new()?;
    /// event_loop.schedule(restless());
    /// event_loop.stop();
    /// event_loop.run_forever()?; // one batch
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn stop(&self) {
        self.stop.set(true);
    }

    /// What the recorder has taken down.
    pub fn recorder(&self) -> &R {
        &self.kernel.recorder
    }

    /// The world that the loop runs on.
    pub fn world(&self) -> &W {
        &self.kernel.world
    }

    pub(crate) fn world_mut(&mut self) -> &mut W {
        &mut self.kernel.world
    }

    fn drive(&mut self, awaited: TaskId) -> Result<(), Error> {
        if with_airlock(|airlock| airlock.in_loop()) {
            return Err(Error::Nested);
        }
        self.kernel.world.begin().map_err(Error::World)?;
        let seated = Entered::new(R::ON).ok_or(Error::Nested)?;
        let result = self.run_seated(awaited);
        drop(seated);
        self.kernel.world.end();
        result
    }

    fn run_seated(&mut self, awaited: TaskId) -> Result<(), Error> {
        self.kernel.awaited = awaited;
        for (task, ended) in std::mem::take(&mut self.ended) {
            self.kernel.primed_to_the_end(task, ended);
        }
        let run = self.turns();
        self.stop.set(false);
        let halt = self.kernel.halt.take();
        let drained = self.kernel.drain();
        let broken = self.kernel.halt.take();
        self.conclude(run, broken.or(halt), drained)
    }

    /// The loop itself.
    fn turns(&mut self) -> Result<(), Error> {
        let mut look = Look::default();
        while self.kernel.halt.is_none() && self.kernel.scheduler.unfinished() > 0 {
            if self.stop.take() {
                self.kernel.turn(1, &mut self.slow);
                self.kernel.halt.get_or_insert(StopReason::Stopped);
            } else {
                self.kernel.turn(GATHER, &mut self.slow);
                if self.kernel.halt.is_none() {
                    self.kernel.look(&mut look)?;
                }
            }
        }
        Ok(())
    }

    /// What a run ends with. The gravest news goes first: nothing that went wrong is silent.
    fn conclude(
        &mut self,
        run: Result<(), Error>,
        halt: Option<StopReason>,
        drained: Result<(), Error>,
    ) -> Result<(), Error> {
        run?;
        self.kernel.note_detached();
        let own = self.kernel.held.remove(&self.kernel.awaited);
        let failed = own.is_some();
        self.kernel.unjoined.extend(own);
        match halt {
            Some(StopReason::Interrupted) => return Err(Error::Interrupted),
            Some(StopReason::BrokenPipe) => return Err(Error::BrokenPipe),
            Some(StopReason::Ring(tasks)) if !failed => return Err(self.kernel.deadlock(tasks)),
            Some(StopReason::Awaited | StopReason::Stopped | StopReason::Ring(_)) | None => {}
        }
        match std::mem::take(&mut self.kernel.unjoined) {
            none if none.is_empty() => {
                drained?;
                self.unwritten()
            }
            mut failures => {
                failures.sort_by_key(TaskError::number);
                Err(Error::Failed(failures))
            }
        }
    }

    /// The error of a write that no task was told.
    fn unwritten(&mut self) -> Result<(), Error> {
        let stderr = self.kernel.stderr.take_error();
        let error = self.kernel.stdout.take_error().or(stderr);
        error.map_or(Ok(()), |error| Err(Error::Output(error)))
    }
}

impl<W: World> EventLoop<W, Recording> {
    /// The decisions so far, with their views.
    pub fn trace(&self) -> Trace {
        let events = self.kernel.recorder.events().collect();
        Trace::new(self.kernel.world.policy(), events)
    }
}

impl<W: World, R: Recorder> Drop for EventLoop<W, R> {
    /// Closes the tasks that have not ended, in the order of their making, each from its innermost coroutine outwards.
    fn drop(&mut self) {
        let tasks: Vec<TaskId> = self.kernel.scheduler.living().collect();
        for task in tasks {
            self.kernel.close_stack(task);
        }
        // Values that nobody has joined.
        for frame in self.kernel.scheduler.take_values() {
            deep_drop(frame);
        }
    }
}

impl<W: World + fmt::Debug, R: Recorder> fmt::Debug for EventLoop<W, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop")
            .field("world", &self.kernel.world)
            .field("unfinished", &self.kernel.scheduler.unfinished())
            .finish_non_exhaustive()
    }
}
