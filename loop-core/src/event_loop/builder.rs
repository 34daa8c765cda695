//! [`Builder`]: the settings of a loop.

use std::fmt;
use std::time::Duration;

use super::EventLoop;
use crate::kernel::Kernel;
use crate::os::OsWorld;
use crate::policy::{Fifo, Policy};
use crate::settings::Settings;
use crate::signal::SignalKind;
use crate::slow::{SlowStep, SlowSteps};
use crate::trace::{Off, Recorder, TEXT_LIMIT};
use crate::world::World;

/// The default limit of a line of standard input: 1 MiB.
const LINE_LIMIT: usize = 1024 * 1024;

impl EventLoop {
    /// A loop on the operating system, which records nothing.
    ///
    /// This cannot fail: the loop asks the operating system for what it needs when a run begins.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Println("hello"))
    /// }
    ///
    /// EventLoop::new().run_until_complete(greet())??;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(clippy::new_without_default, reason = "a loop is made on purpose")]
    pub fn new() -> EventLoop {
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
    ///     .build();
    /// ```
    pub fn builder() -> Builder {
        Builder::on(OsWorld::new(), Fifo)
    }
}

/// The settings from which an [`EventLoop`] is built. See [`EventLoop::builder`].
///
/// ```
/// use loop_core::{Builder, EventLoop};
///
/// /// The settings of all loops of this program.
/// fn settings() -> Builder {
///     EventLoop::builder().line_limit(4096).no_slow_steps()
/// }
///
/// settings().build().run()?;
/// # Ok::<(), loop_core::Error>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<W: World = OsWorld, R: Recorder = Off, P: Policy = Fifo> {
    world: W,
    recorder: R,
    policy: P,
    settings: Settings,
}

