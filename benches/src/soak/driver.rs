//! Runs a plan on a loop, whatever its world, until all its tasks have ended or it is to be given up.

use loop_core::policy::Policy;
use loop_core::trace::Recorder;
use loop_core::world::World;
use loop_core::{Builder, Error, EventLoop};

use super::actor::{announce, rest, start};
use super::book::{Book, err_of};
use super::plan::{Finale, Place, Plan};
use super::receipt::Whom;

/// No program has nearly as many runs.
const RUNS: usize = 1_000;

/// What a world has done to the loop so far, on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mischief {
    pub(crate) interrupts: u64,
    pub(crate) failed_waits: u64,
    pub(crate) failed_writes: u64,
    pub(crate) broken_pipes: u64,
}

pub(crate) struct Driver<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) place: Place,
    pub(crate) book: Book,
    /// Asks the world. What a parent does to its child the child does not know.
    pub(crate) mischief: &'a dyn Fn() -> Mischief,
}

/// How the driving ended.
pub(crate) enum Driven {
    /// All tasks have ended.
    Finished,
    /// The loop is to be dropped with the tasks that it has.
    Closes(Error),
    /// The same, after a run that ended well.
    ClosesWell,
}

enum Next {
    Again,
    Over(Driven),
}

impl Driver<'_> {
    pub(crate) fn settings<W: World, R: Recorder, P: Policy>(
        &self,
        builder: Builder<W, R, P>,
    ) -> Builder<W, R, P> {
        let builder = builder.line_limit(super::program::LINE_LIMIT);
        match self.plan.has_hook {
            true => {
                let book = self.book.clone();
                builder.on_unjoined_error(move |_, error| book.tell(error, Whom::Reader))
            }
            false => builder,
        }
    }

    /// Runs the plan's roots.
    pub(crate) fn roots<W, R, P>(&self, event_loop: &mut EventLoop<W, R, P>) -> Driven
    where
        W: World + std::fmt::Debug,
        R: Recorder,
        P: Policy,
    {
        if self.place == Place::Os {
            event_loop.schedule(announce());
        }
        let (first, others) = self.plan.roots.split_first().expect("a plan has a root");
        let first_root = start(first.clone(), &self.book);
        for root in others {
            self.book.scheduled();
            event_loop.schedule(start(root.clone(), &self.book));
        }
        self.book.scheduled();
        if !self.plan.is_awaited {
            event_loop.schedule(first_root);
            return self.until_finished(event_loop);
        }
        let next = self.watched(|| {
            let ended = event_loop.run_until_complete(first_root).inspect_err(|_| {
                // The run's error comes in place of what the root has returned.
                self.book.may_be_untold(&err_of(first.id));
            })?;
            self.book.returned(first.id, ended, true);
            Ok(())
        });
        match next {
            Next::Over(driven @ (Driven::Closes(_) | Driven::ClosesWell)) => driven,
            // The other tasks go on.
            _ => self.until_finished(event_loop),
        }
    }

    /// Reads what is left of the input.
    pub(crate) fn rest<W, R, P>(&self, event_loop: &mut EventLoop<W, R, P>) -> Driven
    where
        W: World + std::fmt::Debug,
        R: Recorder,
        P: Policy,
    {
        event_loop.schedule(rest(self.book.clone()));
        self.until_finished(event_loop)
    }

    fn until_finished<W, R, P>(&self, event_loop: &mut EventLoop<W, R, P>) -> Driven
    where
        W: World + std::fmt::Debug,
        R: Recorder,
        P: Policy,
    {
        for _ in 0..RUNS {
            match self.watched(|| event_loop.run()) {
                Next::Again => {}
                Next::Over(driven) => {
                    let shown = format!("{event_loop:?}");
                    if matches!(driven, Driven::Finished) && !shown.contains("unfinished: 0") {
                        self.book.wrong(format!("the run is over, but {shown}"));
                    }
                    return driven;
                }
            }
        }
        self.book.wrong("it does not come to an end");
        Driven::ClosesWell
    }

    /// One run: whether its result is one that can be, and what comes next.
    fn watched(&self, run: impl FnOnce() -> Result<(), Error>) -> Next {
        let (before, stops) = ((self.mischief)(), self.book.stops_so_far());
        self.book.set_running(true);
        let result = run();
        self.book.set_running(false);
        let after = (self.mischief)();
        let has_stopped = self.book.stops_so_far() > stops;
        self.note(&result);
        self.judge(&result, before, after, has_stopped);
        let was_disturbed =
            after.interrupts > before.interrupts || after.failed_waits > before.failed_waits;
        match result {
            Err(error @ Error::BrokenPipe) => Next::Over(Driven::Closes(error)),
            Err(error @ Error::Interrupted) if self.place == Place::Os => {
                Next::Over(Driven::Closes(error))
            }
            _ if was_disturbed => Next::Again,
            Err(error) if self.plan.closes => Next::Over(Driven::Closes(error)),
            Ok(()) if self.plan.closes => Next::Over(Driven::ClosesWell),
            _ if has_stopped => Next::Again,
            _ => Next::Over(Driven::Finished),
        }
    }

    /// Writes the result into the book, and what it tells.
    fn note(&self, result: &Result<(), Error>) {
        self.book.result(&match result {
            Ok(()) => "ok".to_owned(),
            Err(Error::Failed(failures)) => format!("{} failed", failures.errors().len()),
            Err(error) => error.to_string(),
        });
        match result {
            Err(Error::Failed(failures)) => {
                for error in failures.errors() {
                    self.book.tell(error.message(), Whom::Caller);
                }
                self.book.tell_more(failures.more());
            }
            Err(Error::Output(_)) => self.book.told_of_output(),
            _ => {}
        }
    }

    fn judge(
        &self,
        result: &Result<(), Error>,
        before: Mischief,
        after: Mischief,
        has_stopped: bool,
    ) {
        let interrupted = after.interrupts > before.interrupts;
        let broken = after.broken_pipes > before.broken_pipes;
        let wait_failed = after.failed_waits > before.failed_waits;
        let in_child = self.place == Place::Os;
        let fits = match result {
            // Of several errors the most serious one is returned.
            Ok(()) => !interrupted && !broken && !wait_failed,
            Err(Error::Failed(_)) => !broken,
            Err(Error::Interrupted) if in_child => self.plan.finale == Finale::Interrupted,
            Err(Error::Interrupted) => interrupted,
            Err(Error::BrokenPipe) if in_child => self.plan.finale == Finale::ReaderGone,
            // A run whose end a task had asked for may have found it, too.
            Err(Error::BrokenPipe) => after.broken_pipes > 0,
            Err(Error::World(_)) => wait_failed,
            Err(Error::Output(_)) => after.failed_writes + after.broken_pipes > 0,
            Err(Error::Exit(_) | Error::Stopped) => has_stopped,
            _ => false,
        };
        if !fits {
            self.book.wrong(format!(
                "the run returned {result:?} after {before:?} {after:?}"
            ));
        }
    }
}
