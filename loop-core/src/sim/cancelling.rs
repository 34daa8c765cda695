//! [`Sim::cancel_everywhere`]: a program is cancelled at each of its yields in turn.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use super::{Program, Run, Sim};
use crate::error::Error;
use crate::policy::{Choice, Policy};

/// Cancels a program at each of its yields in turn, and checks that it ends. Gives the number of yields.
///
/// The same as [`Sim::cancel_everywhere`] with an empty input and no check of your own.
///
/// ```
/// use loop_core::prelude::*;
/// use loop_core::sim::cancel_everywhere;
/// use loop_core::sync::Lock;
///
/// #[loop_core::coroutine]
/// fn counts(counter: Lock<u32>) {
///     *yield_!(counter.acquire()) += 1;
/// }
///
/// #[loop_core::coroutine]
/// fn program() {
///     let counter = Lock::new(0);
///     let tasks = [yield_!(Spawn(counts(counter.clone()))), yield_!(Spawn(counts(counter)))];
///     for task in tasks {
///         let _ = yield_!(task); // it may have been cancelled
///     }
/// }
///
/// assert_eq!(cancel_everywhere(program), 6);
/// ```
///
/// # Panics
///
/// If a run does not end well. Before that, standard error gets the step after which a task was cancelled, and the trace of the run.
pub fn cancel_everywhere<M: Program>(program: impl Fn() -> M) -> usize {
    Sim::new().cancel_everywhere(program, |_| {})
}

impl<P: Policy + Clone> Sim<P> {
    /// Runs a program again and again, and cancels a task in each run: in the first run the task that makes the first step, after that
    /// step, in the second run the one that makes the second step, and so on, until the program has ended before. Gives the number
    /// of runs in which a task was cancelled.
    ///
    /// So every place is tried where a task can be cancelled. Each run must end: whatever the cancelled task held, had received or had
    /// been promised must have gone to the others. That the others go on without it is up to the program: it must expect that a
    /// join gives a [cancellation](crate::TaskError::is_cancelled).
    ///
    /// `check` gets each run, also one in which the program itself was cancelled, to check that nothing was lost.
    ///
    /// ```
    /// use loop_core::prelude::*;
    /// use loop_core::sim::Sim;
    ///
    /// #[loop_core::coroutine]
    /// fn echo() -> std::io::Result<()> {
    ///     while let Some(line) = yield_!(Stdin)? {
    ///         yield_!(Println(line))?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let whole = "one\ntwo\n";
    /// let runs = Sim::new().stdin(whole).cancel_everywhere(|| echo, |run| assert!(whole.starts_with(&run.stdout())));
    /// assert_eq!(runs, 5);
    /// ```
    ///
    /// # Panics
    ///
    /// If a run ends with another error than a cancellation, or if `check` panics. Before that, standard error gets the step after which
    /// a task was cancelled, and the trace of the run.
    pub fn cancel_everywhere<M: Program>(
        self,
        program: impl Fn() -> M,
        mut check: impl FnMut(&Run<M::Value>),
    ) -> usize {
        for step in 0.. {
            let was_cancelled = Rc::new(Cell::new(false));
            let policy = CancelAt {
                policy: self.policy.clone(),
                steps_before: step,
                was_cancelled: Rc::clone(&was_cancelled),
            };
            let run = self.clone().policy(policy).run(program());
            let checked = catch_unwind(AssertUnwindSafe(|| {
                ends_well(&run);
                check(&run);
            }));
            if let Err(payload) = checked {
                eprintln!(
                    "cancelled after step {step}, counted from 0:\n{}",
                    run.trace()
                );
                resume_unwind(payload);
            }
            if !was_cancelled.get() {
                return step;
            }
        }
        unreachable!("a program has an end")
    }
}

fn ends_well<T>(run: &Run<T>) {
    match run.result() {
        Ok(_) => {}
        Err(Error::Failed(failures))
            if failures.errors().iter().all(|error| error.is_cancelled()) => {}
        Err(error) => panic!("the run ends with an error: {error}"),
    }
}

/// A policy that cancels the task that makes a certain step.
struct CancelAt<P> {
    policy: P,
    steps_before: usize,
    was_cancelled: Rc<Cell<bool>>,
}

impl<P: Policy> Policy for CancelAt<P> {
    fn choose(&mut self, choice: Choice, options: usize) -> usize {
        self.policy.choose(choice, options)
    }

    fn cancels(&mut self) -> bool {
        if self.was_cancelled.get() {
            return false;
        }
        let is_now = self.steps_before == 0;
        self.was_cancelled.set(is_now);
        self.steps_before = self.steps_before.saturating_sub(1);
        is_now
    }

    fn name(&self) -> String {
        self.policy.name()
    }
}