impl<W: World, R: Recorder, P: Policy> Builder<W, R, P> {
    /// Runs on this world instead of the operating system.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::SimWorld;
    ///
    /// #[loop_core::coroutine]
    /// fn greet() -> std::io::Result<()> {
    ///     yield_!(Print("hello"))
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().world(SimWorld::default()).build();
    /// event_loop.run_until_complete(greet())??;
    /// assert_eq!(event_loop.world().stdout(), b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn world<V: World>(self, world: V) -> Builder<V, R, P> {
        let Builder {
            recorder,
            policy,
            settings,
            ..
        } = self;
        Builder {
            world,
            recorder,
            policy,
            settings,
        }
    }

    /// Records the loop's decisions, for example in a [`Recording`](crate::trace::Recording), or in a
    /// [`Ring`](crate::trace::Ring), which keeps the last ones for reports.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::Recording;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Recording::default()).build();
    /// event_loop.run_until_complete(idle())?;
    /// assert!(event_loop.trace().to_string().ends_with("idle  ok  =>  finish\n"));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn recorder<S: Recorder>(self, recorder: S) -> Builder<W, S, P> {
        let Builder {
            world,
            policy,
            settings,
            ..
        } = self;
        Builder {
            world,
            recorder,
            policy,
            settings,
        }
    }

    /// Lets a [policy](crate::policy) decide where production is first in, first out.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::policy::Random;
    ///
    /// #[loop_core::coroutine]
    /// fn idle() {
    ///     yield_!();
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().policy(Random::new(7)).build();
    /// event_loop.schedule(idle());
    /// event_loop.schedule(idle());
    /// event_loop.run()?; // the seed decides which of the two has the first turn
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn policy<Q: Policy>(self, policy: Q) -> Builder<W, R, Q> {
        let Builder {
            world,
            recorder,
            settings,
            ..
        } = self;
        Builder {
            world,
            recorder,
            policy,
            settings,
        }
    }

    /// Reports each turn of a task that takes this long or longer.
    ///
    /// A turn that panics is measured too, with what the panic's message and backtrace took to be written. Reports go to standard error; if
    /// nobody reads it, those that there is no room for are dropped and counted, and if it cannot be written, that does not make
    /// the run fail.
    ///
    /// Without this, debug builds report turns from 100 ms and release builds none. To measure a turn costs a look at the clock.
    ///
    /// ```
    /// use std::{thread, time::Duration};
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn sluggish() {
    ///     thread::sleep(Duration::from_millis(5));
    /// }
    ///
    /// // Writes "slow step: task `sluggish` ran for 5.1ms without letting others run, in …".
    /// let mut event_loop = EventLoop::builder().slow_step(Duration::from_millis(5)).build();
    /// event_loop.run_until_complete(sluggish())?;
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn slow_step(mut self, threshold: Duration) -> Builder<W, R, P> {
        self.settings.slow.threshold = Some(threshold);
        self
    }

    /// Reports no slow steps, not even in debug builds.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// let event_loop = EventLoop::builder().no_slow_steps().build();
    /// ```
    pub fn no_slow_steps(mut self) -> Builder<W, R, P> {
        self.settings.slow.threshold = None;
        self
    }

    /// Calls `hook` for each slow step, instead of writing it to standard error.
    ///
    /// ```
    /// use std::time::Duration;
    /// use std::{cell::RefCell, rc::Rc, thread};
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine(lazy)]
    /// fn sluggish() {
    ///     thread::sleep(Duration::from_millis(5));
    /// }
    ///
    /// let slow = Rc::new(RefCell::new(Vec::new()));
    /// let heard = Rc::clone(&slow);
    /// EventLoop::builder()
    ///     .slow_step(Duration::from_millis(5))
    ///     .on_slow_step(move |step| heard.borrow_mut().push(step.task.clone()))
    ///     .build()
    ///     .run_until_complete(sluggish())?;
    /// assert_eq!(*slow.borrow(), ["sluggish"]);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn on_slow_step(mut self, hook: impl FnMut(&SlowStep) + 'static) -> Builder<W, R, P> {
        self.settings.slow.hook = Some(Box::new(hook));
        self
    }

    /// Calls `hook` for each error that no task can join, instead of writing it to standard error: a task has returned an `Err`
    /// or has panicked, and no handle of the task exists. `hook` gets the task's name and the error's text: its `Display`, else
    /// its `Debug`, else "an error"; of a panic where it happened and its message. The run returns panics in any case. It is
    /// called while the loop runs; an error that can no longer be joined after the last run is not reported.
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn fails() -> Result<(), &'static str> {
    ///     Err("out of luck")
    /// }
    ///
    /// let errors = Rc::new(RefCell::new(Vec::new()));
    /// let heard = Rc::clone(&errors);
    /// let mut event_loop = EventLoop::builder()
    ///     .on_unjoined_error(move |task, error| heard.borrow_mut().push(format!("{task}: {error}")))
    ///     .build();
    /// event_loop.schedule(fails());
    /// event_loop.run()?;
    /// assert_eq!(*errors.borrow(), ["fails: out of luck"]);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn on_unjoined_error(mut self, hook: impl FnMut(&str, &str) + 'static) -> Builder<W, R, P> {
        self.settings.on_unjoined_error = Some(Box::new(hook));
        self
    }

    /// Writes the [tree of the tasks](crate::TaskTree) to standard error whenever this signal comes: for a look into a program that runs. By
    /// convention it is `SIGUSR1`, as in `kill -USR1 $(pidof program)`. By default no signal does it.
    ///
    /// From the first run on the signal does nothing else. Tasks that [wait for it](crate::Signal) get it too, and Ctrl-C still ends the run.
    /// The tree has a thousand tasks at most. As long as no signal comes, it costs nothing, except that a
    /// [guest](EventLoop::run_as_guest) looks for it every 10 ms.
    ///
    /// A run fails with [`Error::World`](crate::Error::World) if the operating system does not give the signal.
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::SignalKind;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn nap() {
    ///     yield_!(Sleep(Duration::from_secs(9)));
    /// }
    ///
    /// let usr1 = SignalKind::user_defined1();
    /// let sim = Sim::new().signal(Duration::from_secs(2), usr1);
    /// let mut event_loop = sim.builder().show_tasks_on(usr1).build();
    /// event_loop.run_until_complete(nap())?;
    /// let shown = String::from_utf8_lossy(event_loop.world().stderr());
    /// assert!(shown.starts_with("SIGUSR1, 1 task:\nnap waits for its deadline (for 2s)\n  `nap` ("));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn show_tasks_on(mut self, signal: SignalKind) -> Builder<W, R, P> {
        self.settings.show_tasks_on = Some(signal);
        self
    }

    /// Keeps since when each task waits, so that the [tree of the tasks](crate::TaskTree) and the errors say it. It takes 8 bytes for each
    /// task that waits. By default it is kept in a simulation, and with [`show_tasks_on`](Builder::show_tasks_on).
    ///
    /// ```
    /// use std::time::Duration;
    /// use loop_core::prelude::*;
    /// use loop_core::Tasks;
    ///
    /// #[loop_core::coroutine]
    /// fn nap() {
    ///     yield_!(Sleep(Duration::from_secs(9)));
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() -> String {
    ///     yield_!(Spawn(nap())).detach();
    ///     yield_!(Sleep(Duration::from_millis(20)));
    ///     yield_!(Tasks).to_string()
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().track_waits().build();
    /// let tree = event_loop.run_until_complete(program())?;
    /// assert!(tree.contains("program/1 waits for its deadline (for "));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn track_waits(mut self) -> Builder<W, R, P> {
        self.settings.tracks_waits = true;
        self
    }

    /// Sets the longest line that [`Stdin`](crate::Stdin) gives, in bytes; 1 MiB by default.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn complaint() -> String {
    ///     yield_!(Stdin).unwrap_err().to_string()
    /// }
    ///
    /// let mut event_loop = Sim::new().stdin("abcdef\n").builder().line_limit(4).build();
    /// let complaint = event_loop.run_until_complete(complaint())?;
    /// assert_eq!(complaint, r#"a line of input is longer than 4 bytes; it begins with "abcd""#);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn line_limit(mut self, bytes: usize) -> Builder<W, R, P> {
        self.settings.line_limit = bytes;
        self
    }

    /// Sets how many bytes of a text the recorder and the log get: what is printed and read, and the messages of panics. Of a longer
    /// text they get the beginning, the end and the length; 32 bytes by default.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::trace::Recording;
    ///
    /// #[loop_core::coroutine]
    /// fn shouts() {
    ///     yield_!(Print("a".repeat(100))).unwrap();
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().recorder(Recording::default()).text_limit(8).build();
    /// event_loop.run_until_complete(shouts())?;
    /// assert!(event_loop.trace().to_string().contains(r#"print "aaaaa…aaa"(100)"#));
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn text_limit(mut self, bytes: usize) -> Builder<W, R, P> {
        self.settings.text_limit = bytes;
        self
    }

    /// Sets how many tasks the loop may have at a time: those that have not ended. Without this there is no limit.
    ///
    /// It is for what should not happen: for requests from outside that make more tasks than there is memory for. A task beyond the limit
    /// fails at once, and never begins; its coroutine is closed. Whoever joins it gets a [`TaskError`](crate::TaskError) whose
    /// [`limit`](crate::TaskError::limit) says so, and if nobody does, it is reported as a panic is. For whoever spawns it, and for all other
    /// tasks, the program goes on. Tasks of [`schedule`](EventLoop::schedule), [`run_until_complete`](EventLoop::run_until_complete) and
    /// [`Remote`](crate::Remote) count as well.
    ///
    /// To wait until there is room, have a [bounded group](crate::Group::bounded) or a [`Semaphore`](crate::sync::Semaphore). What
    /// channels hold is bounded by [`bounded`](crate::sync::channel::bounded).
    ///
    /// # Panics
    ///
    /// If `tasks` is 0.
    ///
    /// ```
    /// use loop_core::{Error, LimitReached};
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn multiplies() {
    ///     loop {
    ///         yield_!(Spawn(multiplies())).detach();
    ///         yield_!();
    ///     }
    /// }
    ///
    /// #[loop_core::coroutine]
    /// fn program() {
    ///     yield_!(Spawn(multiplies())).detach();
    ///     for _ in 0..100 {
    ///         yield_!();
    ///     }
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().max_tasks(64).on_unjoined_error(|_, _| {}).build();
    /// let Err(Error::Failed(failures)) = event_loop.run_until_complete(program()) else { unreachable!() };
    /// assert_eq!(failures.errors()[0].limit(), Some(LimitReached::Tasks(64)));
    /// ```
    pub fn max_tasks(mut self, tasks: usize) -> Builder<W, R, P> {
        assert!(tasks > 0, "a loop has room for one task at least");
        self.settings.max_tasks = tasks;
        self
    }

    /// Sets how many coroutines may be on the stack of a task: the task's own, the one that it waits for with `yield_!`, and so on. Without
    /// this they are as many as there is memory for. Python's recursion limit.
    ///
    /// A task that yields a coroutine beyond the limit fails, as by a panic. Its [`TaskError`](crate::TaskError) has the
    /// [`limit`](crate::TaskError::limit). A coroutine that has ended when it is called never is on the stack, and one that runs [in
    /// place](crate::language#yield-or-yield-from) is on that of the thread: these do not count.
    ///
    /// # Panics
    ///
    /// If `coroutines` is 0.
    ///
    /// ```
    /// use loop_core::{Error, LimitReached};
    /// use loop_core::prelude::*;
    ///
    /// #[loop_core::coroutine]
    /// fn endless(n: u64) -> u64 {
    ///     yield_!(endless(n + 1))
    /// }
    ///
    /// let mut event_loop = EventLoop::builder().max_depth(1_000).build();
    /// let Err(Error::Failed(failures)) = event_loop.run_until_complete(endless(0)) else { unreachable!() };
    /// assert_eq!(failures.into_first().limit(), Some(LimitReached::Depth(1_000)));
    /// ```
    pub fn max_depth(mut self, coroutines: usize) -> Builder<W, R, P> {
        assert!(
            coroutines > 0,
            "a stack has room for one coroutine at least"
        );
        self.settings.max_depth = Some(coroutines);
        self
    }

    pub(crate) fn step_limit(mut self, steps: Option<u64>) -> Builder<W, R, P> {
        self.settings.step_limit = steps;
        self
    }

    /// Makes the loop.
    ///
    /// ```
    /// use loop_core::prelude::*;
    ///
    /// let mut event_loop = EventLoop::builder().line_limit(4096).build();
    /// event_loop.run()?; // nothing to do
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn build(self) -> EventLoop<W, R, P> {
        EventLoop {
            kernel: Kernel::new(self.world, self.recorder, self.policy, self.settings),
        }
    }
}

impl<W: World, P: Policy> Builder<W, Off, P> {
    /// The default settings of a loop on a world, under a policy.
    pub(crate) fn on(world: W, policy: P) -> Builder<W, Off, P> {
        Builder {
            world,
            recorder: Off,
            policy,
            settings: Settings {
                slow: SlowSteps::new(),
                line_limit: LINE_LIMIT,
                text_limit: TEXT_LIMIT,
                on_unjoined_error: None,
                show_tasks_on: None,
                tracks_waits: false,
                step_limit: None,
                max_tasks: usize::MAX,
                max_depth: None,
            },
        }
    }
}

impl<W: World + fmt::Debug, R: Recorder, P: Policy> fmt::Debug for Builder<W, R, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("world", &self.world)
            .field("policy", &self.policy.name())
            .field("line_limit", &self.settings.line_limit)
            .field("text_limit", &self.settings.text_limit)
            .finish_non_exhaustive()
    }
}
