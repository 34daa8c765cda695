//! The simulation: the same kernel on a world that is made of data.
//!
//! Time is virtual and jumps to the next thing that happens, so nothing in a simulation waits; input is scripted; output is
//! captured; and what production leaves to first in, first out a seed may decide otherwise. The same program with the
//! same script and seed makes the same decisions, always, so that its trace can be a snapshot.
//!
//! The clock stands still while anybody is ready: work takes no time. So a task that yields until a deadline has passed, instead of
//! sleeping until then, yields for ever.
//!
//! ```
//! use std::time::Duration;
//! use loop_core::prelude::*;
//! use loop_core::sim::{Input, Sim};
//!
//! #[loop_core::coroutine]
//! fn echo() -> std::io::Result<()> {
//!     while let Some(line) = yield_!(Stdin)? {
//!         yield_!(Print(format!("{line}!\n")))?;
//!     }
//!     Ok(())
//! }
//!
//! let input = Input::new()
//!     .at(Duration::from_millis(5), "one\n")
//!     .at(Duration::from_secs(3600), "two\n");
//! let run = Sim::new().stdin(input).run(echo());
//! assert_eq!(run.stdout(), "one!\ntwo!\n");
//! assert_eq!(run.elapsed(), Duration::from_secs(3600));
//! ```

mod input;
mod random;
mod world;

use std::time::Duration;

use crate::error::Error;
use crate::event_loop::EventLoop;
use crate::request::Coroutine;
use crate::time::Time;
use crate::trace::{Off, Recording, Trace};
use crate::world::World;

pub use input::Input;
pub use world::SimWorld;

/// A simulation to be run. See the [module](self).
#[derive(Clone, Debug, Default)]
#[must_use = "a simulation does nothing until it is run"]
pub struct Sim {
    world: SimWorld,
}

impl Sim {
    /// A simulation whose input is empty and whose ready tasks run first in, first out.
    pub fn new() -> Sim {
        Sim::default()
    }

    /// What comes in on standard input: a text or bytes, all there from the beginning and then the end; or an [`Input`] with times.
    pub fn stdin(mut self, input: impl Into<Input>) -> Sim {
        self.world.set_input(input.into());
        self
    }

    /// Lets a seed decide which of the ready tasks runs next. 0 is first in, first out, as in production.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn say(word: &'static str) {
    ///     yield_!();
    ///     yield_!(Print(word)).unwrap();
    /// }
    ///
    /// fn order(seed: u64) -> String {
    ///     let mut event_loop = Sim::new().seed(seed).event_loop();
    ///     for word in ["a", "b", "c"] {
    ///         event_loop.schedule(say(word));
    ///     }
    ///     event_loop.run().unwrap();
    ///     String::from_utf8_lossy(event_loop.world().stdout()).into_owned()
    /// }
    ///
    /// assert_eq!(order(0), "abc");
    /// assert!((1..20).any(|seed| order(seed) != "abc"));
    /// assert_eq!(order(7), order(7));
    /// ```
    pub fn seed(mut self, seed: u64) -> Sim {
        self.world.set_seed(seed);
        self
    }

    /// Runs a coroutine until it has ended, recording every decision.
    ///
    /// Tasks that have not ended by then are closed.
    pub fn run<T: 'static>(self, coroutine: Coroutine<T>) -> Run<T> {
        let mut event_loop = self.event_loop();
        let result = event_loop.run_until_complete(coroutine);
        let trace = event_loop.trace();
        let elapsed = event_loop.world().now() - Time::ZERO;
        let (stdout, stderr) = event_loop.world_mut().take_output();
        Run {
            result,
            trace,
            stdout,
            stderr,
            elapsed,
        }
    }

    /// A loop on this simulation, which records every decision.
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
    /// event_loop.schedule(idle());
    /// event_loop.run()?;
    /// assert_eq!(event_loop.trace().per_task().to_string().matches("finish").count(), 2);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn event_loop(self) -> EventLoop<SimWorld, Recording> {
        let builder = EventLoop::builder().world(self.world).no_slow_steps();
        match builder.recorder(Recording::default()).build() {
            Ok(event_loop) => event_loop,
            Err(error) => unreachable!("a simulation asks nothing of the system: {error}"),
        }
    }

    /// A loop on this simulation which records nothing, for running many of them.
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
    /// for seed in 0..100 {
    ///     Sim::new().seed(seed).unrecorded().run_until_complete(idle())?;
    /// }
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn unrecorded(self) -> EventLoop<SimWorld, Off> {
        let builder = EventLoop::builder().world(self.world).no_slow_steps();
        match builder.build() {
            Ok(event_loop) => event_loop,
            Err(error) => unreachable!("a simulation asks nothing of the system: {error}"),
        }
    }
}

/// How a simulation went.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// #[loop_core::coroutine]
/// fn greet() -> std::io::Result<u32> {
///     yield_!(Print("hello\n"))?;
///     Ok(7)
/// }
///
/// let run = Sim::new().run(greet());
/// assert_eq!(run.stdout(), "hello\n");
/// assert_eq!(run.trace().to_string().lines().count(), 3);
/// assert_eq!(run.result.unwrap().unwrap(), 7);
/// ```
#[derive(Debug)]
#[must_use = "a run may have failed: look at its `result`"]
pub struct Run<T> {
    /// The coroutine's value, or why there is none.
    pub result: Result<T, Error>,
    pub(crate) trace: Trace,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    elapsed: Duration,
}

impl<T> Run<T> {
    /// Every decision of the loop. Its text is the view [`steps`](Trace::steps).
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What was written to standard output, bytes that are no text replaced.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// What was written to standard error, bytes that are no text replaced.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// How far the virtual clock went.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
