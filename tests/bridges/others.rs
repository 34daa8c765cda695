//! [`Others`]: a world with other threads that are not there.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::task::Waker;

use loop_core::sim::SimWorld;
use loop_core::world::{Attempt, Op, Source, Until, Waited, World};
use loop_core::{SourceId, Time};

/// A simulation in which other threads do something at the worst moment.
#[derive(Default)]
pub(crate) struct Others {
    sim: SimWorld,
    /// Closures end when the loop has nothing else to do, the last one first.
    jobs: Vec<Box<dyn FnOnce() + Send>>,
    last_word: LastWord,
}

/// A waker that is called, and is then gone, when the loop has found nothing to do and asks whether anything can happen at all.
pub(crate) type LastWord = Rc<RefCell<Option<Waker>>>;

impl Others {
    pub(crate) fn with(last_word: &LastWord) -> Others {
        Others {
            last_word: Rc::clone(last_word),
            ..Others::default()
        }
    }

    pub(crate) fn jobs(&self) -> usize {
        self.jobs.len()
    }
}

impl World for Others {
    fn now(&self) -> Time {
        self.sim.now()
    }

    fn open(&mut self, source: SourceId, what: Source) -> io::Result<()> {
        self.sim.open(source, what)
    }

    fn close(&mut self, source: SourceId) {
        self.sim.close(source);
    }

    fn attempt(&mut self, op: Op<'_>) -> Attempt {
        self.sim.attempt(op)
    }

    fn wait(&mut self, until: Until, sources: &mut Vec<SourceId>) -> io::Result<Waited> {
        if until == Until::Forever {
            self.jobs.drain(..).rev().for_each(|job| job());
        }
        self.sim.wait(until, sources)
    }

    fn is_watching(&self) -> bool {
        if let Some(waker) = self.last_word.take() {
            waker.wake();
        }
        self.sim.is_watching()
    }

    fn unwatch(&mut self, source: SourceId) {
        self.sim.unwatch(source);
    }

    fn can_be_woken(&self) -> bool {
        true
    }

    fn offload(&mut self, job: Box<dyn FnOnce() + Send>) {
        self.jobs.push(job);
    }
}
