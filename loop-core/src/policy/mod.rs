//! A policy picks which task runs next, and says whether a task keeps its turn. Production is first in, first out.
//!
//! The loop asks its [`Policy`] at fixed points, and gives the number of options. Option 0 is always what production does. So
//! a policy that always answers 0 is [`Fifo`], and every other schedule that the rules of the loop allow is a sequence of
//! answers. A policy can draw them at random, replay recorded ones, or try out all schedules.
//!
//! ```
//! use loop_core::policy::Random;
//! use loop_core::prelude::*;
//! use loop_core::sim::Sim;
//!
//! #[loop_core::coroutine]
//! fn seven() -> u32 {
//!     yield_!();
//!     7
//! }
//!
//! let run = Sim::new().policy(Random::new(7)).run(seven);
//! assert!(run.trace().to_string().starts_with("# steps  policy=seed(7)\n"));
//! ```

mod dice;
mod random;

pub(crate) use self::dice::Dice;
pub use self::random::Random;

/// Which kind of choice the loop asks for.
///
/// ```
/// use loop_core::policy::{Choice, Policy, Random};
///
/// let mut policy = Random::new(7);
/// let next = policy.choose(Choice::NextTask, 3); // which of three ready tasks
/// let keeps = policy.choose(Choice::KeepTurn, 2) == 0;
/// # assert!(next < 3);
/// # let _ = keeps;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Choice {
    /// Which of all runnable tasks runs next, in the order of the ready queue. 0 is the one at its front.
    NextTask,
    /// Whether the running task keeps its turn after an answer. 0 keeps it, 1 sends it to the back of the ready queue.
    KeepTurn,
}

/// Decides where production is first in, first out. See the [module](self).
///
/// ```
/// use loop_core::policy::{Choice, Policy};
/// use loop_core::prelude::*;
/// use loop_core::sim::Sim;
///
/// /// Runs the youngest task first.
/// struct Lifo;
///
/// impl Policy for Lifo {
///     fn choose(&mut self, choice: Choice, options: usize) -> usize {
///         match choice {
///             Choice::NextTask => options - 1,
///             _ => 0,
///         }
///     }
///
///     fn name(&self) -> String {
///         "lifo".to_owned()
///     }
/// }
///
/// #[loop_core::coroutine]
/// fn say(word: &'static str) {
///     yield_!();
///     yield_!(Print(word)).unwrap();
/// }
///
/// let mut event_loop = Sim::new().policy(Lifo).event_loop();
/// for word in ["a", "b", "c"] {
///     event_loop.schedule(say(word));
/// }
/// event_loop.run()?;
/// assert_eq!(event_loop.world().stdout(), b"cba");
/// # Ok::<(), loop_core::Error>(())
/// ```
pub trait Policy {
    /// Whether the policy is asked at all. If not, asking is compiled out and the loop takes option 0.
    const ON: bool = true;

    /// Picks one of `options` possibilities (at least 2); the answer is less than `options`.
    ///
    /// The loop does not ask when there is nothing to choose: when only one task is ready, or no other task could run instead.
    /// An answer out of range, or a panic, ends the run with an error that says so; no task fails by it.
    ///
    /// ```
    /// use loop_core::policy::{Choice, Policy};
    ///
    /// /// Does again what was chosen before, and then what production does.
    /// struct Replay(std::vec::IntoIter<usize>);
    ///
    /// impl Policy for Replay {
    ///     fn choose(&mut self, _: Choice, options: usize) -> usize {
    ///         self.0.next().unwrap_or(0).min(options - 1)
    ///     }
    ///
    ///     fn name(&self) -> String {
    ///         "replay".to_owned()
    ///     }
    /// }
    ///
    /// let mut replay = Replay(vec![2, 1].into_iter());
    /// assert_eq!(replay.choose(Choice::NextTask, 3), 2);
    /// ```
    fn choose(&mut self, choice: Choice, options: usize) -> usize;

    /// Whether the task that has just made a step is cancelled. Production never does that.
    ///
    /// Asked after each step. See [`Sim::cancel_everywhere`](crate::sim::Sim::cancel_everywhere).
    ///
    /// ```
    /// use loop_core::policy::{Policy, Random};
    ///
    /// assert!(!Random::new(7).cancels());
    /// ```
    #[inline]
    fn cancels(&mut self) -> bool {
        false
    }

    /// The policy's name, for the head of a trace.
    ///
    /// ```
    /// use loop_core::policy::{Policy, Random};
    ///
    /// assert_eq!(Random::new(7).name(), "seed(7)");
    /// ```
    fn name(&self) -> String;
}

/// First in, first out: what production does. It costs nothing, because it is never asked.
///
/// ```
/// use loop_core::policy::{Fifo, Policy};
///
/// assert_eq!(Fifo.name(), "fifo");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fifo;

impl Policy for Fifo {
    const ON: bool = false;

    fn choose(&mut self, _: Choice, _: usize) -> usize {
        0
    }

    fn name(&self) -> String {
        "fifo".to_owned()
    }
}
