//! [`EventLoop`]: the loop as its users see it.

mod builder;
mod guest;

use std::fmt;

pub use self::builder::Builder;
pub(crate) use self::guest::Round;
pub use self::guest::Step;
use crate::error::Error;
use crate::kernel::{Kernel, RunUntil};
use crate::os::OsWorld;
use crate::policy::{Fifo, Policy};
use crate::remote::Remote;
use crate::request::{Coroutine, IntoTask, TaskTree, Value, in_loop, make_root};
use crate::stop::Stopper;
use crate::trace::{Off, Recorder, Recording, Trace};
use crate::world::World;

/// Runs coroutines: resumes them, and does what they ask.
///
/// It has three type parameters. `W` is what it runs on: the operating system or a [simulation](crate::sim). `R` is the
/// [`Recorder`] of its decisions; by default it records nothing. `P` is the [`Policy`], which decides where production is first
/// in, first out.
///
/// # Rules
///
/// Snapshots of a trace depend on the scheduling, so these rules are part of the interface and do not change silently:
///
/// 1. The ready queue is first in, first out. A task's *turn* lasts until the task goes to the back of the queue, waits or ends.
///    - A request that **can never wait** is answered at once, and its task keeps its turn: a chained coroutine and its return,
///      [`Spawn`](crate::Spawn), [`Cancel`](crate::Cancel), [`Clock`](crate::Clock), [`Stop`](crate::Stop), the
///      [`spawn`](crate::Group::spawn) of a group that is not bounded, and [`Print`](crate::Print) and [`Eprint`](crate::Eprint) while
///      the loop has room for the text.
///    - A request that **could have waited** puts its task at the back of the queue, also when it is answered at once:
///      [`Stdin`](crate::Stdin), [`StdinBytes`](crate::StdinBytes), a [`Handle`](crate::Handle), [`Await`](crate::Await), `Blocking`, and
///      whatever waits for tasks, for an object of [`sync`](crate::sync), for a [socket](crate::net) or a [process](crate::process). A bare `yield_!()` does so too. So where other
///      tasks may run does not depend on whether data came early.
///    - After 64 answers in one turn, the task goes to the back in any case.
/// 2. A *batch* is the tasks that are ready when it begins: each has its turn before those that become ready meanwhile. The loop
///    looks at timers and the [world](crate::world), which is all that is outside, after a batch, once there were at least 64 steps, or when nothing is ready. Where the clock goes on
///    while tasks run, so not in a simulation, it also looks in the middle of a batch, sooner when turns are slow: after each of
///    them if need be. The rest of the batch goes on after that. When the awaited coroutine ends, or the loop is stopped, the batch
///    is finished first; [`Exit`](crate::Exit) and Ctrl-C end the run after the turn.
/// 3. In each such look, due timers come first, by deadline and then by the order in which they were set; then standard input, output and
///    error; then sockets, pipes and processes, by their numbers, of which each that is opened has got the least that was free; then signals; then futures whose wakers were called and closures that have ended on other threads, by the order of asking; then what a
///    [`Remote`](crate::Remote) has sent. Woken tasks join the queue in that order. Those who wait for one thing are served in the order of asking, one item each.
/// 4. A task is named by its coroutine, its children by their number: `main`, `main/1`, `main/1/1`; or what its spawner
///    [named](crate::Spawn::named) it.
/// 5. A coroutine that has ended by the time it is spawned never enters the queue.
///
/// Do not rely on a turn to make a stretch of code atomic: another [policy](crate::policy) may end a turn at any request, and a
/// helper that never waits today may wait in its next version.
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
/// assert_eq!(EventLoop::new().run_until_complete(answer())?, 42);
/// # Ok::<(), loop_core::Error>(())
/// ```
pub struct EventLoop<W: World = OsWorld, R: Recorder = Off, P: Policy = Fifo> {
    kernel: Kernel<W, R, P>,
}

