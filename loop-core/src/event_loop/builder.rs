//! [`Builder`]: the settings of a loop to be.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::EventLoop;
use crate::error::Error;
use crate::id::TaskId;
use crate::interpreter::Kernel;
use crate::os::OsWorld;
use crate::request::DetachQueue;
use crate::scheduler::Scheduler;
use crate::slow::{SlowStep, SlowSteps};
use crate::stdio::{Input, Output};
use crate::timers::Timers;
use crate::trace::{Off, Recorder};
use crate::world::World;

/// The longest line that standard input gives, unless it is set otherwise: 1 MiB.
const LINE_LIMIT: usize = 1024 * 1024;

/// Settings of an [`EventLoop`] to be. See [`EventLoop::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<W: World = OsWorld, R: Recorder = Off> {
    world: W,
    recorder: R,
    slow: SlowSteps,
    line_limit: usize,
}

impl<W: World, R: Recorder> Builder<W, R> {
    /// Runs on this world instead of the operating system.
    pub fn world<V: World>(self, world: V) -> Builder<V, R> {
        Builder {
            world,
            recorder: self.recorder,
            slow: self.slow,
            line_limit: self.line_limit,
        }
    }

    /// Takes down the loop's decisions, for example in a [`Recording`](crate::trace::Recording).
    pub fn recorder<S: Recorder>(self, recorder: S) -> Builder<W, S> {
        Builder {
            world: self.world,
            recorder,
            slow: self.slow,
            line_limit: self.line_limit,
        }
    }

    /// Reports each step that takes this long or longer.
    ///
    /// Without this, debug builds report steps from 100 ms and release builds none. To measure a step costs two looks at the clock.
    pub fn slow_step(mut self, threshold: Duration) -> Builder<W, R> {
        self.slow.threshold = Some(threshold);
        self
    }

    /// Reports no slow steps, in debug builds either.
    pub fn no_slow_steps(mut self) -> Builder<W, R> {
        self.slow.threshold = None;
        self
    }

    /// Tells `listener` of slow steps, instead of writing them to standard error.
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
    ///     .build()?
    ///     .run_until_complete(sluggish())?;
    /// assert_eq!(*slow.borrow(), ["sluggish"]);
    /// # Ok::<(), loop_core::Error>(())
    /// ```
    pub fn on_slow_step(mut self, listener: impl FnMut(&SlowStep) + 'static) -> Builder<W, R> {
        self.slow.listener = Some(Box::new(listener));
        self
    }

    /// The longest line that [`Stdin`](crate::Stdin) gives, in bytes; 1 MiB unless set.
    pub fn line_limit(mut self, bytes: usize) -> Builder<W, R> {
        self.line_limit = bytes;
        self
    }

    /// The loop.
    ///
    /// # Errors
    ///
    /// None today; see [`EventLoop::new`].
    pub fn build(self) -> Result<EventLoop<W, R>, Error> {
        let kernel = Kernel {
            world: self.world,
            recorder: self.recorder,
            scheduler: Scheduler::new(),
            timers: Timers::default(),
            input: Input::new(self.line_limit),
            stdout: Output::default(),
            stderr: Output::default(),
            link: Rc::new(DetachQueue::default()),
            current: TaskId::NONE,
            awaited: TaskId::NONE,
            halt: None,
            held: BTreeMap::new(),
            unjoined: Vec::new(),
            failures: 0,
        };
        Ok(EventLoop {
            kernel,
            slow: self.slow,
            ended: Vec::new(),
            stop: Cell::new(false),
        })
    }
}

impl Builder {
    pub(super) fn new() -> Builder {
        Builder {
            world: OsWorld::new(),
            recorder: Off,
            slow: SlowSteps::new(),
            line_limit: LINE_LIMIT,
        }
    }
}
