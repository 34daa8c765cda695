//! The hot path: running the tasks that are ready.
//!
//! A *turn* runs batches of ready tasks, at least [`GATHER`] steps of them if there are as many, before the loop looks at the
//! clock and the world. A *batch* is what was ready when it began, so that no task can starve the others; short batches
//! are gathered into one turn because a look is worth a few dozen steps.
//!
//! A step is: take an entry off the queue, poll the task's frame where it lies, do what it asks. Three decisions keep it
//! short. An entry is eight bytes, and a bare `yield_!()` needs nothing else. Panics are caught around a whole turn, not around each
//! step: after one, the turn goes on behind the task that panicked. And slow steps are measured by a second, equal
//! loop, so that nobody pays for it who has it switched off.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use crate::coroutine::{Airlock, Payload, StepState};
use crate::id::TaskId;
use crate::interpreter::Kernel;
use crate::request::{AnyHandle, Resume, Value, with_airlock};
use crate::scheduler::{Message, Ready};
use crate::slow::{SlowStep, SlowSteps};
use crate::trace::{Event, Recorder, Told};
use crate::world::{Choice, World};

/// At least so many steps before the next look, if so many tasks are ready.
pub(crate) const GATHER: usize = 64;

impl<W: World, R: Recorder> Kernel<W, R> {
    /// Runs batches of ready tasks until these are `gather` steps or more, or nobody is ready; whatever panics.
    pub(crate) fn turn(&mut self, gather: usize, slow: &mut SlowSteps) {
        let mut steps = 0;
        loop {
            let run = catch_unwind(AssertUnwindSafe(|| match slow.threshold() {
                None => self.batches(&mut steps, gather),
                Some(threshold) => self.batches_measured(&mut steps, gather, threshold, slow),
            }));
            match run {
                Ok(()) => return,
                Err(payload) => self.panicked(payload),
            }
        }
    }

    /// Takes up what a panic has left of the last batch, or the next batch. False if the turn is over.
    #[inline]
    fn next_batch(&mut self, steps: &mut usize, gather: usize) -> bool {
        if self.scheduler.queue.left() > 0 {
            return true;
        }
        if *steps >= gather || self.halt.is_some() {
            return false;
        }
        let batch = self.scheduler.queue.next_batch();
        *steps += batch;
        batch > 0
    }

    fn batches(&mut self, steps: &mut usize, gather: usize) {
        while self.next_batch(steps, gather) {
            while let Some(ready) = self.pop() {
                self.step(ready);
            }
        }
    }

    fn batches_measured(
        &mut self,
        steps: &mut usize,
        gather: usize,
        threshold: Duration,
        slow: &mut SlowSteps,
    ) {
        let mut began = self.world.now();
        while self.next_batch(steps, gather) {
            while let Some(ready) = self.pop() {
                // Taken before the step: the step may end the task.
                let task = ready.task();
                let lineage = self.scheduler.lineage(task);
                let site = self.site(task);
                self.step(ready);
                let now = self.world.now();
                let took = now - began;
                if took >= threshold {
                    let task = self.scheduler.name_of(lineage);
                    slow.report(SlowStep { task, site, took }, &mut self.stderr);
                }
                began = now;
            }
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<Ready> {
        if W::CHOOSES {
            self.choose();
        }
        self.scheduler.queue.pop()
    }

    /// Lets the world decide which of the tasks left in the batch runs next.
    fn choose(&mut self) {
        let options = self.scheduler.queue.left();
        if options < 2 {
            return;
        }
        let picked = self.world.choose(Choice::NextTask, options);
        assert!(
            picked < options,
            "a world chose {picked} of {options} tasks"
        );
        if picked > 0 {
            self.scheduler.queue.bring_forward(picked);
            self.record(|_| Event::Chose {
                picked: picked as u32,
                options: options as u32,
            });
        }
    }

    #[inline(always)]
    fn step(&mut self, ready: Ready) {
        let task = ready.task();
        self.current = task;
        if ready.is_go_on() {
            self.resumed(task, |_| Told::GoOn);
        } else if !self.tell(ready) {
            return;
        }
        let frame = self.scheduler.frame_mut(task).as_mut();
        let state = with_airlock(|airlock| airlock.resume(frame));
        if !ready.is_go_on() {
            self.drop_unread_answer(task);
        }
        match state {
            StepState::Now => self.now(task),
            other => self.stepped(task, other),
        }
    }

    /// A task that does not wait for its answer leaves it where the next one to be told would find it.
    #[inline]
    fn drop_unread_answer(&mut self, task: TaskId) {
        if let Some(unread) = with_airlock(Airlock::take_answer) {
            self.guarded(task, || drop(unread));
        }
    }

    /// Lays down what a message says, for the task that is resumed next. False if it need not be: it has done its step
    /// when it was primed.
    fn tell(&mut self, ready: Ready) -> bool {
        self.resumed(ready.task(), |kernel| kernel.told(ready.message()));
        let answer = match ready.message() {
            Message::GoOn | Message::Start | Message::First => return true,
            Message::FirstNow => {
                self.now(ready.task());
                return false;
            }
            Message::Written => Resume::Written(Ok(())),
            Message::Spawned(child) => Resume::Spawned(AnyHandle::new(child, &self.link)),
            Message::Returned(place) => {
                Resume::Returned(Value::of(self.scheduler.take_returned(place)))
            }
            Message::Joined(other) => {
                let value = self.take_value(other);
                self.forget(other);
                Resume::Joined(Ok(value))
            }
            Message::Mail(mail) => self.scheduler.take_mail(mail),
        };
        with_airlock(|airlock| airlock.put_answer(answer));
        true
    }

    /// The step of the current task ended with a panic.
    #[cold]
    fn panicked(&mut self, payload: Payload) {
        let task = self.current;
        let is_its_own = with_airlock(Airlock::has_control);
        drop(with_airlock(Airlock::reset));
        if !is_its_own {
            // The loop's, or a destructor's that the loop called, or after the task had asked.
            resume_unwind(payload);
        }
        self.fail(task, payload);
    }
}