impl<W: World, R: Recorder, P: Policy> EventLoop<W, R, P> {
    /// Makes a coroutine a task, which runs when the loop runs. No task can join it, so its failure makes the run return an error.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn hello(n: u32) {
    ///     yield_!(Println(format!("hello {n}"))).unwrap();
    /// }
    ///
    /// let mut event_loop = EventLoop::new();
    /// event_loop.schedule(hello(1));
    /// event_loop.schedule(hello(2));
    /// event_loop.run()?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn schedule(&mut self, coroutine: impl IntoTask) {
        let coroutine = coroutine.into_coroutine().into_raw();
        let task = self.kernel.schedule(coroutine, None);
        self.kernel.detach(task);
    }

    /// As [`schedule`](EventLoop::schedule), with a name for the task. See [`Spawn::named`](crate::Spawn::named).
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn dine() {}
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.schedule_named("Kant", dine());
    /// event_loop.run()?;
    /// assert!(event_loop.trace().to_string().contains("Kant  primed  =>  finish"));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn schedule_named(&mut self, name: &str, coroutine: impl IntoTask) {
        let coroutine = coroutine.into_coroutine().into_raw();
        let task = self.kernel.schedule(coroutine, Some(name));
        self.kernel.detach(task);
    }

    /// Runs until every task has ended.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If tasks failed that no task joined, the run returns their failures after the other tasks have ended.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// let mut event_loop = EventLoop::new();
    /// event_loop.run()?; // nothing to do
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn run(&mut self) -> Result<(), Error> {
        self.kernel.run(RunUntil::AllEnded)
    }

    /// Runs until this coroutine has ended, and gives its value. Other tasks that have not ended stay where they are.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If the coroutine panics, that is [`Error::Failed`]. So is the failure of a task that no task joined, even if
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
    /// assert_eq!(EventLoop::new().run_until_complete(word())?, "value");
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn run_until_complete<C: IntoTask>(&mut self, coroutine: C) -> Result<C::Value, Error> {
        if in_loop() {
            return Err(Error::Nested);
        }
        self.run_made(coroutine.into_coroutine())
    }

    /// As [`run_until_complete`](EventLoop::run_until_complete), with the coroutine made as part of the run.
    pub(crate) fn run_program<T: 'static>(
        &mut self,
        make: impl FnOnce() -> Coroutine<T>,
    ) -> Result<T, Error> {
        if in_loop() {
            return Err(Error::Nested);
        }
        let coroutine = make_root(self.kernel.is_recording(), make);
        self.run_made(coroutine)
    }

    fn run_made<T: 'static>(&mut self, coroutine: Coroutine<T>) -> Result<T, Error> {
        let task = self.kernel.schedule(coroutine.into_raw(), None);
        let run = self.kernel.run(RunUntil::Ended(task));
        let value = self.kernel.take_result(task);
        run?;
        value_of(value)
    }

    /// Runs until a [`Stopper`] or [`Stop`](crate::Stop) ends the run, also when no task is left.
    ///
    /// # Errors
    ///
    /// See [`Error`]. [`Error::Deadlock`] if nothing can ever happen: nothing outside can wake a task, and there is no `Stopper`.
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
    /// let mut event_loop = EventLoop::new();
    /// event_loop.schedule(stop_after(Duration::from_millis(1)));
    /// event_loop.run_forever()?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn run_forever(&mut self) -> Result<(), Error> {
        self.kernel.run(RunUntil::Stopped)
    }

    /// Makes a handle that stops a run of this loop from outside: also from another thread, and while the run waits.
    ///
    /// In a coroutine use [`yield_!(Stop)`](crate::Stop).
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
    /// event_loop.run_forever()?; // the tasks that are ready have one turn each
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn stopper(&mut self) -> Stopper {
        self.kernel.stopper()
    }

    /// Makes a handle with which other threads run coroutines on this loop, and stop it.
    ///
    /// ```
    /// use std::thread;
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn last() {
    ///     yield_!(Stop);
    /// }
    ///
    /// let mut event_loop = EventLoop::new();
    /// let remote = event_loop.remote();
    /// let thread = thread::spawn(move || remote.schedule(last));
    /// event_loop.run_forever()?;
    /// thread.join().unwrap();
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn remote(&mut self) -> Remote {
        Remote::new(self.kernel.stopper(), self.kernel.mailbox())
    }

    /// The tasks that have not ended: what each of them waits for, since when, and within which coroutines. Within a run a coroutine asks
    /// for it with [`Tasks`](crate::Tasks).
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::Step;
    ///
    /// #[loop_core::coroutine]
    /// fn nap() {
    ///     yield_!(Sleep(Duration::from_secs(3600)));
    /// }
    ///
    /// let mut event_loop = EventLoop::new();
    /// event_loop.schedule(nap());
    /// assert!(event_loop.tasks().to_string().starts_with("nap is ready\n  `nap` ("));
    /// assert!(matches!(event_loop.step(Duration::ZERO)?, Step::Waiting(_)));
    /// assert!(event_loop.tasks().to_string().starts_with("nap waits for its deadline"));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn tasks(&mut self) -> TaskTree {
        self.kernel.task_tree(None, usize::MAX)
    }

    /// The recorder, with what it has recorded.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::Ring;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Ring::new(3)).build();
    /// event_loop.run_until_complete(idle())?;
    /// assert_eq!(event_loop.recorder().events().count(), 3);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn recorder(&self) -> &R {
        self.kernel.recorder()
    }

    /// The world that the loop runs on.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Print("hello"))
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.run_until_complete(greet())??;
    /// assert_eq!(event_loop.world().stdout(), b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn world(&self) -> &W {
        self.kernel.world()
    }

    pub(crate) fn world_mut(&mut self) -> &mut W {
        self.kernel.world_mut()
    }
}

impl<W: World, P: Policy> EventLoop<W, Recording, P> {
    /// The decisions so far, with their views.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = Sim::new().event_loop();
    /// event_loop.schedule(idle());
    /// event_loop.run()?;
    /// assert_eq!(
    ///     event_loop.trace().to_string(),
    ///     "# steps  policy=fifo\n\
    ///      idle  primed  =>  now\n\
    ///      idle  ok  =>  finish\n"
    /// );
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn trace(&self) -> Trace {
        let events = self.kernel.recorder().events().cloned().collect();
        Trace::new(self.kernel.policy_name(), events)
    }
}

/// The value of a task whose run has ended well.
fn value_of<T: 'static>(value: Option<Value>) -> Result<T, Error> {
    match value.ok_or(Error::Stopped)?.take() {
        Ok(value) => Ok(value),
        Err(value) => unreachable!("a task's value has its type, but this is the {value:?}"),
    }
}

impl<W: World, R: Recorder, P: Policy> Drop for EventLoop<W, R, P> {
    /// Closes the tasks that have not ended, in the order of the table of tasks, each from its innermost coroutine outwards.
    fn drop(&mut self) {
        self.kernel.close();
    }
}

impl<W: World + fmt::Debug, R: Recorder, P: Policy> fmt::Debug for EventLoop<W, R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop")
            .field("world", self.kernel.world())
            .field("unfinished", &self.kernel.unfinished())
            .finish_non_exhaustive()
    }
}
